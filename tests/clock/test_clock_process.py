"""The clock as a real process on a real bus; the test speaks and listens in the place of the aggregator."""

import contextlib
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from bus.connection import Bus
from bus.messages.base import topic
from bus.messages.operations import Heartbeat
from bus.messages.rounds import RoundRequested, ScheduleState, Snapshot, Tick, Total
from tests.running import Child, hear, on_the_bus, running

EVERY_MINUTE = {"TIMEZONE": "UTC", "SCHEDULE_CRON": "* * * * *", "COLLECT_DEADLINE_SECONDS": "3"}
MINUTE = timedelta(minutes=1)
SHIFTED = """
from datetime import timedelta
from pathlib import Path
from bus import connection
from bus.process import run
from bus.time_source import SystemTime
from clock.__main__ import main

class ShiftedTime(SystemTime):
    def now(self):
        return super().now() + timedelta(seconds=float(Path("shift-s").read_text() or 0))

connection.BEAT_S = 0.2
run(lambda: main(time=ShiftedTime()), name="clock")
"""
Ticking = Callable[..., AbstractContextManager[Child]]


@pytest.fixture
def bus(hub: Child) -> Iterator[Bus]:
    """Give the aggregator's place on the bus."""
    with on_the_bus(
        "aggregator", topic(Tick), topic(Heartbeat, "clock"), says=(ScheduleState, Snapshot, RoundRequested)
    ) as joined:
        yield joined


@pytest.fixture
def ticking(home: Path, bus: Bus) -> Ticking:
    """Give what runs a clock with a slot at every minute; it is ready to hear."""

    @contextlib.contextmanager
    def run(*program: str, **environment: str) -> Iterator[Child]:
        with running(home, *(program or ("-m", "clock")), environment=EVERY_MINUTE | environment) as child:
            child.wait_for("hub=heard")
            yield child

    return run


def once_a_day_at(moment: datetime) -> str:
    """Write the expression of a slot at this minute of the day, UTC."""
    return f"{moment.minute} {moment.hour} * * *"


def this_minute() -> datetime:
    """Return the start of the present minute."""
    return datetime.now(UTC).replace(second=0, microsecond=0)


def state(
    *, due_since: datetime, last_slot: datetime | None = None, paused: bool = False, interval_minutes: int | None = None
) -> ScheduleState:
    """Return what the aggregator knows."""
    return ScheduleState(last_slot=last_slot, interval_minutes=interval_minutes, paused=paused, due_since=due_since)


def snapshot_of(tick: Tick) -> Snapshot:
    """Return what closes a round."""
    return Snapshot(
        round_id=tick.round_id,
        scheduled_for=tick.scheduled_for,
        closed_at=datetime.now(UTC),
        parts=(),
        usd=Total(),
        rub=Total(),
    )


def request(name: str) -> RoundRequested:
    """Return a request for a round."""
    return RoundRequested(id=name, asked_at=datetime.now(UTC))


def ticks_for(bus: Bus, wait_s: float) -> list[Tick]:
    """Return the ticks of the next seconds."""
    found = []
    ends_at = time.monotonic() + wait_s
    while (left_s := ends_at - time.monotonic()) > 0:
        message = bus.receive(left_s)
        if isinstance(message, Tick):
            found.append(message)
    return found


def ticks_until_asked(bus: Bus, name: str) -> list[str]:
    """Ask for a round and return which were announced before it: the clock hears and acts in order."""
    bus.publish(request(name))
    found: list[str] = []
    while not found or found[-1] != name:
        found.append(hear(bus, Tick).round_id)
    return found[:-1]


def test_without_a_state_no_slot_is_announced_and_with_one_it_is(bus: Bus, ticking: Ticking) -> None:
    with ticking():
        before = ticks_until_asked(bus, "now-1")
        bus.publish(state(due_since=this_minute() - MINUTE))
        tick = hear(bus, Tick, where=lambda tick: tick.scheduled_for is not None)

    assert before == []
    assert tick.scheduled_for is not None
    assert tick.round_id == f"{tick.scheduled_for:%Y-%m-%dT%H:%MZ}"
    assert datetime.now(UTC) - tick.scheduled_for < 2 * MINUTE


def test_a_due_slot_is_said_again_until_its_snapshot_is_heard(bus: Bus, ticking: Ticking) -> None:
    slot = this_minute()
    with ticking(SCHEDULE_CRON=once_a_day_at(slot), COLLECT_DEADLINE_SECONDS="45"):
        bus.publish(state(due_since=slot - MINUTE))
        heard, at = [], []
        for _ in range(4):
            heard.append(hear(bus, Tick))
            at.append(time.monotonic())
        bus.publish(snapshot_of(heard[0]))
        bus.publish(state(due_since=slot - 2 * MINUTE))  # of an aggregator that knew nothing of the close yet
        ticks_until_asked(bus, "now-1")
        bus.publish(snapshot_of(Tick(round_id="now-1", scheduled_for=None, closes_in_s=1)))
        ticks_until_asked(bus, "now-2")
        later = {tick.round_id for tick in ticks_for(bus, 1.2)}

    assert {(tick.round_id, tick.scheduled_for) for tick in heard} == {(f"{slot:%Y-%m-%dT%H:%MZ}", slot)}
    assert heard[0].closes_in_s == 45
    assert all(30 < tick.closes_in_s <= 44.5 for tick in heard[1:])
    assert 1.0 < at[-1] - at[0] < 10
    assert later == {"now-2"}


