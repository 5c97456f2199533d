"""The checks of every opening: halts, what must be known, cash, and the limits without which nothing trades; pure.

Each takes an `Asking`, and returns a Refusal or None, or raises NotKnown.
"""

from collections.abc import Mapping
from decimal import ROUND_UP, Decimal
from typing import Final

from execution.order_asked import Asking, NotKnown
from execution.refusal import HUNDRED, Refusal, refuse
from ledger.exact import PLACES, ZERO

MANDATORY: Final = {
    "reserve": "/set_reserve",
    "max_invested": "/set_max_invest",
    "max_open_positions": "/set_max_positions",
    "max_per_ticker": "/set_max_per_ticker",
    "max_daily_buys": "/set_max_daily",
    "max_daily_loss": "/set_max_loss",
}
"""The limits without which nothing is opened, `NEEDED` in `ledger.trading.risk.limits`, and the command for each."""


def killed(asking: Asking) -> Refusal | None:
    """Refuse everything while trading is killed, but what takes exposure away at a person's word.

    Args:
        asking: The order, and what is known.

    Returns:
        A refusal `KILLED`; None where the order passes.
    """
    asked = asking.asked
    if not asking.facts.killed or (asked.is_closing and asked.by_person):
        return None
    return refuse("KILLED", reason=asking.facts.killed)


def paused(asking: Asking) -> Refusal | None:
    """Refuse openings while they are paused.

    Args:
        asking: The order, and what is known.

    Returns:
        A refusal `PAUSED`; None where the order passes.
    """
    return refuse("PAUSED", reason=asking.facts.paused) if asking.facts.paused else None


def no_limits(asking: Asking) -> Refusal | None:
    """Refuse openings until every limit of `MANDATORY` is set.

    Args:
        asking: The order, and what is known.

    Returns:
        A refusal `NO_LIMITS`, which names the limits and their commands; None where the order passes.
    """
    missing = [name for name in MANDATORY if getattr(asking.limits, name) is None]
    if not missing:
        return None
    return refuse("NO_LIMITS", missing=", ".join(missing), commands=" ".join(MANDATORY[name] for name in missing))


def quoted(asking: Asking) -> Refusal | None:
    """Hold openings until there is a quote that can be believed.

    Args:
        asking: The order, and what is known.

    Returns:
        None: the quote can be believed, or none is needed.

    Raises:
        NotKnown: There is no quote, or it is too old, delayed or crossed.
    """
    market, symbol = asking.market, asking.asked.symbol
    if not market.is_quote_needed:
        return None
    if market.bid is None or market.ask is None or market.quoted_at is None:
        raise NotKnown("quote", symbol)
    if asking.now - market.quoted_at > market.quote_max_age:
        raise NotKnown("fresh quote", symbol)
    if market.is_delayed:
        raise NotKnown("quote that is not delayed", symbol)
    if not ZERO < market.bid <= market.ask:
        raise NotKnown("quote that is not crossed", symbol)
    return None


def cash(asking: Asking) -> Refusal | None:
    """Refuse what costs more than is free: the venue's figure less what it cannot know yet, less the reserve.

    What is pending counts in full, whatever its leverage: openings that the venue's figure is older than are in
    `spent_since`; those before may not be in the figure either.

    Args:
        asking: The order, and what is known.

    Returns:
        A refusal `CASH`, in the instrument's currency; None where the order passes.

    Raises:
        NotKnown: The balance is missing or too old, or there is no rate of the instrument's currency.
    """
    need, free, shown = cash_shown(asking)
    return None if need <= free else refuse("CASH", need=need, free=free, **shown, currency=asking.asked.currency)


def cash_shown(asking: Asking) -> tuple[Decimal, Decimal, Mapping[str, Decimal]]:
    """Return what an order needs, with its buffer, what is free, and what that is made of.

    Args:
        asking: The order, and what is known.

    Returns:
        The need and what is free, both in the instrument's currency, and the parts of what is free by name.

    Raises:
        NotKnown: The balance is missing or too old, or there is no rate of the instrument's currency, and a reserve of
            it would be needed.
    """
    asked, figure = asking.asked, asking.cash
    place = (asked.currency, asking.facts.wallet)
    pending = [each for each in asking.facts.pending if (each.currency, each.wallet) == place]
    before = sum((each.value for each in pending if each.placed_at <= figure.as_of), ZERO)
    since = sum((each.value for each in pending if each.placed_at > figure.as_of), ZERO)
    taken = before + max(figure.spent_since, since)
    left = figure.available - taken
    reserve = _up((asking.limits.reserve or ZERO) / asking.market.rate(asked.currency)) if left > ZERO else ZERO
    need = _up(asked.value * (HUNDRED + asked.buffer_percent) / (HUNDRED * (asked.leverage or 1)))
    free = left - reserve
    return need, free, {"available": figure.available, "taken": taken, "reserve": reserve}


