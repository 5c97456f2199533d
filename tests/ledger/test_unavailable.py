"""A ledger that is locked, full, read-only, or whose writer dies at any step: named, and never half-written."""

import shutil
import subprocess
import sys
import threading
import time
from datetime import UTC
from pathlib import Path

import msgspec
import pytest

from ledger import engine
from ledger.portfolio import requests, rounds
from ledger.portfolio.requests import Request
from ledger.store import Ledger, open_ledger, put_setting
from ledger.unavailable import LedgerUnavailable
from tests.disks import mounted
from tests.ledger.damage import held
from tests.ledger.rows import HOURS, SLOT, row_counts, rows, snapshot

ROOT = Path(__file__).parents[2]
DIE_AT_EVERY_STEP = """
import os, signal, sys
from datetime import UTC
from pathlib import Path
from sqlalchemy import event
from ledger.portfolio import rounds
from ledger.store import open_ledger
from tests.ledger.rows import HOURS, SLOT, snapshot

template, folder, instructions = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])

def die_at(step, path):
    def count(*_):
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    def watch(connection, _entry):
        if instructions:
            connection.set_progress_handler(count, instructions)
        else:
            connection.set_trace_callback(count)
    left = 10**9
    with open_ledger(f"sqlite:///{path}") as ledger:
        event.listen(ledger._engine, "connect", watch)
        with ledger.reading():
            pass
        left = step
        rounds.record(ledger, snapshot(missed=(SLOT - HOURS,)), ("42", "43"), zone=UTC)
        os._exit(0)

for step in range(1, 500):
    path = folder / f"{step}.db"
    path.write_bytes(Path(template).read_bytes())
    child = os.fork()
    if not child:
        die_at(step, path)
    status = os.waitpid(child, 0)[1]
    print(step, status, flush=True)
    if not status:
        break
"""
NOTHING = {"snapshots": 0, "balances": 0, "rates": 0, "missed_slots": 0, "outbox": 0}
EVERYTHING = {"snapshots": 1, "balances": 1, "rates": 1, "missed_slots": 1, "outbox": 3}
ROUND = snapshot(missed=(SLOT - HOURS,))


@pytest.fixture
def path(url: str) -> Path:
    """Give the file of the empty ledger."""
    return Path(url.removeprefix("sqlite:///"))