def test_a_clock_that_was_killed_in_mid_round_goes_on_with_the_same_round(bus: Bus, ticking: Ticking) -> None:
    """Fault 2: the clock alone."""
    slot = this_minute()
    said = state(due_since=slot - MINUTE)
    with ticking(SCHEDULE_CRON=once_a_day_at(slot)) as first:
        bus.publish(said)
        before = hear(bus, Tick)
        first.kill()
    ticks_for(bus, 0.1)
    with ticking(SCHEDULE_CRON=once_a_day_at(slot)):
        bus.publish(said)
        after = hear(bus, Tick)

    assert after == before


def test_a_paused_schedule_announces_nothing_but_answers_requests(bus: Bus, ticking: Ticking) -> None:
    slot = this_minute()
    with ticking(SCHEDULE_CRON=once_a_day_at(slot)):
        bus.publish(state(due_since=slot - MINUTE, paused=True))
        before = ticks_until_asked(bus, "now-1")
        bus.publish(state(due_since=slot - MINUTE, paused=False))
        tick = hear(bus, Tick, where=lambda tick: tick.round_id != "now-1")

    assert before == []
    assert tick.scheduled_for == slot


def test_a_slot_that_was_closed_or_was_never_due_is_not_announced(bus: Bus, ticking: Ticking) -> None:
    slot = this_minute()
    with ticking(SCHEDULE_CRON=once_a_day_at(slot)):
        bus.publish(state(due_since=slot - MINUTE, last_slot=slot))
        bus.publish(state(due_since=datetime.now(UTC)))

        assert ticks_until_asked(bus, "now-1") == []


@pytest.mark.parametrize(("grace_minutes", "announced"), [("15", True), ("2", False)])
def test_only_a_slot_younger_than_the_grace_is_announced(
    bus: Bus, ticking: Ticking, grace_minutes: str, *, announced: bool
) -> None:
    slot = this_minute() - 3 * MINUTE
    with ticking(SCHEDULE_CRON=once_a_day_at(slot), SLOT_GRACE_MINUTES=grace_minutes):
        bus.publish(state(due_since=slot - MINUTE))
        bus.publish(request("now-1"))
        first = hear(bus, Tick)

    assert (first.scheduled_for == slot) is announced
    assert (first.round_id == "now-1") is not announced


def test_slots_that_came_and_went_travel_with_the_next_one(bus: Bus, ticking: Ticking) -> None:
    """Fault 25: the clock alone."""
    since = this_minute() - 5 * MINUTE
    with ticking():
        bus.publish(state(due_since=since - MINUTE, last_slot=since))
        first, second = hear(bus, Tick), hear(bus, Tick)

    assert first.scheduled_for is not None
    passed = (first.scheduled_for - since) // MINUTE - 1
    assert passed >= 4
    assert first.missed == tuple(since + number * MINUTE for number in range(1, passed + 1))
    assert first.missed_count == passed
    assert (second.missed, second.missed_count) == (first.missed, first.missed_count)


def test_requests_open_one_round_and_join_it_while_it_is_open(bus: Bus, ticking: Ticking) -> None:
    """Fault 62: the clock alone."""
    with ticking(COLLECT_DEADLINE_SECONDS="45"):
        for name in ("now-1", "now-1", "now-2"):
            bus.publish(request(name))
        opened = ticks_for(bus, 1.2)
        bus.publish(snapshot_of(opened[0]))
        bus.publish(request("now-1"))  # said before its sender heard the snapshot
        before = ticks_until_asked(bus, "now-3")

    assert {(tick.round_id, tick.scheduled_for) for tick in opened} == {("now-1", None)}
    assert set(before) <= {"now-1"}
    assert len(opened) >= 2
    assert opened[0].closes_in_s == 45


