"""What stands in a signal's way: orders that may still be filled, and what is held, named by uids; all by index."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, bindparam, select, true

from ledger.trading.enumerations import Leg, OrderStatus, Purpose, Side
from ledger.trading.flow.finding import account_id, account_ids
from ledger.trading.orders.states import OPEN
from ledger.trading.principal import Principal, Scoped
from ledger.trading.tables.catalogue import instruments
from ledger.trading.tables.flow import signals
from ledger.trading.tables.people import accounts, portfolios, strategies
from ledger.trading.tables.trading import orders, positions


class LaneOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order, by the names of where it belongs.

    Attributes:
        strategy: The uid of the version that it is booked under; None where no strategy is.
        strategy_name: The name that all versions share.
        signal: The uid of what it comes from.
    """

    uid: str
    account: str
    portfolio: str
    user_id: int
    portfolio_id: int
    instrument: str
    symbol: str
    strategy: str | None
    strategy_name: str | None
    signal: str | None
    leg: Leg
    purpose: Purpose
    side: Side
    status: OrderStatus
    attempt: int
    quantity: Decimal
    filled_quantity: Decimal
    client_order_id: str
    reason: str | None
    placed_at: datetime

    @property
    def lane(self) -> tuple[str, str]:
        """The uids of its account and instrument."""
        return self.account, self.instrument

    @property
    def rest(self) -> Decimal:
        """What may still be filled, below zero where it sells."""
        left = self.quantity - self.filled_quantity
        return left if self.side == "BUY" else -left

    @property
    def is_over(self) -> bool:
        """Whether nothing more is done about it by itself."""
        return self.status not in OPEN


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """A position of an account that is not flat; `quantity` is below zero for a short one."""

    portfolio: str
    instrument: str
    symbol: str
    strategy: str | None
    strategy_name: str | None
    quantity: Decimal
    avg_price: Decimal
    last_exec_time: datetime


_PLACES = {
    "account": accounts.c.uid.label("account"),
    "portfolio": portfolios.c.uid.label("portfolio"),
    "user_id": portfolios.c.user_id,
    "instrument": instruments.c.uid.label("instrument"),
    "symbol": instruments.c.symbol,
    "strategy": strategies.c.uid.label("strategy"),
    "strategy_name": strategies.c.name.label("strategy_name"),
    "signal": signals.c.uid.label("signal"),
}
_ORDERS: Select[Any] = (
    select(*(_PLACES[field] if field in _PLACES else orders.c[field] for field in LaneOrder.__struct_fields__))
    .join(portfolios, portfolios.c.id == orders.c.portfolio_id)
    .join(accounts, accounts.c.id == orders.c.account_id)
    .join(instruments, instruments.c.id == orders.c.instrument_id)
    .outerjoin(strategies, strategies.c.id == orders.c.strategy_id)
    .outerjoin(signals, signals.c.id == orders.c.signal_id)
    .order_by(orders.c.id)
)
_WORKING = _ORDERS.where(orders.c.account_id.in_(bindparam("of_accounts", expanding=True)), orders.c.status.in_(OPEN))
_NUMBERS = select(signals.c.id).where(signals.c.uid.in_(bindparam("of_uids", expanding=True)))
_OF_SIGNALS = Scoped(_ORDERS.where(orders.c.signal_id.in_(bindparam("of_ids", expanding=True))), portfolios.c.user_id)
_BY_UID = Scoped(_ORDERS.where(orders.c.uid == bindparam("of_uid")), portfolios.c.user_id)
_PORTFOLIOS = select(portfolios.c.id).where(portfolios.c.account_id == bindparam("of_account"))
_HELD: Select[Any] = (
    select(*(_PLACES[field] if field in _PLACES else positions.c[field] for field in Holding.__struct_fields__))
    .join(portfolios, portfolios.c.id == positions.c.portfolio_id)
    .join(instruments, instruments.c.id == positions.c.instrument_id)
    .outerjoin(strategies, strategies.c.id == positions.c.strategy_id)
    .where(positions.c.portfolio_id.in_(bindparam("of_portfolios", expanding=True)), positions.c.is_open == true())
    .order_by(positions.c.id)
)


def working(principal: Principal, connection: Connection, *, account: str | None = None) -> tuple[LaneOrder, ...]:
    """Return all orders that may still be filled, oldest first.

    Args:
        principal: Who asks.
        connection: Any connection to the ledger.
        account: The uid of the account that is meant; None for all of the asker's.

    Raises:
        NotFound: The asker has no such account.
    """
    found = account_ids(principal, connection) if account is None else [account_id(principal, connection, account)]
    return tuple(map(_order, connection.execute(_WORKING, {"of_accounts": found}).all()))


def of_signals(principal: Principal, connection: Connection, *uids: str) -> tuple[LaneOrder, ...]:
    """Return the orders that came from signals, oldest first, whatever their states.

    Args:
        principal: Who asks; signals of others have none for the asker.
        connection: Any connection to the ledger.
        *uids: The signals'.
    """
    numbers = list(connection.execute(_NUMBERS, {"of_uids": list(uids)}).scalars()) if uids else []
    return tuple(map(_order, _OF_SIGNALS.rows(principal, connection, of_ids=numbers).all())) if numbers else ()


def lane_order(principal: Principal, connection: Connection, uid: str) -> LaneOrder | None:
    """Return an order; None where the asker has none of that name.

    Args:
        principal: Who asks.
        connection: Any connection to the ledger.
        uid: The order's.
    """
    row = _BY_UID.rows(principal, connection, of_uid=uid).first()
    return None if row is None else _order(row)


def holdings(principal: Principal, connection: Connection, account: str) -> tuple[Holding, ...]:
    """Return what an account's portfolios hold.

    Args:
        principal: Whose account it is, or an admin.
        connection: Any connection to the ledger.
        account: The account's uid.

    Raises:
        NotFound: The asker has no such account.
    """
    number = account_id(principal, connection, account)
    found = list(connection.execute(_PORTFOLIOS, {"of_account": number}).scalars())
    return tuple(Holding(**row._mapping) for row in connection.execute(_HELD, {"of_portfolios": found}).all())


def _order(row: Row[Any]) -> LaneOrder:
    """Return an order as it is read."""
    return LaneOrder(**row._mapping)
