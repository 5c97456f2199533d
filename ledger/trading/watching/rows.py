"""What alerts, schedules and screeners have in common: rows that a user owns, switches, and deletes."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Table, func, select, true

from ledger.trading import audit
from ledger.trading.errors import Invalid, NotAllowed, NotFound, Taken
from ledger.trading.principal import Principal, must_be_admin, must_trade, owned
from ledger.trading.tables.people import portfolios
from ledger.trading.words import a_stripped_name
from ledger.trading.work import Work

MOST = 100
"""So many of a kind a user may have."""
STANDING = ("next_at", "beyond", "unknown_since")
"""Columns that say where a row stands, and nothing that a user wants."""


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """One of the three.

    Attributes:
        word: How it is called.
        table: Its rows.
        since: The column that says when it last did something.
    """

    word: str
    table: Table
    since: str


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """How a row goes on.

    Attributes:
        seen: The columns that it was decided from, as they were read.
        values: The columns that change.
        has_acted: Whether it did something now.
    """

    seen: Mapping[str, object]
    values: Mapping[str, object]
    has_acted: bool = False


def add(principal: Principal, work: Work, kind: Kind, name: str, values: Mapping[str, object]) -> Row[Any]:
    """Write a new row of the asker's, switched on.

    Args:
        principal: Who wants it; the system wants none.
        work: The caller's.
        kind: Which of the three.
        name: Its name, which no other of the asker's has.
        values: The columns that are its own, checked.

    Returns:
        The row.

    Raises:
        NotAllowed: The asker may only look, or is the system.
        Taken: The name is in use.
        Invalid: The name cannot be one, or the asker has `MOST` already.
    """
    must_trade(principal)
    if principal.user_id is None:
        raise NotAllowed.of("name_user")
    bare = a_stripped_name(f"the {kind.word}'s name", name)
    table = kind.table
    mine = table.c.user_id == principal.user_id
    if work.connection.execute(select(table.c.id).where(mine, table.c.name == bare)).first() is not None:
        raise Taken.of("name_in_use", what=kind.word, name=bare)
    if work.connection.execute(select(func.count()).select_from(table).where(mine)).scalar_one() >= MOST:
        raise Invalid.of("kind_full", what=kind.word, count=MOST)
    row = {"uid": audit.new_uid(), "user_id": principal.user_id, "name": bare, "is_active": True, **values}
    work.connection.execute(table.insert(), {**row, "created_at": work.now})
    added = one(principal, work.connection, kind, str(row["uid"]))
    _log(principal, work, kind, added, "created")
    return added


def one(principal: Principal, connection: Connection, kind: Kind, uid: str) -> Row[Any]:
    """Return a row of the asker's; raises NotFound."""
    mine = owned(principal, kind.table.c.user_id)
    row = connection.execute(select(kind.table).where(kind.table.c.uid == uid, mine)).first()
    if row is None:
        raise NotFound(kind.word, uid)
    return row


def owned_ones(principal: Principal, connection: Connection, kind: Kind) -> list[Row[Any]]:
    """Return the rows that the asker sees, by user and name."""
    table = kind.table
    query = select(table).where(owned(principal, table.c.user_id)).order_by(table.c.user_id, table.c.name)
    return list(connection.execute(query))


def active_ones(principal: Principal, connection: Connection, kind: Kind) -> list[Row[Any]]:
    """Return the rows of all users that are switched on, oldest first; raises NotAllowed for all but admins."""
    must_be_admin(principal)
    table = kind.table
    return list(connection.execute(select(table).where(table.c.is_active == true()).order_by(table.c.id)))


def switch(  # noqa: PLR0913 - a row is a kind and a name, its switch a place and what follows
    principal: Principal,
    work: Work,
    kind: Kind,
    uid: str,
    *,
    on: bool,
    anew: Callable[[Row[Any]], Mapping[str, object]],
) -> None:
    """Switch a row on or off; raises NotFound, NotAllowed.

    Args:
        anew: Returns the columns of a row that begin anew when it is switched on.
    """
    must_trade(principal)
    row = one(principal, work.connection, kind, uid)
    if row.is_active == on:
        return
    changed = {"is_active": on, **(anew(row) if on else {})}
    work.connection.execute(kind.table.update().where(kind.table.c.id == row.id).values(changed))
    _log(principal, work, kind, row, "switched on" if on else "switched off")


def delete(principal: Principal, work: Work, kind: Kind, uid: str) -> None:
    """Delete a row, which the audit log keeps whole; raises NotFound, NotAllowed."""
    must_trade(principal)
    row = one(principal, work.connection, kind, uid)
    work.connection.execute(kind.table.delete().where(kind.table.c.id == row.id))
    _log(principal, work, kind, row, "deleted")


def note(principal: Principal, work: Work, kind: Kind, uid: str) -> None:
    """Note that a row did something now; raises NotFound, and NotAllowed for all but admins."""
    must_be_admin(principal)
    row = one(principal, work.connection, kind, uid)
    work.connection.execute(kind.table.update().where(kind.table.c.id == row.id).values({kind.since: work.now}))


def advance(principal: Principal, work: Work, kind: Kind, uid: str, step: Step) -> bool:
    """Let a row go on from what it was seen to be; raises NotAllowed for all but admins.

    Args:
        step: From where to where.

    Returns:
        Whether it was still so: False where it was switched off, deleted or has gone on meanwhile.
    """
    must_be_admin(principal)
    table = kind.table
    seen = [table.c[name].is_(None) if value is None else table.c[name] == value for name, value in step.seen.items()]
    values = {**step.values, **({kind.since: work.now} if step.has_acted else {})}
    changed = table.update().where(table.c.uid == uid, table.c.is_active == true(), *seen).values(values)
    return work.connection.execute(changed).rowcount == 1


def portfolio_id(principal: Principal, connection: Connection, uid: str | None) -> int | None:
    """Return the number of a portfolio of the asker's own, None for none; raises NotFound.

    Args:
        uid: The portfolio's; None where none is meant.
    """
    if uid is None:
        return None
    mine = portfolios.c.user_id == principal.user_id
    found: int | None = connection.execute(select(portfolios.c.id).where(portfolios.c.uid == uid, mine)).scalar()
    if found is None:
        raise NotFound("portfolio", uid)
    return found


def _log(principal: Principal, work: Work, kind: Kind, row: Row[Any], action: str) -> None:
    """Add a row to the chain of the account that it concerns, or to the system's."""
    of = getattr(row, "portfolio_id", None)
    account = None
    if of is not None:
        account = work.connection.execute(select(portfolios.c.account_id).where(portfolios.c.id == of)).scalar()
    skipped = {"id", "uid", "user_id", "is_active", "created_at", kind.since, *STANDING}
    said = {name: value for name, value in row._mapping.items() if name not in skipped}
    entry = audit.Entry(entity_type=kind.word, entity_id=row.uid, action=action, details=said, account_id=account)
    audit.log(principal, work, entry)
