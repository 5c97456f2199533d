"""Wall clocks that step, machines that sleep or are off over a slot: faults 25 and 27 to 29.

Fault 30, the changes of daylight saving time, is pure arithmetic and played in tests/clock/test_schedule_changes.py.
Fault 29 is played by what a process sees of it: monotonic clocks stand still in a sleep, so the wall clock is ahead at
once. The programs run on a false wall clock (libfaketime), the monotonic one stays true.
"""

import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bus.messages.base import topic
from bus.messages.delivery import Alert, AlertStored
from bus.messages.rounds import RoundRequested, ScheduleState, Tick
from bus.process import join
from sandbox.system import clean_environment
from sandbox.telegram.chat import Sent
from tests.faults import machine as machines
from tests.faults.false_clock import FalseClock, environment
from tests.faults.machine import Machine, Slot
from tests.faults.missing import need_faketime
from tests.running import Child, flat, hear, running
from tests.system.asking import answers_after, ask

pytestmark = [pytest.mark.faults, pytest.mark.timeout(180)]
START = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
LEFT_OUT = (
    *("BYBIT_API_KEY", "BYBIT_API_SECRET", "BYBIT_BASE_URL"),
    *("OKX_API_KEY", "OKX_API_SECRET", "OKX_API_PASSPHRASE", "OKX_BASE_URL"),
    *("IBKR_FLEX_TOKEN", "IBKR_FLEX_QUERY_ID", "IBKR_FLEX_BASE_URL"),
)
SETTINGS = {"SCHEDULE_CRON": "0 * * * *"} | dict.fromkeys(LEFT_OUT, "")
"""A slot at every hour; one platform is enough here."""


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    """Run one system for the file, from its first start at half past nine."""
    need_faketime()
    home = Path(tempfile.mkdtemp(prefix="pb-", dir="/tmp"))
    with machines.running(home, SETTINGS, at=START) as started:
        yield started
    shutil.rmtree(home)


@pytest.fixture(scope="module")
def first(machine: Machine) -> Sent:
    """Give the first slot's message after the first start."""
    return told(machine, START + HOUR / 2)


@pytest.fixture
def at(machine: Machine, first: Sent) -> datetime:
    """Give the slot that has just been told, of the hour that is next."""
    slot = hour_of(machine) + HOUR
    told(machine, slot)
    return slot


def hour_of(machine: Machine) -> datetime:
    """Return the hour that the machine's clock is in."""
    return machine.clock.now().replace(minute=0, second=0, microsecond=0)


def last_id(machine: Machine) -> int:
    """Return the newest message."""
    return max((sent.message_id for sent in machine.world.messages()), default=0)


def alerts_after(machine: Machine, message_id: int) -> list[str]:
    """Return what was said about the clock after a message."""
    said = [flat(sent.text) for sent in machine.world.messages() if sent.message_id > message_id]
    return [text for text in said if "The clock of this machine" in text]


def step_to(machine: Machine, moment: datetime) -> str:
    """Set the clock of a running machine; return its alert, once it came."""
    before = last_id(machine)
    far = abs(moment - machine.clock.now()) > 11 * MINUTE
    machine.clock.set_to(moment)
    if not far:
        return ""
    machine.wait_until(lambda: bool(alerts_after(machine, before)), what="alert")
    return alerts_after(machine, before)[0]


def told(machine: Machine, at: datetime) -> Sent:
    """Let a slot come, and return its message, the only one."""
    step_to(machine, at - timedelta(seconds=2.5))
    return machine.only_message(Slot(at, last_id(machine)))


def restarted(machine: Machine, at: datetime) -> int:
    """Stop the machine and start it at another time; return the newest message before."""
    machine.stop()
    before = last_id(machine)
    machine.clock.set_to(at)
    machine.start()
    return before


