"""Points for a chart: which moments it gets, how they are marked, and that a document is never read."""

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from ledger.portfolio import tables
from ledger.portfolio.series import Point, began, series
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


def by_hand(ledger: Ledger, at: datetime, usd: str, *, mark: str = "") -> None:
    """Write a snapshot that was asked for."""
    write(ledger, at, usd, mark=mark)
    with ledger.writing() as connection:
        own = tables.snapshots.c.scheduled_for == at
        connection.execute(tables.snapshots.update().where(own).values(scheduled_for=None, closed_at=at))


def test_what_was_asked_by_hand_is_a_point_only_while_it_is_the_newest(ledger: Ledger) -> None:
    write(ledger, NOW - timedelta(hours=4), "1")
    by_hand(ledger, NOW - timedelta(hours=3), "2", mark="≥")
    newest = [series(ledger, since=since, zone=PARIS, now=NOW) for since in (MONTH, None)]
    write(ledger, NOW - timedelta(hours=2), "3")
    older = series(ledger, since=MONTH, zone=PARIS, now=NOW)

    assert [told(points) for points in newest] == [["02-11 17:00 1", "02-11 18:00 ≥2"]] * 2
    assert [point.newest for point in newest[0]] == [False, True]
    assert told(older) == ["02-11 17:00 1", "02-11 19:00 3"]
    assert [point.newest for point in older] == [False, True]


def test_the_newest_snapshot_is_the_last_point_behind_the_number_that_stands_for_its_day(ledger: Ledger) -> None:
    write(ledger, NOW - timedelta(hours=9), "7")
    keep(ledger, date(2026, 2, 10), "5")
    keep(ledger, date(2026, 2, 11), "7")
    with ledger.writing() as connection:
        today = tables.days.c.day == date(2026, 2, 11)
        connection.execute(tables.days.update().where(today).values(round_id="2026-02-11T12:00Z"))
    alone = told(series(ledger, since=YEAR, zone=PARIS, now=NOW))
    write(ledger, NOW - timedelta(hours=7), "6", mark="≥")
    incomplete = told(series(ledger, since=YEAR, zone=PARIS, now=NOW))

    assert alone == ["02-10 19:00 5", "02-11 12:00 7"]
    assert incomplete == ["02-10 19:00 5", "02-11 12:00 7", "02-11 14:00 ≥6"]


def test_a_newest_snapshot_from_before_a_stretch_is_not_in_it(ledger: Ledger) -> None:
    write(ledger, MONTH - timedelta(hours=2), "1")

    assert series(ledger, since=MONTH, zone=PARIS, now=NOW) == ()


def test_the_first_day_of_all_is_told_whoever_knows_of_it(ledger: Ledger) -> None:
    nothing = began(ledger, PARIS)
    write(ledger, NOW, "1")
    slot = began(ledger, PARIS)
    keep(ledger, date(2026, 1, 2), "1")

    assert (nothing, slot, began(ledger, PARIS)) == (None, date(2026, 2, 11), date(2026, 1, 2))


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
    write(ledger, datetime(2026, 2, 11, 9, 0, tzinfo=UTC), "11")

    assert told(series(ledger, since=MONTH, zone=PARIS, now=NOW)) == [
        "02-08 19:00 8",
        "02-09 07:00 9.1",
        "02-10 07:00 ERRORNone",
        "02-10 19:00 ≈10",
        "02-11 09:00 11",
    ]


def test_a_year_has_the_kept_days_and_of_others_the_last_amount_with_its_mark(ledger: Ledger) -> None:
    keep(ledger, date(2026, 2, 9), "9")
    write(ledger, datetime(2026, 2, 9, 7, 0, tzinfo=UTC), "9.1")
    write(ledger, datetime(2026, 2, 10, 7, 0, tzinfo=UTC), "10.1", mark="≥")
    write(ledger, datetime(2026, 2, 10, 9, 0, tzinfo=UTC), "10.2", mark="≥")
    write(ledger, datetime(2026, 2, 10, 11, 0, tzinfo=UTC), None)

    assert told(series(ledger, since=YEAR, zone=PARIS, now=NOW)) == [
        "02-09 19:00 9",
        "02-10 09:00 ≥10.2",
        "02-10 11:00 ERRORNone",
    ]


def test_a_day_that_nobody_kept_has_its_last_complete_amount_if_there_is_one(ledger: Ledger) -> None:
    write(ledger, datetime(2026, 2, 10, 7, 0, tzinfo=UTC), "10.1")
    write(ledger, datetime(2026, 2, 10, 9, 0, tzinfo=UTC), "10.2", mark="≥")

    assert told(series(ledger, since=YEAR, zone=PARIS, now=NOW)) == ["02-10 07:00 10.1", "02-10 09:00 ≥10.2"]
    write(ledger, datetime(2026, 2, 11, 9, 0, tzinfo=UTC), "11")
    assert told(series(ledger, since=YEAR, zone=PARIS, now=NOW)) == ["02-10 07:00 10.1", "02-11 09:00 11"]


def test_a_day_ends_at_local_midnight(ledger: Ledger) -> None:
    keep(ledger, date(2026, 2, 10), "10")
    write(ledger, datetime(2026, 2, 9, 23, 30, tzinfo=UTC), "0")
    write(ledger, datetime(2026, 2, 11, 9, 0, tzinfo=UTC), "11")

    assert told(series(ledger, since=None, zone=PARIS, now=NOW)) == ["02-10 19:00 10", "02-11 09:00 11"]


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