@pytest.mark.sampled(1)
@pytest.mark.parametrize("instructions", [0, 5], ids=["before every statement", "within every statement"])
def test_a_writer_that_dies_anywhere_leaves_all_of_a_round_or_nothing(
    ledger: Ledger, path: Path, tmp_path: Path, instructions: int
) -> None:
    """Fault 17: by real deaths."""
    requests.add_request(ledger, Request(id="open", asked_at=SLOT), update_id=1, chats=["44"])
    ledger.close()
    folder = tmp_path / "died"
    folder.mkdir()
    command = [sys.executable, "-c", DIE_AT_EVERY_STEP, str(path), str(folder), str(instructions)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    statuses = [int(line.split()[1]) for line in done.stdout.splitlines()]
    left = [row_counts(str(folder / f"{step}.db")) for step in range(1, len(statuses) + 1)]
    whole = [rows(str(each), "PRAGMA integrity_check") == [("ok",)] for each in folder.glob("*.db")]

    assert len(statuses) > 9
    assert statuses == [9] * (len(statuses) - 1) + [0]
    assert all(whole)
    assert all(each in (NOTHING, EVERYTHING) for each in left)
    assert left[0] == NOTHING
    assert left[-1] == EVERYTHING


def test_after_a_death_the_round_is_written_once_and_later_repetitions_change_nothing(
    ledger: Ledger, path: Path, tmp_path: Path
) -> None:
    """Fault 17."""
    ledger.close()
    folder = tmp_path / "died"
    folder.mkdir()
    command = [sys.executable, "-c", DIE_AT_EVERY_STEP, str(path), str(folder), "0"]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    after = []
    for each in sorted(folder.glob("*.db")):
        with open_ledger(f"sqlite:///{each}") as reopened:
            written = [rounds.record(reopened, ROUND, ("42", "43"), zone=UTC) for _ in range(2)]
            after.append((written == [ROUND, ROUND], row_counts(str(each))))

    assert after == [(True, EVERYTHING | {"outbox": 2})] * len(after)


def test_a_short_lock_is_waited_for(ledger: Ledger, path: Path) -> None:
    """Fault 65: shorter."""
    with held(path) as holder:
        soon = threading.Timer(1.0, holder.release)
        soon.start()
        began = time.monotonic()
        rounds.record(ledger, snapshot(), ("42",), zone=UTC)
        took_s = time.monotonic() - began
        soon.join()

    assert took_s > 0.9
    assert row_counts(str(path))["snapshots"] == 1


def test_a_long_lock_is_named_after_five_seconds_and_does_not_keep_anybody_from_reading(
    ledger: Ledger, path: Path
) -> None:
    """Fault 65: longer."""
    with ledger.writing() as connection:
        put_setting(connection, "paused", "yes")
    with held(path):
        read = rounds.read_state(ledger).paused
        began = time.monotonic()
        with pytest.raises(LedgerUnavailable, match="the ledger is busy") as trouble:
            rounds.record(ledger, snapshot(), ("42",), zone=UTC)
        took_s = time.monotonic() - began
    rounds.record(ledger, snapshot(), ("42",), zone=UTC)

    assert read
    assert not trouble.value.damaged
    assert engine.BUSY_MS / 1000 - 0.5 < took_s < engine.BUSY_MS / 1000 + 3
    assert row_counts(str(path))["snapshots"] == 1


def test_a_full_disk_is_named_leaves_nothing_half_and_is_over_when_there_is_space(
    empty_ledger: Path, tmp_path: Path
) -> None:
    """Fault 64: the ledger alone."""
    folder = tmp_path / "disk"
    folder.mkdir()
    big = msgspec.structs.replace(snapshot(SLOT + HOURS), not_recorded_because="x" * 200_000)
    with mounted(folder) as disk:
        path = folder / "portfolio.db"
        shutil.copy(empty_ledger, path)
        with open_ledger(f"sqlite:///{path}") as ledger:
            rounds.record(ledger, snapshot(), ("42",), zone=UTC)
            disk.fill(leave_bytes=16_384)
            with pytest.raises(LedgerUnavailable, match="the disk is full") as trouble:
                rounds.record(ledger, big, ("42",), zone=UTC)
            on_full_disk = rounds.find_snapshot(ledger, ROUND.round_id)
            half = row_counts(str(path))
            disk.empty()
            rounds.record(ledger, big, ("42",), zone=UTC)
            at_last = row_counts(str(path))
            whole = rows(str(path), "PRAGMA integrity_check")

    assert on_full_disk == snapshot()
    assert half == EVERYTHING | {"missed_slots": 0, "outbox": 1}
    assert at_last == {"snapshots": 2, "balances": 2, "rates": 2, "missed_slots": 0, "outbox": 2}
    assert whole == [("ok",)]
    assert not trouble.value.damaged


def test_a_disk_that_becomes_read_only_is_named_and_over_when_it_is_writable(
    empty_ledger: Path, tmp_path: Path
) -> None:
    """Fault 68: the ledger alone."""
    folder = tmp_path / "disk"
    folder.mkdir()
    with mounted(folder) as disk:
        path = folder / "portfolio.db"
        shutil.copy(empty_ledger, path)
        with open_ledger(f"sqlite:///{path}") as ledger:
            disk.make_read_only()
            with pytest.raises(LedgerUnavailable, match=r"read-only|cannot be opened") as trouble:
                rounds.record(ledger, snapshot(), ("42",), zone=UTC)
            disk.make_writable()
            rounds.record(ledger, snapshot(), ("42",), zone=UTC)

    assert not trouble.value.damaged


def test_a_ledger_that_is_replaced_while_open_is_followed(ledger: Ledger, path: Path, empty_ledger: Path) -> None:
    rounds.record(ledger, snapshot(), ("42",), zone=UTC)
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).rename(path.with_name(f"old{suffix}"))
    shutil.copy(empty_ledger, path)
    rounds.record(ledger, snapshot(SLOT + HOURS), ("42",), zone=UTC)

    assert row_counts(str(path))["snapshots"] == 1
    assert row_counts(str(path.with_name("old")))["snapshots"] == 1
