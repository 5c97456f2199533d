"""Whether an order may be written: every check in a row; pure.

Closings pass all of them but the kill switch; protective legs are not asked about at all. What is refused for good is
said before what may pass by itself, so that nobody waits for a quote of something that may not be bought.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import localcontext
from typing import Final

from execution import limit_checks, policy_checks
from execution.order_asked import Asking, Market, NotKnown, OrderAsked, Rate
from execution.refusal import Refusal
from ledger.exact import ARITHMETIC
from ledger.trading.risk.facts import RiskFacts
from ledger.trading.risk.limits import Limits

__all__ = ["CHECKS", "Market", "OrderAsked", "Rate", "check"]

Check = Callable[[Asking], Refusal | None]
CHECKS: Final[tuple[Check, ...]] = (
    limit_checks.killed,
    limit_checks.paused,
    limit_checks.no_limits,
    policy_checks.not_allowed_symbol,
    policy_checks.cooldown,
    limit_checks.max_daily_buys,
    limit_checks.max_per_ticker,
    limit_checks.max_positions,
    policy_checks.max_orders_per_day,
    limit_checks.max_daily_loss,
    policy_checks.max_drawdown,
    policy_checks.leverage_cap,
    limit_checks.quoted,
    policy_checks.max_spread,
    policy_checks.max_order_value,
    policy_checks.max_position_value,
    policy_checks.budget,
    policy_checks.risk_per_trade,
    limit_checks.max_invested,
    limit_checks.cash,
)
"""What an opening passes; a closing passes the first alone."""


def check(asked: OrderAsked, facts: RiskFacts, limits: Limits, market: Market, *, now: datetime) -> Refusal | None:
    """Tell whether an order may be written.

    Args:
        asked: The order.
        facts: What the books say, read in the transaction that writes the order.
        limits: The strictest of all that apply.
        market: Prices, and what the account is worth.
        now: The moment, aware.

    Returns:
        None where it may; else the first refusal that is for good, or else the first that may pass by itself.
    """
    said = each_check(Asking(asked=asked, facts=facts, limits=limits, market=market, now=now))
    refusals = [refusal for _, refusal in said if refusal is not None]
    return min(refusals, key=lambda refusal: refusal.is_waitable, default=None)


def each_check(asking: Asking) -> tuple[tuple[Check, Refusal | None], ...]:
    """Return what every check says of an order, in their order.

    Args:
        asking: The order, and what is known.
    """
    checks = CHECKS[:1] if asking.asked.is_closing else CHECKS
    with localcontext(ARITHMETIC):
        return tuple((each, _run(each, asking)) for each in checks)


def _run(each: Check, asking: Asking) -> Refusal | None:
    """Return what a check says; what is not known to it is a refusal that may pass."""
    try:
        return each(asking)
    except NotKnown as error:
        return error.refusal
