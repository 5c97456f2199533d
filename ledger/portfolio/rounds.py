"""What the aggregator reads and writes: snapshots, last known numbers, missed slots, the state that the clock needs."""

from collections.abc import Iterable
from datetime import datetime, tzinfo

import msgspec
from sqlalchemy import Connection, Table, bindparam, func, select

from bus.messages.rounds import Balance, Rate, ScheduleState, Snapshot
from ledger.portfolio import documents, tables
from ledger.portfolio.history import keep_day
from ledger.portfolio.outbox import add_round
from ledger.portfolio.requests import answer_its_own, answer_open_requests
from ledger.store import Ledger, fields, get_setting, put_setting

Answers = dict[str, Balance]

_STATE = select(
    select(func.max(tables.snapshots.c.scheduled_for)).scalar_subquery().label("closed"),
    select(func.max(tables.missed_slots.c.slot)).scalar_subquery().label("missed"),
    *(
        select(tables.settings.c.value).where(tables.settings.c.name == name).scalar_subquery().label(name)
        for name in ("interval_minutes", "paused", "due_since")
    ),
)
"""All of State in one statement: it is read every two seconds."""


_FIND = select(tables.snapshots.c.document).where(tables.snapshots.c.round_id == bindparam("round_id"))
_NEWEST_OF = (
    select(tables.snapshots.c.document)
    .join(tables.balances)
    .where(tables.balances.c.platform == bindparam("platform"))
    .order_by(tables.balances.c.fetched_at.desc(), tables.snapshots.c.closed_at.desc())
    .limit(1)
)
"""Statements in the way of every message are made once: making one costs as much as executing it."""


def begin_schedule(ledger: Ledger, schedule: str, now: datetime) -> None:
    """Note which schedule is in force; a first start or a change sets `due_since`: slots before now were never due.

    Args:
        ledger: The ledger.
        schedule: Any text that changes when the schedule does.
        now: Aware UTC.
    """
    with ledger.writing() as connection:
        if get_setting(connection, "schedule") != schedule:
            put_setting(connection, "schedule", schedule)
            put_setting(connection, "due_since", now.isoformat())


def read_state(ledger: Ledger) -> ScheduleState:
    """Read what the clock needs to know; `begin_schedule` has run before.

    Returns:
        The newest slot that was closed or missed, and what the owner has said about the schedule.
    """
    with ledger.reading() as connection:
        found = connection.execute(_STATE).one()
    return ScheduleState(
        last_slot=max((slot for slot in (found.closed, found.missed) if slot), default=None),
        interval_minutes=int(found.interval_minutes) if found.interval_minutes else None,
        paused=found.paused == "yes",
        due_since=datetime.fromisoformat(found.due_since or "1970-01-01T00:00:00+00:00"),
    )


def find_snapshot(ledger: Ledger, round_id: str) -> Snapshot | None:
    """Return the snapshot of a round, None when it is not closed."""
    with ledger.reading() as connection:
        return _find(connection, round_id)


def last_balances(ledger: Ledger, platforms: Iterable[str]) -> Answers:
    """Return the newest balance of each platform, whatever its age; platforms that never had one are left out.

    It is read from its snapshot's document, which alone has all of it, the accounts as well.

    Args:
        platforms: Their names.
    """
    with ledger.reading() as connection:
        newest = {name: connection.execute(_NEWEST_OF, {"platform": name}).scalar() for name in platforms}
    parts = (
        part
        for name, document in newest.items()
        if document is not None
        for part in documents.read(document).parts
        if part.platform.name == name
    )
    return {part.platform.name: part.balance for part in parts if part.balance is not None}


def last_rate(ledger: Ledger) -> Rate | None:
    """Return the newest rate, whatever its age, None before the first."""
    with ledger.reading() as connection:
        row = connection.execute(select(tables.rates).order_by(tables.rates.c.fetched_at.desc()).limit(1)).first()
    return None if row is None else msgspec.convert(fields(row), Rate)


