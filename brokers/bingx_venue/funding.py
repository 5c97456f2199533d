"""Funding of BingX's perpetuals: what a position costs or earns every few hours, without an order.

Follows BingX's "Get account profit and loss fund flow" (read 2026-11): rows of a span of time, 1000 at most.

Quirks: no rows at all are null. A row that has no number is named by its moment and its instrument. Paid is below zero.
"""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from brokers.bingx_venue.amounts import amount
from brokers.bingx_venue.orders_wire import milliseconds, moment
from brokers.bingx_venue.rest import Rest
from brokers.bingx_venue.symbols import currency, perpetual
from brokers.venue import Malformed
from bus import reasons
from bus.messages.venue_accounts import CashEvent

INCOME: Final = "/openApi/swap/v2/user/income"
FUNDING_FEE: Final = "FUNDING_FEE"
MOST_ROWS: Final = 1000
SPAN: Final = timedelta(days=30)
KEPT: Final = timedelta(days=90)
"""BingX tells no more than the last three months."""
SHORTEST: Final = timedelta(minutes=1)


class _Income(msgspec.Struct, rename="camel"):
    """One row."""

    income_type: str
    income: msgspec.Raw
    asset: str
    time: int
    symbol: str = ""
    tran_id: int | str | None = None


_incomes = msgspec.json.Decoder(tuple[_Income, ...] | None)


class Funding:
    """Reads the income of the account."""

    def __init__(self, rest: Rest) -> None:
        """Keep where to ask.

        Args:
            rest: Calls BingX.
        """
        self._rest = rest

    async def cash_events(self, since: datetime) -> tuple[CashEvent, ...]:
        """Read what funding came and went from a moment on.

        Args:
            since: The moment, aware UTC.

        Returns:
            The events, oldest first; what was paid is below zero.

        Raises:
            VenueError: They could not be read whole.
        """
        now = self._rest.clock.now()
        begins_at, found = max(since, now - KEPT), dict[str, CashEvent]()
        while begins_at < now:
            ends_at = min(begins_at + SPAN, now)
            for each in await self._between(begins_at, ends_at):
                found[each.id] = each
            begins_at = ends_at
        return tuple(sorted(found.values(), key=lambda each: (each.at, each.id)))

    async def _between(self, begins_at: datetime, ends_at: datetime) -> list[CashEvent]:
        """Read a span of time; in halves where it holds more than one answer does."""
        data = await self._rest.get(
            INCOME,
            incomeType=FUNDING_FEE,
            startTime=milliseconds(begins_at),
            endTime=milliseconds(ends_at),
            limit=str(MOST_ROWS),
        )
        try:
            rows = _incomes.decode(data) or ()
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise Malformed(reasons.BAD_ANSWER, code="income") from None
        if len(rows) < MOST_ROWS:
            return [_event(each) for each in rows if each.income_type == FUNDING_FEE]
        if ends_at - begins_at < SHORTEST:
            raise Malformed(reasons.BAD_ANSWER, code="income: too many rows")
        middle = begins_at + (ends_at - begins_at) / 2
        return await self._between(begins_at, middle) + await self._between(middle, ends_at)


def _event(row: _Income) -> CashEvent:
    """Return one row as the bus says it."""
    return CashEvent(
        id=str(row.tran_id or "") or f"{row.time}:{row.symbol}",
        type="FUNDING",
        amount=amount(row.income),
        currency=currency(row.asset),
        at=moment(row.time),
        instrument=perpetual(row.symbol) if row.symbol else None,
    )
