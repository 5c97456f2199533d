"""A real sentinel under a real supervisord answers: how everybody is, and whether a restarted collector is back."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import TypeVar

import pytest

from bus.connection import Bus
from bus.messages.base import topic
from bus.messages.operations import Health, HealthRequested, Program, Restarted, RestartRequested
from tests.running import WITHIN_S, hear, on_the_bus, wait_until
from tests.sentinel.supervised import Supervised, supervised

pytestmark = pytest.mark.faults
COLLECTORS = ("steady", "absent")
REPEAT_S = 0.5
Answer = TypeVar("Answer", Health, Restarted)
EVERYBODY = ["hub", "mayfly", "sentinel", "absent", "steady"]


@contextmanager
def asking(home: Path) -> Iterator[tuple[Supervised, Bus]]:
    """Run a hub, a sentinel and two collectors, of which one is not configured, and give a place to ask from."""
    (home / "absent.absent").touch()
    says = (HealthRequested, RestartRequested)
    with supervised(home, COLLECTORS) as system:
        wait_until(lambda: "event=joined" in system.log("steady"), what="a collector on the bus")
        wait_until(
            lambda: "program=absent state=EXITED" in system.log("sentinel"),
            what="the end of the one that is not configured",
        )
        with on_the_bus("notifier", topic(Health), topic(Restarted), says=says) as bus:
            yield system, bus


def ask(bus: Bus, question: HealthRequested | RestartRequested, kind: type[Answer]) -> Answer:
    """Put a question again and again until it is answered."""
    ends_at = time.monotonic() + WITHIN_S
    while time.monotonic() < ends_at:
        bus.publish(question)
        with suppress(TimeoutError):
            return hear(bus, kind, where=lambda answer: answer.id == question.id, within_s=REPEAT_S)
    raise TimeoutError(f"no answer to {question}")


def health(bus: Bus, question: str) -> dict[str, Program]:
    """Ask until answered how everybody is."""
    answer = ask(bus, HealthRequested(id=question), Health)
    return {program.name: program for program in answer.programs}


def health_once_all_beat(bus: Bus) -> dict[str, Program]:
    """Ask until everybody is known, and who runs has beaten since the sentinel began to listen."""
    found: dict[str, Program] = {}
    numbers = count()

    def all_beat() -> bool:
        found.clear()
        found.update(health(bus, f"health-{next(numbers)}"))
        return list(found) == EVERYBODY and all(each.beat_age_s is not None for each in found.values() if each.pid)

    wait_until(all_beat, what="a beat of everybody who runs")
    return found


def restart(bus: Bus, question: str, program: str) -> Restarted:
    """Ask until answered for a restart."""
    return ask(bus, RestartRequested(id=question, program=program), Restarted)


def kill_the_sentinel(system: Supervised) -> None:
    """Kill it, and wait until its successor is on the bus."""
    died = system.pid("sentinel")
    os.kill(died, signal.SIGKILL)
    system.wait_for_pid("sentinel", other_than=died)
    wait_until(lambda: system.log("sentinel").count("event=joined") == 2, what="another sentinel")


def test_everybody_is_told_with_the_state_that_supervisord_gives(home: Path) -> None:
    with asking(home) as (system, bus):
        found = health_once_all_beat(bus)
        pids = {name: system.pid(name) for name in ("hub", "steady", "sentinel")}

    assert list(found) == EVERYBODY
    assert (found["absent"].state, found["absent"].pid, found["absent"].beat_age_s) == ("EXITED", 0, None)
    for name, pid in pids.items():
        program = found[name]
        assert (program.state, program.pid) == ("RUNNING", pid)
        assert program.started_at is not None
        assert program.pss_kb > 1000
        assert program.beat_age_s is not None
        assert 0 <= program.beat_age_s < 10


def test_a_sentinel_that_came_later_tells_of_those_that_had_left_before(home: Path) -> None:
    with asking(home) as (system, bus):
        kill_the_sentinel(system)
        found = health_once_all_beat(bus)

    assert [found[name].state for name in EVERYBODY] == ["RUNNING", "RUNNING", "RUNNING", "EXITED", "RUNNING"]


def test_a_collector_is_restarted_once_however_often_it_is_asked(home: Path) -> None:
    with asking(home) as (system, bus):
        before = system.pid("steady")
        answer = restart(bus, "restart-1", "steady")
        again = restart(bus, "restart-1", "steady")
        other = restart(bus, "restart-2", "steady")
        after = system.pid("steady")
        log = system.log("sentinel")

    assert answer == Restarted(id="restart-1", program="steady", pid=answer.pid)
    assert again == answer
    assert other == Restarted(id="restart-2", program="steady", pid=after)
    assert len({before, answer.pid, after}) == 3
    assert log.count("event=restarting") == 2
    assert "event=alert" not in log


def test_a_sentinel_that_came_later_restarts_a_collector_and_nobody_else(home: Path) -> None:
    with asking(home) as (system, bus):
        before = {name: system.pid(name) for name in ("hub", "mayfly", "steady")}
        kill_the_sentinel(system)
        problems = [restart(bus, f"restart-{name}", name).problem for name in ("hub", "sentinel", "nobody", "")]
        answer = restart(bus, "restart-1", "steady")
        after = {name: system.pid(name) for name in before}

    assert problems == ["unknown program"] * 4
    assert after == before | {"steady": answer.pid}
    assert answer.pid != before["steady"]


def test_a_collector_without_its_settings_is_told_to_be_so_until_it_has_them(home: Path) -> None:
    with asking(home) as (system, bus):
        answer = restart(bus, "restart-1", "absent")
        (home / "absent.absent").unlink()
        later = restart(bus, "restart-2", "absent")
        pid = system.pid("absent")

    assert answer == Restarted(id="restart-1", program="absent", problem="it is not configured")
    assert later == Restarted(id="restart-2", program="absent", pid=pid)
