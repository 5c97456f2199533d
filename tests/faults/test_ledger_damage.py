"""A ledger that was damaged, cut, emptied or replaced, and messages that wait in one, under a whole system."""

import contextlib
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from ledger import schema
from sandbox.telegram.chat import CHAT_ID
from tests.faults.ledger_stage import (
    CANNOT,
    LEDGER,
    MARK,
    USERS,
    command,
    crashes,
    message_of,
    numbers_since,
    pids,
    told,
    wait_told,
    wait_written,
)
from tests.faults.machine import Machine, complete
from tests.ledger.damage import damaged_header, truncated, zero_bytes

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]


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


def test_an_unknown_ledger_is_left_alone_and_messages_are_marked(machine: Machine) -> None:
    """Fault 66: unknown."""
    path = machine.home / LEDGER
    stamp(machine, "another")
    content = path.read_bytes()
    machine.start()
    slot = machine.to_next_slot()
    message = message_of(machine, slot)
    wait_told(machine, CANNOT.format("the ledger has schema another, which this program does not know"))
    untouched = path.read_bytes() == content
    stamp(machine, schema.SCHEMA)
    machine.start()
    wait_written(machine, slot)  # told again: nobody is left who knows that it was told
    later = machine.to_next_slot()
    plain = message_of(machine, later)
    wait_written(machine, later)

    assert untouched
    assert f"{MARK}the ledger has schema another, which this program does not know" in message.text
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
    since = [sent.text for sent in machine.world.messages() if sent.message_id > newest]
    assert [text for text in since if "TOTAL" in text] == [message.text]
    assert all("portfolio_history.json" in text for text in since if text != message.text)  # was it written by then?
    assert "Missed" not in message.text
    assert "late" not in message.text
    assert machine.rows("SELECT count(*) FROM snapshots WHERE round_id = ?", last.round_id) == [(0,)]


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
