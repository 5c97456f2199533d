"""Slots on the days when clocks change, and from whatever moment and direction they are asked for.

Europe/Paris changes by an hour, 2026-03-29 and 2027-03-28 from 02:00 to 03:00, 2026-10-25 and 2027-10-31 from 03:00 to
02:00; Australia/Lord_Howe by half an hour, 2026-04-05 from 02:00 to 01:30, 2026-10-04 from 02:00 to 02:30.
"""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clock.schedule import Schedule, Slots, next_slot, round_id, slots_between
from tests.clock.schedules import (
    MINUTE,
    PARIS,
    by_cron,
    going_forward,
    hours_and_minutes,
    previous_slot,
    slots_on,
    window,
)

LORD_HOWE = "Australia/Lord_Howe"
PARIS_CHANGES = (date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28), date(2027, 10, 31))


def wall_times(slots: list[datetime]) -> list[str]:
    """Show local slots as HH:MM with their offset."""
    return [f"{slot:%H:%M%z}" for slot in slots]


@pytest.mark.parametrize("day", PARIS_CHANGES)
def test_hourly_from_8_to_20_is_13_messages_on_the_days_of_a_change(day: date) -> None:
    """Fault 30."""
    slots = slots_on(window(60), day)

    assert hours_and_minutes(slots) == [f"{hour:02}:00" for hour in range(8, 21)]
    assert slots_on(by_cron("0 8-20 * * *"), day) == slots


@pytest.mark.parametrize("day", [date(2026, 4, 5), date(2026, 10, 4)])
def test_lord_howe_has_13_messages_on_the_days_of_a_change_too(day: date) -> None:
    assert len(slots_on(window(60, timezone=LORD_HOWE), day)) == 13


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 3, 29), ["03:00+0200"]),
        (date(2026, 10, 25), ["02:30+0200", "02:30+0100"]),
        (date(2027, 3, 28), ["03:00+0200"]),
        (date(2027, 10, 31), ["02:30+0200", "02:30+0100"]),
        (date(2026, 3, 28), ["02:30+0100"]),
    ],
)
def test_half_past_two_moves_to_three_in_spring_and_comes_twice_in_autumn(day: date, expected: list[str]) -> None:
    """Fault 30."""
    assert wall_times(slots_on(by_cron("30 2 * * *"), day)) == expected


@pytest.mark.parametrize(
    ("schedule", "day", "expected"),
    [
        (by_cron("*/30 * * * *"), date(2026, 3, 29), 46),
        (by_cron("*/30 * * * *"), date(2026, 10, 25), 50),
        (by_cron("*/30 * * * *"), date(2026, 6, 1), 48),
        (window(30, 0, 23), date(2026, 3, 29), 45),
        (window(30, 0, 23), date(2026, 10, 25), 49),
        (window(30, 0, 23), date(2026, 6, 1), 47),
        (window(60, 0, 23, timezone=LORD_HOWE), date(2026, 4, 5), 24),
        (window(60, 0, 23, timezone=LORD_HOWE), date(2026, 10, 4), 23),
        (by_cron("*/30 * * * *", timezone=LORD_HOWE), date(2026, 4, 5), 49),
        (by_cron("*/30 * * * *", timezone=LORD_HOWE), date(2026, 10, 4), 47),
    ],
)
def test_whole_days_have_as_many_slots_as_their_clocks_show(schedule: Schedule, day: date, expected: int) -> None:
    assert len(slots_on(schedule, day)) == expected


@pytest.mark.parametrize("expression", ["0 2,3 * * *", "0,15,45 2,3 * * *"])
def test_slots_that_a_change_moves_onto_each_other_come_once(expression: str) -> None:
    slots = slots_on(by_cron(expression), date(2026, 3, 29))

    assert wall_times(slots)[0] == "03:00+0200"
    assert len(set(slots)) == len(slots)
    assert all(later > earlier for earlier, later in pairwise(slots))


def test_lord_howe_repeats_half_an_hour_in_autumn() -> None:
    assert wall_times(slots_on(by_cron("45 1 * * *", timezone=LORD_HOWE), date(2026, 4, 5))) == [
        "01:45+1100",
        "01:45+1030",
    ]
    assert wall_times(slots_on(by_cron("15 1 * * *", timezone=LORD_HOWE), date(2026, 4, 5))) == ["01:15+1100"]


def test_lord_howe_skips_half_an_hour_in_spring() -> None:
    assert wall_times(slots_on(by_cron("15,30 2 * * *", timezone=LORD_HOWE), date(2026, 10, 4))) == ["02:30+1100"]


def test_no_slot_of_a_repeated_half_hour_is_lost_between_many_minutes() -> None:
    slots = slots_on(by_cron("18-53 1 * * *", timezone=LORD_HOWE), date(2026, 4, 5))

    assert len(slots) == 36 + 24
    assert wall_times(slots)[-1] == "01:53+1030"