def test_a_request_joins_the_round_of_a_slot_and_a_slot_opens_its_own_beside_a_request(
    bus: Bus, ticking: Ticking
) -> None:
    """Fault 63: the clock alone."""
    slot = this_minute()
    with ticking(SCHEDULE_CRON=once_a_day_at(slot), COLLECT_DEADLINE_SECONDS="45"):
        bus.publish(request("now-1"))
        bus.publish(state(due_since=slot - MINUTE))
        bus.publish(request("now-2"))
        opened = {tick.round_id for tick in ticks_for(bus, 1.2)}
        bus.publish(snapshot_of(Tick(round_id="now-1", scheduled_for=None, closes_in_s=1)))
        bus.publish(request("now-3"))
        ticks_for(bus, 0.3)
        left = {tick.round_id for tick in ticks_for(bus, 1.0)}

    assert opened == {"now-1", f"{slot:%Y-%m-%dT%H:%MZ}"}
    assert left == {f"{slot:%Y-%m-%dT%H:%MZ}"}


def test_a_slots_round_without_a_snapshot_is_counted_anew_and_a_requests_is_given_up(
    bus: Bus, ticking: Ticking
) -> None:
    slot = this_minute()
    with ticking(SCHEDULE_CRON=once_a_day_at(slot)) as child:
        bus.publish(request("now-1"))
        bus.publish(state(due_since=slot - MINUTE))
        ticks = ticks_for(bus, 5)
        text = child.text()

    counts = [tick.closes_in_s for tick in ticks if tick.scheduled_for == slot]
    of_request = [tick.closes_in_s for tick in ticks if tick.round_id == "now-1"]
    again = [later for earlier, later in pairwise(counts) if later > earlier]
    assert counts[0] == 3
    assert min(counts) >= 0.5
    assert len(again) == 1
    assert again[0] > 2.5
    assert len(of_request) <= 7
    assert 'event="round abandoned" round=now-1' in text
    assert 'event="no snapshot in time, deadline restarted" round=2' in text


def test_an_interval_that_was_set_by_command_overrides_the_expression(bus: Bus, ticking: Ticking) -> None:
    with ticking(SCHEDULE_CRON="0 0 29 2 *", SLOT_GRACE_MINUTES="720", WINDOW_START_HOUR="0", WINDOW_END_HOUR="23"):
        yesterday = this_minute() - timedelta(days=1)
        bus.publish(state(due_since=yesterday))
        before = ticks_until_asked(bus, "now-1")
        bus.publish(state(due_since=yesterday, interval_minutes=720))
        tick = hear(bus, Tick, where=lambda tick: tick.round_id != "now-1")

    assert before == []
    assert tick.scheduled_for is not None
    assert (tick.scheduled_for.hour, tick.scheduled_for.minute) in {(0, 0), (12, 0)}


def test_a_slot_is_announced_when_its_moment_comes(home: Path, bus: Bus, ticking: Ticking) -> None:
    now = datetime.now(UTC)
    shift_s = 55 - now.second - now.microsecond / 1e6  # the clock's own minute ends in five seconds
    (home / "shift-s").write_text(str(shift_s))
    with ticking("-c", SHIFTED):
        bus.publish(state(due_since=now + timedelta(seconds=shift_s)))
        before = ticks_until_asked(bus, "now-1")
        tick = hear(bus, Tick, where=lambda tick: tick.scheduled_for is not None)
        at = datetime.now(UTC) + timedelta(seconds=shift_s)

    assert before == []
    assert tick.scheduled_for is not None
    assert timedelta(0) <= at - tick.scheduled_for < timedelta(seconds=4)
    assert tick.missed == ()


def test_a_wall_clock_that_is_set_forward_across_a_slot_announces_it_within_seconds(
    home: Path, bus: Bus, ticking: Ticking
) -> None:
    """Fault 27: the clock alone."""
    slot = this_minute() + 10 * MINUTE
    (home / "shift-s").write_text("0")
    with ticking("-c", SHIFTED, SCHEDULE_CRON=once_a_day_at(slot)):
        bus.publish(state(due_since=slot - timedelta(hours=1)))
        before = ticks_until_asked(bus, "now-1")
        (home / "draft").write_text("660")
        (home / "draft").replace(home / "shift-s")
        tick = hear(bus, Tick, where=lambda tick: tick.scheduled_for is not None, within_s=8)

    assert before == []
    assert tick.scheduled_for == slot


def test_its_beat_tells_the_last_round_that_it_saw_closed(home: Path, bus: Bus, ticking: Ticking) -> None:
    (home / "shift-s").write_text("0")
    with ticking("-c", SHIFTED):
        bus.publish(snapshot_of(Tick(round_id="now-1", scheduled_for=None, closes_in_s=1)))
        beat = hear(bus, Heartbeat, where=lambda beat: beat.last_round != "")

    assert (beat.name, beat.last_round) == ("clock", "now-1")


def test_a_wrong_timetable_leaves_with_2_and_says_what_to_write(home: Path) -> None:
    """Fault 69: a bad cron expression."""
    with running(home, "-m", "clock", environment={"SCHEDULE_CRON": "0 8 * *"}) as child:
        assert child.code() == 2
        assert "SCHEDULE_CRON has not five fields but 4; write minute, hour, day, month" in child.text()
