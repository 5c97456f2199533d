"""A portfolio as it is read."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, select

from ledger.trading.errors import NotFound
from ledger.trading.principal import Principal, owned
from ledger.trading.tables.people import accounts, portfolios, users


class Portfolio(msgspec.Struct, frozen=True, kw_only=True):
    """A portfolio.

    Attributes:
        uid: Its name to others.
        user: The uid of whose it is.
        account: The uid of its account.
        name: What its user calls it.
        description: What it is for.
        is_live: Whether its account's money is real.
        is_default: Whether it is meant where none is named.
        archived_at: When it was put away.
        created_at: When it was made.
    """

    uid: str
    user: str
    account: str
    name: str
    description: str
    is_live: bool
    is_default: bool
    archived_at: datetime | None
    created_at: datetime


def select_portfolios() -> Select[Any]:
    """Return the statement that reads portfolios, with the uids of account and user."""
    more = (accounts.c.uid.label("account"), accounts.c.is_live, users.c.uid.label("user"))
    return (
        select(portfolios, *more)
        .join(accounts, accounts.c.id == portfolios.c.account_id)
        .join(users, users.c.id == portfolios.c.user_id)
    )


def portfolio_row(principal: Principal, connection: Connection, uid: str) -> Row[Any]:
    """Return a portfolio's row, with the uids of account and user.

    Args:
        principal: Whose it is, or an admin.
        connection: Any connection to the ledger.
        uid: The portfolio.

    Raises:
        NotFound: The asker has no such portfolio.
    """
    wanted = (portfolios.c.uid == uid, owned(principal, portfolios.c.user_id))
    row = connection.execute(select_portfolios().where(*wanted)).first()
    if row is None:
        raise NotFound("portfolio", uid)
    return row


def as_portfolio(row: Row[Any]) -> Portfolio:
    """Return a portfolio as others see it.

    Args:
        row: Its row, with the uids of account and user.
    """
    return Portfolio(**{field: getattr(row, field) for field in Portfolio.__struct_fields__})
