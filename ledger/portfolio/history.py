"""One line of numbers for each day: what stands for it, how it is read, and how days from elsewhere come in.

A day in TIMEZONE is stood for by the last of its slots whose two totals are whole; where there is none, by the last in
which a last known value stood in (`≈`). A total with something missing (`≥`, `ERROR`) stands for no day. What was seen
here counts more than what was imported. So the order in which rounds are written does not matter.
"""

from collections.abc import Iterable
from datetime import date, datetime, tzinfo
from decimal import Decimal
from operator import itemgetter

import msgspec
from sqlalchemy import Connection, bindparam, func, select

from bus.messages.rounds import Snapshot, Total
from ledger.portfolio import documents, tables
from ledger.store import Ledger, fields

WHOLE = ""
STANDS_IN = "≈"

_days, _snapshots = tables.days.c, tables.snapshots.c
_OF_THE_DAY = (
    select(_days.mark, _days.round_id, _snapshots.scheduled_for)
    .select_from(tables.days.outerjoin(tables.snapshots))
    .where(_days.day == bindparam("on_day"))
)
_ADD = tables.days.insert()
_REPLACE = tables.days.update().where(_days.day == bindparam("on_day"))
_REMOVE = tables.days.delete().where(_days.day == bindparam("on_day"))
"""Made once: these are in the way of every message."""


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """The totals that stand for a day; `mark` is empty or `≈`, without a `round_id` it was imported."""

    day: date
    usd: Decimal
    rub: Decimal
    mark: str = ""
    round_id: str | None = None


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What an import did, in days; `kept_own` are those for which a snapshot of our own stands."""

    new: int = 0
    changed: int = 0
    kept_own: int = 0
    same: int = 0


def keep_day(connection: Connection, snapshot: Snapshot, zone: tzinfo) -> None:
    """Let a slot's snapshot stand for its day, if it may; in the transaction that writes it, behind the snapshot.

    Args:
        connection: A writing transaction.
        snapshot: The round.
        zone: TIMEZONE.
    """
    slot = snapshot.scheduled_for
    day = _day_of(snapshot.round_id, slot, usd=snapshot.usd, rub=snapshot.rub, zone=zone)
    if day is None or slot is None:
        return
    found = connection.execute(_OF_THE_DAY, {"on_day": day.day}).first()
    if found is None:
        connection.execute(_ADD, msgspec.structs.asdict(day))
    elif found.scheduled_for is None or _rank(day.mark, slot) > _rank(found.mark, found.scheduled_for):
        connection.execute(_REPLACE, msgspec.structs.asdict(day) | {"on_day": day.day})


def fill(ledger: Ledger, zone: tzinfo) -> int:
    """Give a ledger from before there were days the days of its snapshots; does nothing where one has its day already.

    Args:
        ledger: The ledger, at this program's schema.
        zone: TIMEZONE.

    Returns:
        How many days were written.
    """
    with ledger.reading() as connection:
        if connection.execute(select(_days.day).where(_days.round_id.is_not(None)).limit(1)).first() is not None:
            return 0
    totals = (_snapshots.usd, _snapshots.usd_mark, _snapshots.rub, _snapshots.rub_mark)
    slots = select(_snapshots.round_id, _snapshots.scheduled_for, *totals).where(_snapshots.scheduled_for.is_not(None))
    best: dict[date, tuple[tuple[bool, datetime], Day]] = {}
    with ledger.writing() as connection:
        for row in connection.execute(slots):
            usd, rub = Total(amount=row.usd, mark=row.usd_mark), Total(amount=row.rub, mark=row.rub_mark)
            day = _day_of(row.round_id, row.scheduled_for, usd=usd, rub=rub, zone=zone)
            if day is not None:
                ranked = _rank(day.mark, row.scheduled_for), day
                best[day.day] = max(best.get(day.day, ranked), ranked, key=itemgetter(0))
        for _, day in best.values():
            connection.execute(_REMOVE, {"on_day": day.day})
            connection.execute(_ADD, msgspec.structs.asdict(day))
    return len(best)


def import_days(ledger: Ledger, days: Iterable[Day]) -> Imported:
    """Take days from elsewhere, all of them or none; doing it twice changes nothing.

    Args:
        ledger: The ledger.
        days: Each day once.

    Returns:
        What was done with them: a day for which a snapshot of our own stands is kept as it is.
    """
    counts = dict.fromkeys(Imported.__struct_fields__, 0)
    with ledger.writing() as connection:
        known = {row.day: msgspec.convert(fields(row), Day) for row in connection.execute(select(tables.days))}
        for day in days:
            values = msgspec.structs.asdict(day) | {"mark": WHOLE, "round_id": None}
            found = known.get(day.day)
            if found is None:
                connection.execute(_ADD, values)
                counts["new"] += 1
            elif found.round_id is not None:
                counts["kept_own"] += 1
            elif (found.usd, found.rub) == (day.usd, day.rub):
                counts["same"] += 1
            else:
                connection.execute(_REPLACE, values | {"on_day": day.day})
                counts["changed"] += 1
    return Imported(**counts)


def days(ledger: Ledger, *, since: date | None = None, most: int | None = None) -> tuple[Day, ...]:
    """Return the days, oldest first.

    Args:
        ledger: The ledger.
        since: The first day wanted.
        most: How many at most: the newest ones.
    """
    query = select(tables.days).order_by(_days.day.desc()).limit(most)
    if since is not None:
        query = query.where(_days.day >= since)
    with ledger.reading() as connection:
        found = [msgspec.convert(fields(row), Day) for row in connection.execute(query)]
    return tuple(reversed(found))


def day_at_or_before(ledger: Ledger, day: date) -> Day | None:
    """Return a day, or the newest one before it, None where there is neither.

    Args:
        day: The day, in TIMEZONE.
    """
    query = select(tables.days).where(_days.day <= day).order_by(_days.day.desc()).limit(1)
    with ledger.reading() as connection:
        row = connection.execute(query).first()
    return None if row is None else msgspec.convert(fields(row), Day)


def newest_snapshot(ledger: Ledger) -> Snapshot | None:
    """Return the snapshot that was closed last, a slot's or one that was asked for; None before the first."""
    with ledger.reading() as connection:
        document = connection.execute(
            select(_snapshots.document).order_by(_snapshots.closed_at.desc(), _snapshots.round_id.desc()).limit(1)
        ).scalar()
    return _snapshot(document)


