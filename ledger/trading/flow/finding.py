"""The statements by which signals are read, and whose portfolio something of the flow belongs to."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, select

from ledger.trading.errors import NotFound
from ledger.trading.flow.records import Signal
from ledger.trading.principal import Principal, Scoped
from ledger.trading.tables.catalogue import instruments
from ledger.trading.tables.flow import signals
from ledger.trading.tables.people import accounts, brokers, portfolios, strategies

NAMES: dict[str, ColumnElement[Any]] = {
    "user_id": portfolios.c.user_id,
    "portfolio": portfolios.c.uid.label("portfolio"),
    "portfolio_name": portfolios.c.name.label("portfolio_name"),
    "account": accounts.c.uid.label("account"),
    "broker": brokers.c.code.label("broker"),
    "is_live": accounts.c.is_live,
    "strategy": strategies.c.uid.label("strategy"),
    "strategy_name": strategies.c.name.label("strategy_name"),
    "instrument": instruments.c.uid.label("instrument"),
    "body": signals.c.body_json.label("body"),
}
_COLUMNS = [NAMES[field] if field in NAMES else signals.c[field] for field in Signal.__struct_fields__]
SIGNALS: Select[Any] = (
    select(*_COLUMNS)
    .join(portfolios, portfolios.c.id == signals.c.portfolio_id)
    .join(accounts, accounts.c.id == signals.c.account_id)
    .join(brokers, brokers.c.id == accounts.c.broker_id)
    .outerjoin(strategies, strategies.c.id == signals.c.strategy_id)
    .outerjoin(instruments, instruments.c.id == signals.c.instrument_id)
)
_PORTFOLIO = Scoped(
    select(portfolios.c.id, portfolios.c.uid, portfolios.c.user_id, portfolios.c.account_id).where(
        portfolios.c.uid == bindparam("portfolio")
    ),
    portfolios.c.user_id,
)
_ACCOUNT = Scoped(select(accounts.c.id).where(accounts.c.uid == bindparam("account")), accounts.c.user_id)
_ACCOUNTS = Scoped(select(accounts.c.id), accounts.c.user_id)


def signal_of(row: Row[Any]) -> Signal:
    """Return a signal as `SIGNALS` selects it.

    Args:
        row: The row.
    """
    return Signal(**row._mapping)


def place_of(principal: Principal, connection: Connection, portfolio: str) -> Row[Any]:
    """Return the numbers of a portfolio, its user and its account.

    Args:
        principal: Whose it is, or an admin.
        connection: Any connection to the ledger.
        portfolio: The portfolio's uid.

    Returns:
        A row of `id`, `uid`, `user_id` and `account_id`.

    Raises:
        NotFound: The asker has no such portfolio.
    """
    row = _PORTFOLIO.rows(principal, connection, portfolio=portfolio).first()
    if row is None:
        raise NotFound("portfolio", portfolio)
    return row


def account_id(principal: Principal, connection: Connection, account: str) -> int:
    """Return the number of an account.

    Args:
        principal: Whose it is, or an admin.
        connection: Any connection to the ledger.
        account: The account's uid.

    Raises:
        NotFound: The asker has no such account.
    """
    found: int | None = _ACCOUNT.rows(principal, connection, account=account).scalar()
    if found is None:
        raise NotFound("account", account)
    return found


def account_ids(principal: Principal, connection: Connection) -> list[int]:
    """Return the numbers of all accounts that the asker sees.

    Args:
        principal: Who asks.
        connection: Any connection to the ledger.
    """
    return list(_ACCOUNTS.rows(principal, connection).scalars())
