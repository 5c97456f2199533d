"""Orders and fills of spot as BingX tells them: parsed once, strict in what moves money.

Follows BingX's "Spot, Trades Endpoints" (read 2026-11).

Quirks: data are flat where perpetuals have an `order`; `cummulativeQuoteQty` has a second m; our name for an order is
`newClientOrderId` when it is placed and `clientOrderID` afterwards; fees are numbers, all else texts. A fee that was
paid is below zero. A market order that buys for an amount of money says how much in `origQuoteOrderQty`.
"""

from datetime import datetime
from decimal import Context, Decimal
from typing import Final

import msgspec

from brokers.bingx_venue.amounts import ABSENT, amount, identity, is_blank, optional_amount
from brokers.bingx_venue.naming import named
from brokers.bingx_venue.orders_wire import Placed, client_id_of, moment
from brokers.bingx_venue.symbols import spot
from brokers.venue import Malformed
from bus import reasons
from bus.messages.venues import Execution, Side

TRADE: Final = "/openApi/spot/v1/trade"
ORDER, CANCEL, QUERY = f"{TRADE}/order", f"{TRADE}/cancel", f"{TRADE}/query"
OPEN_ORDERS, HISTORY, FILLS = f"{TRADE}/openOrders", f"{TRADE}/historyOrders", f"{TRADE}/myTrades"

LARGEST: Final = 20
_EXACT: Final = Context(prec=15)


class _Order(msgspec.Struct, rename="camel"):
    """An order, on the wire."""

    symbol: str
    order_id: int | str
    side: Side
    type: str
    status: str
    orig_qty: msgspec.Raw
    executed_qty: msgspec.Raw
    orig_quote_order_qty: msgspec.Raw = ABSENT
    time: int | None = None
    update_time: int | None = None
    client_order_id: str | None = None
    client_id: str | None = msgspec.field(default=None, name="clientOrderID")


class _Orders(msgspec.Struct):
    """A list of orders; an empty one may be null."""

    orders: tuple[_Order, ...] | None


class _Taken(msgspec.Struct, rename="camel"):
    """What is answered to an order that was taken: its number alone is sure to be there."""

    order_id: int | str


class _Fill(msgspec.Struct, rename="camel"):
    """A fill, on the wire."""

    id: int | str
    order_id: int | str
    price: msgspec.Raw
    qty: msgspec.Raw
    time: int
    commission: msgspec.Raw = ABSENT
    commission_asset: str | None = None


class _Fills(msgspec.Struct):
    """A list of fills; an empty one may be null."""

    fills: tuple[_Fill, ...] | None


class SpotFill(msgspec.Struct, frozen=True, kw_only=True):
    """A fill; `number` is BingX's, `fee` above zero where it was paid."""

    number: int
    broker_order_id: str
    quantity: Decimal
    price: Decimal
    at: datetime
    fee: Decimal | None
    fee_currency: str | None


_decimal = msgspec.json.Decoder(Decimal | None)
_order = msgspec.json.Decoder(_Order)
_orders = msgspec.json.Decoder(_Orders)
_taken = msgspec.json.Decoder(_Taken)
_fills = msgspec.json.Decoder(_Fills)


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
        return _placed(_order.decode(data))
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Malformed(reasons.BAD_ANSWER, code="spot order") from None


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
        return tuple(map(_placed, _orders.decode(data).orders or ()))
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Malformed(reasons.BAD_ANSWER, code="spot orders") from None


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
        return identity(_taken.decode(data).order_id)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Malformed(reasons.BAD_ANSWER, code="spot order taken") from None


def read_fills(data: msgspec.Raw) -> tuple[SpotFill, ...]:
    """Read a list of fills, oldest first.

    Args:
        data: Of an answer.

    Returns:
        The fills, in the order of time.

    Raises:
        Malformed: It is none, or one of them lacks what moves money.
    """
    try:
        found = tuple(map(_fill, _fills.decode(data).fills or ()))
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Malformed(reasons.BAD_ANSWER, code="spot fills") from None
    return tuple(sorted(found, key=lambda each: (each.at, each.number)))


def executions_of(placed: Placed, fills: tuple[SpotFill, ...]) -> tuple[Execution, ...]:
    """Return the fills of an order as the bus says them, named by what the order has come to with each.

    Args:
        placed: The order.
        fills: All of them, oldest first.
    """
    return named(placed, fills, spot(placed.symbol))


def _placed(order: _Order) -> Placed:
    """Return an order as it is meant; one for an amount of money is as large as it has come to be."""
    name, is_shortened = client_id_of((order.client_id or order.client_order_id or "").lower())
    quantity, executed = amount(order.orig_qty), amount(order.executed_qty)
    is_over, is_by_money = order.status.upper() == "FILLED", bool(optional_amount(order.orig_quote_order_qty))
    return Placed(
        broker_order_id=identity(order.order_id),
        client_order_id=name,
        symbol=order.symbol,
        side=order.side,
        position_side="BOTH",
        kind=order.type.upper(),
        word=order.status.upper(),
        quantity=executed if is_over and is_by_money else quantity,
        executed=executed,
        created_at=moment(order.time or 0),
        updated_at=moment(order.update_time or order.time or 0),
        is_shortened=is_shortened,
    )


def _fill(fill: _Fill) -> SpotFill:
    """Return a fill as it is meant."""
    quantity, price, commission = amount(fill.qty), amount(fill.price), _fee(fill.commission)
    if quantity <= 0 or price <= 0 or (commission and not fill.commission_asset):
        raise Malformed(reasons.BAD_ANSWER, code="spot fill")
    return SpotFill(
        number=int(identity(fill.id)),
        broker_order_id=identity(fill.order_id),
        quantity=quantity,
        price=price,
        at=moment(fill.time),
        fee=None if commission is None else -commission,
        fee_currency=None if commission is None else fill.commission_asset,
    )


def _fee(written: msgspec.Raw) -> Decimal | None:
    """Return a fee, which comes as a number that was counted in binary, as long as such a number is exact."""
    if is_blank(written):
        return None
    try:
        found = _decimal.decode(written)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Malformed(reasons.BAD_ANSWER, code="spot fee") from None
    if found is None or not found.is_finite() or found.adjusted() > LARGEST:
        raise Malformed(reasons.BAD_ANSWER, code="spot fee")
    return _EXACT.plus(found)
