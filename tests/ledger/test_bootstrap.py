"""Making the ledger ready: what is damaged is set aside and told, what is older is backed up, what is newer is used."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC
from pathlib import Path

import pytest

from bus.alert_texts import AlertText
from ledger import backup, schema
from ledger.bootstrap import make_ready
from ledger.portfolio import rounds
from ledger.store import DEFAULT_URL, open_ledger
from ledger.unavailable import LedgerUnavailable
from tests.disks import mounted
from tests.ledger.damage import DAMAGES, damaged_header
from tests.ledger.rows import HOURS, SLOT, rows, snapshot

ROOT = Path(__file__).parents[2]
LEDGER = Path("data/portfolio.db")
NEXT = f"{int(schema.SCHEMA) + 1:04}"
MIGRATION = f'''
"""One more column"""
import sqlalchemy as sa
from alembic import op
revision = "{NEXT}"
down_revision = "{schema.SCHEMA}"
def upgrade():
    op.add_column("settings", sa.Column("note", sa.Text()))
'''
MAKE_READY = """
from ledger.bootstrap import make_ready
from ledger.store import DEFAULT_URL, open_ledger
from ledger.unavailable import LedgerUnavailable
with open_ledger(DEFAULT_URL) as ledger:
    try:
        make_ready(ledger, DEFAULT_URL, print)
    except LedgerUnavailable as error:
        print("trouble:", error.reason)
    else:
        print("ready at", ledger.schema())
"""
WRITE_AND_DIE = """
import os, signal, sys
from datetime import UTC
from ledger.portfolio import rounds
from ledger.store import DEFAULT_URL, open_ledger
from tests.ledger.rows import HOURS, SLOT, snapshot
with open_ledger(DEFAULT_URL) as ledger:
    for number in range(20):
        rounds.record(ledger, snapshot(SLOT + number * HOURS), ("42",), zone=UTC)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def present(home: Path, empty_ledger: Path) -> Path:
    """Give a home with a ledger that has a round, as the current folder."""
    (home / "data").mkdir(mode=0o700)
    shutil.copy(empty_ledger, LEDGER)
    with open_ledger(DEFAULT_URL) as ledger:
        rounds.record(ledger, snapshot(), ("42",), zone=UTC)
    return home


def opened() -> list[str]:
    """Make the ledger ready in the current folder, use it, and return what the owner is told."""
    told: list[AlertText] = []
    with open_ledger(DEFAULT_URL) as ledger:
        make_ready(ledger, DEFAULT_URL, told.append)
        ledger.check()
        rounds.record(ledger, snapshot(SLOT + 100 * HOURS), ("42",), zone=UTC)
    return [each.text for each in told]


def aside() -> list[Path]:
    """Return the ledgers that were set aside."""
    return sorted(Path("data").glob("portfolio.db.damaged-*Z"))


def test_a_first_start_makes_a_ledger_for_its_owner_alone_and_tells_nothing(home: Path) -> None:
    told = opened()

    assert told == []
    assert LEDGER.parent.stat().st_mode & 0o777 == 0o700
    assert not backup.FOLDER.exists()


def test_a_ledger_that_is_ready_is_left_as_it_is(present: Path) -> None:
    told = opened()

    assert told == []
    assert rows(str(LEDGER), "SELECT count(*) FROM snapshots") == [(2,)]
    assert not backup.FOLDER.exists()


@pytest.mark.sampled(1)
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_ledger_is_set_aside_as_it_was_and_a_new_one_begun_and_told(
    present: Path, damage: Callable[[Path], None]
) -> None:
    """Fault 66: the ledger alone."""
    made = backup.make(LEDGER)
    damage(LEDGER)
    damaged = LEDGER.read_bytes()
    told = opened()

    assert [each.read_bytes() for each in aside()] == [damaged]
    assert told == [
        f"The ledger was damaged. It was set aside as {aside()[0].name} and a new one begun. "
        f"To go back to the last backup: make stop, make restore FILE={made}, make start"
    ]
    assert rows(str(LEDGER), "SELECT count(*) FROM snapshots") == [(1,)]


def test_without_a_backup_the_owner_is_told_that_there_is_none(present: Path) -> None:
    damaged_header(LEDGER)
    (told,) = opened()

    assert told.endswith("a new one begun. There is no backup to go back to.")


def test_a_ledger_that_is_gone_is_told_where_there_are_backups(present: Path) -> None:
    """Fault 66: gone."""
    made = backup.make(LEDGER)
    LEDGER.unlink()
    told = opened()

    assert told == [
        "The ledger portfolio.db was gone and a new one was begun. "
        f"To go back to the last backup: make stop, make restore FILE={made}, make start"
    ]


def test_what_was_set_aside_is_told_although_no_new_one_can_be_begun_and_told_once(present: Path) -> None:
    told: list[AlertText] = []
    with mounted(LEDGER.parent) as disk, open_ledger(DEFAULT_URL) as ledger:
        LEDGER.write_bytes(b"no database at all, " * 500)
        disk.fill()
        for _ in range(2):
            with pytest.raises(LedgerUnavailable, match="could not be migrated"):
                make_ready(ledger, DEFAULT_URL, told.append)
        disk.empty()
        make_ready(ledger, DEFAULT_URL, told.append)
        ledger.check()

        assert len(aside()) == 1
    assert len(told) == 1


def test_a_newer_ledger_is_used_as_it_is(present: Path) -> None:
    """Fault 66: newer."""
    stamp("9999")
    told = opened()

    assert told == []
    assert rows(str(LEDGER), "SELECT version_num FROM alembic_version") == [("9999",)]
    assert rows(str(LEDGER), "SELECT count(*) FROM snapshots") == [(2,)]
    assert not backup.FOLDER.exists()


