"""The checks of policies, each only where its limit is set, and those against fat fingers and thin markets; pure.

Each takes an `Asking`, and returns a Refusal or None, or raises NotKnown.
"""

from datetime import timedelta
from math import ceil

from execution.order_asked import Asking, NotKnown
from execution.refusal import HUNDRED, Refusal, percent, refuse

_MINUTE = timedelta(minutes=1)


def not_allowed_symbol(asking: Asking) -> Refusal | None:
    """Refuse what is not on the list of symbols.

    Args:
        asking: The order, and what is known.

    Returns:
        A refusal `NOT_ALLOWED_SYMBOL`; None where the order passes.
    """
    allowed, symbol = asking.limits.allowed_symbols, asking.asked.symbol
    if allowed is None or symbol in allowed:
        return None
    return refuse("NOT_ALLOWED_SYMBOL", symbol=symbol, allowed=", ".join(allowed) or "none")


def max_order_value(asking: Asking) -> Refusal | None:
    """Refuse an order that is worth more than its limit.

    Args:
        asking: The order, and what is known.

    Returns:
        A refusal `MAX_ORDER_VALUE`, in the account's currency; None where the order passes.

    Raises:
        NotKnown: There is no rate of the order's currency.
    """
    limit, value = asking.limits.max_order_value, asking.value
    if limit is None or value <= limit:
        return None
    return refuse("MAX_ORDER_VALUE", value=value, limit=limit, currency=asking.market.currency)


def max_position_value(asking: Asking) -> Refusal | None:
    """Refuse what would have the portfolio hold more of one instrument than its limit.

    Args:
        asking: The order, and what is known.

    Returns:
        A refusal `MAX_POSITION_VALUE`, in the account's currency; None where the order passes.

    Raises:
        NotKnown: There is no rate of a currency that counts.
    """
    limit, asked = asking.limits.max_position_value, asking.asked
    if limit is None:
        return None
    held, value = asking.invested(instrument=asked.instrument), asking.value
    shown = {"held": held, "value": value, "limit": limit, "currency": asking.market.currency}
    return refuse("MAX_POSITION_VALUE", symbol=asked.symbol, **shown) if held + value > limit else None


def budget(asking: Asking) -> Refusal | None:
    """Refuse what would have the order's strategy in the market with more than its budget.

    Args:
        asking: The order, and what is known.

    Returns:
        A refusal `BUDGET`, in the account's currency; None where the order passes.

    Raises:
        NotKnown: There is no rate of a currency that counts.
    """
    limit = asking.limits.budget
    if limit is None:
        return None
    used, value = asking.invested(of_strategy=True), asking.value
    shown = {"used": used, "value": value, "limit": limit, "currency": asking.market.currency}
    return refuse("BUDGET", **shown) if used + value > limit else None


def leverage_cap(asking: Asking) -> Refusal | None:
    """Refuse more leverage than the cap.

    Args:
        asking: The order, and what is known.

    Returns:
        A refusal `LEVERAGE_CAP`; None where the order passes.

    Raises:
        NotKnown: The leverage is not known.
    """
    cap, leverage = asking.limits.leverage_cap, asking.asked.leverage
    if cap is None:
        return None
    if leverage is None:
        raise NotKnown("leverage", asking.asked.symbol)
    return refuse("LEVERAGE_CAP", leverage=leverage, limit=cap) if leverage > cap else None


def risk_per_trade(asking: Asking) -> Refusal | None:
    """Refuse what may lose, on the way to its stop loss, more than a share of equity.

    Args:
        asking: The order, and what is known.

    Returns:
        A refusal `RISK_PER_TRADE`, or `NO_STOP` where the order has no stop loss; None where the order passes.

    Raises:
        NotKnown: Equity is not known, or there is no rate of the order's currency.
    """
    share, asked = asking.limits.risk_per_trade_percent, asking.asked
    if share is None:
        return None
    if asked.stop_loss is None:
        return refuse("NO_STOP", symbol=asked.symbol)
    way = abs(asked.price - asked.stop_loss) * asked.quantity * asked.multiplier
    risk, limit = asking.in_base(way, asked.currency), asking.equity * share / HUNDRED
    shown = {"risk": risk, "limit": limit, "currency": asking.market.currency, "percent": share}
    return refuse("RISK_PER_TRADE", **shown) if risk > limit else None


def max_drawdown(asking: Asking) -> Refusal | None:
    """Refuse openings while equity is further below its peak than the limit.

    Args:
        asking: The order, and what is known.

    Returns:
        A refusal `MAX_DRAWDOWN`, in percent of the peak; None where the order passes.

    Raises:
        NotKnown: Equity or its peak is not known.
    """
    limit = asking.limits.max_drawdown_percent
    if limit is None:
        return None
    if asking.facts.equity_peak is None:
        raise NotKnown("peak of equity")
    equity = asking.equity
    peak = max(asking.facts.equity_peak, equity)
    if peak > 0 and (peak - equity) * HUNDRED < limit * peak:
        return None
    below = percent(peak - equity, peak) if peak > 0 else HUNDRED
    shown = {"percent": below, "limit": limit, "equity": equity, "peak": peak}
    return refuse("MAX_DRAWDOWN", **shown, currency=asking.market.currency)


def max_spread(asking: Asking) -> Refusal | None:
    """Refuse what has a wider spread than the limit, in percent of the middle.

    Args:
        asking: The order, and what is known.

    Returns:
        A refusal `MAX_SPREAD`; None where the order passes.

    Raises:
        NotKnown: There is no quote to take the spread from.
    """
    limit, bid, ask = asking.limits.max_spread_percent, asking.market.bid, asking.market.ask
    if limit is None:
        return None
    symbol = asking.asked.symbol
    if bid is None or ask is None or bid <= 0:
        raise NotKnown("spread", symbol)
    middle = (bid + ask) / 2
    if (ask - bid) * HUNDRED <= limit * middle:
        return None
    return refuse("MAX_SPREAD", symbol=symbol, percent=percent(ask - bid, middle), limit=limit, bid=bid, ask=ask)


def max_orders_per_day(asking: Asking) -> Refusal | None:
    """Refuse one order more of a day than the limit; closings count, and are never refused.

    Args:
        asking: The order, and what is known.

    Returns:
        A refusal `MAX_ORDERS_PER_DAY`; None where the order passes.
    """
    limit, orders = asking.limits.max_orders_per_day, asking.facts.orders_today
    if limit is None or orders < limit:
        return None
    return refuse("MAX_ORDERS_PER_DAY", orders=orders, limit=limit)


def cooldown(asking: Asking) -> Refusal | None:
    """Refuse to open an instrument again too soon after its stop loss.

    Args:
        asking: The order, and what is known.

    Returns:
        A refusal `COOLDOWN`, which says how many minutes are left; None where the order passes.
    """
    minutes, last = asking.limits.cooldown_minutes, asking.facts.last_stop_at
    if minutes is None or last is None:
        return None
    left = last + minutes * _MINUTE - asking.now
    if left <= timedelta(0):
        return None
    return refuse("COOLDOWN", symbol=asking.asked.symbol, minutes=minutes, left=ceil(left / _MINUTE))