@pytest.mark.sampled(10)
@pytest.mark.parametrize(
    "schedule",
    [
        by_cron("30 2 * * *"),
        by_cron("0 2,3 * * *"),
        by_cron("*/20 * * * *"),
        by_cron("15 0-4 * * sun"),
        window(45, 0, 23),
        window(60),
        window(50, 0, 6, timezone=LORD_HOWE),
        by_cron("18-53/5 1,2 * * *", timezone=LORD_HOWE),
        by_cron("*/15 * * * *", timezone=LORD_HOWE),
    ],
)
@pytest.mark.parametrize("day", [*PARIS_CHANGES[:2], date(2026, 4, 5), date(2026, 10, 4), date(2026, 12, 31)])
def test_forward_and_backward_find_the_same_slots(schedule: Schedule, day: date) -> None:
    """Fault 30."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=30)
    end = start + timedelta(hours=66)
    forward = going_forward(schedule, start, until=end)
    backward = slots_between(schedule, start, until=end, most=10_000)

    assert backward == Slots(newest=tuple(forward), count=len(forward))


moments = st.one_of(
    st.integers(0, 3 * 365 * 86_400).map(lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)),
    st.builds(
        lambda day, seconds: datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=seconds),
        st.sampled_from([*PARIS_CHANGES, date(2026, 4, 4), date(2026, 10, 3)]),
        st.floats(0, 86_400),
    ),
)

schedules = st.one_of(
    st.builds(
        lambda interval, hours, zone: window(interval, *sorted(hours), timezone=zone),
        st.one_of(st.integers(10, 720), st.sampled_from([15, 30, 60, 120])),
        st.tuples(st.integers(0, 23), st.integers(0, 23)),
        st.sampled_from([PARIS, LORD_HOWE]),
    ),
    st.builds(
        lambda minute, hours, weekday, zone: by_cron(f"{minute} {hours} * * {weekday}", timezone=zone),
        st.sampled_from(["30", "0,45", "7-59/26", "*/30"]),
        st.sampled_from(["2", "1-3", "*", "0,2,23"]),
        st.sampled_from(["*", "sun", "mon-fri"]),
        st.sampled_from([PARIS, LORD_HOWE]),
    ),
)


@given(schedule=schedules, moment=moments, restarts=st.lists(st.floats(0, 1), min_size=3, max_size=8))
def test_a_restart_at_any_moment_finds_the_same_slots(
    schedule: Schedule, moment: datetime, restarts: list[float]
) -> None:
    """Fault 30: with restarts."""
    earlier = previous_slot(schedule, moment)
    later = next_slot(schedule, moment)

    for share in restarts:
        between = earlier + (later - earlier) * min(share, 0.999_999)

        assert next_slot(schedule, between) == later
        assert slots_between(schedule, earlier - MINUTE, until=between, most=1).newest == (earlier,)
    assert earlier <= moment < later


def expected_in_paris(schedule: Schedule, day: date) -> set[datetime]:
    """Compute a day's slots without croniter: wall times, twice where repeated, later where skipped."""
    zone = ZoneInfo(PARIS)
    found = set()
    first, last = schedule.window_start_hour * 60, schedule.window_end_hour * 60
    for minute_of_day in range(first, last + 1, schedule.interval_minutes):
        for fold in (0, 1):
            hour, minute = divmod(minute_of_day, 60)
            wall = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone, fold=fold)
            while wall.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != wall.replace(tzinfo=None):
                wall += MINUTE
            found.add(wall.astimezone(UTC))
    return found


@given(
    interval=st.integers(20, 720),
    hours=st.tuples(st.integers(0, 23), st.integers(0, 23)),
    day=st.one_of(st.sampled_from(PARIS_CHANGES), st.dates(date(2026, 1, 1), date(2030, 12, 31))),
)
@example(interval=30, hours=(0, 23), day=PARIS_CHANGES[0])
@example(interval=30, hours=(0, 23), day=PARIS_CHANGES[1])
def test_intervals_agree_with_a_plain_reading_of_the_wall_clock(
    interval: int, hours: tuple[int, int], day: date
) -> None:
    schedule = window(interval, *sorted(hours))

    slots = slots_on(schedule, day)

    assert {slot.astimezone(UTC) for slot in slots} == expected_in_paris(schedule, day)


def test_the_two_half_past_twos_of_autumn_have_different_names() -> None:
    """Fault 30: the names."""
    slots = slots_on(by_cron("30 2 * * *"), date(2026, 10, 25))

    assert [round_id(slot) for slot in slots] == ["2026-10-25T00:30Z", "2026-10-25T01:30Z"]