@pytest.mark.parametrize("direction", [2, -2])
def test_a_step_is_told_once_and_repeated_until_it_is_stored_and_a_small_one_is_not(
    home: Path, hub: Child, direction: int
) -> None:
    """Faults 27 and 28: the alert."""
    need_faketime()
    clock = FalseClock(home / "clock")
    asked = RoundRequested(id="now-1", asked_at=START)
    with (
        join("aggregator", topic(Tick), topic(Alert), signals=False) as bus,
        running(home, "-m", "clock", environment=environment(clock.path) | {"TIMEZONE": "UTC"}) as child,
    ):
        child.wait_for("hub=heard")
        clock.step(9 * MINUTE * direction / 2)
        child.wait_for('event="wall clock stepped"')
        bus.publish(asked)
        small = bus.receive(5)
        clock.step(HOUR * direction)
        alert = hear(bus, Alert)
        again = hear(bus, Alert)
        bus.publish(AlertStored(id=alert.id))
        bus.publish(AlertStored(id=alert.id))
        more = [message for message in (bus.receive(1) for _ in range(6)) if isinstance(message, Alert)]

    assert isinstance(small, Tick)
    assert alert == again
    assert "2 h 0 min" in alert.text
    assert ("set back" in alert.text) is (direction < 0)
    assert more == []


def test_a_first_start_has_missed_nothing(first: Sent) -> None:
    """Fault 25, its other side: no slot is invented."""
    assert "Missed" not in first.text
    assert "delivered late" not in first.text


def test_a_clock_set_forward_two_hours_brings_one_late_message_that_names_the_slot_between(
    machine: Machine, at: datetime
) -> None:
    """Fault 27: due slots coalesce to the newest; no flood."""
    before = last_id(machine)
    alert = step_to(machine, at + 2 * HOUR + 5 * MINUTE)
    message = machine.only_message(Slot(at + 2 * HOUR, before))

    assert re.search(r"ahead at once: set, or asleep", alert)
    assert f"For {at + 2 * HOUR:%H:%M}, delivered late at {at + 2 * HOUR:%H}:05" in message.text
    assert f"Missed: {at + HOUR:%H:%M} (not running)" in message.text
    assert len(alerts_after(machine, before)) == 1


def test_slots_older_than_the_grace_are_told_by_the_next_one_after_a_step(machine: Machine, at: datetime) -> None:
    """Fault 27: skipped slots have a reason."""
    before = last_id(machine)
    step_to(machine, at + 2 * HOUR + 30 * MINUTE)
    asked = ask(machine.world)
    between = answers_after(machine.world, before)
    message = told(machine, at + 3 * HOUR)

    assert between == [asked]
    assert f"Missed: {at + HOUR:%H:%M}, {at + 2 * HOUR:%H:%M} (not running)" in message.text
    assert "delivered late" not in message.text


def test_a_clock_set_back_two_hours_repeats_no_slot_and_the_next_comes_after_the_last_one(
    machine: Machine, at: datetime
) -> None:
    """Fault 28."""
    before, missed = last_id(machine), machine.rows("SELECT count(*) FROM missed_slots")
    alert = step_to(machine, machine.clock.now() - 2 * HOUR)
    killed = machine.kill("clock")  # what it remembers itself must not be needed
    machine.wait_for_another("clock", than=killed)
    machine.system.wait_for_log("clock", "last slot is in the future")
    step_to(machine, at - HOUR - timedelta(seconds=2))
    machine.wait_until(lambda: machine.clock.now() > at - HOUR + timedelta(seconds=2), what="a slot that was told")
    asked = ask(machine.world)
    in_between = answers_after(machine.world, before)
    next_one = told(machine, at + HOUR)

    assert "set back by 2 h 0 min; no slot comes twice" in flat(alert)
    assert any("is behind: the last slot is " in text for text in alerts_after(machine, before))
    assert in_between == [asked]
    assert "Missed" not in next_one.text
    assert machine.rows("SELECT count(*) FROM missed_slots") == missed


def test_after_a_sleep_of_eight_hours_the_newest_slot_is_told_at_once(machine: Machine, at: datetime) -> None:
    """Fault 29."""
    before, steps = last_id(machine), machine.system.log("clock").count("wall clock stepped")
    machine.clock.set_to(at + 8 * HOUR + 3 * MINUTE)
    began_s = time.monotonic()
    machine.wait_until(lambda: machine.system.log("clock").count("wall clock stepped") > steps, what="the step is seen")
    seen_after_s = time.monotonic() - began_s
    message = machine.only_message(Slot(at + 8 * HOUR, before))

    assert seen_after_s < 2
    assert f"For {at + 8 * HOUR:%H:%M}, delivered late at {at + 8 * HOUR:%H}:03" in message.text
    assert "Missed: 7 slots, " in message.text


