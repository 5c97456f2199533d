"""The totals over time, for a chart: oldest first, from columns alone; the snapshots' documents are never read.

A short stretch has a point for every slot. A long one has a point for every day; a day that has no complete number has
its last incomplete one, so that a chart shows a bad week as what it was.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal

from msgspec import Struct
from sqlalchemy import select

from ledger import tables
from ledger.store import Ledger

EVERY_SLOT_WITHIN = timedelta(days=31)
"""30 days, and a day of grace for whoever counts from midnight."""
DAY_COUNTS_AT = time(20, 0)
ERROR = "ERROR"
WORSE_LAST = ("", "≈", "≥", ERROR)
ROWS_AT_ONCE = 1000


class Point(Struct, frozen=True, kw_only=True):
    """The totals of one moment; `mark` is empty, `≈`, `≥`, or `ERROR` where neither total has an amount."""

    at: datetime
    usd: Decimal | None
    rub: Decimal | None
    mark: str


def series(ledger: Ledger, *, since: datetime | None, zone: tzinfo, now: datetime | None = None) -> tuple[Point, ...]:
    """Read the totals since a moment.

    Args:
        ledger: The ledger.
        since: Aware; None for everything there is.
        zone: Where days begin and end.
        now: Aware; None for this machine's clock. Nothing lies after it.

    Returns:
        Up to a month: every scheduled snapshot, and the kept days that have no snapshot with an amount. Longer: the
        kept days, and for each other day its last snapshot with an amount, a complete one if there is any.

    Raises:
        LedgerTrouble: The database cannot do it now.
    """
    until = now or datetime.now(UTC)
    days = {local: point for local, point in _days(ledger, since, zone, until) if since is None or point.at >= since}
    if since is not None and until - since <= EVERY_SLOT_WITHIN:
        points = tuple(_snapshots(ledger, since))
        there = {point.at.astimezone(zone).date() for point in points if point.mark != ERROR}
        found = [*points, *(point for local, point in days.items() if local not in there)]
    else:
        found = [*days.values(), *_last_of_other_days(_snapshots(ledger, since), days.keys(), zone)]
    return tuple(sorted(found, key=lambda point: point.at))


def _days(ledger: Ledger, since: datetime | None, zone: tzinfo, until: datetime) -> Iterator[tuple[date, Point]]:
    kept = tables.days.c
    query = select(kept.day, kept.usd, kept.rub, kept.mark)
    if since is not None:
        query = query.where(kept.day >= since.astimezone(zone).date())
    with ledger.reading() as connection:
        for local, usd, rub, mark in connection.execute(query):
            at = min(until, datetime.combine(local, DAY_COUNTS_AT, zone))
            yield local, Point(at=at.astimezone(UTC), usd=usd, rub=rub, mark=mark)


def _snapshots(ledger: Ledger, since: datetime | None) -> Iterator[Point]:
    seen = tables.snapshots.c
    query = select(seen.scheduled_for, seen.usd, seen.usd_mark, seen.rub, seen.rub_mark)
    query = query.where(seen.scheduled_for.is_not(None) if since is None else seen.scheduled_for >= since)
    query = query.order_by(seen.scheduled_for).execution_options(yield_per=ROWS_AT_ONCE)
    with ledger.reading() as connection:
        for at, usd, usd_mark, rub, rub_mark in connection.execute(query):
            marks = [mark for amount, mark in ((usd, usd_mark), (rub, rub_mark)) if amount is not None]
            yield Point(at=at, usd=usd, rub=rub, mark=max(marks, key=WORSE_LAST.index, default=ERROR))


def _last_of_other_days(points: Iterable[Point], days: Iterable[date], zone: tzinfo) -> Iterable[Point]:
    known = frozenset(days)
    last: dict[date, Point] = {}
    for point in points:
        local = point.at.astimezone(zone).date()
        before = last.get(local)
        if local in known or point.mark == ERROR or (before is not None and point.mark and not before.mark):
            continue
        last[local] = point
    return last.values()
