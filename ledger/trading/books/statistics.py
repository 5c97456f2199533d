"""How well it went: hit rate, profit factor, largest loss, drawdown; each currency apart."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal, localcontext
from itertools import accumulate

import msgspec
from sqlalchemy import Connection

from ledger.exact import ARITHMETIC, ZERO, difference, exact, rounded, total
from ledger.trading.books.pnl import Period, Result, results
from ledger.trading.principal import Principal


class Statistics(msgspec.Struct, frozen=True, kw_only=True):
    """What the executions that realized something amount to, in one currency; fees in it are taken off.

    Attributes:
        closings: How many there were.
        hit_rate: The share of them that won, 0 to 1; None without any.
        profit_factor: What the winners won over what the losers lost; None where none lost.
        largest_loss: Of one of them, below zero; zero where none lost.
        fees_missing: Of how many of all executions the fee is not known yet, and not taken off.
        drawdown: The deepest fall of the sum of all results from its peak, which begins at zero; not above zero.
    """

    currency: str
    closings: int
    fees_missing: int
    hit_rate: Decimal | None
    profit_factor: Decimal | None
    largest_loss: Decimal
    drawdown: Decimal


def statistics(
    principal: Principal, connection: Connection, period: Period, *, portfolio: str | None = None
) -> tuple[Statistics, ...]:
    """Return how well a period went, by currency.

    Args:
        principal: Who asks.
        connection: Any connection to the ledger.
        period: The period.
        portfolio: The uid of the portfolio that is meant; None for all.

    Raises:
        NotFound: The asker has no such portfolio.
    """
    by_currency: defaultdict[str, list[Result]] = defaultdict(list)
    for result in results(principal, connection, period, portfolio=portfolio):
        by_currency[result.currency].append(result)
    return tuple(evaluated(currency, by_currency[currency]) for currency in sorted(by_currency))


def evaluated(currency: str, found: Iterable[Result]) -> Statistics:
    """Return how well executions went.

    Args:
        currency: The currency of all of them.
        found: The executions; they are put in the order of their time.
    """
    ordered = sorted(found, key=lambda each: each.exec_time)
    net = [_net(each) for each in ordered]
    closings = [amount for each, amount in zip(ordered, net, strict=True) if each.realized]
    won, lost = total(each for each in closings if each > 0), total(each for each in closings if each < 0)
    hits = Decimal(sum(each > 0 for each in closings))
    with localcontext(ARITHMETIC):
        return Statistics(
            currency=currency,
            closings=len(closings),
            fees_missing=sum(not each.fee_is_known for each in ordered),
            hit_rate=rounded(hits / len(closings)) if closings else None,
            profit_factor=rounded(won / -lost) if lost else None,
            largest_loss=min([ZERO, *closings]),
            drawdown=_drawdown(net),
        )


def _net(each: Result) -> Decimal:
    """Return what an execution realized, less its fee where that is in the same currency."""
    return difference(each.realized, each.fee) if each.fee_currency == each.currency else each.realized


def _drawdown(amounts: Iterable[Decimal]) -> Decimal:
    """Return the deepest fall of a running sum from its peak, not above zero."""
    sums = [ZERO, *accumulate(amounts)]
    return exact(min(now - peak for now, peak in zip(sums, accumulate(sums, max), strict=True)))