def test_a_machine_that_was_off_for_ten_minutes_sends_the_slots_message_late(machine: Machine, at: datetime) -> None:
    """Fault 25, ten minutes."""
    before = restarted(machine, at + HOUR + 10 * MINUTE)
    message = machine.only_message(Slot(at + HOUR, before))

    assert f"For {at + HOUR:%H:%M}, delivered late at {at + HOUR:%H}:10" in message.text
    assert "Missed" not in message.text


def test_a_machine_that_was_off_for_three_hours_names_the_missed_slots_in_the_next_message(
    machine: Machine, at: datetime
) -> None:
    """Fault 25, three hours."""
    before = restarted(machine, at + 3 * HOUR + 20 * MINUTE)
    asked = ask(machine.world)
    at_once = answers_after(machine.world, before)
    message = told(machine, at + 4 * HOUR)

    assert at_once == [asked]
    assert f"Missed: {at + HOUR:%H:%M}, {at + 2 * HOUR:%H:%M}, {at + 3 * HOUR:%H:%M} (not running)" in message.text
    assert "delivered late" not in message.text


def test_a_changed_schedule_has_missed_nothing_of_either(machine: Machine, at: datetime) -> None:
    """Fault 25, its other side: the slots of a schedule that was not in force were never due."""
    path = machine.home / ".env"
    text = path.read_text()
    path.write_text(text.replace("'0 * * * *'", "'20 * * * *'"))
    restarted(machine, at + 3 * HOUR + 40 * MINUTE)
    message = told(machine, at + 4 * HOUR + 20 * MINUTE)
    path.write_text(text)
    restarted(machine, machine.clock.now())

    assert "Missed" not in message.text
    assert "delivered late" not in message.text


def test_a_pause_has_missed_nothing(machine: Machine, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fault 25, its other side: slots of a pause were never due; what resumes sets `due_since`."""
    monkeypatch.chdir(machine.home)
    before = last_id(machine)
    with join("probe", topic(ScheduleState), signals=False) as bus:
        put(machine, paused="yes")
        hear(bus, ScheduleState, where=lambda state: state.paused, within_s=30)
        step_to(machine, at + 3 * HOUR + 5 * MINUTE)
        asked = ask(machine.world)
        meanwhile = answers_after(machine.world, before)
        put(machine, paused="no", due_since=machine.clock.now().isoformat())
        hear(bus, ScheduleState, where=lambda state: not state.paused, within_s=30)
    message = told(machine, at + 4 * HOUR)

    assert meanwhile == [asked]
    assert "Missed" not in message.text


def put(machine: Machine, **settings: str) -> None:
    """Write settings into the ledger, as a command would."""
    with closing(sqlite3.connect(machine.home / "data" / "portfolio.db", timeout=10)) as ledger, ledger:
        for name, value in settings.items():
            ledger.execute("DELETE FROM settings WHERE name = ?", (name,))
            ledger.execute("INSERT INTO settings (name, value) VALUES (?, ?)", (name, value))


def keep(machine: Machine, *arguments: str) -> str:
    """Run one of the owner's commands for the ledger, at the machine's time."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.launched", "ledger", *arguments],
        cwd=machine.home,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout + done.stderr


def test_a_restored_ledger_sends_nothing_again_and_has_missed_nothing(machine: Machine, at: datetime) -> None:
    """Fault 25, its other side: slots since the backup were told by the ledger that it replaces."""
    keep(machine, "backup")
    made = max((machine.home / "backups").glob("*.db"))
    told(machine, at + HOUR)
    machine.stop()
    before = last_id(machine)
    machine.clock.set_to(at + HOUR + 5 * MINUTE)
    said = keep(machine, "restore", str(made.relative_to(machine.home)))
    machine.start()
    asked = ask(machine.world)
    at_once = answers_after(machine.world, before)
    message = told(machine, at + 2 * HOUR)

    assert at_once == [asked], said
    assert "Missed" not in message.text
