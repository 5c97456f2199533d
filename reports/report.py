"""A report: what a period brought to a portfolio, each currency apart. Gathered from the ledger, then pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, Literal

import msgspec
from sqlalchemy import Connection

from ledger.exact import ZERO, difference, total
from ledger.trading.books.executions import Execution, executions, funding
from ledger.trading.books.pnl import Amounts, Period, Result, summed
from ledger.trading.books.positions import PositionLine, list_positions
from ledger.trading.books.statistics import evaluated
from ledger.trading.flow.balances import latest
from ledger.trading.flow.outcomes import Refused, refused
from ledger.trading.flow.records import NewBalance
from ledger.trading.people.portfolio_rows import Portfolio
from ledger.trading.principal import Principal

MOST: Final = 20_000
"""Executions of one report; they are in memory while it is made."""
MOST_POINTS: Final = 400
"""Of a curve: more than a page shows."""

Mode = Literal["paper", "live"]


class TooMany(Exception):
    """A period has more executions than a report takes: a shorter one is the cure."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a report is asked of.

    Attributes:
        days: How the period is named: so many days, 0 for the day of trading.
    """

    portfolio: Portfolio
    days: int
    period: Period


class Trade(msgspec.Struct, frozen=True, kw_only=True):
    """What one execution that closed something brought, net."""

    symbol: str
    amount: Decimal


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """What some executions of one currency brought: of a symbol, of a strategy, or all of them.

    Attributes:
        name: Of the symbol or strategy; empty for what belongs to no strategy, and for all of a currency.
        fees: Those in `currency`; others are in the report's sums alone.
        net: Gross less these fees.
        volume: What was bought and sold for, added up.
        closings: Executions that realized something.
        hit_rate: The share of these that won, 0 to 1; None without any.
        profit_factor: What the winners won over what the losers lost; None where none lost.
        largest_loss: Of one of them, not above zero.
        drawdown: The deepest fall of the running net from its peak, not above zero.
        best: The execution that won most; None where none won.
        worst: The one that lost most; None where none lost.
    """

    name: str
    currency: str
    gross: Decimal
    fees: Decimal
    net: Decimal
    volume: Decimal
    executions: int
    closings: int
    hit_rate: Decimal | None
    profit_factor: Decimal | None
    largest_loss: Decimal
    drawdown: Decimal
    best: Trade | None = None
    worst: Trade | None = None


class Point(msgspec.Struct, frozen=True):
    """Where a curve is at a moment."""

    at: datetime
    amount: Decimal


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """The running net of a currency, from zero at the period's first moment to its last."""

    currency: str
    points: tuple[Point, ...]


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """An open position; below zero: short."""

    symbol: str
    quantity: Decimal
    average_price: Decimal
    currency: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a period brought; sums are by currency and never added to one another.

    Attributes:
        days: How the period is named: so many days, 0 for the day of trading.
        net: Gross and funding without the fees, in each currency apart.
        fees_missing: How many executions have a fee that is not known yet; the net figures lack these.
        by_currency: The most executions first, as in all groups.
        held: What is held now, whatever the period.
        cash: What the venue last said that the account has.
    """

    portfolio: str
    mode: Mode
    days: int
    since: datetime
    until: datetime
    gross: Amounts
    fees: Amounts
    funding: Amounts
    net: Amounts
    fees_missing: int
    executions: int
    by_currency: tuple[Group, ...]
    by_symbol: tuple[Group, ...]
    by_strategy: tuple[Group, ...]
    refused: tuple[Refused, ...]
    curves: tuple[Curve, ...]
    held: tuple[Held, ...]
    cash: tuple[NewBalance, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was traded, paid or refused, and nothing is held."""
        return not (self.executions or self.funding or self.refused or self.held)


class Gathered(msgspec.Struct, frozen=True, kw_only=True):
    """A report, and the executions that it is made of, oldest first."""

    report: Report
    executions: tuple[Execution, ...]


def gather(principal: Principal, connection: Connection, asked: Asked) -> Gathered:
    """Read what a report is made of, and make it.

    Args:
        principal: Whose portfolio it is, or an admin.
        connection: Any connection to the ledger.
        asked: Of what.

    Returns:
        The report, and the executions that it is made of.

    Raises:
        NotFound: The asker has no such portfolio.
        TooMany: The period has more than `MOST` executions.
    """
    uid, period = asked.portfolio.uid, asked.period
    found = executions(principal, connection, period, portfolio=uid, most=MOST + 1)
    if len(found) > MOST:
        raise TooMany(f"more than {MOST} executions")
    paid = funding(principal, connection, period, portfolio=uid)
    rejected = refused(principal, connection, period, portfolio=uid)
    held = list_positions(principal, connection, portfolio=uid)
    report = made(asked, found, paid=paid, rejected=rejected, held=held)
    report = msgspec.structs.replace(report, cash=latest(principal, connection, asked.portfolio.account))
    return Gathered(report=report, executions=found)


