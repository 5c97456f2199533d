"""A ledger that cannot be used, under a whole running system: messages go on, marked, and nothing is doubled later."""

import contextlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from sandbox.system import clean_environment
from sandbox.telegram_chat import CHAT_ID, Sent
from tests.disks import Disk, mounted
from tests.faults.false_clock import FalseClock
from tests.faults.machine import Machine, Slot, complete, end, made, world_of
from tests.ledger.damage import damaged_header, held, truncated, zero_bytes

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]

LEDGER = "data/portfolio.db"
CANNOT = "⚠ The ledger cannot be used: {}. Messages go on, marked as not recorded."
WELL = "⚠ The ledger can be used again."
MARK = "⚠ Not recorded: "
USERS = ("aggregator", "notifier")


@pytest.fixture
def stopped() -> Iterator[Machine]:
    """Give a machine that is not started yet, in a folder with a short path."""
    home = Path(tempfile.mkdtemp(prefix="pb-", dir="/tmp"))
    clock = FalseClock(home / "clock")
    try:
        with world_of(home, clock) as world:
            machine = made(home, world, clock)
            yield machine
            with contextlib.suppress(RuntimeError):  # never started
                end(machine)
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def machine(stopped: Machine) -> Machine:
    """Give a machine that runs and has written a slot."""
    stopped.start()
    message_of(stopped, stopped.to_next_slot())
    return stopped


@pytest.fixture
def disk(stopped: Machine) -> Iterator[Disk]:
    """Give the machine, before it starts, a small disk for its data."""
    folder = stopped.home / "data"
    with mounted(folder, size="4m") as small:
        yield small
        with contextlib.suppress(RuntimeError):
            end(stopped)  # while its disk is still there


def message_of(machine: Machine, slot: Slot, *, within_s: float = 40) -> Sent:
    """Return the message of a slot."""
    return machine.world.wait_for_message(
        lambda sent: sent.message_id > slot.last_message and "TOTAL" in sent.text, timeout_s=within_s
    )


def wait_told(machine: Machine, text: str, *, within_s: float = 40) -> None:
    """Wait until the owner is told something."""
    machine.world.wait_for_message(lambda sent: text in sent.text, timeout_s=within_s)


def told(machine: Machine, text: str) -> int:
    """Count the messages that hold a text."""
    return sum(text in sent.text for sent in machine.world.messages())


def numbers_since(machine: Machine, slot: Slot) -> list[str]:
    """Return the messages with totals since a slot was near."""
    return [
        sent.text for sent in machine.world.messages() if sent.message_id > slot.last_message and "TOTAL" in sent.text
    ]


