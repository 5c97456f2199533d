"""Halts: a kill stops every signal, a pause the openings; of everybody, of one user, or of one portfolio.

Each is in force until it is lifted. What an admin has set, only an admin lifts. An order is written only after `halted`
was read in the same transaction, so that nothing is ordered once a halt was answered.
"""

from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, or_, select, true

from ledger.trading import audit
from ledger.trading.errors import Invalid, NotAllowed, NotFound
from ledger.trading.flow.finding import place_of
from ledger.trading.flow.records import Halt, Halted, HaltKind, HaltScope
from ledger.trading.principal import Principal, must_be_admin, must_trade, owned
from ledger.trading.tables.flow import halts
from ledger.trading.tables.people import portfolios, users
from ledger.trading.words import one_of
from ledger.trading.work import Work

LONGEST_REASON = 300

_IN_FORCE = halts.c.lifted_at.is_(None)
_HALTED = (
    select(halts.c.kind, halts.c.reason)
    .where(
        _IN_FORCE,
        or_(
            halts.c.scope == "ALL",
            and_(halts.c.scope == "USER", halts.c.user_id == bindparam("of_user")),
            and_(halts.c.scope == "PORTFOLIO", halts.c.portfolio_id == bindparam("of_portfolio")),
        ),
    )
    .order_by(halts.c.id)
)
_HALTS = (
    select(halts, users.c.uid.label("user_uid"), portfolios.c.uid.label("portfolio_uid"))
    .outerjoin(users, users.c.id == halts.c.user_id)
    .outerjoin(portfolios, portfolios.c.id == halts.c.portfolio_id)
    .order_by(halts.c.id)
)
_ADD = halts.insert()
_UPDATE = halts.update().where(halts.c.id == bindparam("of_halt"))


class _Target(msgspec.Struct, frozen=True):
    """What is halted, by the ledger's own numbers."""

    user_id: int | None = None
    portfolio_id: int | None = None
    account_id: int | None = None


def halt(  # noqa: PLR0913 - what, of whom and why, which are one word each
    principal: Principal, work: Work, *, kind: HaltKind, scope: HaltScope, scope_uid: str | None = None, reason: str
) -> Halt:
    """Halt trading; where the same is in force already, that one stays, and is the admins' once an admin asks for it.

    Args:
        principal: Who may trade, of what is their own; or an admin.
        work: What this is written with.
        kind: KILL or PAUSE.
        scope: Of whom; ALL is for admins.
        scope_uid: The portfolio's or user's uid; None for ALL, and, of USER, for the asker.
        reason: Why, as it will be told; cut to `LONGEST_REASON` signs.

    Returns:
        The halt in force.

    Raises:
        NotAllowed: The asker may only look, or is no admin and means everybody.
        NotFound: The asker has no such portfolio, or is not that user.
        Invalid: There is no such kind or scope, or the scope's uid is missing or one too much.
    """
    must_trade(principal)
    target = _target(principal, work.connection, kind, scope, scope_uid)
    by_admin = principal.role == "admin"
    known = _in_force_of(work.connection, kind, scope, target)
    if known is not None:
        if by_admin and not known.set_by_admin:
            work.connection.execute(_UPDATE, {"of_halt": known.id, "set_by_admin": True})
            _log(principal, work, known, "taken over", target)
        return _halt(known)
    own = {"kind": kind, "scope": scope, "user_id": target.user_id, "portfolio_id": target.portfolio_id}
    why = {"reason": reason.replace("\0", "")[:LONGEST_REASON] or kind.lower()}
    by = {"set_by_user_id": principal.user_id, "set_by_admin": by_admin}
    uid = audit.new_uid()
    work.connection.execute(_ADD, {"uid": uid, **own, **why, **by, "created_at": work.now})
    row = work.connection.execute(_HALTS.where(halts.c.uid == uid)).one()
    _log(principal, work, row, "halted", target)
    return _halt(row)


def lift(principal: Principal, work: Work, *, kind: HaltKind, scope: HaltScope, scope_uid: str | None = None) -> Halt:
    """Lift a halt: what is of its kind and scope in force; others that hold for the same portfolio stay.

    Args:
        principal: Who may trade, of what is their own and what no admin has set; or an admin.
        work: What this is written with.
        kind: KILL or PAUSE.
        scope: Of whom; ALL is for admins.
        scope_uid: The portfolio's or user's uid; None for ALL, and, of USER, for the asker.

    Returns:
        The halt, lifted.

    Raises:
        NotAllowed: The asker may only look, or the halt is for admins to lift.
        NotFound: None is in force, or the asker has no such portfolio, or is not that user.
        Invalid: There is no such kind or scope, or the scope's uid is missing or one too much.
    """
    must_trade(principal)
    target = _target(principal, work.connection, kind, scope, scope_uid)
    row = _in_force_of(work.connection, kind, scope, target)
    if row is None:
        raise NotFound(f"{kind.lower()} in force", "here")
    if row.set_by_admin and principal.role != "admin":
        raise NotAllowed.of("set_by_admin")
    lifted = {"lifted_at": work.now, "lifted_by_user_id": principal.user_id}
    work.connection.execute(_UPDATE, {"of_halt": row.id, **lifted})
    _log(principal, work, row, "lifted", target)
    return msgspec.structs.replace(_halt(row), lifted_at=work.now)


