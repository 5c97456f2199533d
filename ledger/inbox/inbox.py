"""What is done with the inbox: `accept` and `token` for whom the internet reaches, the rest for whoever trades.

No function asks who asks: the webhook has no user (a token names a strategy, which is all that it can know), and who
trades is the system. What each of them may do is a matter of the database's own rights.

`SELECT` and `INSERT` are all that `accept` needs.
"""

import uuid
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection, Integer, RowMapping, bindparam, delete, insert, select, union_all, update

from ledger.canonical_json import NotCanonical, canonical
from ledger.columns import Moment
from ledger.exact import InexactNumber
from ledger.inbox.keys import SAME_BODY_WITHIN, WITH_ID, key_at, key_by_body, key_by_id
from ledger.inbox.records import Accepted, NewSignal, Signal
from ledger.inbox.tables import InboxState, Key, inbox_retired_keys, inbox_signals
from ledger.trading.errors import Invalid, NotFound
from ledger.trading.work import Work

QUIET_WITHIN = timedelta(minutes=5)
"""A repetition of an id within this time is the sender's own second attempt; later it is a mistake."""
LONGEST = {"external_id": 120, "action": 64, "symbol": 64, "strategy_uid": 32, "peer": 64}
LONGEST_BODY = 32_768
LONGEST_CODE = 32
BATCH = 500
MOST_DAYS = 36_500
ENDED: Final[tuple[InboxState, ...]] = ("DONE", "REJECTED", "EXPIRED", "DUPLICATE", "SUPERSEDED")

_the_key = bindparam("key", type_=Key)
_BY_ID = union_all(
    select(inbox_signals.c.uid, inbox_signals.c.received_at).where(inbox_signals.c.dedupe_key == _the_key),
    select(inbox_retired_keys.c.uid, inbox_retired_keys.c.received_at).where(
        inbox_retired_keys.c.dedupe_key == _the_key
    ),
)
_BY_BODY = (
    select(inbox_signals.c.uid)
    .where(inbox_signals.c.dedupe_key.between(bindparam("first", type_=Key), bindparam("last", type_=Key)))
    .order_by(inbox_signals.c.dedupe_key)
    .limit(1)
)
_COLUMNS = select(
    inbox_signals.c.uid,
    inbox_signals.c.strategy_uid,
    inbox_signals.c.received_at,
    inbox_signals.c.peer,
    inbox_signals.c.body_json.label("body"),
    inbox_signals.c.external_id,
    inbox_signals.c.state,
    inbox_signals.c.code,
    inbox_signals.c.updated_at,
)
_IS_WAITING = inbox_signals.c.state == "RECEIVED"
_WAITING = _COLUMNS.where(_IS_WAITING).order_by(inbox_signals.c.id).limit(bindparam("most", type_=Integer()))
_OF_STRATEGIES = (
    _COLUMNS.where(_IS_WAITING, inbox_signals.c.strategy_uid.in_(bindparam("strategies", expanding=True)))
    .order_by(inbox_signals.c.id)
    .limit(bindparam("most", type_=Integer()))
)
_STRATEGIES = select(inbox_signals.c.strategy_uid).where(_IS_WAITING).distinct()
_BY_UID = _COLUMNS.where(inbox_signals.c.uid == bindparam("of_uid"))
_SET_STATE = update(inbox_signals).where(inbox_signals.c.uid == bindparam("of_uid"))
_TAKE = _SET_STATE.where(_IS_WAITING)
_OLD = (
    select(
        inbox_signals.c.id,
        inbox_signals.c.uid,
        inbox_signals.c.dedupe_key,
        inbox_signals.c.received_at,
    )
    .where(inbox_signals.c.state.in_(ENDED), inbox_signals.c.updated_at < bindparam("before", type_=Moment))
    .limit(bindparam("most", type_=Integer()))
)


def accept(work: Work, signal: NewSignal) -> Accepted:
    """Keep a signal, unless it is here already; several may be kept in one transaction.

    With an id it is known again for ever, without one for a minute. A clock that was put back by more than that makes
    a signal without an id a new one.

    Args:
        work: What this is written with; its moment is when the signal came.
        signal: What came in.

    Returns:
        Whether it is new, and under which name it is kept.

    Raises:
        Invalid: It cannot be kept. Nothing of it was written, and the transaction may go on; the text repeats nothing.
    """
    _check(signal)
    if signal.external_id is None:
        body = key_by_body(signal)
        key, found = key_at(body, work.now), _seen_by_body(work, body)
    else:
        key = key_by_id(signal)
        found = _seen_by_id(work, key)
    if found is not None:
        return found
    row = {
        "uid": uuid.uuid4().hex,
        "strategy_uid": signal.strategy_uid,
        "received_at": work.now,
        "peer": signal.peer,
        "body_json": signal.body,
        "dedupe_key": key,
        "external_id": signal.external_id,
        "state": "RECEIVED",
        "updated_at": work.now,
    }
    work.connection.execute(insert(inbox_signals), row)
    return Accepted("new", str(row["uid"]))


def waiting(
    connection: Connection, *, limit: int = BATCH, strategies: Collection[str] | None = None
) -> tuple[Signal, ...]:
    """Return the signals that nobody has taken, in the order in which they came.

    Args:
        connection: Any connection to the inbox.
        limit: At most so many.
        strategies: Those of these alone; None for all.
    """
    if strategies is None:
        return tuple(_signal(row) for row in connection.execute(_WAITING, {"most": limit}).mappings())
    values = {"most": limit, "strategies": list(strategies)}
    return tuple(_signal(row) for row in connection.execute(_OF_STRATEGIES, values).mappings())


