"""Orders of ours as the TWS API has them, and back.

Follows the API's order fields and statuses (read 2026-11).

Quirks: a quantity or a price goes out as text, since a Decimal may be written `1E+2` and a float with noise. A status
is a word of IB's or of ib_async's own: `ValidationError` and `PendingCancel` are said of orders that live.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Final

import msgspec
from ib_async import Order, Trade
from ib_async.util import UNSET_DOUBLE

from brokers.desk.merging import filled
from brokers.ibkr_venue.exact import exact
from brokers.ibkr_venue.executions import SHORTENED, client_id_of
from brokers.venue import Refused
from bus.messages.venues import AtVenue, Execution, OrderEvent, OrderType, PlaceOrder

ALIVE: Final = frozenset(
    {"PendingSubmit", "ApiPending", "PreSubmitted", "Submitted", "PendingCancel", "ValidationError", "ApiUpdate"}
)
CANCELLED: Final = frozenset({"Cancelled", "ApiCancelled"})
TYPES: Final[dict[OrderType, str]] = {
    "MARKET": "MKT",
    "LIMIT": "LMT",
    "STOP": "STP",
    "STOP_LIMIT": "STP LMT",
    "TRAILING": "TRAIL",
}
AT_THE_CLOSE: Final = {"MKT": "MOC", "LMT": "LOC"}
ONE_CANCELS_OTHERS: Final = 1
"""ocaType: what fills cancels all others of its group, with overfill protection."""
ONLY_WHAT_WAS_HELD: Final = "only what was held was ordered"


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an order apart from its executions; `word` is IB's status.

    `order_id` means something to `client_id` alone, and to this connection alone; a permId of 0 is none.
    """

    ref: str
    perm_id: int
    client_id: int
    order_id: int
    word: str
    quantity: Decimal
    filled: Decimal

    @property
    def is_alive(self) -> bool:
        """Whether it may still fill."""
        return self.word in ALIVE


def order_of(order: PlaceOrder, *, number: str, quantity: Decimal) -> Order:
    """Return an order for the gateway.

    Args:
        order: What execution wants.
        number: The account's number.
        quantity: How much goes out; less than wanted where no more is held.

    Raises:
        Refused: There is no such order at Interactive Brokers.
    """
    kind, tif = TYPES[order.type], order.time_in_force
    if tif == "GTD" or (tif == "CLS" and kind not in AT_THE_CLOSE):
        raise Refused(f"no {order.type} order with {tif}")
    made = Order(
        action=order.side,
        totalQuantity=text(quantity),  # type: ignore[arg-type]  # text goes out as it is
        orderType=AT_THE_CLOSE[kind] if tif == "CLS" else kind,
        tif="DAY" if tif == "CLS" else tif,
        account=number,
        orderRef=order.client_order_id + (SHORTENED if quantity != order.quantity else ""),
        outsideRth=False,
        transmit=True,
    )
    limit, stop = _prices(order)
    if limit is not None:
        made.lmtPrice = text(limit)  # type: ignore[assignment]
    if stop is not None:
        made.auxPrice = text(stop)  # type: ignore[assignment]
    if order.parent:
        made.ocaGroup, made.ocaType = order.parent, ONE_CANCELS_OTHERS
    return made


def placed_of(trade: Trade) -> Placed:
    """Return what ib_async has of an order, as it is now.

    Args:
        trade: The order, open or completed.
    """
    order, status = trade.order, trade.orderStatus
    return Placed(
        ref=order.orderRef,
        perm_id=order.permId or status.permId,
        client_id=order.clientId,
        order_id=order.orderId,
        word=status.status,
        quantity=_quantity(float(order.totalQuantity)),
        filled=max(_quantity(status.filled), _quantity(float(order.filledQuantity))),
    )


def event_of(account: str, placed: Placed, executions: Iterable[Execution], *, at: datetime) -> OrderEvent:
    """Return what is known of an order, as the bus says it.

    Args:
        account: The account's uid.
        placed: The order.
        executions: All of its executions that are known.
        at: The moment, aware UTC.
    """
    fills = tuple(sorted(executions, key=lambda each: (each.exec_time, each.broker_trade_id)))
    is_corrected = any(each.revision > 1 for each in fills)
    added_up = filled(fills)
    whole = added_up if is_corrected else max(placed.filled, added_up)
    status = status_of(placed, whole)
    is_short = status == "FILLED" and placed.ref.endswith(SHORTENED)
    return OrderEvent(
        account=account,
        client_order_id=client_id_of(placed.ref),
        broker_order_id=str(placed.perm_id) if placed.perm_id else None,
        status="CANCELED" if is_short else status,
        at=at,
        executions=fills,
        filled_quantity=whole,
        reason=ONLY_WHAT_WAS_HELD if is_short else "",
    )


def status_of(placed: Placed, whole: Decimal) -> AtVenue:
    """Return FIX's word for an order's status; a fill counts before whatever is said.

    Args:
        placed: The order.
        whole: How much of it is filled.
    """
    if placed.word == "Filled" or 0 < placed.quantity <= whole:
        return "FILLED"
    if placed.word in ALIVE:
        return "PARTIALLY_FILLED" if whole else "NEW"
    if placed.word in CANCELLED:
        return "CANCELED"
    if placed.word == "Inactive":
        return "CANCELED" if whole else "REJECTED"
    return "UNKNOWN"


def text(number: Decimal) -> str:
    """Return a number as it goes out: all of its digits, and no exponent.

    Args:
        number: A quantity or a price.
    """
    return format(number, "f")


def _prices(order: PlaceOrder) -> tuple[Decimal | None, Decimal | None]:
    """Return an order's limit and its stop (of a trailing one: how far behind); refuse one that lacks what it needs."""
    trailing = order.stop_price if order.stop_price is not None else order.price
    limit, stop = {
        "MARKET": (None, None),
        "LIMIT": (order.price, None),
        "STOP": (None, order.stop_price),
        "STOP_LIMIT": (order.price, order.stop_price),
        "TRAILING": (None, trailing),
    }[order.type]
    if (order.type in {"LIMIT", "STOP_LIMIT"} and limit is None) or (
        order.type in {"STOP", "STOP_LIMIT", "TRAILING"} and stop is None
    ):
        raise Refused(f"a {order.type} order needs its price")
    return limit, stop


def _quantity(number: float) -> Decimal:
    """Return a quantity, 0 where it is not set: an order by amount has none, a completed one alone says its fills."""
    return exact(number) if 0 < number < UNSET_DOUBLE else Decimal(0)