def in_force(principal: Principal, connection: Connection) -> tuple[Halt, ...]:
    """Return the halts in force that concern the asker, oldest first.

    Args:
        principal: Who asks; an admin sees all, others those of everybody and of their own.
        connection: Any connection to the ledger.
    """
    rows = connection.execute(_HALTS.where(_IN_FORCE, _concerns(principal)))
    return tuple(map(_halt, rows))


def halted(connection: Connection, *, user_id: int, portfolio_id: int) -> Halted:
    """Return what holds for a portfolio; whoever writes an order asks in the transaction that writes it.

    Args:
        connection: From `Ledger.writing()`.
        user_id: The ledger's number of the portfolio's user.
        portfolio_id: The ledger's number of the portfolio.

    Returns:
        The oldest reason of each kind; empty where there is none.
    """
    found = connection.execute(_HALTED, {"of_user": user_id, "of_portfolio": portfolio_id}).all()
    killed, paused = (next((row.reason for row in found if row.kind == kind), "") for kind in ("KILL", "PAUSE"))
    return Halted(killed=killed, paused=paused)


def confirm(principal: Principal, work: Work, uid: str) -> Halt:
    """Note that nothing that was sent before a halt can still arrive at a venue; once, later ones change nothing.

    Args:
        principal: The system, or an admin.
        work: What this is written with.
        uid: The halt's.

    Returns:
        The halt after it.

    Raises:
        NotAllowed: The asker is no admin.
        NotFound: There is no such halt.
    """
    must_be_admin(principal)
    row = work.connection.execute(_HALTS.where(halts.c.uid == uid)).first()
    if row is None:
        raise NotFound("halt", uid)
    if row.confirmed_at is not None:
        return _halt(row)
    work.connection.execute(_UPDATE, {"of_halt": row.id, "confirmed_at": work.now})
    return msgspec.structs.replace(_halt(row), confirmed_at=work.now)


def _target(
    principal: Principal, connection: Connection, kind: HaltKind, scope: HaltScope, scope_uid: str | None
) -> _Target:
    """Return what is meant; raises NotAllowed, NotFound and Invalid."""
    one_of("a halt", kind, HaltKind)
    one_of("a halt's scope", scope, HaltScope)
    if scope == "ALL":
        must_be_admin(principal)
        if scope_uid is not None:
            raise Invalid.of("names_nobody")
        return _Target()
    if scope == "PORTFOLIO":
        if scope_uid is None:
            raise Invalid.of("name_portfolio")
        place = place_of(principal, connection, scope_uid)
        return _Target(portfolio_id=place.id, account_id=place.account_id)
    if scope_uid is None and principal.user_id is None:
        raise Invalid.of("name_user")
    named = users.c.id == principal.user_id if scope_uid is None else users.c.uid == scope_uid
    found = connection.execute(select(users.c.id).where(named, owned(principal, users.c.id))).scalar()
    if found is None:
        raise NotFound("user", scope_uid)
    return _Target(user_id=found)


def _in_force_of(connection: Connection, kind: HaltKind, scope: HaltScope, target: _Target) -> Row[Any] | None:
    """Return the one halt of a kind that is in force for exactly this; None where there is none."""
    same = (halts.c.kind == kind, halts.c.scope == scope)
    of_user = halts.c.user_id.is_(None) if target.user_id is None else halts.c.user_id == target.user_id
    number = target.portfolio_id
    of_portfolio = halts.c.portfolio_id.is_(None) if number is None else halts.c.portfolio_id == number
    return connection.execute(_HALTS.where(_IN_FORCE, *same, of_user, of_portfolio)).first()


def _concerns(principal: Principal) -> ColumnElement[bool]:
    """Return the condition that a halt holds for something of the asker's."""
    if principal.role == "admin":
        return true()
    own = or_(halts.c.user_id == principal.user_id, portfolios.c.user_id == principal.user_id)
    return or_(halts.c.scope == "ALL", own)


def _halt(row: Row[Any]) -> Halt:
    """Return a halt as it is read."""
    plain = {field: getattr(row, field) for field in Halt.__struct_fields__ if field != "scope_uid"}
    return Halt(**plain, scope_uid=row.user_uid or row.portfolio_uid)


def _log(principal: Principal, work: Work, row: Row[Any], action: str, target: _Target) -> None:
    """Add a row about a halt to the chain of the portfolio's account, or to the system's."""
    said = {"kind": row.kind, "scope": row.scope, "of": row.user_uid or row.portfolio_uid, "reason": row.reason}
    entry = audit.Entry(
        entity_type="halt", entity_id=row.uid, action=action, details=said, account_id=target.account_id
    )
    audit.log(principal, work, entry)
