"""What the checks before an order look at and no order changes that is written: a portfolio's day, read once."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, bindparam, distinct, func, select, true

from ledger.columns import Moment
from ledger.exact import ZERO
from ledger.trading.books.net import net_of
from ledger.trading.books.pnl import Period
from ledger.trading.books.replay import COUNTS
from ledger.trading.errors import NotFound
from ledger.trading.flow.balances import latest_of
from ledger.trading.flow.halts import halted
from ledger.trading.flow.portfolio_days import start_and_peak
from ledger.trading.flow.records import Halted, NewBalance
from ledger.trading.instruments import Instrument
from ledger.trading.orders.states import OPEN
from ledger.trading.principal import Principal, Scoped
from ledger.trading.tables.catalogue import instruments
from ledger.trading.tables.people import accounts, portfolios, strategies
from ledger.trading.tables.trading import orders, positions, trades

SINCE = bindparam("since", type_=Moment)
_AHEAD = timedelta(days=1)
"""A venue's clock may be ahead of ours: what it has executed counts all the same."""

_PLACE = Scoped(
    select(portfolios.c.id, portfolios.c.account_id, portfolios.c.user_id, accounts.c.base_currency)
    .join(accounts, accounts.c.id == portfolios.c.account_id)
    .where(portfolios.c.uid == bindparam("portfolio")),
    portfolios.c.user_id,
)
_POSITIONS: Select[Any] = (
    select(
        *(instruments.c[field].label(f"its_{field}") for field in Instrument.__struct_fields__),
        instruments.c.uid.label("instrument"),
        instruments.c.symbol,
        strategies.c.uid.label("strategy"),
        instruments.c.currency,
        instruments.c.multiplier,
        positions.c.quantity,
        positions.c.avg_price,
        positions.c.cost,
        positions.c.id.label("position_id"),
        positions.c.instrument_id,
        positions.c.opened_at,
    )
    .join(instruments, instruments.c.id == positions.c.instrument_id)
    .outerjoin(strategies, strategies.c.id == positions.c.strategy_id)
    .where(positions.c.portfolio_id == bindparam("of_portfolio"), positions.c.is_open == true())
    .order_by(positions.c.id)
)
_FILLS: Select[Any] = (
    select(
        *(trades.c[column] for column in ("quantity", "price", "exec_time")),
        *(instruments.c[column] for column in ("currency", "multiplier", "asset_type")),
    )
    .join(orders, orders.c.id == trades.c.order_id)
    .join(instruments, instruments.c.id == trades.c.instrument_id)
    .where(
        trades.c.portfolio_id.in_(select(portfolios.c.id).where(portfolios.c.account_id == bindparam("of_account"))),
        trades.c.exec_time > SINCE,
        orders.c.purpose == "OPENING",
        COUNTS,
    )
)
FILLED: Select[int] = (
    select(func.count(distinct(trades.c.order_id)))
    .join(orders, orders.c.id == trades.c.order_id)
    .where(
        trades.c.portfolio_id == bindparam("of_portfolio"),
        trades.c.exec_time >= SINCE,
        orders.c.purpose == "OPENING",
        orders.c.filled_quantity != ZERO,
        orders.c.status.not_in(OPEN),
        COUNTS,
    )
)
"""How many openings were filled and are over; those that are not are counted as what may still be filled."""


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a portfolio at a moment, but of its orders; rows and ids are the ledger's own.

    Attributes:
        portfolio: Its uid.
        start: When the day of trading began.
        held: Its positions that are not flat.
        balances: The newest of each currency and wallet of its account.
        fills: Of the account's openings since the oldest of these figures.
        openings: How many were filled today and are over.
        realized: Today, net of fees in the account's currency.
        unrealized_at_start: None where nobody has noted it.
        equity_peak: None where none was noted.
    """

    portfolio: str
    start: datetime
    held: tuple[Row[Any], ...]
    halted: Halted
    balances: tuple[NewBalance, ...]
    fills: tuple[Row[Any], ...]
    openings: int
    realized: Decimal
    unrealized_at_start: Decimal | None
    equity_peak: Decimal | None

    def instruments(self) -> Iterator[Instrument]:
        """Yield what its positions are of."""
        for row in self.held:
            yield Instrument(**{field: getattr(row, f"its_{field}") for field in Instrument.__struct_fields__})


def read_day(
    principal: Principal, connection: Connection, *, portfolio: str, now: datetime, day_start: datetime
) -> Day:
    """Return what is known of a portfolio's day, but of its orders that may still be filled.

    It is of use in this transaction alone: in it nobody else writes, and whoever writes orders changes nothing of it.

    Args:
        principal: Who trades: the portfolio's user, or an admin.
        connection: From `Ledger.writing()`, so that nothing of it changes before the order is written.
        portfolio: The portfolio's uid.
        now: The moment, aware.
        day_start: When the day of trading began, aware.

    Raises:
        NotFound: The asker has no such portfolio.
    """
    place = _PLACE.rows(principal, connection, portfolio=portfolio).first()
    if place is None:
        raise NotFound("portfolio", portfolio)
    here = {"of_portfolio": place.id}
    balances = latest_of(connection, place.account_id)
    unrealized, peak = start_and_peak(connection, place.id, day_start)
    return Day(
        portfolio=portfolio,
        start=day_start,
        held=tuple(connection.execute(_POSITIONS, here).all()),
        halted=halted(connection, user_id=place.user_id, portfolio_id=place.id),
        balances=balances,
        fills=_fills(connection, place.account_id, balances),
        openings=connection.execute(FILLED, {**here, "since": day_start}).scalar_one(),
        realized=net_of(connection, place.id, Period(day_start, now + _AHEAD), place.base_currency),
        unrealized_at_start=unrealized,
        equity_peak=peak,
    )


def _fills(connection: Connection, account: int, balances: tuple[NewBalance, ...]) -> tuple[Row[Any], ...]:
    """Return the fills of an account's openings that the oldest of its figures may not know of."""
    if not balances:
        return ()
    since = min(each.as_of for each in balances)
    return tuple(connection.execute(_FILLS, {"of_account": account, "since": since}).all())
