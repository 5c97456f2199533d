"""The totals over time, for a chart: oldest first, from columns alone; the snapshots' documents are never read.

A short stretch has a point for every slot. A long one has a point for every day; a day that has no complete number has
its last incomplete one, so that a chart shows a bad week as what it was. The newest snapshot, a slot's or one that was
asked for, is the last point of every stretch that it lies in: a chart ends with what the last message said.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal

from msgspec import Struct
from sqlalchemy import func, select

from ledger.portfolio import tables
from ledger.store import Ledger

EVERY_SLOT_WITHIN = timedelta(days=31)
"""30 days, and a day of grace for whoever counts from midnight."""
DAY_COUNTS_AT = time(20, 0)
ERROR = "ERROR"
WORSE_LAST = ("", "≈", "≥", ERROR)
ROWS_AT_ONCE = 1000


class Point(Struct, frozen=True, kw_only=True):
    """The totals of one moment; `mark` is empty, `≈`, `≥`, or `ERROR` where neither total has an amount.

    `newest`: it is the newest snapshot there is.
    """

    at: datetime
    usd: Decimal | None
    rub: Decimal | None
    mark: str
    newest: bool = False


def series(ledger: Ledger, *, since: datetime | None, zone: tzinfo, now: datetime | None = None) -> tuple[Point, ...]:
    """Read the totals since a moment.

    Args:
        ledger: The ledger.
        since: Aware; None for everything there is.
        zone: Where days begin and end.
        now: Aware; None for this machine's clock. Nothing lies after it.

    Returns:
        Up to a month: every scheduled snapshot, and the kept days that have no snapshot with an amount. Longer: the
        kept days, and for each other day its last snapshot with an amount, a complete one if there is any. The newest
        snapshot is there in any case.

    Raises:
        LedgerUnavailable: The database cannot do it now.
    """
    until = now or datetime.now(UTC)
    newest = _newest(ledger)
    newest = newest if newest is not None and (since is None or newest.point.at >= since) else None
    days = dict(_days(ledger, since, zone, until=until, newest=newest))
    points = _snapshots(ledger, since, without=newest.round_id if newest else "")
    if since is not None and until - since <= EVERY_SLOT_WITHIN:
        slots = tuple(points)
        there = {point.at.astimezone(zone).date() for point in slots if point.mark != ERROR}
        found = [*slots, *(point for local, point in days.items() if local not in there)]
    else:
        found = [*days.values(), *_last_of_other_days(points, days.keys(), zone, newest=newest)]
    if newest is not None:
        found.append(newest.point)
    return tuple(sorted(found, key=lambda point: (point.at, point.newest)))


def began(ledger: Ledger, zone: tzinfo) -> date | None:
    """Return the first day of which anything is known, None before that.

    Args:
        zone: TIMEZONE, which says what day a slot belongs to.

    Raises:
        LedgerUnavailable: The database cannot do it now.
    """
    with ledger.reading() as connection:
        day = connection.execute(select(func.min(tables.days.c.day))).scalar()
        slot = connection.execute(select(func.min(tables.snapshots.c.scheduled_for))).scalar()
    known = [day, None if slot is None else slot.astimezone(zone).date()]
    return min((each for each in known if each is not None), default=None)


class _Newest(Struct, frozen=True):
    """The newest snapshot as a point."""

    round_id: str
    point: Point

    def is_on(self, day: date, zone: tzinfo) -> bool:
        """Tell whether the snapshot is of this day."""
        return self.point.at.astimezone(zone).date() == day


def _newest(ledger: Ledger) -> _Newest | None:
    """Return the newest snapshot, a slot's or one that was asked for; None before the first."""
    seen = tables.snapshots.c
    query = select(seen.round_id, seen.scheduled_for, seen.closed_at, seen.usd, seen.usd_mark, seen.rub, seen.rub_mark)
    with ledger.reading() as connection:
        row = connection.execute(query.order_by(seen.closed_at.desc(), seen.round_id.desc()).limit(1)).first()
    if row is None:
        return None
    mark = _worst((row.usd, row.usd_mark), (row.rub, row.rub_mark))
    at = row.scheduled_for or row.closed_at
    return _Newest(row.round_id, Point(at=at, usd=row.usd, rub=row.rub, mark=mark, newest=True))


def _days(
    ledger: Ledger, since: datetime | None, zone: tzinfo, *, until: datetime, newest: _Newest | None
) -> Iterator[tuple[date, Point]]:
    """Yield the kept days but one, each at 20:00; the newest point's day at its own slot where that was earlier."""
    kept, slots = tables.days.c, tables.snapshots.c.scheduled_for
    query = select(kept.day, kept.usd, kept.rub, kept.mark, slots).select_from(tables.days.outerjoin(tables.snapshots))
    if newest is not None:
        query = query.where(func.coalesce(kept.round_id, "") != newest.round_id)
    if since is not None:
        query = query.where(kept.day >= since.astimezone(zone).date())
    with ledger.reading() as connection:
        for local, usd, rub, mark, slot in connection.execute(query):
            at = min(until, datetime.combine(local, DAY_COUNTS_AT, zone).astimezone(UTC))
            if newest is not None and newest.is_on(local, zone):
                at = min(slot or at, at, newest.point.at)
            if since is None or at >= since:
                yield local, Point(at=at, usd=usd, rub=rub, mark=mark)


def _snapshots(ledger: Ledger, since: datetime | None, *, without: str) -> Iterator[Point]:
    """Yield a point for each slot, oldest first; rows come some at a time."""
    seen = tables.snapshots.c
    query = select(seen.scheduled_for, seen.usd, seen.usd_mark, seen.rub, seen.rub_mark)
    query = query.where(seen.scheduled_for.is_not(None) if since is None else seen.scheduled_for >= since)
    query = query.where(seen.round_id != without)
    query = query.order_by(seen.scheduled_for).execution_options(yield_per=ROWS_AT_ONCE)
    with ledger.reading() as connection:
        for at, usd, usd_mark, rub, rub_mark in connection.execute(query):
            yield Point(at=at, usd=usd, rub=rub, mark=_worst((usd, usd_mark), (rub, rub_mark)))


def _worst(*totals: tuple[Decimal | None, str]) -> str:
    """Return the worst mark of the totals that have an amount, ERROR where none has."""
    return max((mark for amount, mark in totals if amount is not None), key=WORSE_LAST.index, default=ERROR)


def _last_of_other_days(
    points: Iterable[Point], days: Iterable[date], zone: tzinfo, *, newest: _Newest | None
) -> Iterable[Point]:
    """Return the last point of each day that has no line of its own; a whole one goes before."""
    known = frozenset(days)
    last: dict[date, Point] = {}
    for point in points:
        local = point.at.astimezone(zone).date()
        before = last.get(local)
        if local in known or point.mark == ERROR or (before is not None and point.mark and not before.mark):
            continue
        last[local] = point
    for local in [local for local in last if newest is not None and newest.is_on(local, zone)]:
        if newest is not None and newest.point.mark != ERROR and (last[local].mark or not newest.point.mark):
            del last[local]  # the newest says it better
    return last.values()
