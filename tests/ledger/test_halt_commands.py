"""Stopping all trading from a terminal, while nothing else runs, in each database."""

import contextlib
import sqlite3
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bus.settings import Secret
from ledger.admin import halt_commands
from ledger.settings import Settings
from ledger.store import open_ledger
from ledger.trading.flow import halts
from ledger.trading.flow.records import Halt
from ledger.trading.people.users import list_users
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work
from ledger.unavailable import LedgerUnavailable
from tests.ledger import env_file
from tests.ledger.typed import told


@pytest.fixture
def owned(folder: Path, each_url: str) -> Path:
    """Give a home whose messages go to the owner's private chat."""
    env_file.write(f"DATABASE_URL={each_url}", chat=env_file.PRIVATE)
    return folder


def in_force(url: str) -> tuple[Halt, ...]:
    """Return the halts in force."""
    with open_ledger(url) as ledger, ledger.reading() as connection:
        return halts.in_force(SYSTEM, connection)


def test_a_kill_is_written_without_anything_else_running_and_says_that_nobody_confirmed(
    owned: Path, each_url: str
) -> None:
    """Fault T28: from the terminal."""
    said = told("kill", "the", "server", "burns")
    found = in_force(each_url)
    after = told("unkill")

    assert said.startswith("Killed since ")
    assert "Nobody confirmed within 6 s" in said
    assert [(each.kind, each.scope, each.reason) for each in found] == [
        ("KILL", "ALL", "the server burns (from a terminal)")
    ]
    assert after == "Trading goes on. What was refused meanwhile stays refused.\n"
    assert in_force(each_url) == ()


def test_a_kill_that_execution_confirms_says_so(owned: Path, each_url: str) -> None:
    told("users")
    said: list[str] = []
    killing = threading.Thread(target=lambda: said.append(told("kill")))
    killing.start()
    while not in_force(each_url):
        time.sleep(0.02)
    with open_ledger(each_url) as ledger, ledger.writing() as connection:
        halts.confirm(SYSTEM, Work(connection, in_force(each_url)[0].created_at), in_force(each_url)[0].uid)
    killing.join()

    assert "Nothing that was sent before can still arrive." in said[0]


def test_unkill_names_what_users_have_stopped_for_themselves(owned: Path, each_url: str) -> None:
    told("users")
    with open_ledger(each_url) as ledger, ledger.writing() as connection:
        owner = list_users(SYSTEM, connection)[0].uid
        work = Work(connection, datetime.now(UTC))
        halts.halt(SYSTEM, work, kind="KILL", scope="USER", scope_uid=owner, reason="tired")

    assert told("unkill") == "Trading was not killed for everybody.\nStill in force: KILL of user: tired\n"


def test_a_kill_that_cannot_be_written_says_plainly_that_nothing_is_killed(folder: Path) -> None:
    env_file.write("DATABASE_URL=sqlite:///data/portfolio.db", chat=env_file.PRIVATE)
    told("users")
    settings = Settings(database_url=Secret("sqlite:///data/portfolio.db"))
    with contextlib.closing(sqlite3.connect("data/portfolio.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerUnavailable, match="trading is NOT killed, and may go on"):
            halt_commands.kill(settings, within_s=0.1)
