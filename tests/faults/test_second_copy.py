"""A second copy of the whole system, in the same folder and in another one; one of each (fault 26 for all of it).

The copy in another folder has the same bot: it says who holds it, sends nothing, and takes over half a minute after the
other one has left.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bus.supervisord.lock_holder import holder
from sandbox.system import clean_environment
from tests.faults import machine as machines
from tests.faults.machine import Machine, complete
from tests.faults.missing import need_faketime
from tests.system.asking import answers_after

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    """Run one system for the file."""
    need_faketime()
    home = Path(tempfile.mkdtemp(prefix="pb-", dir="/tmp"))
    with machines.running(home) as running:
        yield running
    shutil.rmtree(home)


def started_by_hand(home: Path) -> "subprocess.CompletedProcess[str]":
    """Start supervisord as its owner might."""
    command = [sys.executable, "-m", "supervisor.supervisord", "-n", "-c", "supervisord.conf"]
    return subprocess.run(
        command, cwd=home, env=clean_environment(), capture_output=True, text=True, timeout=30, check=False
    )


def asked_first(home: Path) -> "subprocess.CompletedProcess[str]":
    """Start it as `make start` does."""
    command = [sys.executable, "-m", "launch.control", "start"]
    return subprocess.run(
        command, cwd=home, env=clean_environment(), capture_output=True, text=True, timeout=30, check=False
    )


def test_make_refuses_a_second_start_and_says_who_runs_since_when(machine: Machine) -> None:
    """Fault 26: the whole system, in the same folder."""
    asked = asked_first(machine.home)

    assert asked.returncode == 2
    assert asked.stdout.startswith(f"Not started: already running, pid {machine.supervisord.pid}, started 20")
    assert asked.stdout.endswith(" UTC; stop it with: make stop\n")


def test_supervisord_refuses_a_second_start_by_hand(machine: Machine) -> None:
    """Fault 26: the whole system, in the same folder, without make."""
    before = machine.pids()
    second = started_by_hand(machine.home)

    assert second.returncode == 2
    assert "Another program is already listening" in second.stderr
    assert machine.pids() == before


def test_supervisord_refuses_a_second_start_even_where_its_socket_was_removed(machine: Machine) -> None:
    """Fault 26: the whole system, in the same folder, its control socket gone."""
    before = machine.pids()
    socket = machine.home / "run" / "supervisor.sock"
    socket.rename(socket.with_suffix(".kept"))
    second = started_by_hand(machine.home)
    socket.unlink(missing_ok=True)
    socket.with_suffix(".kept").rename(socket)

    assert second.returncode == 2
    assert f"already running, pid {machine.supervisord.pid}, started 20" in second.stderr
    assert machine.pids() == before


def test_a_folder_where_nothing_runs_may_start(tmp_path: Path) -> None:
    """Fault 26: no lock, or one that a killed system left behind, is no obstacle."""
    lock = tmp_path / "run" / "system.lock"
    never = holder(lock)
    lock.parent.mkdir()
    lock.write_text("2026-01-01 00:00 UTC\n")

    assert never is None
    assert holder(lock) is None


def test_a_copy_in_another_folder_stands_down_and_takes_over_when_the_first_one_has_left(machine: Machine) -> None:
    """Fault 26: the whole system, in another folder; exactly one message for each slot, whoever is there."""
    home = Path(tempfile.mkdtemp(prefix="pb-", dir="/tmp"))
    other = machines.made(home, machine.world, machine.clock)
    try:
        holder = machine.system.pid("notifier")
        other.launch()
        other.system.wait_for_log("notifier", "standing down", timeout_s=60)
        said = other.system.log("notifier")
        other.system.wait_for_log("aggregator", "hub=heard", timeout_s=60)
        slot = first = machine.to_next_slot()
        message = machine.only_message(slot)
        other.system.wait_for_log("aggregator", f'event="round closed" round={slot.round_id}')
        killed = machine.kill("notifier")
        machine.wait_for_another("notifier", than=killed)
        machine.system.wait_for_log("notifier", f"hub=heard pid={machine.system.pid('notifier')}")
        slot = machine.to_next_slot()
        after_restart = machine.only_message(slot)
        other.system.wait_for_log("aggregator", f'event="round closed" round={slot.round_id}')
        quiet = "event=listening" not in other.system.log("notifier")
        machine.stop()
        other.system.wait_for_log("notifier", "speaking for the bot now", timeout_s=60)
        other.system.wait_for_log("notifier", "event=listening")
        taken_over = other.only_message(other.to_next_slot())
        by_the_other = [line for line in other.system.log("notifier").splitlines() if "delivered" in line]
        texts = [sent.text for sent in answers_after(machine.world, first.last_message)]
    finally:
        machines.end(other)
        if machine.supervisord.poll() is not None:
            machine.start()
        shutil.rmtree(home)

    assert f"pid={holder} uid={os.getuid()} folder={machine.home}" in said
    assert quiet
    assert complete(message)
    assert complete(after_restart)
    assert complete(taken_over)
    assert len([text for text in texts if not text.startswith("⟳")]) == 6, "\n--\n".join(
        [*texts, *by_the_other]
    )  # three slots, three askings; what the first one may have told in its last second may come again, with its mark
    assert [text for text in texts if text.startswith("⟳")] == texts[4:-2]
    assert taken_over.text.startswith("T‑Bank")  # nothing of before is told with it
