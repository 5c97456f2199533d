"""Orders of perpetuals as BingX tells them: parsed once, strict in what moves money, and their states in FIX's words.

Follows BingX's "USDT-M Perp Futures, Trade" (read 2026-11): `trade/order`, `openOrders`, `allOrders`.

Quirks: numbers come as numbers or as texts, an unused one as an empty text or not at all; our name for an order comes
as `clientOrderId`, `clientOrderID` or both, in lower case; a canceled order is CANCELED or CANCELLED; a resting one is
NEW, PENDING, WORKING or RUNNING. An order that was made smaller than asked bears our name with a sign behind it.
"""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

import msgspec

from brokers.bingx_venue.amounts import ABSENT, identity, is_blank, optional_amount
from brokers.bingx_venue.clock import EPOCH
from brokers.venue import Malformed
from bus import reasons
from bus.messages.venues import AtVenue, OrderType, Side

ORDER: Final = "/openApi/swap/v2/trade/order"
OPEN_ORDERS: Final = "/openApi/swap/v2/trade/openOrders"
ALL_ORDERS: Final = "/openApi/swap/v2/trade/allOrders"
ONLY_WHAT_WAS_HELD: Final = "only as much as was held"
SHORTENED: Final = "s"
"""Ends our name for an order that was made smaller than asked, so that every life of the broker knows it."""
LIQUIDATION: Final = "LIQUIDATION"
STOPS: Final = frozenset({"STOP_MARKET", "STOP"})
PROFITS: Final = frozenset({"TAKE_PROFIT_MARKET", "TAKE_PROFIT"})
RESTING: Final = frozenset({"NEW", "PENDING", "WORKING", "RUNNING", "PARTIALLY_FILLED"})
ENDED: Final[dict[str, AtVenue]] = {
    "CANCELED": "CANCELED",
    "CANCELLED": "CANCELED",
    "EXPIRED": "EXPIRED",
    "FAILED": "REJECTED",
}
_TYPES: Final[dict[str, OrderType]] = {
    "LIMIT": "LIMIT",
    "STOP_MARKET": "STOP",
    "STOP": "STOP_LIMIT",
    "TAKE_PROFIT_MARKET": "LIMIT",
    "TAKE_PROFIT": "LIMIT",
    "TRIGGER_MARKET": "STOP",
    "TRIGGER_LIMIT": "STOP_LIMIT",
    "TRAILING_STOP_MARKET": "TRAILING",
    "TRAILING_TP_SL": "TRAILING",
}
_SHORTENED_NAME = re.compile(rf"([0-9a-f]+){SHORTENED}")


class _Order(msgspec.Struct, rename="camel"):
    """An order, on the wire."""

    symbol: str
    order_id: int | str
    side: Side
    type: str
    status: str
    orig_qty: msgspec.Raw
    executed_qty: msgspec.Raw
    position_side: str | None = None
    stop_price: msgspec.Raw = ABSENT
    time: int | None = None
    update_time: int | None = None
    client_order_id: str | None = None
    client_id: str | None = msgspec.field(default=None, name="clientOrderID")
    trigger_order_id: int | str | None = None


class _One(msgspec.Struct):
    """One order."""

    order: _Order


class _Many(msgspec.Struct):
    """A list of orders; an empty one may be null."""

    orders: tuple[_Order, ...] | None


class _Number(msgspec.Struct, rename="camel"):
    """An order's number."""

    order_id: int | str


