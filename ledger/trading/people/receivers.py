"""Who is to be told what concerns several users at once: the admins, and those who have accounts at a broker."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select, true

from ledger.trading.people.served import SERVED_BY
from ledger.trading.principal import Principal, must_be_admin
from ledger.trading.tables.people import accounts, brokers, users

_USER = (users.c.uid, users.c.telegram_user_id, users.c.notifications_json, users.c.language, users.c.timezone)
_ADMINS = select(*_USER).where(users.c.is_admin == true(), users.c.is_active == true()).order_by(users.c.id)
_OWNERS: Select[Any] = (
    select(
        *_USER,
        brokers.c.name.label("broker"),
        brokers.c.code.label("code"),
        accounts.c.name.label("account"),
        SERVED_BY.label("program"),
    )
    .join(accounts, accounts.c.user_id == users.c.id)
    .join(brokers, brokers.c.id == accounts.c.broker_id)
    .where(users.c.is_active == true(), accounts.c.archived_at.is_(None))
    .order_by(users.c.id, accounts.c.id)
)
_SERVED = _OWNERS.where(bindparam("served_by") == SERVED_BY)
_WEEKLY = _OWNERS.where(brokers.c.ends_weekly == true())


def admins(principal: Principal, connection: Connection) -> tuple[Row[Any], ...]:
    """Return the active admins, as rows that `ledger.trading.events.tell` takes, with language and zone.

    Args:
        principal: The system, or an admin.
        connection: Any connection to the ledger.

    Raises:
        NotAllowed: The asker is no admin.
    """
    must_be_admin(principal)
    return tuple(connection.execute(_ADMINS))


def owners_at(principal: Principal, connection: Connection, program: str) -> tuple[Row[Any], ...]:
    """Return the active users with accounts in use that a broker's program serves, each once.

    Args:
        principal: The system, or an admin.
        connection: Any connection to the ledger.
        program: The program, such as `broker-paper`.

    Returns:
        Rows as those of `admins`, with the broker's name and code, and the program.

    Raises:
        NotAllowed: The asker is no admin.
    """
    must_be_admin(principal)
    return _each_once(connection.execute(_SERVED, {"served_by": program}).all())


def owners_of_weekly_sessions(principal: Principal, connection: Connection) -> tuple[Row[Any], ...]:
    """Return the active users with accounts where sessions end once a week, each once; as `owners_at`.

    Accounts on paper too: they are behind the same kind of session.

    Args:
        principal: The system, or an admin.
        connection: Any connection to the ledger.

    Raises:
        NotAllowed: The asker is no admin.
    """
    must_be_admin(principal)
    return _each_once(connection.execute(_WEEKLY).all())


def _each_once(found: Sequence[Row[Any]]) -> tuple[Row[Any], ...]:
    """Return the first row of each user and program."""
    return tuple({(row.uid, row.program): row for row in reversed(found)}.values())[::-1]
