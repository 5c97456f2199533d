"""What the plays of a ledger in trouble share: what the owner was told, what is written, who crashed."""

import contextlib
import sqlite3
import subprocess
import sys
from collections.abc import Callable

import psycopg

from sandbox.system import clean_environment
from sandbox.telegram.chat import Sent
from tests.faults.machine import Machine, Slot, complete
from tests.running import flat

LEDGER = "data/portfolio.db"

CANNOT = "⚠ The ledger cannot be used: {}. Messages go on, marked as not recorded."

WELL = "⚠ The ledger can be used again."

MARK = "⚠ Not recorded: "

USERS = ("aggregator", "notifier")


def message_of(machine: Machine, slot: Slot, *, within_s: float = 40) -> Sent:
    """Return the message of a slot."""
    return machine.world.wait_for_message(
        lambda sent: sent.message_id > slot.last_message and "TOTAL" in sent.text, timeout_s=within_s
    )


def wait_told(machine: Machine, text: str, *, within_s: float = 40) -> None:
    """Wait until the owner is told something."""
    machine.world.wait_for_message(lambda sent: text in flat(sent.text), timeout_s=within_s)


def told(machine: Machine, text: str) -> int:
    """Count the messages that hold a text."""
    return sum(text in flat(sent.text) for sent in machine.world.messages())


def numbers_since(machine: Machine, slot: Slot) -> list[str]:
    """Return the messages with totals since a slot was near."""
    return [
        sent.text for sent in machine.world.messages() if sent.message_id > slot.last_message and "TOTAL" in sent.text
    ]


def wait_written(machine: Machine, *slots: Slot, within_s: float = 40) -> None:
    """Wait until slots are in the ledger and nothing of it waits to be sent."""
    names = {slot.round_id for slot in slots}

    def written() -> bool:
        with contextlib.suppress(sqlite3.Error, psycopg.Error):
            known = {str(row[0]) for row in machine.rows("SELECT round_id FROM snapshots")}
            waiting = machine.rows("SELECT id FROM outbox WHERE state IN ('pending', 'sending')")
            return names <= known and not waiting
        return False

    machine.wait_until(written, what=f"{names} are written and nothing waits", within_s=within_s)


def pids(machine: Machine) -> list[int]:
    """Return the processes that use the ledger."""
    return [machine.system.pid(program) for program in USERS]


def crashes(machine: Machine) -> list[str]:
    """Return every line of a crash or a traceback."""
    return [
        line
        for path in (machine.home / "logs").glob("*.log")
        for line in path.read_text(errors="replace").splitlines()
        if "crashed" in line or "Traceback" in line or "is locked" in line
    ]


def command(machine: Machine, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run one of the owner's commands for the ledger, under the machine's clock."""
    return subprocess.run(
        [sys.executable, "-m", "tests.faults.launched", "ledger", *arguments],
        cwd=machine.home,
        capture_output=True,
        text=True,
        check=False,
        env=clean_environment(),
    )


def live_through(machine: Machine, *, reason: str, cure: Callable[[], object]) -> None:
    """Prove that a slot and a request get through a trouble, and that after its cure all is written once.

    Args:
        machine: A running machine whose ledger cannot be written.
        reason: Words of the reason that the owner is told.
        cure: Ends the trouble.
    """
    before = pids(machine)
    slot = machine.to_next_slot()
    message = message_of(machine, slot)
    asked = machine.world.type("/now").message_id
    answer = machine.world.wait_for_message(lambda sent: sent.message_id > asked and "TOTAL" in sent.text, timeout_s=40)
    wait_told(machine, reason)
    cure()
    wait_told(machine, WELL)
    wait_written(machine, slot)
    later = machine.to_next_slot()
    plain = message_of(machine, later)
    wait_written(machine, slot, later)

    assert MARK in message.text
    assert MARK in answer.text
    assert reason in message.text
    assert complete(message)
    assert MARK not in plain.text
    assert numbers_since(machine, slot) == [message.text, answer.text, plain.text]
    assert told(machine, WELL) == 1
    assert pids(machine) == before
    assert crashes(machine) == []
    assert machine.rows("SELECT count(*) FROM snapshots WHERE round_id = ?", slot.round_id) == [(1,)]
    assert machine.connect is not None or machine.rows("PRAGMA integrity_check") == [("ok",)]
