"""Whose an account is, for whoever has to tell them something of it."""

from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, select

from ledger.trading.errors import NotFound
from ledger.trading.principal import Principal, Scoped
from ledger.trading.tables.people import accounts, brokers, users

_BY_ACCOUNT = Scoped(
    select(
        accounts.c.id,
        accounts.c.name,
        accounts.c.is_live,
        brokers.c.code,
        users.c.language,
        users.c.timezone,
        users.c.telegram_user_id,
        users.c.notifications_json,
    )
    .join(users, users.c.id == accounts.c.user_id)
    .join(brokers, brokers.c.id == accounts.c.broker_id)
    .where(accounts.c.uid == bindparam("of_account")),
    accounts.c.user_id,
)


class AccountOwner(msgspec.Struct, frozen=True, kw_only=True):
    """An account's name and user.

    Attributes:
        id: The ledger's number of the account.
        name: What its user calls it.
        broker: The code of its broker.
        is_live: Whether its money is real.
        language: The user's.
        user: A row with the user's `telegram_user_id`, `notifications_json`, `language` and `timezone`.
    """

    id: int
    name: str
    broker: str
    is_live: bool
    language: str
    user: Row[Any]


def account_owner(principal: Principal, connection: Connection, account: str) -> AccountOwner:
    """Return whose an account is.

    Args:
        principal: Whose it is, or an admin.
        connection: Any connection to the ledger.
        account: The account's uid.

    Raises:
        NotFound: The asker has no such account.
    """
    row = _BY_ACCOUNT.rows(principal, connection, of_account=account).first()
    if row is None:
        raise NotFound("account", account)
    return AccountOwner(id=row.id, name=row.name, broker=row.code, is_live=row.is_live, language=row.language, user=row)