def slot_before(ledger: Ledger, moment: datetime) -> Snapshot | None:
    """Return the snapshot of the newest slot before a moment, None where there is none.

    Args:
        moment: Aware UTC; a slot at this very moment does not count.
    """
    query = select(_snapshots.document).where(_snapshots.scheduled_for < moment)
    with ledger.reading() as connection:
        document = connection.execute(query.order_by(_snapshots.scheduled_for.desc()).limit(1)).scalar()
    return _snapshot(document)


def last_success(ledger: Ledger) -> dict[str, datetime]:
    """Return when each platform last gave a number, and `fx` the rate; who never did is left out."""
    balances, rates = tables.balances.c, tables.rates.c
    newest = select(balances.platform, func.max(balances.fetched_at)).group_by(balances.platform)
    with ledger.reading() as connection:
        found = {str(platform): moment for platform, moment in connection.execute(newest)}
        rate_at = connection.execute(select(func.max(rates.fetched_at))).scalar()
    return found if rate_at is None else found | {"fx": rate_at}


def _day_of(round_id: str, slot: datetime | None, *, usd: Total, rub: Total, zone: tzinfo) -> Day | None:
    """Return the day that a round may stand for, None where it may not."""
    marks = {usd.mark, rub.mark}
    if slot is None or usd.amount is None or rub.amount is None or not marks <= {WHOLE, STANDS_IN}:
        return None
    mark = STANDS_IN if STANDS_IN in marks else WHOLE
    return Day(day=slot.astimezone(zone).date(), usd=usd.amount, rub=rub.amount, mark=mark, round_id=round_id)


def _rank(mark: str, slot: datetime) -> tuple[bool, datetime]:
    """Return what slots of one day are compared by: a whole one goes before, then the later one."""
    return mark == WHOLE, slot


def _snapshot(document: str | None) -> Snapshot | None:
    """Return the snapshot that a document holds, None for none."""
    return None if document is None else documents.read(document)
