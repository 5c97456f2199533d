"""The executions of a portfolio one by one, with all that a report tells of each, and what perpetuals paid besides.

Only those that count are here: an execution that was corrected is seen as its correction says.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, bindparam, select

from ledger.exact import ZERO
from ledger.trading.books.arithmetic import value_of
from ledger.trading.books.pnl import FUNDING, SINCE, UNTIL, Amounts, Period, Result, summed
from ledger.trading.books.positions import portfolios_of
from ledger.trading.books.replay import COIN
from ledger.trading.enumerations import AssetType, Purpose, Side
from ledger.trading.principal import Principal
from ledger.trading.tables.catalogue import instruments
from ledger.trading.tables.people import strategies
from ledger.trading.tables.trading import orders, position_entries, positions, trades


class Execution(msgspec.Struct, frozen=True, kw_only=True):
    """An execution that counts, with the names of where it belongs.

    Attributes:
        uid: Its row's.
        strategy: The name of its strategy, None for what belongs to none.
        currency: Of price and `realized`.
        coin: What the instrument is of, where a fee in it is taken from what is held; None for most.
        fee: None where the broker has not said it yet, which is not zero.
        realized: Gross, by this execution alone.
        order: The uid of its order; None for one that no order of ours stands behind.
        purpose: Of that order.
        broker_trade_id: The execution's number at the broker.
        broker_order_id: The order's number at the broker.
        corrects: Whether it stands in the place of one that was told before.
    """

    uid: str
    position_id: int
    exec_time: datetime
    symbol: str
    exchange: str | None
    asset_type: AssetType
    strategy: str | None
    side: Side
    quantity: Decimal
    price: Decimal
    multiplier: Decimal
    currency: str
    coin: str | None
    fee: Decimal | None
    fee_currency: str | None
    realized: Decimal
    order: str | None
    purpose: Purpose | None
    client_order_id: str | None
    broker_order_id: str | None
    broker_trade_id: str
    corrects: bool

    @property
    def value(self) -> Decimal:
        """What was bought or sold for, in `currency`, without a sign."""
        return abs(value_of(self.quantity, self.price, multiplier=self.multiplier))

    def result(self, portfolio: str) -> Result:
        """Return it as the statistics take it: without a fee that was taken from the coins, or is not known.

        Args:
            portfolio: The uid of its portfolio.
        """
        beside = self.fee is not None and self.fee_currency != self.coin
        return Result(
            position_id=self.position_id,
            portfolio=portfolio,
            exec_time=self.exec_time,
            symbol=self.symbol,
            strategy=self.strategy,
            currency=self.currency,
            realized=self.realized,
            fee=self.fee if beside and self.fee is not None else ZERO,
            fee_currency=self.fee_currency if beside else None,
            fee_is_known=self.fee is not None,
        )


_EXECUTIONS: Select[Any] = (
    select(
        trades.c.uid,
        position_entries.c.position_id,
        position_entries.c.exec_time,
        instruments.c.symbol,
        instruments.c.exchange,
        instruments.c.asset_type,
        strategies.c.name.label("strategy"),
        trades.c.side,
        trades.c.quantity,
        trades.c.price,
        instruments.c.multiplier,
        instruments.c.currency,
        COIN,
        trades.c.fee,
        trades.c.fee_currency,
        position_entries.c.realized_pnl.label("realized"),
        orders.c.uid.label("order"),
        orders.c.purpose,
        orders.c.client_order_id,
        orders.c.broker_order_id,
        trades.c.broker_trade_id,
        trades.c.corrects_id,
    )
    .join(trades, trades.c.id == position_entries.c.trade_id)
    .join(positions, positions.c.id == position_entries.c.position_id)
    .join(instruments, instruments.c.id == positions.c.instrument_id)
    .outerjoin(orders, orders.c.id == trades.c.order_id)
    .outerjoin(strategies, strategies.c.id == positions.c.strategy_id)
    .where(position_entries.c.portfolio_id == bindparam("portfolio"))
)
_IN_TIME = (
    _EXECUTIONS.where(position_entries.c.exec_time >= SINCE, position_entries.c.exec_time < UNTIL)
    .order_by(position_entries.c.exec_time, position_entries.c.broker_trade_id)
    .limit(bindparam("most"))
)
_NEWEST = _EXECUTIONS.order_by(position_entries.c.exec_time.desc(), position_entries.c.broker_trade_id.desc()).limit(
    bindparam("most")
)


def executions(
    principal: Principal, connection: Connection, period: Period, *, portfolio: str, most: int
) -> tuple[Execution, ...]:
    """Return the executions of a period, oldest first.

    Args:
        principal: Whose portfolio it is, or an admin.
        connection: Any connection to the ledger.
        period: The period.
        portfolio: The portfolio's uid.
        most: At most so many, the oldest ones: whoever gets as many asks for a shorter period.

    Raises:
        NotFound: The asker has no such portfolio.
    """
    (number,) = portfolios_of(principal, connection, portfolio)
    values = {"portfolio": number, "since": period.since, "until": period.until, "most": most}
    return tuple(_execution(row) for row in connection.execute(_IN_TIME, values))


def newest_executions(
    principal: Principal, connection: Connection, portfolio: str, *, most: int
) -> tuple[Execution, ...]:
    """Return the newest executions, newest first.

    Args:
        principal: Whose portfolio it is, or an admin.
        connection: Any connection to the ledger.
        portfolio: The portfolio's uid.
        most: At most so many.

    Raises:
        NotFound: The asker has no such portfolio.
    """
    (number,) = portfolios_of(principal, connection, portfolio)
    return tuple(_execution(row) for row in connection.execute(_NEWEST, {"portfolio": number, "most": most}))


def funding(principal: Principal, connection: Connection, period: Period, *, portfolio: str) -> Amounts:
    """Return what perpetuals paid in a period, below zero for what they took, by currency.

    Args:
        principal: Whose portfolio it is, or an admin.
        connection: Any connection to the ledger.
        period: The period.
        portfolio: The portfolio's uid.

    Raises:
        NotFound: The asker has no such portfolio.
    """
    (number,) = portfolios_of(principal, connection, portfolio)
    values = {"portfolio": number, "since": period.since, "until": period.until}
    return summed((row.currency, row.amount) for row in connection.execute(FUNDING, values))


def _execution(row: Row[Any]) -> Execution:
    """Return an execution of its row."""
    values = dict(row._mapping)
    corrected = values.pop("corrects_id")
    return Execution(**values, corrects=corrected is not None)
