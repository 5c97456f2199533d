"""Profit and loss: what executions have realized in a period, gross and net, and what open positions are worth.

Currencies are never added to one another. A fee that was taken from the coins themselves is in the gross figure
already and in no column of fees; other fees and the funding of perpetuals stand beside it. A fee that the broker
has not said yet is not zero: how many are missing is counted beside every sum that lacks them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal

import msgspec
from sqlalchemy import Connection, bindparam, select

from ledger.columns import Moment
from ledger.exact import ZERO, difference, total
from ledger.trading.books.arithmetic import value_of
from ledger.trading.books.positions import PositionLine, portfolios_of
from ledger.trading.books.replay import COIN
from ledger.trading.principal import Principal
from ledger.trading.tables.catalogue import instruments
from ledger.trading.tables.flow import cash_events
from ledger.trading.tables.people import portfolios, strategies
from ledger.trading.tables.trading import position_entries, positions, trades

Amounts = dict[str, Decimal]
"""Sums by currency."""


class Period(msgspec.Struct, frozen=True):
    """A stretch of time.

    Attributes:
        since: Its first moment, aware UTC.
        until: The first moment after it.
    """

    since: datetime
    until: datetime


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What one execution brought.

    Attributes:
        realized: Gross, in `currency`.
        fee: In `fee_currency`; zero where it was taken from the coins or is not known yet.
        fee_is_known: Whether the broker has said it.
    """

    position_id: int
    portfolio: str
    exec_time: datetime
    symbol: str
    strategy: str | None
    currency: str
    realized: Decimal
    fee: Decimal
    fee_currency: str | None
    fee_is_known: bool = True


class PnlLine(msgspec.Struct, frozen=True, kw_only=True):
    """What an instrument brought to a strategy in a period.

    Attributes:
        strategy: Its name, None for what belongs to none.
        currency: Of `gross`.
        gross: Realized.
        fees: By currency.
        executions: How many there were.
        fees_missing: Of how many the fee is not known yet.
    """

    symbol: str
    strategy: str | None
    currency: str
    gross: Decimal
    fees: Amounts
    executions: int
    fees_missing: int


class Pnl(msgspec.Struct, frozen=True, kw_only=True):
    """What a period brought; all sums are by currency.

    Attributes:
        lines: By symbol and strategy.
        gross: Realized.
        fees: What the executions cost.
        funding: What perpetuals paid, below zero for what they took.
        net: Gross and funding without the fees, in each currency apart.
        fees_missing: How many executions have a fee that is not known yet; the net figures lack these.
    """

    period: Period
    lines: tuple[PnlLine, ...]
    gross: Amounts
    fees: Amounts
    funding: Amounts
    net: Amounts
    fees_missing: int


class OpenValue(msgspec.Struct, frozen=True, kw_only=True):
    """What an open position is worth.

    Attributes:
        price: The last one, None where there is none.
        value: At that price; None where it is not known, which is not zero.
        unrealized: The value less its cost; None where that is not known.
    """

    position: PositionLine
    price: Decimal | None
    value: Decimal | None
    unrealized: Decimal | None


SINCE, UNTIL = bindparam("since", type_=Moment), bindparam("until", type_=Moment)
_RESULTS = (
    select(
        position_entries.c.position_id,
        portfolios.c.uid.label("portfolio"),
        position_entries.c.exec_time,
        instruments.c.symbol,
        strategies.c.name.label("strategy"),
        instruments.c.currency,
        COIN,
        position_entries.c.realized_pnl.label("realized"),
        trades.c.fee,
        trades.c.fee_currency,
    )
    .join(trades, trades.c.id == position_entries.c.trade_id)
    .join(positions, positions.c.id == position_entries.c.position_id)
    .join(portfolios, portfolios.c.id == position_entries.c.portfolio_id)
    .join(instruments, instruments.c.id == positions.c.instrument_id)
    .outerjoin(strategies, strategies.c.id == positions.c.strategy_id)
    .where(
        position_entries.c.portfolio_id == bindparam("portfolio"),
        position_entries.c.exec_time >= SINCE,
        position_entries.c.exec_time < UNTIL,
    )
    .order_by(position_entries.c.exec_time, position_entries.c.broker_trade_id)
)
FUNDING = (
    select(cash_events.c.currency, cash_events.c.amount)
    .join(portfolios, portfolios.c.account_id == cash_events.c.account_id)
    .where(
        portfolios.c.id == bindparam("portfolio"),
        cash_events.c.portfolio_id == portfolios.c.id,
        cash_events.c.type == "FUNDING",
        cash_events.c.occurred_at >= SINCE,
        cash_events.c.occurred_at < UNTIL,
    )
)


