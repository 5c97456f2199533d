"""An order's states, and the one table of which may follow which; what fills make of a state.

    PENDING_NEW ─▶ NEW ─▶ PARTIALLY_FILLED ─▶ FILLED
         │          ├──▶ PENDING_CANCEL ─▶ CANCELED
         ▼          └──▶ REJECTED, EXPIRED, CANCELED
      UNKNOWN ──▶ whatever is found at the venue, or NOT_PLACED ──▶ PENDING_NEW when it is placed again

A fill wins over everything: what a venue has executed is so, whatever was said before. A refused order of which a part
was filled was not refused: what its rest is nobody knows, so it is UNKNOWN and looked up, never taken for ended. What
was thought to be nowhere and is found after all is what the venue says.
"""

from decimal import Decimal
from typing import Final

from ledger.trading.enumerations import OrderStatus

_AT_THE_VENUE: Final[frozenset[OrderStatus]] = frozenset(
    {"NEW", "PARTIALLY_FILLED", "FILLED", "CANCELED", "REJECTED", "EXPIRED"}
)
ALLOWED: Final[dict[OrderStatus, frozenset[OrderStatus]]] = {
    "PENDING_NEW": _AT_THE_VENUE | {"UNKNOWN", "NOT_PLACED", "PENDING_CANCEL"},
    "UNKNOWN": _AT_THE_VENUE | {"NOT_PLACED", "PENDING_CANCEL"},
    "NEW": frozenset({"PARTIALLY_FILLED", "FILLED", "PENDING_CANCEL", "CANCELED", "REJECTED", "EXPIRED", "UNKNOWN"}),
    "PARTIALLY_FILLED": frozenset({"FILLED", "PENDING_CANCEL", "CANCELED", "EXPIRED", "UNKNOWN"}),
    "PENDING_CANCEL": _AT_THE_VENUE | {"UNKNOWN"},
    "NOT_PLACED": _AT_THE_VENUE | {"PENDING_NEW"},
    "FILLED": frozenset(),
    "CANCELED": frozenset(),
    "REJECTED": frozenset(),
    "EXPIRED": frozenset(),
}
OPEN: Final[tuple[OrderStatus, ...]] = ("PENDING_NEW", "NEW", "PARTIALLY_FILLED", "PENDING_CANCEL", "UNKNOWN")
"""The states in which an order may still be filled; NOT_PLACED is in none, since it is known to be nowhere."""


def may_become(status: OrderStatus, wanted: OrderStatus) -> bool:
    """Tell whether an order in a state may be told to be in another one; the same again is always allowed.

    Args:
        status: The state that it is in.
        wanted: The other one.
    """
    return wanted == status or wanted in ALLOWED[status]


def after_fills(status: OrderStatus, *, quantity: Decimal, filled: Decimal) -> OrderStatus:
    """Return an order's state once its executions add up to a quantity.

    Args:
        status: The state before.
        quantity: What was ordered.
        filled: What its executions that count add up to; less than before where one was taken back.
    """
    if filled >= quantity:
        return "FILLED"
    if status == "REJECTED" and filled:
        return "UNKNOWN"
    if status in {"CANCELED", "REJECTED", "EXPIRED", "PENDING_CANCEL"}:
        return status  # the part that came stays, the rest will not come
    if filled:
        return "PARTIALLY_FILLED"
    return "NEW" if status in {"FILLED", "PARTIALLY_FILLED"} else status
