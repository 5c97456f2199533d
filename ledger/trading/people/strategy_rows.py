"""The rows of strategies, for the services beside this file."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, select

from ledger.trading import audit
from ledger.trading.enumerations import Mode
from ledger.trading.errors import Invalid, NotFound
from ledger.trading.principal import Principal, Scoped
from ledger.trading.tables.people import portfolios, strategies, users
from ledger.trading.work import Work


class Strategy(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a strategy.

    Attributes:
        uid: The version's name to others.
        user: The uid of whose it is.
        portfolio: The uid of the portfolio it trades for; None: the user's default one.
        name: What its user calls it.
        version: From 1.
        mode: What becomes of its signals.
        params: What it is set to.
        has_token: Whether it has a webhook secret.
        is_active: Whether it is the version in force.
        created_at: When the version was made.
    """

    uid: str
    user: str
    portfolio: str | None
    name: str
    version: int
    mode: Mode
    params: Mapping[str, object]
    has_token: bool
    is_active: bool
    created_at: datetime

    @classmethod
    def of(cls, row: Row[Any]) -> Self:
        """Return it as `select_strategies` reads it.

        Args:
            row: A row of it.
        """
        plain = ("uid", "user", "portfolio", "name", "version", "mode", "is_active", "created_at")
        named = {field: getattr(row, field) for field in plain}
        return cls(**named, params=row.params_json, has_token=row.token_hash is not None)


def select_strategies(*wanted: ColumnElement[bool]) -> Select[Any]:
    """Return the statement that reads versions of strategies, with portfolio, account and user.

    Args:
        wanted: Which.
    """
    more = (portfolios.c.uid.label("portfolio"), portfolios.c.account_id, users.c.uid.label("user"))
    return (
        select(strategies, *more)
        .join(users, users.c.id == strategies.c.user_id)
        .outerjoin(portfolios, portfolios.c.id == strategies.c.portfolio_id)
        .where(*wanted)
    )


_BY_UID = Scoped(select_strategies(strategies.c.uid == bindparam("of_uid")), strategies.c.user_id)


def strategy_row(principal: Principal, connection: Connection, uid: str, *, must_be_in_force: bool = False) -> Row[Any]:
    """Return the row of a version, as `select_strategies` reads it.

    Args:
        principal: Whose it is, or an admin.
        connection: Any connection to the ledger.
        uid: The version.
        must_be_in_force: Whether only the one in force will do.

    Raises:
        NotFound: The asker has no such strategy.
        Invalid: The version is not in force, but must be.
    """
    row = _BY_UID.rows(principal, connection, of_uid=uid).first()
    if row is None:
        raise NotFound("strategy", uid)
    if must_be_in_force and not row.is_active:
        raise Invalid.of("strategy_not_in_force", version=row.version, name=row.name)
    return row


def update_strategy(work: Work, row: Row[Any], **changed: object) -> None:
    """Write some columns of a version.

    Args:
        work: The caller's.
        row: The version.
        changed: The columns.
    """
    work.connection.execute(strategies.update().where(strategies.c.id == row.id).values(changed))


def log_strategy(principal: Principal, work: Work, row: Row[Any], action: str, details: Mapping[str, object]) -> None:
    """Add a row about a strategy to the chain of its portfolio's account, or the system's where it names no portfolio.

    Args:
        principal: Who did it.
        work: The caller's.
        row: The version, as `select_strategies` reads it.
        action: What was done.
        details: What else matters.
    """
    entry = audit.Entry(
        entity_type="strategy", entity_id=row.uid, action=action, details=details, account_id=row.account_id
    )
    audit.log(principal, work, entry)
