"""What people want of execution: rows, so that nothing is lost or done twice; it alone carries them out."""

from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, Select, bindparam, select

from ledger.trading import audit
from ledger.trading.errors import Invalid, NotFound, Taken
from ledger.trading.flow.checks import document
from ledger.trading.flow.finding import place_of
from ledger.trading.flow.records import NewRequest, Request, RequestKind, RequestState
from ledger.trading.principal import Principal, Scoped, must_be_admin, must_trade
from ledger.trading.tables.flow import trading_requests
from ledger.trading.tables.people import portfolios
from ledger.trading.words import LONGEST_DOCUMENT, a_name, one_of
from ledger.trading.work import Work

MOST = 500
LONGEST_KEY, LONGEST_RESULT = 120, 500
ALLOWED: Final[dict[RequestState, frozenset[RequestState]]] = {
    "WAITING": frozenset({"WORKING", "DONE", "REFUSED"}),
    "WORKING": frozenset({"DONE", "REFUSED"}),
    "DONE": frozenset(),
    "REFUSED": frozenset(),
}
"""Which state may follow which."""
LOGGED: Final[dict[RequestState, str]] = {"DONE": "done", "REFUSED": "refused"}

_NAMES = {
    "portfolio": portfolios.c.uid.label("portfolio"),
    "arguments": trading_requests.c.arguments_json.label("arguments"),
}
_COLUMNS = [_NAMES[field] if field in _NAMES else trading_requests.c[field] for field in Request.__struct_fields__]
_REQUESTS: Select[Any] = select(*_COLUMNS, portfolios.c.account_id).join(
    portfolios, portfolios.c.id == trading_requests.c.portfolio_id
)
_BY_UID = Scoped(_REQUESTS.where(trading_requests.c.uid == bindparam("of_uid")), trading_requests.c.user_id)
_BY_KEY = _REQUESTS.where(trading_requests.c.key == bindparam("of_key"))
_IN_STATE = Scoped(
    _REQUESTS.where(trading_requests.c.state == bindparam("in_state"))
    .order_by(trading_requests.c.id)
    .limit(bindparam("most")),
    trading_requests.c.user_id,
)
_ADD = trading_requests.insert()
_UPDATE = trading_requests.update().where(trading_requests.c.id == bindparam("of_request"))


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What asking has done.

    Attributes:
        is_new: False where it had been asked already: then nothing was changed.
        request: Its row.
    """

    is_new: bool
    request: Request


def ask(principal: Principal, work: Work, new: NewRequest) -> Asked:
    """Ask something of execution; the same key again changes nothing.

    Args:
        principal: Who may trade in the portfolio, or an admin.
        work: What this is written with.
        new: The request.

    Returns:
        Its row, in WAITING where it is new.

    Raises:
        NotFound: The asker has no such portfolio.
        NotAllowed: The asker may only look.
        Taken: The key belongs to another request.
        Invalid: It cannot be kept.
    """
    must_trade(principal)
    said = _checked(new)
    place = place_of(principal, work.connection, new.portfolio)
    known = work.connection.execute(_BY_KEY, {"of_key": new.key}).first()
    if known is not None:
        same = (known.portfolio, known.kind, document("what was asked", known.arguments))
        if same != (new.portfolio, new.kind, said):
            raise Taken.of("key_taken")
        return Asked(is_new=False, request=_request(known))
    uid, arguments = audit.new_uid(), dict(new.arguments)
    whose = {"portfolio_id": place.id, "user_id": place.user_id, "asked_by_user_id": principal.user_id}
    moments = {"updated_at": work.now, "created_at": work.now}
    values = {"uid": uid, "kind": new.kind, "key": new.key, "arguments_json": arguments, "state": "WAITING"}
    work.connection.execute(_ADD, {**values, **whose, **moments, "result": ""})
    row = _row(principal, work.connection, uid)
    _log(principal, work, row, "asked", {"kind": new.kind, "arguments": arguments, "key": new.key})
    return Asked(is_new=True, request=_request(row))


def waiting(
    principal: Principal, connection: Connection, *, limit: int = 50, state: RequestState = "WAITING"
) -> tuple[Request, ...]:
    """Return the requests that nobody has begun, oldest first.

    Args:
        principal: Who asks; an admin sees everybody's.
        connection: Any connection to the ledger.
        limit: How many at most, from 1 to `MOST`.
        state: WORKING for those that were begun and are not settled, such as after a restart.

    Raises:
        Invalid: The limit is out of bounds, or there is no such state.
    """
    if not 1 <= limit <= MOST:
        raise Invalid.of("too_many_listed", count=limit, things="requests", most=MOST)
    one_of("a request's state", state, RequestState)
    return tuple(map(_request, _IN_STATE.rows(principal, connection, in_state=state, most=limit)))


def settle(principal: Principal, work: Work, uid: str, state: RequestState, result: str) -> Request:
    """Say what became of a request; the same again changes nothing, but what is remembered of one that is WORKING.

    Args:
        principal: The system, or an admin.
        work: What this is written with.
        uid: The request's.
        state: WORKING while it is carried out, then DONE or REFUSED.
        result: In words; cut to `LONGEST_RESULT` signs. Of one that is WORKING: what whoever carries it out has to
            remember, empty for nothing new.

    Returns:
        The request after it.

    Raises:
        NotAllowed: The asker is no admin.
        NotFound: There is no such request.
        Invalid: It is settled already, in another way.
    """
    must_be_admin(principal)
    one_of("a request's state", state, RequestState)
    row = _row(principal, work.connection, uid)
    remembers = state == row.state == "WORKING" and bool(result)
    if state == row.state and not remembers:
        return _request(row)
    if state not in ALLOWED[row.state] and not remembers:
        raise Invalid.of("cannot_become", thing="request", uid=uid, state=row.state, wanted=state)
    said = result.replace("\0", "")[:LONGEST_RESULT]
    changed = {"state": state, "result": said, "updated_at": work.now}
    work.connection.execute(_UPDATE, {"of_request": row.id, **changed})
    if state in LOGGED:
        _log(principal, work, row, LOGGED[state], {"result": said})
    return find(principal, work.connection, uid)


def find(principal: Principal, connection: Connection, uid: str) -> Request:
    """Return a request.

    Args:
        principal: Whose portfolio it is, or an admin.
        connection: Any connection to the ledger.
        uid: Its name.

    Raises:
        NotFound: The asker has no such request.
    """
    return _request(_row(principal, connection, uid))


def _checked(new: NewRequest) -> str:
    """Return the one text of what a request is about; raises Invalid where it cannot be kept."""
    one_of("a request", new.kind, RequestKind)
    a_name("a request's key", new.key, longest=LONGEST_KEY)
    said = document("what is asked", new.arguments)
    if len(said) > LONGEST_DOCUMENT:
        raise Invalid.of("too_long", what="what is asked", count=len(said), most=LONGEST_DOCUMENT)
    return said


def _row(principal: Principal, connection: Connection, uid: str) -> Row[Any]:
    """Return a request's row; raises NotFound."""
    row = _BY_UID.rows(principal, connection, of_uid=uid).first()
    if row is None:
        raise NotFound("request", uid)
    return row


def _request(row: Row[Any]) -> Request:
    """Return a request as it is read."""
    return Request(**{field: getattr(row, field) for field in Request.__struct_fields__})


def _log(principal: Principal, work: Work, row: Row[Any], action: str, details: dict[str, object]) -> None:
    """Add a row about a request to its account's chain."""
    entry = audit.Entry(
        entity_type="request", entity_id=row.uid, action=action, details=details, account_id=row.account_id
    )
    audit.log(principal, work, entry)
