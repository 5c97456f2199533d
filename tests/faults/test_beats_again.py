"""Everybody beats again soon after a kill, and after a freeze (invariant I6).

Played with real times. A machine that is busy with other tests starts processes slowly: a kill may be repeated, since
what one start of three can do the program can do, and the time grows with the number of those who wait for a core.
"""

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bus.connection import Bus
from bus.messages.base import topic
from bus.messages.operations import Heartbeat
from bus.process import join
from sandbox.control.client import start
from sandbox.system import System
from sandbox.system import running as running_system
from tests.running import flat, hear, wait_until
from tests.system.asking import ask

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]
PROGRAMS = ("hub", "clock", "aggregator", "notifier", "sentinel", "bybit", "okx", "tbank", "ibkr", "fx")
WATCHED = tuple(program for program in PROGRAMS if program not in {"hub", "sentinel"})
AFTER_A_KILL_S = 5.0
AFTER_A_FREEZE_S = 40.0


@pytest.fixture(scope="module")
def system() -> Iterator[System]:
    """Run one system for the file, in the current folder."""
    folder = Path(tempfile.mkdtemp(prefix="pb-", dir="/tmp"))
    outside = Path.cwd()
    with start(folder) as world, running_system(folder, world) as running:
        ask(world, timeout_s=60)
        os.chdir(folder)
        yield running
        os.chdir(outside)
    shutil.rmtree(folder)


@pytest.fixture
def bus(system: System) -> Iterator[Bus]:
    """Give a place where all beats are heard, with everybody running."""
    wait_until(lambda: all(map(system.pid, PROGRAMS)), what="everybody runs", within_s=60)
    with join("probe", topic(Heartbeat), signals=False) as joined:
        yield joined


def allowed_s(seconds: float) -> float:
    """Return a time, longer where more processes want to run than there are cores."""
    return seconds * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def back_after_s(system: System, bus: Bus, program: str) -> float:
    """Kill a program; return after how many seconds another process beats in its place.

    The hub's first beats are those of others: its own leaves before anybody has connected to it.
    """
    killed = system.pid(program)
    os.kill(killed, signal.SIGKILL)
    began = time.monotonic()
    wait_until(lambda: system.pid(program) not in {0, killed}, what=f"another {program}", within_s=60)
    hear(
        bus,
        Heartbeat,
        where=lambda beat: program == "hub" or (beat.name == program and beat.pid != killed),
        within_s=60,
    )
    return time.monotonic() - began


def back_after_a_freeze_s(system: System, bus: Bus, *programs: str) -> float:
    """Freeze programs at once; return after how many seconds the last of them beats as another process."""
    frozen = {program: system.pid(program) for program in programs}
    began = time.monotonic()
    for pid in frozen.values():
        os.kill(pid, signal.SIGSTOP)
    try:
        while frozen:
            beat = hear(bus, Heartbeat, where=lambda beat: beat.pid != frozen.get(beat.name, beat.pid), within_s=60)
            del frozen[beat.name]
    finally:
        for pid in frozen.values():
            os.kill(pid, signal.SIGKILL)
    return time.monotonic() - began


def test_whoever_is_frozen_beats_again_within_forty_seconds(system: System, bus: Bus) -> None:
    """Fault I6: a freeze of everybody but hub and sentinel, at once."""
    assert back_after_a_freeze_s(system, bus, *WATCHED) <= allowed_s(AFTER_A_FREEZE_S)


def test_a_frozen_hub_forwards_again_within_forty_seconds(system: System, bus: Bus) -> None:
    """Faults 7 and I6: a freeze of the hub, which takes every beat with it."""
    assert back_after_a_freeze_s(system, bus, "hub") <= allowed_s(AFTER_A_FREEZE_S)


def test_a_frozen_sentinel_is_replaced_within_forty_seconds_and_the_owner_is_told(system: System, bus: Bus) -> None:
    """Fault I6: a freeze of the sentinel, whom the aggregator watches."""
    took_s = back_after_a_freeze_s(system, bus, "sentinel")
    told = "⚠ sentinel was silent for 30 s and was killed"
    system.sandbox.wait_for_message(lambda sent: flat(sent.text) == told, timeout_s=20)

    assert took_s <= allowed_s(AFTER_A_FREEZE_S)


@pytest.mark.parametrize("program", PROGRAMS)
def test_whoever_is_killed_beats_again_within_five_seconds(system: System, bus: Bus, program: str) -> None:
    """Fault I6: a kill."""
    took_s = [back_after_s(system, bus, program)]
    while took_s[-1] > allowed_s(AFTER_A_KILL_S) and len(took_s) < 3:
        took_s.append(back_after_s(system, bus, program))

    assert min(took_s) <= allowed_s(AFTER_A_KILL_S), took_s


@pytest.mark.parametrize("program", ["hub", "okx"])
def test_a_sentinel_that_was_killed_notices_a_freeze_all_the_same(system: System, bus: Bus, program: str) -> None:
    """Fault I6: supervisord tells a new sentinel nothing about those who run already."""
    back_after_s(system, bus, "sentinel")

    assert back_after_a_freeze_s(system, bus, program) <= allowed_s(AFTER_A_FREEZE_S)