def wait_written(machine: Machine, *slots: Slot, within_s: float = 40) -> None:
    """Wait until slots are in the ledger and nothing of it waits to be sent."""
    names = {slot.round_id for slot in slots}

    def written() -> bool:
        with contextlib.suppress(sqlite3.Error):
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
    """Prove that a slot and a wish get through a trouble that has begun, and that after its cure all is written once.

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
    assert machine.rows("PRAGMA integrity_check") == [("ok",)]


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


@pytest.mark.parametrize("damage", [damaged_header, truncated, zero_bytes])
def test_a_ledger_damaged_while_stopped_is_set_aside_and_told_with_the_way_back(
    machine: Machine, damage: Callable[[Path], None]
) -> None:
    """Fault 66: damaged, cut, empty."""
    said = command(machine, "backup")
    made_backup = said.stdout.split()[1].rstrip(":")
    machine.stop()
    damage(machine.home / LEDGER)
    damaged = (machine.home / LEDGER).read_bytes()
    newest = max(sent.message_id for sent in machine.world.messages())
    machine.start()
    wait_told(machine, f"make restore FILE={made_backup}")
    slot = machine.to_next_slot()
    message = message_of(machine, slot)
    wait_written(machine, slot)
    (aside,) = machine.home.glob("data/portfolio.db.damaged-*Z")

    assert aside.read_bytes() == damaged
    assert [sent.text for sent in machine.world.messages() if sent.message_id > newest and "TOTAL" in sent.text] == [
        message.text
    ]
    assert complete(message)
    assert "Missed" not in message.text
    assert told(machine, "The ledger was damaged") == 1
    assert crashes(machine) == []


def test_a_ledger_damaged_while_it_is_used_costs_no_message_and_is_told(machine: Machine) -> None:
    """Fault 66: in mid-run."""
    before = pids(machine)
    path = machine.home / LEDGER
    path.with_name("portfolio.db-wal").unlink()
    damaged_header(path)
    slot = machine.to_next_slot()
    message = message_of(machine, slot)
    later = machine.to_next_slot()
    next_message = message_of(machine, later)

    assert numbers_since(machine, slot) == [message.text, next_message.text]
    assert pids(machine) == before
    assert crashes(machine) == []


def test_a_newer_ledger_is_left_alone_and_messages_are_marked(machine: Machine) -> None:
    """Fault 66: newer."""
    path = machine.home / LEDGER
    stamp(machine, "9999")
    content = path.read_bytes()
    machine.start()
    slot = machine.to_next_slot()
    message = message_of(machine, slot)
    wait_told(machine, CANNOT.format("the ledger is newer than this program (schema 9999)"))
    untouched = path.read_bytes() == content
    stamp(machine, "0001")
    machine.start()
    later = machine.to_next_slot()
    plain = message_of(machine, later)
    wait_written(machine, later)

    assert untouched
    assert f"{MARK}the ledger is newer than this program (schema 9999)" in message.text
    assert numbers_since(machine, slot)[0] == message.text
    assert not [text for text in numbers_since(machine, slot)[1:] if MARK in text]
    assert "Missed" not in plain.text


def stamp(machine: Machine, schema: str) -> None:
    """Stop, and say that the ledger has a schema."""
    machine.stop()
    with contextlib.closing(sqlite3.connect(machine.home / LEDGER)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (schema,))


def test_a_journal_deleted_while_stopped_brings_no_second_message(machine: Machine) -> None:
    """Fault 67: the journal."""
    machine.clock.set_to(machine.clock.now() + timedelta(minutes=20))
    for program in USERS:
        machine.kill(program)
    machine.stop()
    path = machine.home / LEDGER
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    newest = max(sent.message_id for sent in machine.world.messages())
    machine.start()
    slot = machine.to_next_slot()
    message = message_of(machine, slot)
    wait_written(machine, slot)

    assert [sent.text for sent in machine.world.messages() if sent.message_id > newest and "TOTAL" in sent.text] == [
        message.text
    ]
    assert machine.rows("PRAGMA integrity_check") == [("ok",)]
    assert crashes(machine) == []


def test_a_ledger_of_yesterday_repeats_no_slot_and_invents_no_missed_one(machine: Machine) -> None:
    """Fault 67: yesterday's."""
    made_backup = command(machine, "backup").stdout.split()[1].rstrip(":")
    message_of(machine, machine.to_next_slot())
    machine.clock.set_to(machine.clock.now() + timedelta(hours=24))
    last = machine.to_next_slot()
    message_of(machine, last)
    refused = command(machine, "restore", made_backup)
    machine.stop()
    restored = command(machine, "restore", made_backup)
    newest = max(sent.message_id for sent in machine.world.messages())
    machine.start()
    slot = machine.to_next_slot()
    message = message_of(machine, slot)
    wait_written(machine, slot)

    assert (refused.returncode, refused.stderr) == (1, "Not done: the system runs; first: make stop\n")
    assert restored.returncode == 0
    assert [sent.text for sent in machine.world.messages() if sent.message_id > newest] == [message.text]
    assert "Missed" not in message.text
    assert "late" not in message.text
    assert machine.rows("SELECT count(*) FROM snapshots WHERE round_id = ?", last.round_id) == [(0,)]


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


def test_a_dead_message_is_listed_and_sent_again_once_when_its_owner_says_so(machine: Machine) -> None:
    """Fault 60: listed, and sent again."""
    machine.world.set_state("telegram", blocked=[CHAT_ID])
    slot = machine.to_next_slot()
    machine.system.wait_for_log("notifier", "message is dead")
    listed = command(machine, "outbox").stdout
    machine.world.set_state("telegram", blocked=[])
    unsent = numbers_since(machine, slot)
    said = command(machine, "resend", "all").stdout
    message = message_of(machine, slot)
    wait_written(machine, slot)
    afterwards = command(machine, "outbox").stdout

    assert "1 dead." in listed
    assert f"round {slot.round_id}" in listed
    assert "Forbidden: bot was blocked by the user" in listed
    assert unsent == []
    assert said.startswith("To be sent again: ")
    assert complete(message)
    assert numbers_since(machine, slot) == [message.text]
    assert afterwards == "Outbox: 0 waiting, 0 dead.\n"


def test_a_token_that_is_refused_is_said_beside_what_waits(machine: Machine) -> None:
    """Fault 59: what `make status` says."""
    machine.world.set_state("telegram", token="987654321:ANOTHER_TOKEN_0123456789abcdefghijkl")
    slot = machine.to_next_slot()
    machine.system.wait_for_log("notifier", "Telegram refuses the bot's token")
    listed = command(machine, "outbox").stdout

    assert "Outbox: 1 waiting" in listed
    assert f"round {slot.round_id}" in listed
    assert "Telegram refuses the bot's token; everything is kept." in listed