def max_invested(asking: Asking) -> Refusal | None:
    """Refuse what would have the portfolio hold, at cost and with what is pending, more than its limit.

    Args:
        asking: The order, and what is known.

    Returns:
        A refusal `MAX_INVESTED`, in the account's currency; None where the order passes.

    Raises:
        NotKnown: There is no rate of a currency that counts.
    """
    limit, invested, value = asking.limits.max_invested, asking.invested(), asking.value
    if limit is None or invested + value <= limit:
        return None
    return refuse("MAX_INVESTED", invested=invested, value=value, limit=limit, currency=asking.market.currency)


def max_positions(asking: Asking) -> Refusal | None:
    """Refuse a position more than the limit; what one strategy holds of one instrument is a position.

    Args:
        asking: The order, and what is known.

    Returns:
        A refusal `MAX_POSITIONS`; None where the order passes.
    """
    limit, taken = asking.limits.max_open_positions, places_taken(asking)
    after = taken | {(asking.asked.instrument, asking.asked.strategy)}
    if limit is None or len(after) <= limit:
        return None
    return refuse("MAX_POSITIONS", positions=len(taken), limit=limit)


def places_taken(asking: Asking) -> set[tuple[str, str | None]]:
    """Return what is held or on its way: instruments, each with its strategy.

    Args:
        asking: The order, and what is known.
    """
    facts = asking.facts
    taken = {(each.instrument, each.strategy) for each in facts.positions}
    return taken | {(each.instrument, each.strategy) for each in facts.pending}


def max_per_ticker(asking: Asking) -> Refusal | None:
    """Refuse one opening more of an instrument, since nothing was held of it, than the limit.

    Args:
        asking: The order, and what is known.

    Returns:
        A refusal `MAX_PER_TICKER`; None where the order passes.
    """
    limit, openings = asking.limits.max_per_ticker, asking.facts.openings_of_ticker
    if limit is None or openings < limit:
        return None
    return refuse("MAX_PER_TICKER", symbol=asking.asked.symbol, openings=openings, limit=limit)


def max_daily_buys(asking: Asking) -> Refusal | None:
    """Refuse one opening more of a day than the limit.

    Args:
        asking: The order, and what is known.

    Returns:
        A refusal `MAX_DAILY_BUYS`; None where the order passes.
    """
    limit, openings = asking.limits.max_daily_buys, asking.facts.openings_today
    if limit is None or openings < limit:
        return None
    return refuse("MAX_DAILY_BUYS", openings=openings, limit=limit)


def max_daily_loss(asking: Asking) -> Refusal | None:
    """Refuse openings once the day has lost its limit: realized, net, with the change of unrealized.

    Args:
        asking: The order, and what is known.

    Returns:
        A refusal `MAX_DAILY_LOSS`, in the account's currency; None where the order passes.

    Raises:
        NotKnown: The unrealized result, now or when the day began, is not known.
    """
    limit = asking.limits.max_daily_loss
    if limit is None:
        return None
    loss = day_loss(asking)
    return refuse("MAX_DAILY_LOSS", loss=loss, limit=limit, currency=asking.market.currency) if loss >= limit else None


def day_loss(asking: Asking) -> Decimal:
    """Return what the day has lost, below zero where it has gained.

    Args:
        asking: The order, and what is known.

    Returns:
        The loss, in the account's currency.

    Raises:
        NotKnown: The unrealized result, now or when the day began, is not known.
    """
    facts = asking.facts
    if asking.market.unrealized is None:
        raise NotKnown("unrealized P&L")
    if facts.unrealized_at_day_start is None:
        raise NotKnown("unrealized P&L at the start of the day")
    return facts.unrealized_at_day_start - asking.market.unrealized - facts.realized_today


def _up(quotient: Decimal) -> Decimal:
    """Round what came out of a division up to 18 places, so that it is never too little."""
    return quotient.quantize(PLACES, rounding=ROUND_UP)
