"""What a venue's word makes of an order: pure, so that words may come twice, late and in any order.

ended already ─────────▶ nothing; executions were taken in before, and a fill has won
works at the venue ────▶ NEW; a cancel that is on its way stays on its way
ended, fills missing ──▶ not ended yet: looked up until the fills are here
UNKNOWN ───────────────▶ looked up; a cancel is repeated, which looks too
NOWHERE, venue busy ───▶ waits, and goes again
NOWHERE, surely ───────▶ NOT_PLACED; where the venue's rule says so placed again under the same name
"""

from typing import Final

import msgspec

from bus.messages.venues import OrderEvent
from execution.venues import VenueRule
from ledger.trading.enumerations import OrderStatus
from ledger.trading.orders.records import Order

BY_VENUE: Final = "the venue: "
"""Begins the reason of an order that its venue has ended by itself."""
NOWHERE_NOW: Final = "it is not at the venue"
_OVER: Final[frozenset[OrderStatus]] = frozenset({"FILLED", "CANCELED", "REJECTED", "EXPIRED"})
_NOT_SEEN: Final[frozenset[OrderStatus]] = frozenset({"PENDING_NEW", "UNKNOWN", "NOT_PLACED"})


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What follows.

    Attributes:
        moves: The states to go through, in their order.
        reason: Why; None leaves what the row says.
        look: Whether the venue has to be asked what the order is.
        pause_s: How long nothing is sent, as the venue wants it.
        lacks_fills: Whether it has ended at the venue, with fills that the books do not have.
        held: Why its venue holds it and does not work on it yet, in the venue's words; empty where it does not say so.
        goes_again: Whether it is surely nowhere and is to be placed anew.
    """

    moves: tuple[OrderStatus, ...] = ()
    reason: str | None = None
    look: bool = False
    pause_s: float | None = None
    lacks_fills: bool = False
    held: str = ""
    goes_again: bool = False


def next_step(order: Order, event: OrderEvent, rule: VenueRule) -> Step:
    """Return what a venue's word makes of an order whose executions were taken in.

    Args:
        order: As it is with these executions.
        event: The word.
        rule: Of its venue.
    """
    missing = event.filled_quantity > order.filled_quantity
    if order.status in _OVER:
        return Step(look=missing)
    if event.status == "UNKNOWN":
        is_new = order.status in {"PENDING_NEW", "NEW", "PARTIALLY_FILLED"}
        return Step(
            moves=("UNKNOWN",) if is_new else (), reason=event.reason or None, look=order.status != "NOT_PLACED"
        )
    if event.status == "NOWHERE":
        return _nowhere(order, event, rule)
    if event.status in {"NEW", "PARTIALLY_FILLED", "FILLED"} or missing:
        seen: tuple[OrderStatus, ...] = ("NEW",) if order.status in _NOT_SEEN else ()
        is_over = event.status in {"FILLED", "CANCELED", "EXPIRED"}
        held = event.reason if event.status == "NEW" else ""
        return Step(moves=seen, look=missing or event.status == "FILLED", lacks_fills=is_over, held=held)
    if event.status == "REJECTED" and order.filled_quantity:
        return Step(moves=("UNKNOWN",), reason=event.reason, look=True)
    return Step(moves=(event.status,), reason=_why(order, event))  # CANCELED, EXPIRED, REJECTED


def _why(order: Order, event: OrderEvent) -> str:
    """Return why an order has ended: what we asked for counts before what the venue says of it."""
    if event.status == "CANCELED":
        if order.status == "PENDING_CANCEL" and order.reason:
            return order.reason
        return f"{BY_VENUE}{event.reason or 'canceled'}"
    return event.reason or event.status.lower()


def _nowhere(order: Order, event: OrderEvent, rule: VenueRule) -> Step:
    """Return what follows where the venue has not got an order."""
    if order.status == "NOT_PLACED":
        return Step()
    if order.filled_quantity or order.status == "PENDING_CANCEL":
        mine = order.reason if order.status == "PENDING_CANCEL" else None
        return Step(moves=("CANCELED",), reason=mine or f"{BY_VENUE}{event.reason or NOWHERE_NOW}")
    if event.retry_after_s is not None:
        is_first = order.status == "PENDING_NEW"
        return Step(pause_s=event.retry_after_s) if is_first else Step(look=True)
    if order.status == "NEW":  # it was there: asked once more before that is believed
        return Step(moves=("UNKNOWN",), reason=event.reason or NOWHERE_NOW, look=True)
    was_taken = bool(order.broker_order_id or event.broker_order_id)  # and is told of no more: it may have been filled
    if rule.places_again and not was_taken:
        return Step(moves=("NOT_PLACED", "PENDING_NEW"), reason=event.reason or NOWHERE_NOW, goes_again=True)
    return Step(moves=("NOT_PLACED",), reason=event.reason or NOWHERE_NOW)
