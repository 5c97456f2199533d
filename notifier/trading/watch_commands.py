"""`/alert`, `/schedule` and `/screen`: what users want watched, done at times, and looked through."""

from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
from sqlalchemy import Connection

from bus.log import logger
from ledger.trading.errors import NotFound
from ledger.trading.flow import requests
from ledger.trading.flow.records import NewRequest
from ledger.trading.principal import Principal, must_trade
from ledger.trading.watching import alerts, schedules, screeners
from ledger.trading.watching.alerts import Alert, Scheduled
from ledger.trading.watching.schedules import Schedule
from ledger.trading.watching.screeners import QUOTED
from ledger.trading.work import Work
from notifier.incoming.interaction import Handler, Interaction
from notifier.texts.trading_watching import WORDS, WatchWords
from notifier.trading.desk import Desk, escaped, place
from notifier.trading.dialogs import Dialogs
from notifier.trading.watch_dialog import NewAlertDialog
from notifier.trading.watch_grammar import read_alert, read_schedule, read_screener
from notifier.trading.watch_making import (
    Refused,
    limit_not_set,
    make_alert,
    make_schedule,
    make_screener,
    named,
    own,
)
from notifier.trading.watch_page import Listed, WatchPage

log = logger(__name__)


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """One of the three.

    Attributes:
        listed: Returns what a person sees of it.
        switch: Switches one on or off.
        delete: Deletes one.
        page: Shows a list.
        usage: How it is typed.
    """

    listed: Callable[[Principal, Connection], tuple[Any, ...]]
    switch: Callable[..., None]
    delete: Callable[[Principal, Work, str], None]
    page: Callable[[WatchPage, tuple[Any, ...]], Listed]
    usage: Callable[[WatchWords], str]


KINDS: dict[str, Kind] = {
    "alert": Kind(
        listed=alerts.list_alerts,
        switch=alerts.switch_alert,
        delete=alerts.delete_alert,
        page=WatchPage.alerts,
        usage=lambda words: words.alert_usage,
    ),
    "schedule": Kind(
        listed=schedules.list_schedules,
        switch=schedules.switch_schedule,
        delete=schedules.delete_schedule,
        page=WatchPage.schedules,
        usage=lambda words: words.schedule_usage,
    ),
    "screen": Kind(
        listed=screeners.list_screeners,
        switch=screeners.switch_screener,
        delete=screeners.delete_screener,
        page=WatchPage.screeners,
        usage=lambda words: words.screen_usage.format(figures=", ".join(QUOTED)),
    ),
}


