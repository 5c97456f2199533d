"""`/chart`: the totals over time as a picture, with the numbers below it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from bus.log import logger
from ledger.portfolio.series import began, series
from ledger.store import Ledger
from ledger.unavailable import LedgerTrouble
from notifier.charts.caption import caption, not_drawn
from notifier.charts.drawing import NotDrawn, draw, request
from notifier.charts.request import ChartRequest, WrongArguments, chart_request, first_day, since
from notifier.commands.replies import Voice
from notifier.incoming.interaction import Asked, Handler

log = logger(__name__)


class Pictures:
    """Who answers `/chart` and its button."""

    def __init__(self, voice: Voice, *, ledger: Ledger, timezone: ZoneInfo) -> None:
        """Read from a ledger."""
        self._voice = voice
        self._ledger = ledger
        self._timezone = timezone

    def typed(self) -> dict[str, Handler]:
        """Return who answers each command."""
        return {"chart": self.chart}

    def pressed(self) -> dict[str, Handler]:
        """Return who answers each button."""
        return {"chart": self.chart}

    async def chart(self, asked: Asked) -> None:
        """Draw what was asked for; where no picture comes, tell the numbers alone."""
        if asked.query_id:
            await self._voice.answer(asked.query_id)
        language = self._voice.language
        try:
            wanted = self._request(asked)
        except WrongArguments as error:
            await self._voice.say(asked.chat_id, error.sentence(language))
            return
        except LedgerTrouble as error:
            await self._voice.say(asked.chat_id, self._voice.ledger_trouble(error, self._voice.words.ledger_trouble))
            return
        numbers = caption(wanted)
        if not wanted.dots:
            await self._voice.say(asked.chat_id, numbers)
            return
        async with self._voice.slowly(asked.chat_id, self._voice.words.working) as line:
            try:
                png = await draw(wanted)
            except NotDrawn as error:
                log.warning("no picture", reason=error.reason)
                await line.become(f"{not_drawn(language)}\n\n{numbers}")
                return
            await self._voice.show(asked.chat_id, png, numbers)
            await line.make_way()

    def _request(self, asked: Asked) -> ChartRequest:
        span, currency = chart_request(asked.arguments)
        self._ledger.must_be_ready()
        start = since(span, datetime.now(UTC))
        points = series(self._ledger, since=start, zone=self._timezone)
        wanted = request(points, currency=currency, span=span, zone=self._timezone, language=self._voice.language)
        return replace(wanted, began=first_day(began(self._ledger, self._timezone), start, self._timezone))
