"""With which numbers an opening passes its checks: what would be used of each limit; pure."""

from collections.abc import Callable, Mapping
from decimal import Decimal, localcontext
from typing import Final

from execution import limit_checks, policy_checks
from execution.order_asked import Asking, NotKnown
from execution.refusal import number
from execution.risk import Check
from ledger.exact import ARITHMETIC

Used = tuple[Decimal | int, Decimal | int | None]
"""What would be used with the order, and the limit; None where none is set."""


def _places(asking: Asking) -> Used:
    """Return how many positions there would be."""
    after = limit_checks.places_taken(asking) | {(asking.asked.instrument, asking.asked.strategy)}
    return len(after), asking.limits.max_open_positions


def _position(asking: Asking) -> Used:
    """Return what would be held of the instrument."""
    return asking.invested(instrument=asking.asked.instrument) + asking.value, asking.limits.max_position_value


USED: Final[Mapping[Check, Callable[[Asking], Used]]] = {
    limit_checks.cash: lambda asking: limit_checks.cash_shown(asking)[:2],
    limit_checks.max_invested: lambda asking: (asking.invested() + asking.value, asking.limits.max_invested),
    limit_checks.max_positions: _places,
    limit_checks.max_per_ticker: lambda asking: (asking.facts.openings_of_ticker + 1, asking.limits.max_per_ticker),
    limit_checks.max_daily_buys: lambda asking: (asking.facts.openings_today + 1, asking.limits.max_daily_buys),
    limit_checks.max_daily_loss: lambda asking: (limit_checks.day_loss(asking), asking.limits.max_daily_loss),
    policy_checks.max_order_value: lambda asking: (asking.value, asking.limits.max_order_value),
    policy_checks.max_position_value: _position,
}
"""The checks that compare one number with another; the others only say yes or no."""


def figures(check: Check, asking: Asking) -> str:
    """Return the two numbers that a check compares.

    Args:
        check: The check.
        asking: The order, and what is known.

    Returns:
        Such as `1000 / 50000`; empty where it compares none, no limit is set, or one of them is not known.
    """
    if check not in USED:
        return ""
    try:
        with localcontext(ARITHMETIC):
            used, limit = USED[check](asking)
    except NotKnown:
        return ""
    return "" if limit is None else f"{number(Decimal(used))} / {number(Decimal(limit))}"