class _Taken(msgspec.Struct):
    """What is answered to an order that was taken: its number alone is sure to be there."""

    order: _Number


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """An order at BingX.

    Attributes:
        client_order_id: Our name for it, without what marks a shortened one; empty where it bears none.
        is_shortened: Whether it was made smaller than execution asked.
        kind: BingX's word for its type.
        word: BingX's word for its state.
        executed: How much of it is filled.
        is_executed_told: Whether BingX says so; where it does not, `executed` is zero and only the fills tell.
        position_side: LONG or SHORT in hedge mode, BOTH in one-way mode.
        parent: The number of the order that it came with, where BingX says so.
    """

    broker_order_id: str
    client_order_id: str
    symbol: str
    side: Side
    position_side: str
    kind: str
    word: str
    quantity: Decimal
    executed: Decimal
    created_at: datetime
    updated_at: datetime
    stop_price: Decimal | None = None
    parent: str = ""
    is_shortened: bool = False
    is_executed_told: bool = True

    @property
    def is_resting(self) -> bool:
        """Whether it may still fill."""
        return self.status in {"NEW", "PARTIALLY_FILLED"}

    @property
    def is_over_filled(self) -> bool:
        """Whether it is over by a fill."""
        return self.word == "FILLED" or 0 < self.quantity <= self.executed

    @property
    def is_cut(self) -> bool:
        """Whether it is over by a fill, with less than execution has asked for."""
        return self.is_over_filled and (self.is_shortened or self.executed < self.quantity)

    @property
    def status(self) -> AtVenue:
        """FIX's word for its state; a fill counts before whatever is said, and an unknown word is not known."""
        if self.is_over_filled and not self.executed:
            return "UNKNOWN"
        if self.is_over_filled:
            return "CANCELED" if self.is_cut else "FILLED"
        if self.word in RESTING:
            return "PARTIALLY_FILLED" if self.executed else "NEW"
        ended = ENDED.get(self.word, "UNKNOWN")
        return "CANCELED" if ended == "REJECTED" and self.executed else ended

    @property
    def type(self) -> OrderType:
        """Our word for its type; what BingX makes by itself is a market order."""
        return _TYPES.get(self.kind, "MARKET")


_one = msgspec.json.Decoder(_One)
_many = msgspec.json.Decoder(_Many)
_taken = msgspec.json.Decoder(_Taken)


def read_order(data: msgspec.Raw) -> Placed:
    """Read one order.

    Args:
        data: Of an answer.

    Returns:
        The order.

    Raises:
        Malformed: It is none, or lacks what moves money.
    """
    try:
        return _placed(_one.decode(data).order)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Malformed(reasons.BAD_ANSWER, code="order") from None


def read_orders(data: msgspec.Raw) -> tuple[Placed, ...]:
    """Read a list of orders.

    Args:
        data: Of an answer.

    Returns:
        The orders; empty where BingX says that there are none.

    Raises:
        Malformed: It is none.
    """
    try:
        return tuple(_placed(each) for each in _many.decode(data).orders or ())
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Malformed(reasons.BAD_ANSWER, code="orders") from None


def read_number(data: msgspec.Raw) -> str:
    """Read BingX's number of an order that it has just taken.

    Args:
        data: Of the answer.

    Returns:
        BingX's number of it.

    Raises:
        Malformed: There is none.
    """
    try:
        return identity(_taken.decode(data).order.order_id)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Malformed(reasons.BAD_ANSWER, code="order taken") from None


def text(number: Decimal) -> str:
    """Return a number as it goes out: all of its digits, and no exponent.

    Args:
        number: A quantity or a price.
    """
    return format(number, "f")


def plain(number: Decimal) -> str:
    """Return a number as it stands in names: without zeros behind.

    Args:
        number: A quantity.
    """
    return format(number.normalize(), "f")


def moment(milliseconds: int) -> datetime:
    """Return a moment as BingX writes it, aware UTC.

    Args:
        milliseconds: Since 1970.
    """
    return EPOCH + timedelta(milliseconds=milliseconds)


def milliseconds(at: datetime) -> str:
    """Return a moment as it goes out.

    Args:
        at: Aware UTC.
    """
    return str((at - EPOCH) // timedelta(milliseconds=1))


def client_id_of(name: str) -> tuple[str, bool]:
    """Return our name for an order, and whether it was made smaller than asked.

    Args:
        name: As the order bears it; empty for none.
    """
    found = _SHORTENED_NAME.fullmatch(name)
    return (found[1], True) if found else (name, False)


def _placed(order: _Order) -> Placed:
    """Return an order as it is meant."""
    name, is_shortened = client_id_of((order.client_order_id or order.client_id or "").lower())
    return Placed(
        broker_order_id=identity(order.order_id),
        client_order_id=name,
        symbol=order.symbol,
        side=order.side,
        position_side=order.position_side or "BOTH",
        kind=order.type.upper(),
        word=order.status.upper(),
        quantity=optional_amount(order.orig_qty) or Decimal(0),
        executed=optional_amount(order.executed_qty) or Decimal(0),
        is_executed_told=not is_blank(order.executed_qty),
        created_at=moment(order.time or 0),
        updated_at=moment(order.update_time or order.time or 0),
        stop_price=optional_amount(order.stop_price) or None,
        parent=str(order.trigger_order_id or ""),
        is_shortened=is_shortened,
    )
