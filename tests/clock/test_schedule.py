"""Slots of ordinary days, their names, and settings that make no sense."""

import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clock.schedule import Schedule, cron_expressions, next_slot, round_id, slots_between
from tests.clock.schedules import LONG_AGO, PARIS, by_cron, hours_and_minutes, previous_slot, slots_on, utc, window


def test_every_two_hours_from_8_to_20_by_default() -> None:
    slots = slots_on(window(120), date(2026, 2, 11))

    assert hours_and_minutes(slots) == ["08:00", "10:00", "12:00", "14:00", "16:00", "18:00", "20:00"]


def test_intervals_that_do_not_divide_the_hour_run_on_from_the_start_of_the_window() -> None:
    expected = "08:00 08:45 09:30 10:15 11:00 11:45 12:30 13:15 14:00 14:45 15:30 16:15 17:00 17:45 18:30 19:15 20:00"

    assert " ".join(hours_and_minutes(slots_on(window(45), date(2026, 2, 11)))) == expected


def test_an_interval_that_does_not_reach_the_end_stops_before_it_and_starts_anew_each_day() -> None:
    first, second = slots_on(window(100, 8, 12), date(2026, 2, 11)), slots_on(window(100, 8, 12), date(2026, 2, 12))

    assert hours_and_minutes(first) == hours_and_minutes(second) == ["08:00", "09:40", "11:20"]


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (window(720), ["08:00", "20:00"]),
        (window(720, 9, 20), ["09:00"]),
        (window(1, 8, 8), ["08:00"]),
        (window(720, 0, 23), ["00:00", "12:00"]),
        (window(60, 23, 23), ["23:00"]),
    ],
)
def test_the_ends_of_interval_and_window(schedule: Schedule, expected: list[str]) -> None:
    slots = slots_on(schedule, date(2026, 2, 11))

    assert hours_and_minutes(slots) == expected


def test_every_minute_fills_the_window_and_ends_on_the_hour() -> None:
    slots = slots_on(window(1, 8, 9), date(2026, 2, 11))

    assert len(slots) == 61
    assert hours_and_minutes(slots)[-1] == "09:00"


def test_one_expression_for_each_distinct_minute() -> None:
    assert cron_expressions(window(120)) == ("0 8,10,12,14,16,18,20 * * *",)
    assert cron_expressions(window(45, 8, 12)) == (
        "0 8,11 * * *",
        "15 10 * * *",
        "30 9 * * *",
        "45 8,11 * * *",
    )


def test_an_expression_is_split_by_its_minutes() -> None:
    assert cron_expressions(by_cron(" */30  8-20  * * mon-fri")) == (
        "0 8-20 * * mon-fri",
        "30 8-20 * * mon-fri",
    )
    assert len(cron_expressions(by_cron("* * * * *"))) == 60


def test_slots_cross_the_end_of_the_year() -> None:
    schedule = window(120)

    assert next_slot(schedule, utc("2026-12-31T20:00+01:00")) == utc("2027-01-01T08:00+01:00")
    assert previous_slot(schedule, utc("2027-01-01T07:59+01:00")) == utc("2026-12-31T20:00+01:00")
    assert round_id(next_slot(by_cron("0 0 1 1 *"), utc("2026-06-01T00:00Z"))) == "2026-12-31T23:00Z"


def test_a_leap_day_has_its_slots() -> None:
    assert len(slots_on(window(120), date(2028, 2, 29))) == 7
    assert next_slot(window(120), utc("2027-02-28T20:00+01:00")) == utc("2027-03-01T08:00+01:00")
    assert next_slot(by_cron("0 12 29 2 *"), utc("2026-01-01T00:00Z")) == utc("2028-02-29T12:00+01:00")


def test_the_next_slot_is_strictly_after_and_the_previous_one_may_be_now() -> None:
    schedule, slot, instant = window(120), utc("2026-02-11T10:00+01:00"), timedelta(microseconds=1)

    assert next_slot(schedule, slot - instant) == slot
    assert next_slot(schedule, slot) == slot + timedelta(hours=2)
    assert next_slot(schedule, slot + instant) == slot + timedelta(hours=2)
    assert previous_slot(schedule, slot) == slot
    assert previous_slot(schedule, slot + instant) == slot
    assert previous_slot(schedule, slot - instant) == slot - timedelta(hours=2)


def test_slots_are_utc_whatever_the_zone_of_the_question() -> None:
    asked_in_tokyo = utc("2026-02-11T10:00Z").astimezone(ZoneInfo("Asia/Tokyo"))

    assert next_slot(window(120), asked_in_tokyo).tzinfo is UTC
    assert previous_slot(window(120), asked_in_tokyo).tzinfo is UTC


