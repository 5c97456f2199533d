"""How much of each limit is used up, counted as the checks before an order count it; pure.

What depends on the order itself, such as its own value, spread or leverage, is not used up by anything.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal, localcontext

import msgspec

from ledger.exact import ARITHMETIC, ZERO
from ledger.trading.risk.facts import CashFact, OpenPosition, PendingOpening, Use
from ledger.trading.risk.limits import DOLLARS, HUNDRED, Limits

Stake = OpenPosition | PendingOpening
"""What a portfolio has in the market, or may have."""


class Used(msgspec.Struct, frozen=True, kw_only=True):
    """How much of one limit is used up.

    Attributes:
        limit: Its name in `Limits`.
        used: Amounts in the account's currency; None where it is not known.
        most: The limit.
        of: The symbol that it is the most of, where it is about one.
        is_part: Whether there is more to it that is not known here: the change of what is held.
    """

    limit: str
    used: Decimal | None
    most: Decimal
    of: str = ""
    is_part: bool = False

    @property
    def percent(self) -> Decimal | None:
        """So much of the limit, a whole number rounded down; None where it is not known, or the limit is zero."""
        if self.used is None or self.most == ZERO:
            return None
        with localcontext(ARITHMETIC):
            return max(self.used, ZERO) * HUNDRED // self.most


def usage(use: Use, limits: Limits, *, currency: str) -> tuple[Used, ...]:
    """Return how much is used of each limit that is set and that can be used up.

    Args:
        use: What was read of the portfolio.
        limits: Those that hold for it.
        currency: The account's.
    """
    return (*_amounts(use, limits, currency), *_counts(use, limits), *_losses(use, limits, currency))


def budget_used(use: Use, limits: Limits, *, strategy: str, currency: str) -> Used | None:
    """Return how much of a strategy's budget is used; None where it has none.

    Args:
        use: What was read of the portfolio.
        limits: Those that hold for the strategy in it.
        strategy: The uid of its version.
        currency: The account's.
    """
    if limits.budget is None:
        return None
    own = [each for each in _stakes(use) if each.strategy == strategy]
    return Used(limit="budget", used=_worth(own, currency), most=limits.budget)


def free_cash(use: Use, limits: Limits, *, currency: str) -> tuple[tuple[CashFact, Decimal], ...]:
    """Return what may be spent of each figure of cash: the venue's less what it cannot know yet, less the reserve.

    Args:
        use: What was read of the portfolio.
        limits: Those that hold for it.
        currency: The account's, of the reserve.

    Returns:
        Each figure with what is free of it; currencies that the reserve cannot be compared with are left out.
    """
    found = []
    for figure in use.cash:
        if _is_one_for_one(figure.currency, currency):
            place = (figure.currency, figure.wallet)
            pending = [each for each in use.pending if (each.currency, each.wallet) == place]
            before = sum((each.value for each in pending if each.placed_at <= figure.as_of), ZERO)
            since = sum((each.value for each in pending if each.placed_at > figure.as_of), ZERO)
            taken = before + max(figure.spent_since, since)
            found.append((figure, figure.available - taken - (limits.reserve or ZERO)))
    return tuple(found)


def _amounts(use: Use, limits: Limits, currency: str) -> Iterator[Used]:
    """Yield limits of what is held and asked for."""
    stakes = _stakes(use)
    if limits.max_invested is not None:
        yield Used(limit="max_invested", used=_worth(stakes, currency), most=limits.max_invested)
    if limits.max_position_value is not None:
        symbols = {each.instrument: use.symbols[each.instrument] for each in stakes}
        worths = {
            symbol: _worth([each for each in stakes if each.instrument == uid], currency)
            for uid, symbol in symbols.items()
        }
        known = {symbol: worth for symbol, worth in worths.items() if worth is not None}
        most = max(known, key=lambda symbol: known[symbol], default="")
        is_known = len(known) == len(worths)
        used = known.get(most, ZERO) if is_known else None
        yield Used(limit="max_position_value", used=used, most=limits.max_position_value, of=most)


def _counts(use: Use, limits: Limits) -> Iterator[Used]:
    """Yield limits of numbers."""
    books = {(each.instrument, each.strategy) for each in _stakes(use)}
    busiest = max(use.openings_by_symbol, key=lambda symbol: use.openings_by_symbol[symbol], default="")
    counted = (
        ("max_open_positions", limits.max_open_positions, len(books), ""),
        ("max_per_ticker", limits.max_per_ticker, use.openings_by_symbol.get(busiest, 0), busiest),
        ("max_daily_buys", limits.max_daily_buys, use.openings_today, ""),
        ("max_orders_per_day", limits.max_orders_per_day, use.orders_today, ""),
    )
    for name, most, used, of in counted:
        if most is not None:
            yield Used(limit=name, used=Decimal(used), most=Decimal(most), of=of)


def _losses(use: Use, limits: Limits, currency: str) -> Iterator[Used]:
    """Yield limits of losses; what open positions have gained or lost since is not known here."""
    if limits.max_daily_loss is not None:
        begun = use.unrealized_at_day_start
        is_part = bool(use.positions)
        used = -use.realized_today if is_part or begun is None else begun - use.realized_today
        yield Used(limit="max_daily_loss", used=used, most=limits.max_daily_loss, is_part=is_part)
    if limits.max_drawdown_percent is not None:
        below = _drawdown(use, currency)
        yield Used(limit="max_drawdown_percent", used=below, most=limits.max_drawdown_percent)


def _drawdown(use: Use, currency: str) -> Decimal | None:
    """Return how far equity is below its peak, in percent; None where either is not known."""
    figures = [each for each in use.cash if each.equity != ZERO]
    if use.equity_peak is None or not figures:
        return None
    equity = ZERO
    for each in figures:
        if each.equity is None or not _is_one_for_one(each.currency, currency):
            return None
        equity += each.equity
    peak = max(use.equity_peak, equity)
    with localcontext(ARITHMETIC):
        return (peak - equity) * HUNDRED / peak if peak > ZERO else HUNDRED


def _stakes(use: Use) -> tuple[Stake, ...]:
    """Return positions and pending openings."""
    return (*use.positions, *use.pending)


def _worth(stakes: Sequence[Stake], currency: str) -> Decimal | None:
    """Return what positions cost and openings may cost; None where a rate is not known."""
    total = ZERO
    for each in stakes:
        worth = abs(each.cost) if isinstance(each, OpenPosition) else each.value
        if worth and not _is_one_for_one(each.currency, currency):
            return None
        total += worth
    return total


def _is_one_for_one(currency: str, other: str) -> bool:
    """Tell whether amounts of two currencies may be added as they are."""
    return currency == other or {currency, other} <= set(DOLLARS)
