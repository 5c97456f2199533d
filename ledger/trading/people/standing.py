"""Whether trading may be done for a portfolio at all: its user, its account, and how its messages are worded."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, select

from ledger.trading.enumerations import UserStatus
from ledger.trading.errors import NotFound
from ledger.trading.people.served import SERVED_BY
from ledger.trading.principal import Principal, Scoped
from ledger.trading.tables.people import accounts, brokers, portfolios, users


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A portfolio with its user and account.

    Attributes:
        user: A row with the user's `telegram_user_id`, `notifications_json`, `language` and `timezone`.
        number: What its account is called at its venue; None where it has no number.
        program: Which program of its broker serves the account.
        archived_at: When the portfolio, or its account, was put away.
    """

    id: int
    user_id: int
    user_uid: str
    portfolio: str
    portfolio_name: str
    status: UserStatus
    account: str
    account_name: str
    number: str | None
    broker: str
    program: str
    base_currency: str
    is_live: bool
    archived_at: datetime | None
    user: Row[Any]


_STANDING = Scoped(
    select(
        portfolios.c.id,
        portfolios.c.user_id,
        users.c.uid.label("user_uid"),
        portfolios.c.uid.label("portfolio"),
        portfolios.c.name.label("portfolio_name"),
        portfolios.c.archived_at.label("portfolio_archived_at"),
        users.c.status,
        users.c.telegram_user_id,
        users.c.notifications_json,
        users.c.language,
        users.c.timezone,
        accounts.c.uid.label("account"),
        accounts.c.name.label("account_name"),
        accounts.c.account_uid.label("number"),
        accounts.c.base_currency,
        accounts.c.is_live,
        accounts.c.archived_at.label("account_archived_at"),
        brokers.c.code.label("broker"),
        SERVED_BY.label("program"),
    )
    .join(users, users.c.id == portfolios.c.user_id)
    .join(accounts, accounts.c.id == portfolios.c.account_id)
    .join(brokers, brokers.c.id == accounts.c.broker_id)
    .where(portfolios.c.uid == bindparam("of_portfolio")),
    portfolios.c.user_id,
)


def standing(principal: Principal, connection: Connection, portfolio: str) -> Standing:
    """Return how a portfolio stands.

    Args:
        principal: Whose it is, or an admin.
        connection: Any connection to the ledger.
        portfolio: The portfolio's uid.

    Raises:
        NotFound: The asker has no such portfolio.
    """
    row = _STANDING.rows(principal, connection, of_portfolio=portfolio).first()
    if row is None:
        raise NotFound("portfolio", portfolio)
    same = (field for field in Standing.__struct_fields__ if field not in {"archived_at", "user"})
    archived_at = row.portfolio_archived_at or row.account_archived_at
    return Standing(**{field: getattr(row, field) for field in same}, archived_at=archived_at, user=row)
