"""A ledger that cannot be used, under a whole running system: messages go on, marked, and nothing is doubled later."""

import contextlib
import time
from collections.abc import Iterator

import pytest

from tests.disks import Disk, mounted
from tests.faults.ledger_stage import (
    LEDGER,
    MARK,
    USERS,
    WELL,
    crashes,
    live_through,
    message_of,
    numbers_since,
    pids,
    wait_told,
    wait_written,
)
from tests.faults.machine import Machine, complete, end
from tests.ledger.damage import held

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]


@pytest.fixture
def disk(stopped: Machine) -> Iterator[Disk]:
    """Give the machine, before it starts, a small disk for its data."""
    folder = stopped.home / "data"
    with mounted(folder, size="4m") as small:
        yield small
        with contextlib.suppress(RuntimeError):
            end(stopped)  # while its disk is still there


def test_a_full_disk_marks_the_messages_and_all_is_written_when_there_is_space(stopped: Machine, disk: Disk) -> None:
    """Fault 64: at a snapshot."""
    stopped.start()
    message_of(stopped, stopped.to_next_slot())
    disk.fill()

    live_through(stopped, reason="the disk is full", cure=disk.empty)


def test_a_disk_that_is_full_before_the_first_start_is_no_crash_loop(stopped: Machine, disk: Disk) -> None:
    """Fault 64: before the start."""
    disk.fill()
    stopped.start()
    before = pids(stopped)
    slot = stopped.to_next_slot()
    message = message_of(stopped, slot)
    disk.empty()
    wait_told(stopped, WELL)
    wait_written(stopped, slot)

    assert MARK in message.text
    assert numbers_since(stopped, slot) == [message.text]
    assert pids(stopped) == before
    assert crashes(stopped) == []


def test_where_the_log_cannot_be_written_messages_come_all_the_same(stopped: Machine) -> None:
    """Fault 64: the log."""
    with mounted(stopped.home / "logs", size="1m") as logs:
        stopped.start()
        message_of(stopped, stopped.to_next_slot())
        before = pids(stopped)
        logs.fill()
        slot = stopped.to_next_slot()
        message = message_of(stopped, slot)
        wait_written(stopped, slot)
        after = pids(stopped)
        logs.empty()
        later = message_of(stopped, stopped.to_next_slot())
        end(stopped)

        assert complete(message)
        assert MARK not in message.text
        assert numbers_since(stopped, slot) == [message.text, later.text]
        assert after == before


def test_a_lock_of_ten_seconds_costs_neither_the_message_nor_a_second_one(machine: Machine) -> None:
    """Fault 65."""
    before = pids(machine)
    slot = machine.to_next_slot()
    with held(machine.home / LEDGER) as holder:
        machine.wait_opened(slot)
        began = time.monotonic()
        message = message_of(machine, slot, within_s=12)
        machine.wait_until(lambda: time.monotonic() - began > 10, what="ten seconds")
        holder.release()
    wait_written(machine, slot)
    later = machine.to_next_slot()
    plain = message_of(machine, later)

    assert complete(message)
    assert numbers_since(machine, slot) == [message.text, plain.text]
    assert MARK not in plain.text
    assert pids(machine) == before
    assert crashes(machine) == []


def test_a_read_only_disk_is_told_and_tried_again_without_hurry(stopped: Machine, disk: Disk) -> None:
    """Fault 68."""
    stopped.start()
    message_of(stopped, stopped.to_next_slot())
    stopped.stop()
    disk.make_read_only()
    stopped.start()
    logged = sum(stopped.system.log(program).count("level=error") for program in USERS)

    live_through(stopped, reason="the ledger", cure=disk.make_writable)
    assert logged <= 4
    assert sum(stopped.system.log(program).count("level=error") for program in USERS) <= 8
