"""The clock says which slot is next, and an interval that makes no sense changes nothing."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from bus.messages.base import topic
from bus.messages.operations import HealthRequested
from bus.messages.rounds import NextSlot, ScheduleState
from clock.schedule import slots_between
from tests.clock.schedules import hours_and_minutes, window
from tests.running import Child, hear, on_the_bus, running

EVERY_TWO_HOURS = {"TIMEZONE": "UTC", "WINDOW_START_HOUR": "0", "WINDOW_END_HOUR": "23"}
HOUR = timedelta(hours=1)


def state(
    *, interval_minutes: int | None = None, paused: bool = False, last_slot: datetime | None = None
) -> ScheduleState:
    """Return what the aggregator knows; nothing was due before now."""
    now = datetime.now(UTC)
    return ScheduleState(last_slot=last_slot, interval_minutes=interval_minutes, paused=paused, due_since=now)


def asked(child: Child, *said: ScheduleState) -> NextSlot:
    """Say states, then ask the clock for the next slot."""
    child.wait_for("hub=heard")
    with on_the_bus("notifier", topic(NextSlot), says=(ScheduleState, HealthRequested)) as bus:
        for each in said:
            bus.publish(each)
        bus.publish(HealthRequested(id="health-1"))
        return hear(bus, NextSlot)


def next_of(minutes: int, *, after: datetime | None = None) -> datetime:
    """Return the first slot of a whole day's intervals after now, UTC."""
    now = after or datetime.now(UTC)
    midnight = datetime.combine(now.date(), time(), UTC)
    slots = [midnight + timedelta(minutes=at) for at in range(0, 23 * 60 + 1, minutes)]
    return next((slot for slot in slots if slot > now), midnight + 24 * HOUR)


@pytest.mark.parametrize(
    ("said", "minutes"),
    [
        ((), 120),
        ((state(paused=True),), 120),
        ((state(interval_minutes=60),), 60),
        ((state(interval_minutes=60), state()), 120),
        ((state(interval_minutes=60, paused=True),), 60),
    ],
    ids=["before any state", "paused", "another interval", "as it was", "both"],
)
def test_the_agenda_names_the_next_slot(home: Path, hub: Child, said: tuple[ScheduleState, ...], minutes: int) -> None:
    before = next_of(minutes)
    with running(home, "-m", "clock", environment=EVERY_TWO_HOURS) as child:
        answer = asked(child, *said)

    assert answer.id == "health-1"
    assert answer.interval_minutes == minutes
    assert answer.next_slot in {before, next_of(minutes)}


def test_an_expression_has_no_interval(home: Path, hub: Child) -> None:
    environment = {"TIMEZONE": "UTC", "SCHEDULE_CRON": "0 0 29 2 *"}
    before = datetime.now(UTC)
    with running(home, "-m", "clock", environment=environment) as child:
        answer = asked(child, state())

    assert answer.interval_minutes is None
    assert answer.next_slot > before
    assert f"{answer.next_slot:%m-%d %H:%M}" == "02-29 00:00"


def test_no_slot_comes_before_the_newest_one_that_is_closed(home: Path, hub: Child) -> None:
    ahead = next_of(120)
    with running(home, "-m", "clock", environment=EVERY_TWO_HOURS) as child:
        answer = asked(child, state(last_slot=ahead))

    assert answer.next_slot == next_of(120, after=ahead)


@pytest.mark.parametrize("minutes", [-5, 0, 1, 10, 721, 10**9])
def test_an_interval_that_makes_no_sense_is_refused_and_the_settings_stand(
    home: Path, hub: Child, minutes: int
) -> None:
    environment = EVERY_TWO_HOURS | {"COLLECT_DEADLINE_SECONDS": "600"}
    with running(home, "-m", "clock", environment=environment) as child:
        answer = asked(child, state(interval_minutes=minutes), state(interval_minutes=minutes, paused=True))
        text = child.text()

    assert answer.interval_minutes == 120
    assert text.count('event="interval refused, the schedule of .env stands"') == 1


def test_an_interval_just_longer_than_the_deadline_is_followed(home: Path, hub: Child) -> None:
    environment = EVERY_TWO_HOURS | {"COLLECT_DEADLINE_SECONDS": "59"}
    with running(home, "-m", "clock", environment=environment) as child:
        answer = asked(child, state(interval_minutes=1))

    assert answer.interval_minutes == 1


@pytest.mark.thorough
def test_every_interval_from_1_to_720_has_its_slots() -> None:
    midnight = datetime.combine(date(2026, 2, 11), time(), UTC)
    wrong = []
    for minutes in range(1, 721):
        found = slots_between(window(minutes, timezone="UTC"), midnight, until=midnight + 24 * HOUR, most=1000)
        wanted = [f"{at // 60:02}:{at % 60:02}" for at in range(8 * 60, 20 * 60 + 1, minutes)]
        wrong += [] if hours_and_minutes(list(found.newest)) == wanted else [minutes]

    assert wrong == []