def results(
    principal: Principal, connection: Connection, period: Period, *, portfolio: str | None = None
) -> Iterator[Result]:
    """Yield what each execution of a period brought, by portfolio and time.

    Args:
        principal: Who asks.
        connection: Any connection to the ledger.
        period: The period.
        portfolio: The uid of the portfolio that is meant; None for all.

    Raises:
        NotFound: The asker has no such portfolio.
    """
    yield from _results(connection, period, portfolios_of(principal, connection, portfolio))


def pnl(principal: Principal, connection: Connection, period: Period, *, portfolio: str | None = None) -> Pnl:
    """Return what a period brought.

    Args:
        principal: Who asks.
        connection: Any connection to the ledger.
        period: The period.
        portfolio: The uid of the portfolio that is meant; None for all.

    Raises:
        NotFound: The asker has no such portfolio.
    """
    numbers = portfolios_of(principal, connection, portfolio)
    found = tuple(_results(connection, period, numbers))
    funding: list[tuple[str, Decimal]] = []
    for number in numbers:
        values = {"portfolio": number, "since": period.since, "until": period.until}
        funding += [(row.currency, row.amount) for row in connection.execute(FUNDING, values)]
    gross, fees, funded = summed(_gross(found)), summed(_fees(found)), summed(funding)
    less = [(currency, difference(ZERO, amount)) for currency, amount in fees.items()]
    return Pnl(
        period=period,
        lines=_lines(found),
        gross=gross,
        fees=fees,
        funding=funded,
        net=summed([*gross.items(), *funded.items(), *less]),
        fees_missing=_missing(found),
    )


def open_values(lines: Iterable[PositionLine], prices: Mapping[str, Decimal]) -> tuple[OpenValue, ...]:
    """Return what open positions are worth, each of them, also where that is not known.

    Args:
        lines: The positions.
        prices: Last prices by the instrument's uid.
    """
    found = []
    for line in lines:
        price = prices.get(line.instrument_uid)
        value = None if price is None else value_of(line.quantity, price, multiplier=line.multiplier)
        unrealized = None if value is None else difference(value, line.cost)
        found.append(OpenValue(position=line, price=price, value=value, unrealized=unrealized))
    return tuple(found)


def summed(amounts: Iterable[tuple[str, Decimal]]) -> Amounts:
    """Add up amounts by their currency.

    Args:
        amounts: Currencies with an amount each.

    Returns:
        The sums, by currency, in the order of its name.
    """
    by_currency: defaultdict[str, list[Decimal]] = defaultdict(list)
    for currency, amount in amounts:
        by_currency[currency].append(amount)
    return {currency: total(by_currency[currency]) for currency in sorted(by_currency)}


def _results(connection: Connection, period: Period, numbers: Iterable[int]) -> Iterator[Result]:
    """Yield what each execution of a period brought in some portfolios."""
    for number in numbers:
        values = {"portfolio": number, "since": period.since, "until": period.until}
        for row in connection.execute(_RESULTS, values):
            found = dict(row._mapping)
            if found.pop("coin") == row.fee_currency or row.fee is None:
                found |= {"fee": ZERO, "fee_currency": None}
            yield Result(**found, fee_is_known=row.fee is not None)


def _gross(found: Iterable[Result]) -> list[tuple[str, Decimal]]:
    """Return what executions have realized, each with its currency."""
    return [(each.currency, each.realized) for each in found]


def _fees(found: Iterable[Result]) -> list[tuple[str, Decimal]]:
    """Return what executions cost, each with its currency."""
    return [(each.fee_currency, each.fee) for each in found if each.fee_currency is not None]


def _missing(found: Iterable[Result]) -> int:
    """Return of how many executions the fee is not known yet."""
    return sum(not each.fee_is_known for each in found)


def _lines(found: Iterable[Result]) -> tuple[PnlLine, ...]:
    """Put executions together by symbol and strategy."""
    groups: defaultdict[tuple[str, str, str], list[Result]] = defaultdict(list)
    for each in found:
        groups[each.symbol, each.strategy or "", each.currency].append(each)
    return tuple(
        PnlLine(
            symbol=symbol,
            strategy=strategy or None,
            currency=currency,
            gross=summed(_gross(group))[currency],
            fees=summed(_fees(group)),
            executions=len(group),
            fees_missing=_missing(group),
        )
        for (symbol, strategy, currency), group in sorted(groups.items())
    )
