"""The ledger fails at any moment: nothing is lost, nothing is done twice, and the next turn goes on."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.store import Ledger
from ledger.unavailable import LedgerUnavailable
from tests.execution.orders_desk.stage import Stage, event, fill
from tests.ledger.trading import world


@pytest.fixture
def path(url: str) -> Path:
    """Give the ledger's file."""
    return Path(url.removeprefix("sqlite:///"))


@pytest.fixture
def hasty(url: str) -> Iterator[Stage]:
    """Give a desk that waits for nobody."""
    ledger = Ledger(url, busy_ms=0)
    world.settle(ledger)
    yield Stage(ledger)
    ledger.close()


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let another program hold the write lock."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def test_what_came_while_the_ledger_was_locked_is_written_later(hasty: Stage, path: Path) -> None:
    """Fault T2: the ledger is locked while an order is answered."""
    row = hasty.sent()
    with locked(path), pytest.raises(LedgerUnavailable):
        hasty.says(event(row, "FILLED", fill("1")))
    hasty.desk.turn()

    assert hasty.row(row.uid).status == "FILLED"
    assert hasty.executions() == 1
    assert [each.status for each in hasty.desk.take_ended()] == ["FILLED"]


def test_an_order_goes_on_being_said_while_the_ledger_is_locked(hasty: Stage, path: Path) -> None:
    row = hasty.sent()
    hasty.hears()
    with locked(path):
        hasty.passes(2)

    assert len(hasty.hears()) == 2
    assert hasty.row(row.uid).status == "PENDING_NEW"


def test_legs_that_could_not_be_written_are_written_later(hasty: Stage, path: Path) -> None:
    hasty.protect()
    row = hasty.sent()
    hasty.says(event(row, "PARTIALLY_FILLED", fill("1", "1")))
    first = len(hasty.all_orders())
    with locked(path), pytest.raises(LedgerUnavailable):
        hasty.says(event(row, "FILLED", fill("1", "1"), fill("2", "1")))
    hasty.desk.turn()

    assert first == 3
    assert hasty.row(row.uid).status == "FILLED"
    assert {each.status for each in hasty.all_orders() if each.parent_id} == {"PENDING_CANCEL"}
