"""Fills of perpetuals: from the list of fills alone, in the order of time, named so that every life names them alike.

Follows BingX's "Query historical transaction orders", `trade/allFillOrders` (read 2026-11): seven days at a time.

Quirks: a fill has no name of its own; it is called after its order and what that has come to with it
(`1735…:0.25`). The list may lag behind the order: what does not add up to what the order says is filled names nothing.
`filledTime` has milliseconds and a zone, `filledTm` whole seconds. A commission that was paid is below zero.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

import msgspec

from brokers.bingx_venue.amounts import ABSENT, amount, optional_amount
from brokers.bingx_venue.clock import EPOCH
from brokers.bingx_venue.naming import named
from brokers.bingx_venue.orders_wire import LIQUIDATION, Placed, milliseconds
from brokers.bingx_venue.remembered import MOST
from brokers.bingx_venue.rest import Rest
from brokers.bingx_venue.symbols import VIRTUAL, currency, perpetual
from brokers.venue import Malformed
from bus import reasons
from bus.messages.venues import Execution, Side

FILLS: Final = "/openApi/swap/v2/trade/allFillOrders"
WINDOW: Final = timedelta(days=7)
_SIDES: Final[dict[str, Side]] = {"BUY": "BUY", "SELL": "SELL"}
AROUND: Final = timedelta(seconds=2)
"""So far a fill may lie outside of the moments that its order tells."""
UNTOLD: Final = 4 * WINDOW
"""So far back fills are asked for of an order that does not tell when it was made."""


class _Fill(msgspec.Struct, rename="camel"):
    """A fill, on the wire."""

    order_id: int | str
    volume: msgspec.Raw
    price: msgspec.Raw
    commission: msgspec.Raw = ABSENT
    currency: str | None = None
    symbol: str | None = None
    side: str | None = None
    type: str | None = None
    filled_time: str | None = None
    filled_tm: str | None = None
    liquidated_price: msgspec.Raw = ABSENT


class _Fills(msgspec.Struct):
    """A list of fills; an empty one may be null."""

    fill_orders: tuple[_Fill, ...] | None


class Fill(msgspec.Struct, frozen=True, kw_only=True):
    """A fill; `fee` is above zero where it was paid, `symbol` empty and `side` None where the list does not say."""

    broker_order_id: str
    symbol: str
    side: Side | None
    quantity: Decimal
    price: Decimal
    at: datetime
    fee: Decimal | None
    fee_currency: str | None
    is_liquidation: bool


_fills = msgspec.json.Decoder(_Fills)


class Fills:
    """Reads the list of fills."""

    def __init__(self, rest: Rest) -> None:
        """Have nothing read.

        Args:
            rest: Calls BingX.
        """
        self._rest = rest
        self._told: OrderedDict[str, tuple[Fill, ...]] = OrderedDict()

    async def of(self, placed: Placed) -> tuple[Fill, ...]:
        """Read the fills of an order, oldest first; the newest weeks first, until they add up.

        Args:
            placed: The order.

        Returns:
            Its fills, in the order of time.

        Raises:
            VenueError: They could not be read.
        """
        found: tuple[Fill, ...] = ()
        now = self._rest.clock.now()
        begins_at = placed.created_at - AROUND if placed.created_at > EPOCH else now - UNTOLD
        for since, until in reversed(windows(begins_at, now + AROUND)):
            more = await self._read(since, until, symbol=placed.symbol, orderId=placed.broker_order_id)
            found = tuple(each for each in more if each.broker_order_id == placed.broker_order_id) + found
            if total(found) >= placed.executed:
                break
        return self._arranged(placed, found)

    async def since(self, begins_at: datetime) -> tuple[Fill, ...]:
        """Read all fills of the account from a moment on, in the list's order.

        Args:
            begins_at: The moment, aware UTC.

        Returns:
            Fills of all orders, oldest first within each week.

        Raises:
            VenueError: They could not be read whole.
        """
        wanted = windows(begins_at, self._rest.clock.now() + AROUND)
        lists = await asyncio.gather(*(self._read(*each) for each in wanted))
        return tuple(each for one in lists for each in one)

    def arrange(self, placed: Placed, fills: Iterable[Fill]) -> tuple[Fill, ...]:
        """Return the fills of an order out of a list of all, oldest first.

        Args:
            placed: The order.
            fills: As `since` has them.
        """
        return self._arranged(placed, [each for each in fills if each.broker_order_id == placed.broker_order_id])

    async def _read(self, begins_at: datetime, ends_at: datetime, **wanted: str) -> tuple[Fill, ...]:
        """Read one window."""
        data = await self._rest.get(
            FILLS, tradingUnit="COIN", startTs=milliseconds(begins_at), endTs=milliseconds(ends_at), **wanted
        )
        return in_order(read_fills(data))

    def _arranged(self, placed: Placed, fills: Sequence[Fill]) -> tuple[Fill, ...]:
        """Return fills as they were told before, and the new ones behind them: their names must stay what they are."""
        left, told = list(fills), []
        for each in self._told.get(placed.broker_order_id, ()):
            if each in left:
                left.remove(each)
                told.append(each)
        arranged = (*told, *in_order(left))
        if total(arranged) == placed.executed and arranged:
            self._told[placed.broker_order_id] = arranged
            self._told.move_to_end(placed.broker_order_id)
            while len(self._told) > MOST:
                self._told.popitem(last=False)
        return arranged


def read_fills(data: msgspec.Raw) -> tuple[Fill, ...]:
    """Read a list of fills.

    Args:
        data: Of an answer.

    Returns:
        The fills, as they are listed.

    Raises:
        Malformed: It is none, or one of them lacks what moves money.
    """
    try:
        return tuple(_fill(each) for each in _fills.decode(data).fill_orders or ())
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Malformed(reasons.BAD_ANSWER, code="fills") from None


def in_order(fills: Iterable[Fill]) -> tuple[Fill, ...]:
    """Return fills oldest first; those of one moment by what they are, so that each list gives them the same names.

    Args:
        fills: As BingX lists them, whichever way that list runs.
    """
    return tuple(sorted(fills, key=lambda each: (each.at, each.price, each.quantity)))


def total(fills: Iterable[Fill]) -> Decimal:
    """Return what fills add up to.

    Args:
        fills: The fills.
    """
    return sum((each.quantity for each in fills), Decimal(0))


def executions_of(placed: Placed, fills: Iterable[Fill]) -> tuple[Execution, ...]:
    """Return the fills of an order as the bus says them.

    Args:
        placed: The order.
        fills: All of them, oldest first.
    """
    is_liquidated = placed.kind == LIQUIDATION

    def note_of(fill: Fill) -> str:
        """Return what a fill says besides."""
        return LIQUIDATION if is_liquidated or fill.is_liquidation else ""

    return named(placed, fills, perpetual(placed.symbol), note_of=note_of)


def windows(begins_at: datetime, ends_at: datetime) -> list[tuple[datetime, datetime]]:
    """Return a span of time in parts that BingX answers for, oldest first.

    Args:
        begins_at: Aware UTC.
        ends_at: Aware UTC.
    """
    parts = []
    while begins_at < ends_at:
        parts.append((begins_at, min(begins_at + WINDOW, ends_at)))
        begins_at += WINDOW
    return parts


def _fill(fill: _Fill) -> Fill:
    """Return a fill as it is meant."""
    quantity, price, commission = amount(fill.volume), amount(fill.price), optional_amount(fill.commission)
    if quantity <= 0 or price <= 0:
        raise Malformed(reasons.BAD_ANSWER, code="fill")
    return Fill(
        broker_order_id=str(fill.order_id),
        symbol=fill.symbol or "",
        side=_SIDES.get(fill.side or ""),
        quantity=quantity,
        price=price,
        at=_moment(fill.filled_time or fill.filled_tm or ""),
        fee=None if commission is None else -commission,
        fee_currency=None if commission is None else currency(fill.currency or VIRTUAL),
        is_liquidation=fill.type == LIQUIDATION or bool(optional_amount(fill.liquidated_price)),
    )


def _moment(text: str) -> datetime:
    """Return a moment as fills have it, aware UTC."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Malformed(reasons.BAD_ANSWER, code="moment of a fill") from None
    if at.tzinfo is None:
        raise Malformed(reasons.BAD_ANSWER, code="moment of a fill")
    return at.astimezone(UTC)
