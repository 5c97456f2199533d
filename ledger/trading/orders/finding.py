"""Reading orders: one by any of its names, those that may still be filled, and the latest of a portfolio."""

from sqlalchemy import Connection, bindparam, select

from ledger.trading.enumerations import OrderStatus
from ledger.trading.errors import Invalid, NotFound
from ledger.trading.orders.records import Order
from ledger.trading.orders.states import OPEN
from ledger.trading.principal import Principal, Scoped
from ledger.trading.tables.catalogue import instruments
from ledger.trading.tables.people import accounts, portfolios
from ledger.trading.tables.trading import orders
from ledger.trading.words import one_of

MOST = 500

_NAMES = {
    "symbol": instruments.c.symbol,
    "portfolio_name": portfolios.c.name.label("portfolio_name"),
    "is_live": accounts.c.is_live,
}
_COLUMNS = [_NAMES[field] if field in _NAMES else orders.c[field] for field in Order.__struct_fields__]
_ORDERS = (
    select(*_COLUMNS)
    .join(portfolios, portfolios.c.id == orders.c.portfolio_id)
    .join(accounts, accounts.c.id == orders.c.account_id)
    .join(instruments, instruments.c.id == orders.c.instrument_id)
)
_BY_UID = Scoped(_ORDERS.where(orders.c.uid == bindparam("order")), portfolios.c.user_id)
_OF_ACCOUNT = _ORDERS.where(accounts.c.uid == bindparam("account"))
_BY_CLIENT_ID = Scoped(_OF_ACCOUNT.where(orders.c.client_order_id == bindparam("number")), portfolios.c.user_id)
_BY_BROKER_ID = Scoped(_OF_ACCOUNT.where(orders.c.broker_order_id == bindparam("number")), portfolios.c.user_id)

_PORTFOLIO = Scoped(select(portfolios.c.id).where(portfolios.c.uid == bindparam("portfolio")), portfolios.c.user_id)
_PORTFOLIO_OF = Scoped(
    select(portfolios.c.uid)
    .join(orders, orders.c.portfolio_id == portfolios.c.id)
    .where(orders.c.uid == bindparam("order")),
    portfolios.c.user_id,
)
_ACCOUNT = Scoped(select(accounts.c.id).where(accounts.c.uid == bindparam("account")), accounts.c.user_id)
_OPEN = _ORDERS.where(orders.c.status.in_(OPEN)).order_by(orders.c.id)
_OPEN_OF_PORTFOLIO = _OPEN.where(orders.c.portfolio_id == bindparam("id_of_portfolio"))
_OPEN_OF_ACCOUNT = _OPEN.where(orders.c.account_id == bindparam("id_of_account"))
_LATEST = (
    _ORDERS.where(orders.c.portfolio_id == bindparam("id_of_portfolio"))
    .order_by(orders.c.placed_at.desc(), orders.c.id.desc())
    .limit(bindparam("most"))
)
_LATEST_IN_STATE = _LATEST.where(orders.c.status == bindparam("in_state"))


def find(principal: Principal, connection: Connection, uid: str) -> Order:
    """Return an order.

    Args:
        principal: Who asks.
        connection: Any connection to the ledger.
        uid: Its name here.

    Raises:
        NotFound: The asker has no such order.
    """
    row = _BY_UID.rows(principal, connection, order=uid).first()
    if row is None:
        raise NotFound("order", uid)
    return Order.of(row)


def portfolio_of(principal: Principal, connection: Connection, uid: str) -> str:
    """Return the uid of the portfolio that an order belongs to.

    Args:
        principal: Who asks.
        connection: Any connection to the ledger.
        uid: The order's name here.

    Raises:
        NotFound: The asker has no such order.
    """
    found: str | None = _PORTFOLIO_OF.rows(principal, connection, order=uid).scalar()
    if found is None:
        raise NotFound("order", uid)
    return found


def find_by_client_id(principal: Principal, connection: Connection, account: str, client_order_id: str) -> Order:
    """Return the order of an account that bears a client order id.

    Args:
        principal: Who asks.
        connection: Any connection to the ledger.
        account: The account's uid.
        client_order_id: The name under which it was sent.

    Raises:
        NotFound: The asker has no such order.
    """
    row = _BY_CLIENT_ID.rows(principal, connection, account=account, number=client_order_id).first()
    if row is None:
        raise NotFound("order", client_order_id)
    return Order.of(row)


def find_by_broker_id(principal: Principal, connection: Connection, account: str, broker_order_id: str) -> Order:
    """Return the order of an account that its broker knows by a number.

    Args:
        principal: Who asks.
        connection: Any connection to the ledger.
        account: The account's uid.
        broker_order_id: The broker's number.

    Raises:
        NotFound: The asker has no such order.
    """
    row = _BY_BROKER_ID.rows(principal, connection, account=account, number=broker_order_id).first()
    if row is None:
        raise NotFound("order", broker_order_id)
    return Order.of(row)


def open_orders(
    principal: Principal, connection: Connection, *, portfolio: str | None = None, account: str | None = None
) -> tuple[Order, ...]:
    """Return the orders that may still be filled, oldest first.

    Args:
        principal: Who asks.
        connection: Any connection to the ledger.
        portfolio: The uid of the portfolio whose orders are wanted; this or `account` is given.
        account: The uid of the account whose orders are wanted.

    Raises:
        NotFound: The asker has no such portfolio or account.
        Invalid: Neither is given, or both are.
    """
    if (portfolio is None) == (account is None):
        raise Invalid("open orders are those of a portfolio or of an account; name one of the two")
    if portfolio is not None:
        values = {"id_of_portfolio": _id(principal, connection, portfolio)}
        return tuple(map(Order.of, connection.execute(_OPEN_OF_PORTFOLIO, values)))
    found = _ACCOUNT.rows(principal, connection, account=account).scalar()
    if found is None:
        raise NotFound("account", account)
    return tuple(map(Order.of, connection.execute(_OPEN_OF_ACCOUNT, {"id_of_account": found})))


def history(
    principal: Principal,
    connection: Connection,
    portfolio: str,
    *,
    status: OrderStatus | None = None,
    limit: int = 50,
) -> tuple[Order, ...]:
    """Return the latest orders of a portfolio, newest first.

    Args:
        principal: Who asks.
        connection: Any connection to the ledger.
        portfolio: The portfolio's uid.
        status: The state they are in; None for any.
        limit: How many at most, from 1 to `MOST`.

    Raises:
        NotFound: The asker has no such portfolio.
        Invalid: There is no such state, or the limit is out of bounds.
    """
    if not 1 <= limit <= MOST:
        raise Invalid.of("too_many_listed", count=limit, things="orders", most=MOST)
    if status is not None:
        one_of("a state", status, OrderStatus)
    values: dict[str, object] = {"id_of_portfolio": _id(principal, connection, portfolio), "most": limit}
    if status is None:
        return tuple(map(Order.of, connection.execute(_LATEST, values)))
    return tuple(map(Order.of, connection.execute(_LATEST_IN_STATE, {**values, "in_state": status})))


def _id(principal: Principal, connection: Connection, portfolio: str) -> int:
    """Return the number of a portfolio; raises NotFound."""
    found: int | None = _PORTFOLIO.rows(principal, connection, portfolio=portfolio).scalar()
    if found is None:
        raise NotFound("portfolio", portfolio)
    return found