@pytest.mark.parametrize("unknown", ["another", "12345", "٣٣٣٣"])
def test_a_ledger_with_a_schema_that_nobody_knows_is_left_alone(present: Path, unknown: str) -> None:
    """Fault 66: unknown."""
    stamp(unknown)
    before = LEDGER.read_bytes()

    with (
        open_ledger(DEFAULT_URL) as ledger,
        pytest.raises(LedgerUnavailable, match=f"has schema {unknown}, which this program does not know"),
    ):
        make_ready(ledger, DEFAULT_URL, print)
    assert LEDGER.read_bytes() == before
    assert not backup.FOLDER.exists()


def stamp(version: str) -> None:
    """Say that the ledger has a schema."""
    with closing(sqlite3.connect(LEDGER)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (version,))


def newer_program(home: Path, *, migration: str = MIGRATION) -> str:
    """Run a copy of this program that has one more migration, and return what it says of the ledger."""
    for package in ("bus", "ledger"):
        shutil.copytree(ROOT / package, home / package, ignore=shutil.ignore_patterns("__pycache__"))
    (home / "ledger" / "migrations" / "versions" / f"{NEXT}_one_more.py").write_text(migration)
    declared = home / "ledger" / "schema.py"
    text = declared.read_text(encoding="utf-8").replace(f'SCHEMA = "{schema.SCHEMA}"', f'SCHEMA = "{NEXT}"')
    declared.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", MAKE_READY],
        cwd=home,
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
    )
    return done.stdout.strip()


def test_an_older_ledger_is_backed_up_before_it_is_migrated(present: Path) -> None:
    """Fault 66: older."""
    said = newer_program(present)
    (made,) = backup.existing()

    assert said == f"ready at {NEXT}"
    assert backup.schema(made) == schema.SCHEMA
    assert backup.check(made)["snapshots"] == 1
    assert rows(str(LEDGER), "SELECT version_num FROM alembic_version") == [(NEXT,)]
    assert rows(str(LEDGER), "SELECT count(*) FROM snapshots") == [(1,)]
    assert not rows(str(LEDGER), "SELECT note FROM settings")


def test_a_migration_that_fails_leaves_the_older_ledger_and_its_backup(present: Path) -> None:
    """Fault 66: older."""
    said = newer_program(present, migration=f"{MIGRATION}    op.drop_table('nobody_knows')\n")

    logged, answer = said.splitlines()
    assert answer == "trouble: the ledger could not be migrated"
    assert "no such table: nobody_knows" in logged
    assert rows(str(LEDGER), "SELECT version_num FROM alembic_version") == [(schema.SCHEMA,)]
    assert "note" not in str(rows(str(LEDGER), "SELECT sql FROM sqlite_master WHERE name = 'settings'"))
    assert [backup.schema(made) for made in backup.existing()] == [schema.SCHEMA]
    assert opened() == []


def test_what_cannot_be_backed_up_is_not_migrated(present: Path) -> None:
    backup.FOLDER.touch()
    said = newer_program(present)

    assert said == "trouble: the ledger's files cannot be used"
    assert rows(str(LEDGER), "SELECT version_num FROM alembic_version") == [(schema.SCHEMA,)]


def test_a_journal_that_was_deleted_while_stopped_leaves_a_ledger_that_is_whole(present: Path) -> None:
    """Fault 67: the ledger alone."""
    died = subprocess.run(
        [sys.executable, "-c", WRITE_AND_DIE], cwd=present, check=False, env={"PYTHONPATH": str(ROOT)}
    )
    journal = LEDGER.with_name("portfolio.db-wal")
    assert died.returncode == -9
    assert journal.stat().st_size > 0

    journal.unlink()
    told = opened()

    assert told == []
    assert rows(str(LEDGER), "PRAGMA integrity_check") == [("ok",)]
    assert rows(str(LEDGER), "SELECT count(*) FROM snapshots WHERE round_id NOT IN (SELECT round_id FROM outbox)") == [
        (0,)
    ]


def test_on_a_read_only_disk_the_reason_is_told_and_nothing_is_set_aside(home: Path, empty_ledger: Path) -> None:
    """Fault 68: the ledger alone."""
    LEDGER.parent.mkdir()
    told: list[AlertText] = []
    with mounted(LEDGER.parent) as disk, open_ledger(DEFAULT_URL) as ledger:
        shutil.copy(empty_ledger, LEDGER)
        disk.make_read_only()
        with pytest.raises(LedgerUnavailable, match=r"read-only|cannot be opened"):
            make_ready(ledger, DEFAULT_URL, told.append)
        disk.make_writable()
        make_ready(ledger, DEFAULT_URL, told.append)
        rounds.record(ledger, snapshot(), ("42",), zone=UTC)

    assert told == []


def test_a_damaged_ledger_on_a_read_only_disk_is_trouble_and_no_crash(home: Path) -> None:
    LEDGER.parent.mkdir()
    told: list[AlertText] = []
    with mounted(LEDGER.parent) as disk, open_ledger(DEFAULT_URL) as ledger:
        LEDGER.write_bytes(b"")
        disk.make_read_only()
        with pytest.raises(LedgerUnavailable, match="the ledger is read-only"):
            make_ready(ledger, DEFAULT_URL, told.append)

        assert LEDGER.exists()
    assert told == []


def test_a_folder_that_cannot_be_made_is_trouble_and_no_crash(home: Path) -> None:
    Path("data").touch()
    with open_ledger(DEFAULT_URL) as ledger, pytest.raises(LedgerUnavailable):
        make_ready(ledger, DEFAULT_URL, print)
