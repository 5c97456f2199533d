"""Whose an account is, for whoever has to tell them something of it."""

from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, select

from ledger.trading.errors import NotFound
from ledger.trading.people.served import SERVED_BY
from ledger.trading.principal import Principal, Scoped
from ledger.trading.tables.people import accounts, brokers, users

_BY_ACCOUNT = Scoped(
    select(
        accounts.c.id,
        accounts.c.name,
        accounts.c.is_live,
        brokers.c.code,
        SERVED_BY.label("program"),
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
        program: Which program of that broker serves it.
        is_live: Whether its money is real.
        language: The user's.
        user: A row with the user's `telegram_user_id`, `notifications_json`, `language` and `timezone`.
    """

    id: int
    name: str
    broker: str
    program: str
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
    same = ("id", "name", "program", "is_live", "language")
    return AccountOwner(broker=row.code, user=row, **{field: getattr(row, field) for field in same})
