"""`/chart`: the totals over time as a picture, with the numbers below it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from bus.log import logger
from ledger.portfolio.series import began, series
from ledger.store import Ledger
from ledger.unavailable import LedgerUnavailable
from notifier.charts.caption import caption, not_drawn
from notifier.charts.drawing import NotDrawn, draw, request
from notifier.charts.request import ChartRequest, WrongArguments, chart_request, first_day, since
from notifier.commands.replies import Replies
from notifier.incoming.interaction import Handler, Interaction

log = logger(__name__)


class ChartCommand:
    """Who answers `/chart` and its button."""

    def __init__(self, replies: Replies, *, ledger: Ledger, timezone: ZoneInfo) -> None:
        """Draw charts of what a ledger holds.

        Args:
            timezone: The zone in which the chart tells times.
        """
        self._replies = replies
        self._ledger = ledger
        self._timezone = timezone

    def typed(self) -> dict[str, Handler]:
        """Return who answers each command."""
        return {"chart": self.chart}

    def pressed(self) -> dict[str, Handler]:
        """Return who answers each button."""
        return {"chart": self.chart}

    async def chart(self, asked: Interaction) -> None:
        """Draw what was asked for; where no picture comes, tell the numbers alone."""
        if asked.query_id:
            await self._replies.answer(asked.query_id)
        language = self._replies.language
        try:
            wanted = self._request(asked)
        except WrongArguments as error:
            await self._replies.say(asked.chat_id, error.sentence(language))
            return
        except LedgerUnavailable as error:
            await self._replies.say(
                asked.chat_id, self._replies.ledger_unavailable(error, self._replies.words.ledger_unavailable)
            )
            return
        numbers = caption(wanted)
        if not wanted.dots:
            await self._replies.say(asked.chat_id, numbers)
            return
        async with self._replies.slowly(asked.chat_id, self._replies.words.working) as line:
            try:
                png = await draw(wanted)
            except NotDrawn as error:
                log.warning("no picture", reason=error.reason)
                await line.become(f"{not_drawn(language)}\n\n{numbers}")
                return
            await self._replies.show(asked.chat_id, png, numbers)
            await line.make_way()

    def _request(self, asked: Interaction) -> ChartRequest:
        """Return what is to be drawn, with its numbers from the ledger."""
        span, currency = chart_request(asked.arguments)
        self._ledger.must_be_ready()
        start = since(span, datetime.now(UTC))
        points = series(self._ledger, since=start, zone=self._timezone)
        wanted = request(points, currency=currency, span=span, zone=self._timezone, language=self._replies.language)
        return replace(wanted, began=first_day(began(self._ledger, self._timezone), start, self._timezone))