def waiting_strategies(connection: Connection) -> tuple[str, ...]:
    """Return the uids of the strategies of which a signal waits that nobody has taken.

    Args:
        connection: Any connection to the inbox.
    """
    return tuple(connection.execute(_STRATEGIES).scalars())


def is_empty(connection: Connection) -> bool:
    """Tell whether no signal is kept.

    Args:
        connection: Any connection to the inbox.
    """
    return connection.execute(select(inbox_signals.c.id).limit(1)).first() is None


def find(connection: Connection, uid: str) -> Signal:
    """Return a signal.

    Args:
        connection: Any connection to the inbox.
        uid: Its name.

    Raises:
        NotFound: There is none, or it is no longer kept.
    """
    row = connection.execute(_BY_UID, {"of_uid": uid}).mappings().first()
    if row is None:
        raise NotFound("signal", uid)
    return _signal(row)


def take(work: Work, uids: Sequence[str]) -> None:
    """Note that signals are in the ledger; one that is not waiting stays as it is.

    To be called when the ledger's own transaction is committed, never before: whoever dies in between finds the signals
    waiting again, and the ledger knows them by their names.

    Args:
        work: What this is written with.
        uids: Their names.
    """
    if uids:
        work.connection.execute(_TAKE, [{"of_uid": uid, "state": "TAKEN", "updated_at": work.now} for uid in uids])


def set_state(work: Work, uid: str, state: InboxState, code: str | None = None) -> None:
    """Write back what became of a signal in the ledger.

    Args:
        work: What this is written with.
        uid: Its name.
        state: Its state there; RECEIVED would let it be taken once more.
        code: Why it is refused or ended.

    Raises:
        NotFound: There is no such signal.
        Invalid: The state is RECEIVED, or the code is too long.
    """
    if state == "RECEIVED":
        raise Invalid("a signal is received once; write TAKEN, or a later state")
    if code is not None and len(code) > LONGEST_CODE:
        raise Invalid(f"a code has at most {LONGEST_CODE} signs")
    changed = work.connection.execute(
        _SET_STATE, {"of_uid": uid, "state": state, "code": code, "updated_at": work.now}
    ).rowcount
    if not changed:
        raise NotFound("signal", uid)


def forget_old(work: Work, *, keep_days: int, batch: int = BATCH) -> int:
    """Remove a batch of signals that ended some days ago; the keys of those with an id stay for ever.

    The key of one without an id says nothing after a minute, and goes with it.

    Args:
        work: What this is written with.
        keep_days: So many days are kept, at least one.
        batch: At most so many signals are removed.

    Returns:
        How many were removed; as many as the batch has where more may be left.

    Raises:
        Invalid: The days or the batch are out of bounds.
    """
    if not 1 <= keep_days <= MOST_DAYS or not 1 <= batch <= 10 * BATCH:
        raise Invalid(f"{keep_days} days cannot be kept in batches of {batch}; keep 1 to {MOST_DAYS} days")
    before = work.now - timedelta(days=keep_days)
    found = work.connection.execute(_OLD, {"before": before, "most": batch}).all()
    kept = [
        {"dedupe_key": row.dedupe_key, "uid": row.uid, "received_at": row.received_at}
        for row in found
        if row.dedupe_key.startswith(WITH_ID)
    ]
    if kept:
        work.connection.execute(insert(inbox_retired_keys), kept)
    if found:
        work.connection.execute(delete(inbox_signals).where(inbox_signals.c.id.in_([row.id for row in found])))
    return len(found)


def _check(signal: NewSignal) -> None:
    """Make sure that a signal fits into its columns and can be written in one way only.

    Raises:
        Invalid: It does not, or cannot.
    """
    for name, longest in LONGEST.items():
        text = getattr(signal, name)
        if text is not None and not 1 <= len(text) <= longest:
            raise Invalid(f"the {name} has 1 to {longest} signs")
        if text is not None and not _is_text(text):
            raise Invalid(f"the {name} is no plain text")
    try:
        body = canonical(signal.body)
        canonical((signal.quantity, signal.position_size))
    except (NotCanonical, InexactNumber, RecursionError):
        raise Invalid(
            "the signal holds a number or a text that cannot be kept; write numbers of the usual size"
        ) from None
    if len(body) > LONGEST_BODY:
        raise Invalid(f"the signal's body has at most {LONGEST_BODY} signs")


def _is_text(text: str) -> bool:
    """Tell whether every database keeps a text: no NUL, no half characters."""
    try:
        canonical(text)
    except NotCanonical:
        return False
    return True


def _seen_by_id(work: Work, key: str) -> Accepted | None:
    """Return what a signal with an id repeats, None where it is new."""
    seen = work.connection.execute(_BY_ID, {"key": key}).first()
    if seen is None:
        return None
    return Accepted("duplicate" if work.now - seen.received_at <= QUIET_WITHIN else "repeated", seen.uid)


def _seen_by_body(work: Work, body: str) -> Accepted | None:
    """Return what a signal without an id repeats, None where it is new."""
    first, last = (key_at(body, work.now + way * SAME_BODY_WITHIN) for way in (-1, 1))
    seen = work.connection.execute(_BY_BODY, {"first": first, "last": last}).scalar()
    return None if seen is None else Accepted("duplicate", seen)


def _signal(row: RowMapping) -> Signal:
    """Return a signal as others see it."""
    return Signal(**row)  # its columns are Signal's fields
