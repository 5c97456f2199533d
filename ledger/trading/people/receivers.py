"""Who is to be told what concerns several users at once: the admins, and those who have accounts at a broker."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select, true

from ledger.trading.principal import Principal, must_be_admin
from ledger.trading.tables.people import accounts, brokers, users

_USER = (users.c.uid, users.c.telegram_user_id, users.c.notifications_json, users.c.language, users.c.timezone)
_ADMINS = select(*_USER).where(users.c.is_admin == true(), users.c.is_active == true()).order_by(users.c.id)
_OWNERS: Select[Any] = (
    select(*_USER, brokers.c.name.label("broker"), brokers.c.code.label("code"), accounts.c.name.label("account"))
    .join(accounts, accounts.c.user_id == users.c.id)
    .join(brokers, brokers.c.id == accounts.c.broker_id)
    .where(users.c.is_active == true(), accounts.c.archived_at.is_(None))
    .order_by(users.c.id, accounts.c.id)
)
_AT_BROKER = _OWNERS.where(brokers.c.code == bindparam("at_broker"))
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


def owners_at(principal: Principal, connection: Connection, broker: str) -> tuple[Row[Any], ...]:
    """Return the active users with accounts in use at a broker, each once; as `admins`, with its name and code.

    Args:
        principal: The system, or an admin.
        connection: Any connection to the ledger.
        broker: The broker's code.

    Raises:
        NotAllowed: The asker is no admin.
    """
    must_be_admin(principal)
    return _each_once(connection.execute(_AT_BROKER, {"at_broker": broker}).all())


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
    """Return the first row of each user and broker."""
    return tuple({(row.uid, row.broker): row for row in reversed(found)}.values())[::-1]