class WatchCommands:
    """Who answers the three commands, and the buttons under their lists."""

    def __init__(self, desk: Desk, dialogs: Dialogs) -> None:
        """Read and change what is watched.

        Args:
            desk: The ledger, the words, and the answers of the chat.
            dialogs: Ask for the values of a new alert.
        """
        self._desk = desk
        self._replies = desk.replies
        self._dialog = NewAlertDialog(desk, dialogs, make=self.new_alert)

    def typed(self) -> dict[str, Handler]:
        """Return who answers each command."""
        return {what: self._desk.told(self.command) for what in KINDS}

    def pressed(self) -> dict[str, Handler]:
        """Return who answers the buttons under each list."""
        return {what: self._desk.told(self.press) for what in KINDS} | self._dialog.pressed()

    @property
    def words(self) -> WatchWords:
        """The words of whoever is answered now."""
        return WORDS[self._desk.language]

    async def command(self, asked: Interaction) -> None:
        """Show the list, or do what is typed behind the command; what is not understood is answered with examples."""
        what, *rest = asked.arguments or ("list",)
        text, doing = " ".join(rest), what.lower()
        try:
            if doing == "list" and not rest:
                await self._show(asked)
                return
            said = self._said(asked, doing, text)
        except Refused as error:
            said = str(error)
        await self._replies.say(asked.chat_id, said)

    async def press(self, asked: Interaction) -> None:
        """Do what a button says of a row, and show the list anew in its message."""
        doing, _, uid = "".join(asked.arguments).partition(":")
        if not await self._replies.is_in_time(asked):
            return
        quiet = msgspec.structs.replace(asked, query_id="")
        await self._desk.told(partial(self._pressed, doing=doing, uid=uid))(quiet)

    def new_alert(self, asked: Interaction, text: str) -> str | None:
        """Make an alert of a text, and return what to say; None where the text is not understood.

        Args:
            asked: By whom.
            text: What stands behind `new`.

        Raises:
            Refused: It cannot be.
            TradingError: As the services.
        """
        typed = read_alert(text)
        if typed is None:
            return None
        with self._desk.books.writing(asked.user_id) as (principal, work):
            made, mine = make_alert(principal, work, typed, self.words)
            limit = limit_not_set(principal, work.connection, made, mine)
        log.info("alert made", alert=made.uid, type=made.type)
        if isinstance(made.config, Scheduled):
            cron = escaped(made.config.cron)
            return self.words.alert_made_due.format(name=escaped(made.name), next=self._due(made), cron=cron)
        told = self.words.alert_made.format(name=escaped(made.name), portfolio=escaped(mine.name))
        return f"{told}\n{self.words.limit_not_set.format(limit=limit)}" if limit else told

    def _said(self, asked: Interaction, doing: str, text: str) -> str:
        """Do what was typed, and return what to say; raises Refused."""
        kind, usage = KINDS[asked.what], KINDS[asked.what].usage(self.words)
        if doing == "new" and text:
            return self._new(asked, text) or usage
        if doing in {"on", "off", "delete"} and text:
            with self._desk.books.writing(asked.user_id) as (principal, work):
                row = named(own(principal, kind.listed(principal, work.connection)), text, self.words)
                self._change(principal, work, kind, doing, row.uid)
            template = {"on": "switched_on", "off": "switched_off", "delete": "deleted"}[doing]
            said: str = getattr(self.words, template)
            return said.format(name=escaped(row.name))
        if doing == "run" and text and asked.what == "screen":
            return self._run(asked, text, key=f"update-{asked.update_id}")
        return usage

    def _new(self, asked: Interaction, text: str) -> str | None:
        """Make what was typed, and return what to say; None where it is not understood."""
        if asked.what == "alert":
            return self.new_alert(asked, text)
        return self._new_schedule(asked, text) if asked.what == "schedule" else self._new_screener(asked, text)

    def _new_schedule(self, asked: Interaction, text: str) -> str | None:
        """Make a schedule."""
        typed = read_schedule(text)
        if typed is None:
            return None
        with self._desk.books.writing(asked.user_id) as (principal, work):
            made = make_schedule(principal, work, typed, self.words)
        log.info("schedule made", schedule=made.uid, action=made.action)
        cron = escaped(made.cron)
        return self.words.schedule_made.format(name=escaped(made.name), next=self._due(made), cron=cron)

    def _new_screener(self, asked: Interaction, text: str) -> str | None:
        """Make a screener."""
        try:
            typed = read_screener(text)
        except ValueError as error:
            raise Refused(self.words.bad_json.format(reason=escaped(str(error)))) from None
        if typed is None:
            return None
        with self._desk.books.writing(asked.user_id) as (principal, work):
            made = make_screener(principal, work, typed, self.words)
        return self.words.screener_made.format(name=escaped(made.name))

    def _run(self, asked: Interaction, name: str, *, key: str) -> str:
        """Ask execution for a run of a screener in the portfolio in use, and return what to say."""
        with self._desk.books.writing(asked.user_id) as (principal, work):
            must_trade(principal)
            mine = own(principal, screeners.list_screeners(principal, work.connection))
            row = next((each for each in mine if each.uid == name), None) or named(mine, name, self.words)
            portfolio = place(principal, work.connection).uid
            new = NewRequest(kind="screen", portfolio=portfolio, key=key, arguments={"screener": row.uid})
            request = requests.ask(principal, work, new).request
        self._desk.wake(request.uid)
        return self.words.running.format(name=escaped(row.name))

    async def _pressed(self, asked: Interaction, *, doing: str, uid: str) -> None:
        """Carry out a press that has its answer."""
        kind = KINDS[asked.what]
        if doing == "new" and asked.what == "alert":
            await self._dialog.begin(asked)
            return
        if doing == "run":
            key = f"press-{asked.chat_id}-{asked.message_id}-{asked.update_id}"
            await self._replies.say(asked.chat_id, self._run(asked, uid, key=key))
            return
        with self._desk.books.writing(asked.user_id) as (principal, work):
            if uid not in {each.uid for each in own(principal, kind.listed(principal, work.connection))}:
                raise NotFound(asked.what, uid)
            self._change(principal, work, kind, doing, uid)
        await self._show(asked, anew=True)

    async def _show(self, asked: Interaction, *, anew: bool = False) -> None:
        """Show a list, in a new message or in that of the button."""
        kind = KINDS[asked.what]
        with self._desk.books.reading(asked.user_id) as (principal, connection):
            listed = kind.page(self._page(), own(principal, kind.listed(principal, connection)))
        if anew:
            await self._replies.edit(asked.chat_id, asked.message_id, listed.text, listed.buttons)
        else:
            await self._replies.say(asked.chat_id, listed.text, listed.buttons)

    def _due(self, made: Alert | Schedule) -> str:
        """Return when what was just made is due first."""
        return "" if made.next_at is None else self._page().at(made.next_at)

    def _page(self) -> WatchPage:
        """Return the page of whoever is answered now."""
        return WatchPage(self._desk.language, self._desk.zone)

    def _change(self, principal: Principal, work: Work, kind: Kind, doing: str, uid: str) -> None:
        """Switch a row on or off, or delete it."""
        if doing == "delete":
            kind.delete(principal, work, uid)
        else:
            kind.switch(principal, work, uid, on=doing == "on")
        log.info("watching changed", row=uid, doing=doing)
