"""Points for a chart: which moments it gets, how they are marked, and that a document is never read."""

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from ledger import tables
from ledger.series import Point, series
from ledger.store import Ledger

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 2, 11, 21, 0, tzinfo=UTC)
MONTH = NOW - timedelta(days=30)
YEAR = NOW - timedelta(days=365)


def write(ledger: Ledger, at: datetime, usd: str | None, *, mark: str = "", rub: str | None = None) -> None:
    """Write a scheduled snapshot with a document that nobody could read."""
    values = {
        "round_id": f"{at:%Y-%m-%dT%H:%MZ}",
        "scheduled_for": at,
        "closed_at": at + timedelta(seconds=7),
        "usd": None if usd is None else Decimal(usd),
        "usd_mark": mark if usd is not None else "ERROR",
        "rub": None if rub is None else Decimal(rub),
        "rub_mark": mark if rub is not None else "ERROR",
        "took_ms": 1,
        "document": "not JSON",
    }
    with ledger.writing() as connection:
        connection.execute(tables.snapshots.insert(), values)


def keep(ledger: Ledger, day: date, usd: str, *, mark: str = "") -> None:
    """Write a row of a day."""
    with ledger.writing() as connection:
        values = {"day": day, "usd": Decimal(usd), "rub": Decimal(1), "mark": mark, "round_id": None}
        connection.execute(tables.days.insert(), values)


def told(points: tuple[Point, ...]) -> list[str]:
    """Return points as short texts."""
    return [f"{point.at:%m-%d %H:%M} {point.mark}{point.usd}" for point in points]


def test_an_empty_ledger_has_no_points(ledger: Ledger) -> None:
    assert series(ledger, since=MONTH, zone=PARIS, now=NOW) == ()
    assert series(ledger, since=None, zone=PARIS, now=NOW) == ()


def test_a_month_has_every_slot_and_none_before(ledger: Ledger) -> None:
    for at in (MONTH - timedelta(hours=2), MONTH, NOW - timedelta(hours=14), NOW - timedelta(hours=12)):
        write(ledger, at, "10.5")

    assert told(series(ledger, since=MONTH, zone=PARIS, now=NOW)) == [
        "01-12 21:00 10.5",
        "02-11 07:00 10.5",
        "02-11 09:00 10.5",
    ]


def test_what_was_asked_by_hand_is_no_point(ledger: Ledger) -> None:
    write(ledger, NOW, "1")
    with ledger.writing() as connection:
        connection.execute(tables.snapshots.update().values(scheduled_for=None))

    assert series(ledger, since=MONTH, zone=PARIS, now=NOW) == ()
    assert series(ledger, since=None, zone=PARIS, now=NOW) == ()


def test_a_mark_is_that_of_the_totals_with_an_amount_and_error_where_there_is_none(ledger: Ledger) -> None:
    write(ledger, NOW - timedelta(hours=6), "1", mark="≥", rub="90")
    write(ledger, NOW - timedelta(hours=4), "2", mark="", rub=None)
    write(ledger, NOW - timedelta(hours=2), None)
    points = series(ledger, since=MONTH, zone=PARIS, now=NOW)

    assert [(point.usd, point.rub, point.mark) for point in points] == [
        (Decimal(1), Decimal(90), "≥"),
        (Decimal(2), None, ""),
        (None, None, "ERROR"),
    ]


def test_in_a_month_a_kept_day_counts_at_20_local_unless_a_slot_of_it_has_an_amount(ledger: Ledger) -> None:
    keep(ledger, date(2026, 2, 8), "8")
    keep(ledger, date(2026, 2, 9), "9")
    keep(ledger, date(2026, 2, 10), "10", mark="≈")
    write(ledger, datetime(2026, 2, 9, 7, 0, tzinfo=UTC), "9.1")
    write(ledger, datetime(2026, 2, 10, 7, 0, tzinfo=UTC), None)

    assert told(series(ledger, since=MONTH, zone=PARIS, now=NOW)) == [
        "02-08 19:00 8",
        "02-09 07:00 9.1",
        "02-10 07:00 ERRORNone",
        "02-10 19:00 ≈10",
    ]


def test_a_year_has_the_kept_days_and_of_others_the_last_amount_with_its_mark(ledger: Ledger) -> None:
    keep(ledger, date(2026, 2, 9), "9")
    write(ledger, datetime(2026, 2, 9, 7, 0, tzinfo=UTC), "9.1")
    write(ledger, datetime(2026, 2, 10, 7, 0, tzinfo=UTC), "10.1", mark="≥")
    write(ledger, datetime(2026, 2, 10, 9, 0, tzinfo=UTC), "10.2", mark="≥")
    write(ledger, datetime(2026, 2, 10, 11, 0, tzinfo=UTC), None)

    assert told(series(ledger, since=YEAR, zone=PARIS, now=NOW)) == ["02-09 19:00 9", "02-10 09:00 ≥10.2"]


def test_a_day_that_nobody_kept_has_its_last_complete_amount_if_there_is_one(ledger: Ledger) -> None:
    write(ledger, datetime(2026, 2, 10, 7, 0, tzinfo=UTC), "10.1")
    write(ledger, datetime(2026, 2, 10, 9, 0, tzinfo=UTC), "10.2", mark="≥")

    assert told(series(ledger, since=YEAR, zone=PARIS, now=NOW)) == ["02-10 07:00 10.1"]


def test_a_day_ends_at_local_midnight(ledger: Ledger) -> None:
    keep(ledger, date(2026, 2, 10), "10")
    write(ledger, datetime(2026, 2, 9, 23, 30, tzinfo=UTC), "0")

    assert told(series(ledger, since=None, zone=PARIS, now=NOW)) == ["02-10 19:00 10"]


def test_no_point_lies_in_the_future(ledger: Ledger) -> None:
    keep(ledger, date(2026, 2, 11), "11")
    noon = datetime(2026, 2, 11, 12, 0, tzinfo=UTC)

    assert [point.at for point in series(ledger, since=None, zone=PARIS, now=noon)] == [noon]


def test_five_years_of_slots_become_a_point_for_each_day(ledger: Ledger, url: str) -> None:
    start = NOW - timedelta(days=5 * 365)
    slots = [start + timedelta(days=day, hours=hour) for day in range(5 * 365) for hour in range(13)]
    rows = [(f"{at}", f"{at:%Y-%m-%dT%H:%M:%S.%f}+00:00", "1.50", "", "2", "", 1, "x" * 100) for at in slots]
    columns = "round_id, scheduled_for, closed_at, usd, usd_mark, rub, rub_mark, took_ms, document"
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        connection.executemany(f"INSERT INTO snapshots ({columns}) VALUES (?1, ?2, ?2, ?3, ?4, ?5, ?6, ?7, ?8)", rows)
        connection.commit()
    points = series(ledger, since=None, zone=PARIS, now=NOW)

    assert len(slots) > 23_000
    assert len(points) in {5 * 365, 5 * 365 + 1}