def test_a_moment_without_a_time_zone_is_refused() -> None:
    naive = datetime(2026, 2, 11)  # noqa: DTZ001 - the mistake under test

    with pytest.raises(ValueError, match="aware"):
        next_slot(window(120), naive)
    with pytest.raises(ValueError, match="aware"):
        slots_between(window(120), naive, until=utc("2026-02-12T00:00Z"), most=1)
    with pytest.raises(ValueError, match="aware"):
        round_id(naive)


def test_a_round_is_named_by_its_instant_in_utc() -> None:
    assert round_id(utc("2026-02-11T10:00+01:00")) == "2026-02-11T09:00Z"
    assert round_id(datetime(2026, 2, 11, 10, tzinfo=ZoneInfo(PARIS))) == "2026-02-11T09:00Z"


@given(st.integers(0, 100_000_000))
def test_a_name_gives_its_slot_back(minutes: int) -> None:
    slot = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)

    assert datetime.fromisoformat(round_id(slot)) == slot


@pytest.mark.parametrize("moment", ["2026-02-11T09:00:01Z", "2026-02-11T09:00:00.000001Z"])
def test_a_moment_within_a_minute_names_no_round(moment: str) -> None:
    with pytest.raises(ValueError, match="whole minute"):
        round_id(utc(moment))


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("0 8 * *", "but 4"),
        ("0 8 * * * *", "but 6"),
        ("@hourly", "but 1"),
        ("", "but 0"),
        ("0 25 * * *", "cannot be read"),
        ("61 8 * * *", "cannot be read"),
        ("a b c d e", "cannot be read"),
        ("H 8 * * *", "cannot be read"),
        ("0\u00a08 * * *", "cannot be read"),
        ("R 8 * * *", "random"),
        ("0 r(8-20) * * *", "random"),
        ("0 8 31 2 *", "never comes"),
        ("0 8 31 2 mon", "never comes"),  # day or weekday in cron: a Monday was hardly meant
        ("0 8 29 2 sun#1", "never comes"),
    ],
)
def test_an_expression_that_cannot_work_is_refused_with_what_to_write(expression: str, said: str) -> None:
    """Fault 69: bad cron expressions."""
    with pytest.raises(ValueError, match=f"SCHEDULE_CRON .*{said}.*write minute, hour"):
        by_cron(expression)


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "Europe", "/etc/passwd", "../UTC", "Paris\x00"])
def test_an_unknown_time_zone_is_refused_with_what_to_write(zone: str) -> None:
    with pytest.raises(ValueError, match=r"TIMEZONE is .*write an IANA name such as Europe/Paris"):
        window(120, timezone=zone)


@pytest.mark.parametrize("interval", [0, -1, 721])
def test_an_interval_out_of_range_is_refused_with_what_to_write(interval: int) -> None:
    with pytest.raises(ValueError, match=f"POLL_INTERVAL_MINUTES is {interval}: write a number from 1 to 720"):
        window(interval)


@pytest.mark.parametrize(("start", "end"), [(-1, 20), (20, 8), (8, 24)])
def test_hours_out_of_order_are_refused_with_what_to_write(start: int, end: int) -> None:
    with pytest.raises(ValueError, match=f"WINDOW_START_HOUR is {start} and WINDOW_END_HOUR is {end}: write"):
        window(120, start, end)


def test_a_schedule_builds_its_croniters_once_and_a_changed_one_builds_its_own() -> None:
    schedule = window(1, 0, 23)
    built = schedule.crons
    next_slot(schedule, LONG_AGO)
    changed = msgspec.structs.replace(schedule, interval_minutes=60)

    assert schedule.crons is built
    assert len(built) == 60
    assert len(changed.crons) == 1
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(schedule), type=Schedule) == schedule


def test_a_question_at_one_slot_a_minute_takes_milliseconds() -> None:
    schedule = window(1, 0, 23)
    slot = next_slot(schedule, utc("2026-02-11T09:00Z"))

    # The best of several: the machine may be busy, the code may not be slow. Measured: 7 ms.
    took_s = []
    for _ in range(5):
        started = time.perf_counter()
        slot = next_slot(schedule, slot)
        took_s.append(time.perf_counter() - started)

    assert min(took_s) < 0.1


def test_the_schedule_imports_nothing_heavy() -> None:
    names = "import clock.schedule, sys; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    loaded = subprocess.run(
        [sys.executable, "-OO", "-c", names], capture_output=True, text=True, check=True, timeout=30
    ).stdout.split()

    assert {"croniter", "msgspec", "zoneinfo"} <= set(loaded)
    assert not {"zmq", "sqlalchemy", "requests", "telegram", "asyncio", "pytz", "ssl"} & set(loaded)
