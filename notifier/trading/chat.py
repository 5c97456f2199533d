"""Trading in the chat, put together; the notifier imports this where TRADING is on."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

import msgspec

from bus.connection import Bus
from bus.messages.trading import BrokerHealth, OutboxFilled, TradingState
from ledger.store import Ledger
from ledger.trading.errors import TradingError
from ledger.trading.people.admin_ids import first_admin_ids
from ledger.trading.people.user_rows import Spoken
from ledger.unavailable import LedgerUnavailable
from notifier.commands.door import RANKS, Door
from notifier.commands.replies import Replies
from notifier.incoming.interaction import Handler, Interaction
from notifier.settings import Settings
from notifier.texts.trading import WORDS, TradingWords
from notifier.trading.account_marks import Marks, marks_now
from notifier.trading.books import Books
from notifier.trading.changing import Changing
from notifier.trading.desk import Desk, place
from notifier.trading.dialogs import Dialogs
from notifier.trading.halt_commands import HaltCommands
from notifier.trading.heard import Heard
from notifier.trading.help_page import help_pages
from notifier.trading.limit_commands import LimitCommands
from notifier.trading.manual_commands import ManualCommands
from notifier.trading.margin_commands import MarginCommands
from notifier.trading.market_commands import MarketCommand
from notifier.trading.menu import Menu
from notifier.trading.people_part import PeoplePart
from notifier.trading.pressing import Pressing
from notifier.trading.read_commands import SIGNAL_ID, ReadTrading
from notifier.trading.registration import Registration
from notifier.trading.report_commands import ReportCommands
from notifier.trading.request_commands import RequestCommands
from notifier.trading.risk_commands import RiskCommands
from notifier.trading.settings_commands import SettingsCommands
from notifier.trading.simulate_command import SimulateCommand
from notifier.trading.strategy_commands import StrategyCommands
from notifier.trading.table import WITH_TRADING
from notifier.trading.watch_commands import WatchCommands

HEARD = (OutboxFilled, TradingState)
"""What the notifier hears besides, where there is trading."""

Talk = Callable[[Interaction], Awaitable[bool]]
"""Takes what is no command, and tells whether it did."""


class Base(msgspec.Struct, frozen=True, kw_only=True):
    """The chat without trading: who answers what is typed and pressed, and which chats are configured."""

    typed: Mapping[str, Handler]
    pressed: Mapping[str, Handler]
    allows: Callable[[str], bool]


class Part(Protocol):
    """Some commands of trading with their buttons."""

    def typed(self) -> Mapping[str, Handler]:
        """Return who answers each command."""
        ...

    def pressed(self) -> Mapping[str, Handler]:
        """Return who answers each button, by the first word of its data."""
        ...


class TradingChat:
    """The commands and buttons of trading, beside those of the balances.

    Attributes:
        door: The table of commands, and who is a user.
        typed: Who answers each command of the table.
        pressed: Who answers each button of the chat.
    """

    def __init__(self, replies: Replies, settings: Settings, *, ledger: Ledger, bus: Bus, base: Base) -> None:
        """Put the handlers of trading in their places among those of the balances.

        Args:
            base: The balances' handlers, as they are without trading.
        """
        self._base = base
        self._replies = replies
        words = WORDS[replies.language]
        admins = first_admin_ids(settings.telegram_admin_ids, settings.telegram_chat_id)
        spoken = Spoken(language=settings.language, timezone=settings.timezone)
        books = Books(ledger, admins, no_user=words.no_user, spoken=spoken)
        self._books = books
        desk = Desk(replies, books, bus=bus, zone=settings.zone)
        self._heard = Heard()
        self._reading = ReadTrading(desk, self._heard)
        self._elsewhere = words.elsewhere
        dialogs = Dialogs(desk)
        self._reports = ReportCommands(desk, self._heard)

        def marks() -> Marks:
            """Return what stands beside accounts, in the language of who asks."""
            return marks_now(self._heard, desk.language)

        people = PeoplePart(desk, settings, brokers=self._brokers_now, marks=marks)
        closed = settings.market_closed_days
        market = MarketCommand(desk, self._heard, closed=() if closed is None else closed.days)
        typed, pressed = self._answers(desk, dialogs, (people, market))
        self.door = _door(books, words, frozenset(pressed), people.registration, talk=dialogs.take)
        self.typed = {
            **{name: handler for name, handler in base.typed.items() if name not in {"pause", "resume"}},
            **typed,
            "mute": base.typed["pause"],
            "unmute": base.typed["resume"],
            "help": desk.told(self._help),
            "start": desk.told(self._help),
            "why": self._why,
        }
        self._why_signal = self._reading.typed()["why"]
        self.pressed = {**base.pressed, **pressed}

    def _answers(
        self, desk: Desk, dialogs: Dialogs, more_parts: tuple[Part, ...]
    ) -> tuple[dict[str, Handler], dict[str, Handler]]:
        """Return who answers each command of trading, and each of its buttons."""
        halts, requests = HaltCommands(desk), RequestCommands(desk, self._heard)
        limits, manual = LimitCommands(desk), ManualCommands(desk)
        margins = MarginCommands(desk, dialogs, self._heard)
        more = limits.confirms() | manual.confirms() | margins.confirms()
        pressing = Pressing(desk, halts=halts, requests=requests, changing=Changing(desk, dialogs), more=more)
        parts: tuple[Part, ...] = (
            *more_parts,
            limits,
            manual,
            margins,
            SettingsCommands(desk),
            RiskCommands(desk),
            self._reports,
            SimulateCommand(desk),
            WatchCommands(desk, dialogs),
            Menu(desk, dialogs, self._heard, answers=lambda: self.typed),
        )
        typed = {**self._reading.typed(), **halts.typed(), **requests.typed(), **StrategyCommands(desk).typed()}
        pressed = {**requests.pressed(), **pressing.pressed(), **dialogs.pressed()}
        for part in parts:
            typed |= part.typed()
            pressed |= part.pressed()
        return typed, pressed

    def take_state(self, state: TradingState) -> None:
        """Take in how execution says that it is.

        Args:
            state: Its word.
        """
        self._heard.take(state)

    def _brokers_now(self) -> tuple[BrokerHealth, ...] | None:
        """Return how the brokers are; None while execution is silent."""
        state = self._heard.now
        return None if state is None else state.brokers

    async def _help(self, asked: Interaction) -> None:
        """List what the asker may type here: a user's private chat has the commands of trading alone."""
        rank, is_configured = self._rank(asked), self._is_configured(asked)
        commands = [
            each for each in WITH_TRADING if (is_configured if each.who == "chat" else RANKS.get(each.who, 0) <= rank)
        ]
        first, *more = help_pages(self._replies.language, commands)
        begins = f"{self._replies.words.start}\n{self._trades(asked)}\n" if asked.what == "start" else ""
        for page in (f"{begins}{first}", *more):
            await self._replies.say(asked.chat_id, page)

    def _trades(self, asked: Interaction) -> str:
        """Return that the asker's portfolio in use trades, and with which money; nothing where nobody can say."""
        try:
            with self._books.reading(asked.user_id) as (principal, connection):
                mode = "live" if place(principal, connection).is_live else "paper"
        except (LedgerUnavailable, TradingError):
            return ""
        return f"{WORDS[self._replies.language].start.format(mode=mode)}\n"

    async def _why(self, asked: Interaction) -> None:
        """Tell a signal's life where one is named, else how a round went."""
        if len(asked.arguments) == 1 and SIGNAL_ID.fullmatch(asked.arguments[0]):
            await self._why_signal(asked)
        elif self._is_configured(asked):
            await self._base.typed["why"](asked)
        else:
            await self._replies.say(asked.chat_id, self._elsewhere)

    def _rank(self, asked: Interaction) -> int:
        """Return how far the asker's role reaches; while nobody can say, all that there is may be typed."""
        try:
            role = None if asked.user_id is None else self.door.role_of(asked.user_id)
        except LedgerUnavailable:
            return max(RANKS.values())
        return 0 if role is None else RANKS[role]

    def _is_configured(self, asked: Interaction) -> bool:
        """Tell whether a chat is one of the balances': a user's own private chat is heard without being one."""
        return self._base.allows(asked.chat_id)


def _door(
    books: Books, words: TradingWords, buttons: frozenset[str], registration: Registration, *, talk: Talk
) -> Door:
    """Return who is heard, and what there is to type and to press."""
    return Door(
        commands=WITH_TRADING,
        other_names={},
        role_of=books.role_of,
        buttons=buttons,
        may_ask=registration.may_ask,
        asks=registration.asks,
        talk=talk,
        no_user=words.no_user,
        no_trader=words.no_trader,
        no_admin=words.no_admin,
        only_commands=words.only_commands,
        elsewhere=words.elsewhere,
    )
