"""A signal's states, and the one table of which may follow which.

    RECEIVED ─▶ VALIDATED ─▶ AWAITING_CONFIRMATION ◀─▶ WAITING_FOR_MARKET ◀─▶ QUEUED ─▶ ORDERED ─▶ DONE
        └───────────┴───────────────┴─────────────────────────┴──────────────────┴──▶ REJECTED, EXPIRED, SUPERSEDED

A reversal's second part, and what is placed again, goes from ORDERED back to QUEUED. What holds a signal is its code: a
new one is a step within its state.
"""

from typing import Final

from ledger.trading.enumerations import SignalState

_NOT: Final[frozenset[SignalState]] = frozenset({"REJECTED", "EXPIRED", "SUPERSEDED"})
ALLOWED: Final[dict[SignalState, frozenset[SignalState]]] = {
    "RECEIVED": frozenset({"VALIDATED", "REJECTED", "EXPIRED", "DUPLICATE", "DONE"}),
    "VALIDATED": _NOT | {"AWAITING_CONFIRMATION", "WAITING_FOR_MARKET", "QUEUED", "DONE"},
    "AWAITING_CONFIRMATION": _NOT | {"QUEUED", "WAITING_FOR_MARKET"},
    "WAITING_FOR_MARKET": _NOT | {"QUEUED", "AWAITING_CONFIRMATION"},
    "QUEUED": _NOT | {"ORDERED", "WAITING_FOR_MARKET", "AWAITING_CONFIRMATION", "DONE"},
    "ORDERED": frozenset({"DONE", "REJECTED", "EXPIRED", "QUEUED"}),
    "DONE": frozenset(),
    "REJECTED": frozenset(),
    "EXPIRED": frozenset(),
    "DUPLICATE": frozenset(),
    "SUPERSEDED": frozenset(),
}
OPEN: Final[tuple[SignalState, ...]] = (
    "RECEIVED",
    "VALIDATED",
    "AWAITING_CONFIRMATION",
    "WAITING_FOR_MARKET",
    "QUEUED",
)
"""The states in which a signal may still become an order."""
ENDED: Final[tuple[SignalState, ...]] = tuple(state for state, following in ALLOWED.items() if not following)


def may_become(state: SignalState, wanted: SignalState) -> bool:
    """Tell whether a signal in a state may be taken into another one, or told anew in the one that it is in.

    Args:
        state: The state that it is in.
        wanted: The other one.
    """
    return wanted in ALLOWED[state] or (wanted == state and state not in ENDED)