def made(
    asked: Asked,
    found: Sequence[Execution],
    *,
    paid: Amounts,
    rejected: tuple[Refused, ...] = (),
    held: Iterable[PositionLine] = (),
) -> Report:
    """Return the report that what was read makes.

    Args:
        asked: Of what.
        found: The executions, oldest first.
        paid: The funding.
        rejected: The refused signals.
        held: The open positions.
    """
    results = [each.result(asked.portfolio.uid) for each in found]
    gross = summed((each.currency, each.realized) for each in results)
    fees = summed((each.fee_currency, each.fee) for each in results if each.fee_currency is not None)
    less = [(currency, difference(ZERO, amount)) for currency, amount in fees.items()]
    return Report(
        portfolio=asked.portfolio.name,
        mode="live" if asked.portfolio.is_live else "paper",
        days=asked.days,
        since=asked.period.since.astimezone(UTC),
        until=asked.period.until.astimezone(UTC),
        gross=gross,
        fees=fees,
        funding=paid,
        net=summed([*gross.items(), *paid.items(), *less]),
        fees_missing=sum(not each.fee_is_known for each in results),
        executions=len(found),
        by_currency=_groups(found, results, lambda _: ""),
        by_symbol=_groups(found, results, lambda each: each.symbol),
        by_strategy=_groups(found, results, lambda each: each.strategy or ""),
        refused=rejected,
        curves=_curves(results, asked.period),
        held=tuple(_held(line) for line in held),
    )


def _groups(
    found: Sequence[Execution], results: Sequence[Result], name: Callable[[Execution], str]
) -> tuple[Group, ...]:
    """Put executions together by a name and their currency, the most executions first."""
    groups: defaultdict[tuple[str, str], list[tuple[Execution, Result]]] = defaultdict(list)
    for execution, result in zip(found, results, strict=True):
        groups[name(execution), execution.currency].append((execution, result))
    made_of = [_group(*key, members) for key, members in groups.items()]
    return tuple(sorted(made_of, key=lambda each: (-each.executions, each.name, each.currency)))


def _group(name: str, currency: str, members: Sequence[tuple[Execution, Result]]) -> Group:
    """Return what some executions brought."""
    results = [result for _, result in members]
    gross = total(each.realized for each in results)
    fees = total(each.fee for each in results if each.fee_currency == currency)
    how = evaluated(currency, results)
    closed = [Trade(symbol=execution.symbol, amount=_net(result)) for execution, result in members if result.realized]
    return Group(
        name=name,
        currency=currency,
        gross=gross,
        fees=fees,
        net=difference(gross, fees),
        volume=total(execution.value for execution, _ in members),
        executions=len(members),
        closings=how.closings,
        hit_rate=how.hit_rate,
        profit_factor=how.profit_factor,
        largest_loss=how.largest_loss,
        drawdown=how.drawdown,
        best=max((each for each in closed if each.amount > ZERO), key=_amount, default=None),
        worst=min((each for each in closed if each.amount < ZERO), key=_amount, default=None),
    )


def _net(result: Result) -> Decimal:
    """Return what an execution brought, less its fee where that is in the same currency."""
    return difference(result.realized, result.fee) if result.fee_currency == result.currency else result.realized


def _amount(trade: Trade) -> Decimal:
    """Return what a trade brought."""
    return trade.amount


def _curves(results: Sequence[Result], period: Period) -> tuple[Curve, ...]:
    """Return the running net of each currency that has any, the one of most executions first."""
    by_currency: defaultdict[str, list[Result]] = defaultdict(list)
    for each in results:
        by_currency[each.currency].append(each)
    ordered = sorted(by_currency.items(), key=lambda item: (-len(item[1]), item[0]))
    drawn = [Curve(currency=currency, points=_points(members, period)) for currency, members in ordered]
    return tuple(curve for curve in drawn if any(point.amount for point in curve.points))


def _points(results: Iterable[Result], period: Period) -> tuple[Point, ...]:
    """Return a running net, thinned to what a page can show; its last point is always there."""
    points, amount = [Point(period.since.astimezone(UTC), ZERO)], ZERO
    for each in results:
        amount = total((amount, each.realized))
        amount = difference(amount, each.fee) if each.fee_currency == each.currency else amount
        points.append(Point(each.exec_time.astimezone(UTC), amount))
    points.append(Point(period.until.astimezone(UTC), amount))
    step = -(-len(points) // MOST_POINTS)
    return (*points[:-1:step], points[-1])


def _held(line: PositionLine) -> Held:
    """Return an open position as a report has it."""
    return Held(symbol=line.symbol, quantity=line.quantity, average_price=line.avg_price, currency=line.currency)
