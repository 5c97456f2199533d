"""`/settings`, and what each user chooses for themselves: `/language`, `/timezone` and `/notify`."""

from datetime import datetime
from typing import get_args
from zoneinfo import ZoneInfo, available_timezones

from bus.language import Language
from bus.log import logger
from ledger.trading.enumerations import Level, NoticeKind
from ledger.trading.people import users
from ledger.trading.people.accounts import get_account
from ledger.trading.people.preferences import set_language, set_notification, set_timezone
from ledger.trading.people.strategies import list_strategies
from ledger.trading.risk.limit_setting import limits_at_first
from ledger.trading.risk.policies import limits_for
from ledger.trading.words import one_of
from notifier.incoming.interaction import Handler, Interaction
from notifier.texts.trading_settings import WORDS, SettingWords
from notifier.trading.desk import Desk, escaped, place
from notifier.trading.limit_commands import trades_for
from notifier.trading.settings_page import LANGUAGE_NAMES, OfStrategy, SettingsPage, SettingsReport

log = logger(__name__)


class SettingsCommands:
    """Who answers `/settings`, `/language`, `/timezone` and `/notify`."""

    def __init__(self, desk: Desk) -> None:
        """Read settings, and change those of who asks.

        Args:
            desk: The ledger, the words, and the answers of the chat.
        """
        self._desk = desk
        self._replies = desk.replies

    def typed(self) -> dict[str, Handler]:
        """Return who answers each command."""
        told = self._desk.told
        return {
            "settings": told(self.settings),
            "language": told(self.language),
            "timezone": told(self.timezone),
            "notify": told(self.notify),
        }

    def pressed(self) -> dict[str, Handler]:
        """Return nothing: there are no buttons."""
        return {}

    async def settings(self, asked: Interaction) -> None:
        """Show all limits of the portfolio in use with where each comes from, and the asker's preferences."""
        with self._desk.books.reading(asked.user_id) as (principal, connection):
            mine, me = place(principal, connection), users.get(principal, connection)
            own = [each for each in list_strategies(principal, connection, user=me.uid) if trades_for(each, mine)]
            report = SettingsReport(
                portfolio=mine,
                account=get_account(principal, connection, mine.account),
                applied=limits_for(principal, connection, portfolio=mine.uid),
                first=limits_at_first(principal, connection, mine.uid),
                strategies=tuple(
                    OfStrategy(
                        strategy=each,
                        applied=limits_for(principal, connection, portfolio=mine.uid, strategy=each.uid),
                    )
                    for each in own
                ),
                language=self._desk.language,
                timezone=me.timezone,
                notifications=me.notifications,
            )
        await self._replies.say(asked.chat_id, SettingsPage(self._desk.language).page(report))

    async def language(self, asked: Interaction) -> None:
        """Say in which language the asker is answered, or choose one."""
        words, typed = self._words, " ".join(asked.arguments).lower()
        if not typed:
            usages = ", ".join(f"<code>/language {code}</code> {name}" for code, name in LANGUAGE_NAMES.items())
            now = f"{words.language}: <b>{LANGUAGE_NAMES[self._desk.language]}</b>"
            await self._replies.say(asked.chat_id, f"{now}\n{words.language_usage.format(usages=usages)}")
            return
        known: dict[str, Language] = {code: code for code in LANGUAGE_NAMES}
        known |= {name.lower(): code for code, name in LANGUAGE_NAMES.items()}
        one_of("a language", known.get(typed, typed), Language)
        wanted = known[typed]
        with self._desk.books.writing(asked.user_id) as (principal, work):
            set_language(principal, work, wanted)
        log.info("language chosen", language=wanted)
        then = WORDS[wanted]
        told = then.done.format(what=f"{then.language}: <b>{LANGUAGE_NAMES[wanted]}</b>")
        await self._replies.say(asked.chat_id, told)

    async def timezone(self, asked: Interaction) -> None:
        """Say in which zone hours are told, or choose one."""
        words, typed = self._words, "_".join(asked.arguments)
        if not typed:
            now = f"{words.zone}: <b>{self._desk.zone.key}</b>, {self._desk.at(self._desk.books.now())}"
            await self._replies.say(asked.chat_id, f"{now}\n{words.zone_usage}")
            return
        with self._desk.books.writing(asked.user_id) as (principal, work):
            chosen = set_timezone(principal, work, _zone_meant(typed)).timezone
        log.info("zone chosen", zone=chosen)
        told = f"{words.zone}: <b>{escaped(chosen)}</b>, {_hour(self._desk.books.now(), chosen)}"
        await self._replies.say(asked.chat_id, words.done.format(what=told))

    async def notify(self, asked: Interaction) -> None:
        """Say how each kind of notice comes, or choose it for one."""
        page, kinds = SettingsPage(self._desk.language), get_args(NoticeKind)
        if len(asked.arguments) != 2:
            with self._desk.books.reading(asked.user_id) as (principal, connection):
                now = users.get(principal, connection).notifications
            await self._replies.say(asked.chat_id, page.notices(now, kinds))
            return
        kind: NoticeKind = asked.arguments[0].lower()  # type: ignore[assignment]  # the service looks at it
        level: Level = asked.arguments[1].lower()  # type: ignore[assignment]  # the service looks at it
        with self._desk.books.writing(asked.user_id) as (principal, work):
            set_notification(principal, work, kind, level)
        log.info("notices chosen", kind=kind, level=level)
        told = f"<code>{kind}</code> <b>{level}</b> – {self._words.kinds[kind]}, {self._words.levels[level]}"
        await self._replies.say(asked.chat_id, self._words.done.format(what=told))

    @property
    def _words(self) -> SettingWords:
        """The words, in the language of whoever asks now."""
        return WORDS[self._desk.language]


def _zone_meant(typed: str) -> str:
    """Return the zone whose name a person typed, whatever the case; else what was typed."""
    known = {name.lower(): name for name in available_timezones()}
    if typed.lower() in known:
        return known[typed.lower()]
    return typed


def _hour(now: datetime, zone: str) -> str:
    """Return the time of day in a zone."""
    return f"{now.astimezone(ZoneInfo(zone)):%H:%M}"