def unrecorded(ledger: Ledger, slots: Iterable[datetime]) -> tuple[datetime, ...]:
    """Keep only the slots that have neither a snapshot nor a record of being missed.

    Args:
        slots: The moments of slots, aware UTC.

    Returns:
        Those that nothing is known of, in the order given.
    """
    slots = tuple(slots)
    if not slots:
        return ()
    with ledger.reading() as connection:
        closed = select(tables.snapshots.c.scheduled_for).where(tables.snapshots.c.scheduled_for.in_(slots))
        missed = select(tables.missed_slots.c.slot).where(tables.missed_slots.c.slot.in_(slots))
        known = {*connection.execute(closed).scalars(), *connection.execute(missed).scalars()}
    return tuple(slot for slot in slots if slot not in known)


def record(
    ledger: Ledger, snapshot: Snapshot, chats: Iterable[str], *, zone: tzinfo, delivered: bool = False
) -> Snapshot:
    """Write a closed round, all of it or nothing: snapshot, balances, rate, its day, missed slots, messages to send.

    Args:
        ledger: The ledger.
        snapshot: The round.
        chats: Who gets a slot's message; whoever asked gets the round's message in any case.
        zone: TIMEZONE, which says what day a slot belongs to.
        delivered: The message went out already, without the ledger: nothing is put into the outbox, and only the
            request that the round was made for is answered.

    Returns:
        The snapshot of the ledger: the given one, or an earlier one when the round was closed already.
    """
    with ledger.writing() as connection:
        earlier = _find(connection, snapshot.round_id)
        if earlier is not None:
            return earlier
        _insert(connection, snapshot)
        keep_day(connection, snapshot, zone)
        if delivered:
            answer_its_own(connection, snapshot.round_id)
            return snapshot
        asking = answer_open_requests(connection, snapshot.round_id)
        receivers = [*(chats if snapshot.scheduled_for else ()), *asking]
        add_round(connection, snapshot.round_id, dict.fromkeys(receivers), snapshot.closed_at)
    return snapshot


def _insert(connection: Connection, snapshot: Snapshot) -> None:
    """Write a snapshot: its row, the balances, the rate, and the slots that it tells as missed."""
    connection.execute(
        tables.snapshots.insert(),
        {
            "round_id": snapshot.round_id,
            "scheduled_for": snapshot.scheduled_for,
            "closed_at": snapshot.closed_at,
            "usd": snapshot.usd.amount,
            "usd_mark": snapshot.usd.mark,
            "rub": snapshot.rub.amount,
            "rub_mark": snapshot.rub.mark,
            "took_ms": snapshot.took_ms,
            "document": documents.write(snapshot),
        },
    )
    balances = [
        _columns(part.balance, tables.balances)
        | {"round_id": snapshot.round_id, "wallets": msgspec.json.encode(part.balance.wallets).decode()}
        for part in snapshot.parts
        if part.balance is not None
    ]
    if balances:
        connection.execute(tables.balances.insert(), balances)
    if snapshot.rate is not None:
        values = _columns(snapshot.rate, tables.rates) | {"round_id": snapshot.round_id}
        connection.execute(tables.rates.insert(), values)
    if snapshot.missed:
        missed = [{"slot": slot, "told_in": snapshot.round_id} for slot in snapshot.missed]
        connection.execute(tables.missed_slots.insert(), missed)


def _columns(message: Balance | Rate, table: Table) -> dict[str, object]:
    """Return the fields that have a column of their own; the rest is in the snapshot's document."""
    return {name: value for name, value in msgspec.structs.asdict(message).items() if name in table.c}


def _find(connection: Connection, round_id: str) -> Snapshot | None:
    """Return the snapshot of a round, None where there is none."""
    document = connection.execute(_FIND, {"round_id": round_id}).scalar()
    return None if document is None else documents.read(document)
