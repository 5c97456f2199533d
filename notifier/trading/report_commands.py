"""The commands that tell what trading has brought: profit and loss, executions, and reports, also as files."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

from sqlalchemy import Connection

from bus.drawing_child import NotDrawn
from bus.log import logger
from ledger.trading.books.executions import newest_executions
from ledger.trading.books.pnl import Period
from ledger.trading.books.positions import list_positions
from ledger.trading.people.portfolio_rows import Portfolio
from ledger.trading.people.portfolios import list_portfolios
from ledger.trading.principal import Principal
from notifier.commands.buttons import Button, Buttons
from notifier.incoming.interaction import Handler, Interaction
from notifier.texts.trading_reports import WORDS, AroundReports
from notifier.trading.desk import Desk, place
from notifier.trading.heard import Heard
from notifier.trading.status_reading import day_start
from reports.csv_file import csv_of
from reports.offer import BUTTON, FORMS, Form, Offer, read_offer
from reports.page import Page, Unrealized
from reports.periods import SPANS, Clock, days_of, period_of
from reports.printing import Printed, printed_pdf
from reports.report import MOST, Asked, Gathered, TooMany, gather
from reports.telling import Reader, Told, told

SHOWN, MOST_SHOWN = 10, 20
"""Executions of `/trades`: so many where no number is named, and so many at most."""
_COUNT = re.compile(r"[1-9]\d?", re.ASCII)

log = logger(__name__)


class ReportCommands:
    """Who answers `/pnl`, `/pnl_week`, `/trades`, `/report`, and the buttons under reports."""

    def __init__(self, desk: Desk, heard: Heard) -> None:
        """Answer from the books.

        Args:
            desk: The ledger, the words, and the answers of the chat.
            heard: What execution has said, such as what portfolios are worth.
        """
        self._desk = desk
        self._replies = desk.replies
        self._heard = heard

    def typed(self) -> dict[str, Handler]:
        """Return who answers each command."""
        return {
            "pnl": self._told(self.pnl),
            "pnl_week": self._told(self.pnl_week),
            "trades": self._told(self.trades),
            "report": self._told(self.report),
        }

    def pressed(self) -> dict[str, Handler]:
        """Return who answers the buttons under reports."""
        return {BUTTON: self._told(self.as_file)}

    async def pnl(self, asked: Interaction) -> None:
        """Tell what a period has brought; without one, the day of trading."""
        days = 0 if not asked.arguments else days_of("".join(asked.arguments))
        if days is None:
            await self._replies.say(asked.chat_id, self._words.pnl_usage)
        else:
            await self._say_pnl(asked, days)

    async def pnl_week(self, asked: Interaction) -> None:
        """Tell what the last seven days have brought."""
        await self._say_pnl(asked, 7)

    async def trades(self, asked: Interaction) -> None:
        """Tell the newest executions of the portfolio in use."""
        written = " ".join(asked.arguments)
        count = SHOWN if not written else int(written) if _COUNT.fullmatch(written) else 0
        if not 0 < count <= MOST_SHOWN:
            await self._replies.say(asked.chat_id, self._words.trades_usage)
            return
        with self._desk.books.reading(asked.user_id) as (principal, connection):
            mine = place(principal, connection)
            found = newest_executions(principal, connection, mine.uid, most=count)
        await self._replies.say(asked.chat_id, self._page.trades(mine, found))

    async def report(self, asked: Interaction) -> None:
        """Tell a report of the portfolio in use, as a page or a file."""
        words = [each.lower() for each in asked.arguments]
        span = next((each for each in SPANS if words[:1] == [each]), None)
        form = next((each for each in FORMS if words[1:] == [each]), None)
        if span is None or (words[1:] and form is None):
            await self._replies.say(asked.chat_id, self._words.report_usage)
        elif form is None:
            page = self._page_of(asked, days_of(span) or 0)
            await self._replies.say(asked.chat_id, page.text, _in_chat(page))
        else:
            with self._desk.books.reading(asked.user_id) as (principal, connection):
                gathered = gather(principal, connection, self._asked(principal, connection, days_of(span) or 0))
            await self._hand_over(asked, gathered, form)

    async def as_file(self, asked: Interaction) -> None:
        """Give the file that a button under a report is for."""
        offer = read_offer("".join(asked.arguments))
        if offer is None:
            await self._desk.toast(asked, self._words.no_button)
            return
        with self._desk.books.reading(asked.user_id) as (principal, connection):
            mine = _meant(principal, connection, offer)
            if mine is None:
                gathered = None
            else:
                wanted = Asked(portfolio=mine, days=offer.days, period=offer.period)
                gathered = gather(principal, connection, wanted)
        if gathered is None:
            await self._desk.toast(asked, self._words.not_there)
            return
        await self._replies.answer(asked.query_id)
        await self._hand_over(asked, gathered, offer.form)

    async def _say_pnl(self, asked: Interaction, days: int) -> None:
        """Tell profit and loss of the portfolio in use."""
        with self._desk.books.reading(asked.user_id) as (principal, connection):
            wanted = self._asked(principal, connection, days)
            report = gather(principal, connection, wanted).report
        await self._replies.say(asked.chat_id, self._page.pnl(report, self._unrealized(wanted.portfolio)))

    def _unrealized(self, mine: Portfolio) -> Unrealized | None:
        """Return what a portfolio's positions have gained; None where execution has not said it lately."""
        state = self._heard.now
        found = [] if state is None else [each for each in state.worths if each.portfolio == mine.uid]
        return Unrealized(amounts={found[0].currency: found[0].unrealized}, as_of=found[0].as_of) if found else None

    def _page_of(self, asked: Interaction, days: int) -> Told:
        """Return a report in words, with its buttons."""
        with self._desk.books.reading(asked.user_id) as (principal, connection):
            wanted = self._asked(principal, connection, days)
            reader = Reader(language=self._desk.language, zone=self._desk.zone)
            unrealized = self._unrealized(wanted.portfolio)
            return told(principal, connection, wanted, reader, unrealized=unrealized)

    async def _hand_over(self, asked: Interaction, gathered: Gathered, form: Form) -> None:
        """Send a report as a file, or say why there is none."""
        report = gathered.report
        if report.is_empty or (form == "csv" and not gathered.executions):
            await self._replies.say(asked.chat_id, self._words.nothing)
        elif form == "csv":
            await self._send(asked, gathered, form, csv_of(report, gathered.executions))
        else:
            printed = Printed(report=report, language=self._desk.language, timezone=str(self._desk.zone))
            async with self._replies.slowly(asked.chat_id, self._replies.words.working) as line:
                try:
                    drawn = await printed_pdf(printed)
                except NotDrawn as error:
                    log.warning("no document", reason=error.reason)
                    await line.become(self._words.not_drawn)
                    return
                await self._send(asked, gathered, form, drawn)
                await line.make_way()

    async def _send(self, asked: Interaction, gathered: Gathered, form: Form, content: bytes) -> None:
        """Send a file; where Telegram may not have taken it, say so."""
        report = gathered.report
        days = "-".join(f"{at.astimezone(self._desk.zone):%Y%m%d}" for at in (report.since, report.until))
        name = f"{'trades' if form == 'csv' else 'report'}-{report.mode}-{days}.{form}"
        sent = await self._replies.hand_over(asked.chat_id, content, name=name, caption=self._page.caption(report))
        if sent is None:
            await self._replies.say(asked.chat_id, self._words.lost)

    def _asked(self, principal: Principal, connection: Connection, days: int) -> Asked:
        """Return what is asked of the portfolio in use: a period with the whole of this second in it."""
        mine = place(principal, connection)
        now = self._desk.books.now().replace(microsecond=0)
        began = day_start(now, list_positions(principal, connection, portfolio=mine.uid))
        clock = Clock(now=now, zone=self._desk.zone, day_began=began)
        past = period_of(days, clock)  # what was filled a moment ago is in it; a button's data has whole seconds
        return Asked(portfolio=mine, days=days, period=Period(past.since, past.until + timedelta(seconds=1)))

    def _told(self, handler: Callable[[Interaction], Awaitable[None]]) -> Handler:
        """Return a handler that says what cannot be reported."""

        async def bounded(asked: Interaction) -> None:
            """Answer; that it is too much is an answer too."""
            try:
                await handler(asked)
            except TooMany:
                await self._desk.refuse(asked, self._page.words.too_many.format(most=f"{MOST:,}"))

        return self._desk.told(bounded)

    @property
    def _page(self) -> Page:
        """The pages of whoever is answered now."""
        return Page(self._desk.language, self._desk.zone)

    @property
    def _words(self) -> AroundReports:
        """The words of whoever is answered now."""
        return WORDS[self._desk.language]


def _meant(principal: Principal, connection: Connection, offer: Offer) -> Portfolio | None:
    """Return the portfolio that a button is about; None where the asker may see none such."""
    seen = list_portfolios(principal, connection, archived=True)
    found = [each for each in seen if each.uid.startswith(offer.place)]
    return found[0] if len(found) == 1 else None


def _in_chat(page: Told) -> Buttons:
    """Return the buttons of a report as the chat sends them."""
    return tuple(tuple(Button(each.text, each.data) for each in row) for row in page.buttons)
