"""Backups are whole or are none; a restore neither repeats nor invents what is past."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clock.schedule import Due, Schedule, due
from ledger import backup, schema
from ledger.backup import BadBackup
from ledger.portfolio import outbox, requests, rounds
from ledger.portfolio.requests import Request
from ledger.store import Ledger, open_ledger
from tests.disks import mounted
from tests.ledger.damage import DAMAGES
from tests.ledger.rows import HOURS, SLOT, rows, snapshot

WRITE_ON = """
import sys
from datetime import UTC, timedelta
from ledger.portfolio import rounds
from ledger.store import open_ledger
from tests.ledger.rows import HOURS, SLOT, snapshot
with open_ledger(sys.argv[1]) as ledger:
    for number in range(10_000):
        rounds.record(ledger, snapshot(SLOT + number * HOURS), ("42",), zone=UTC)
        print(number, flush=True)
"""
WRITTEN = ("snapshots", "balances", "rates", "outbox")
EVERY_HOUR = Schedule(timezone="UTC", interval_minutes=60, window_start_hour=0, window_end_hour=23, cron=None)


@pytest.fixture
def path(url: str) -> Path:
    """Give the file of the empty ledger."""
    return Path(url.removeprefix("sqlite:///"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give the place for backups."""
    return tmp_path / "backups"


def test_a_backup_has_what_is_committed_and_is_for_its_owner_alone(ledger: Ledger, path: Path, folder: Path) -> None:
    rounds.record(ledger, snapshot(), ("42",), zone=UTC)
    with ledger.writing() as connection:
        connection.exec_driver_sql("DELETE FROM outbox")
        made = backup.make(path, folder=folder)  # while another transaction is open
    counts = backup.check(made)

    assert set(schema.metadata.tables) <= set(counts)
    assert {table: rows for table, rows in counts.items() if rows} == dict.fromkeys(WRITTEN, 1) | {"brokers": 7}
    assert (folder.stat().st_mode & 0o777, made.stat().st_mode & 0o777) == (0o700, 0o600)
    assert [each.name for each in folder.iterdir()] == [made.name]


def test_backups_are_whole_while_another_process_writes_on(url: str, path: Path, folder: Path) -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", WRITE_ON, url]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        counts = [backup.check(backup.make(path, folder=folder))["snapshots"] for _ in range(10)]
        writer.kill()

    assert counts == sorted(counts)
    assert counts[-1] > counts[0] > 0


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_backup_is_named(path: Path, damage: Callable[[Path], None]) -> None:
    damage(path)

    with pytest.raises(BadBackup, match=r"^portfolio\.db "):
        backup.check(path)


def test_a_backup_that_misses_rows_is_told_with_the_table(ledger: Ledger, path: Path) -> None:
    rounds.record(ledger, snapshot(), ("42",), zone=UTC)

    with pytest.raises(BadBackup, match="misses rows of outbox"):
        backup.check(path, least={"snapshots": 1, "outbox": 2})


def test_rows_of_a_table_that_nobody_thought_of_are_counted_too(ledger: Ledger, path: Path, folder: Path) -> None:
    with ledger.writing() as connection:
        connection.exec_driver_sql("CREATE TABLE later (id INTEGER)")
        connection.exec_driver_sql("INSERT INTO later VALUES (1), (2)")

    assert backup.check(backup.make(path, folder=folder))["later"] == 2
    with pytest.raises(BadBackup, match="misses rows of later"):
        backup.check(path, least={"later": 3})


def test_a_file_that_is_not_there_is_no_backup_and_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(BadBackup, match=r"gone\.db cannot be read"):
        backup.check(tmp_path / "gone.db")

    assert not (tmp_path / "gone.db").exists()


@pytest.mark.parametrize("damage", DAMAGES)
def test_of_a_damaged_ledger_nothing_is_kept_that_looks_like_a_backup(
    path: Path, folder: Path, damage: Callable[[Path], None]
) -> None:
    damage(path)

    with pytest.raises((BadBackup, sqlite3.Error)):
        backup.make(path, folder=folder)
    assert list(folder.iterdir()) == []


def test_a_copy_with_a_fault_that_only_the_check_sees_does_not_become_a_backup(path: Path, folder: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute("DELETE FROM sqlite_master WHERE name = 'ix_outbox_state'")  # its page is nobody's now

    with pytest.raises(BadBackup, match="is damaged"):
        backup.make(path, folder=folder)
    assert list(folder.iterdir()) == []


def test_on_a_full_disk_nothing_is_kept_that_looks_like_a_backup(path: Path, folder: Path) -> None:
    folder.mkdir()
    with mounted(folder) as disk:
        disk.fill(leave_bytes=8192)
        with pytest.raises((sqlite3.Error, OSError)):
            backup.make(path, folder=folder)
        left = [each.name for each in folder.iterdir()]
        disk.empty()
        made = backup.make(path, folder=folder)
        backup.check(made)

    assert left == ["filler"]


def test_old_backups_go_but_never_the_newest(path: Path, folder: Path) -> None:
    now = datetime.now(UTC)
    folder.mkdir()
    for days in (40, 31, 29):
        shutil.copy(path, folder / f"portfolio-{now - timedelta(days=days):%Y%m%dT%H%M%S%fZ}.db")
    removed = backup.remove_old(30, now, folder=folder)
    at_last = backup.remove_old(1, now, folder=folder)

    assert [backup.made_at(each, now=now) for each in removed] == [now - timedelta(days=40), now - timedelta(days=31)]
    assert at_last == []
    assert [backup.made_at(each, now=now) for each in backup.existing(folder=folder)] == [now - timedelta(days=29)]


NOW = datetime(2026, 3, 10, 12, 30, tzinfo=UTC)


def named(*hours_ago: float) -> list[Path]:
    """Return the names of backups that were made before NOW."""
    return [Path(f"portfolio-{NOW - timedelta(hours=each):%Y%m%dT%H%M%S%fZ}.db") for each in hours_ago]


def test_hourly_backups_are_thinned_to_the_last_of_each_day() -> None:
    hourly = named(*range(24 * 5))
    left = [path for path in hourly if path not in backup.thin(hourly, NOW, keep_days=30)]

    assert left[:49] == hourly[:49]
    assert [f"{backup.made_at(path, now=NOW):%d %H:%M}" for path in left[49:]] == ["07 23:30", "06 23:30", "05 23:30"]


def test_what_is_older_than_it_is_kept_goes_but_never_the_newest() -> None:
    daily = named(*range(24 * 10, 24 * 50, 24))

    assert backup.thin(daily, NOW, keep_days=30) == daily[:20:-1]
    assert backup.thin(daily, NOW, keep_days=1) == daily[:0:-1]
    assert backup.thin([], NOW, keep_days=1) == []


def test_thinning_what_was_thinned_removes_nothing_more() -> None:
    hourly = named(*range(24 * 40))
    left = set(hourly) - set(backup.thin(hourly, NOW, keep_days=30))

    assert backup.thin(left, NOW, keep_days=30) == []


def test_backups_of_files_and_of_postgresql_are_thinned_apart(folder: Path) -> None:
    folder.mkdir()
    for each in named(24 * 40, 24 * 41):
        (folder / each).touch()
        (folder / each.with_suffix(".dump")).touch()
    removed = backup.remove_old(30, NOW, folder=folder)

    assert [path.name for path in removed] == [
        str(each) for old in named(24 * 41) for each in (old, old.with_suffix(".dump"))
    ]


def yesterdays(ledger: Ledger, path: Path, folder: Path) -> Path:
    """Make a backup in which a message waits and a request is open, and go on for a day after it."""
    rounds.begin_schedule(ledger, "hourly", SLOT - HOURS)
    requests.add_request(ledger, Request(id="answered", asked_at=SLOT), update_id=1, chats=["42"])
    rounds.record(ledger, snapshot(), ("42", "43"), zone=UTC)
    outbox.mark_sent(ledger, outbox.pending(ledger)["43"][0], 7, now=SLOT)
    requests.add_request(ledger, Request(id="open", asked_at=SLOT), update_id=2, chats=["42", "43"])
    made = backup.make(path, folder=folder)
    for hours in range(1, 25):
        rounds.record(ledger, snapshot(SLOT + hours * HOURS), ("42",), zone=UTC)
    return made


def test_after_a_restore_of_yesterdays_no_slot_is_due_or_missed_and_nothing_waits(
    ledger: Ledger, path: Path, folder: Path
) -> None:
    """Fault 67: the ledger alone."""
    made = yesterdays(ledger, path, folder)
    before = datetime.now(UTC)
    backup.restore(made, path)
    rounds.begin_schedule(ledger, "hourly", datetime.now(UTC))  # the aggregator starts
    state = rounds.read_state(ledger)
    in_an_hour = state.due_since + HOURS
    next_hour = in_an_hour.replace(minute=0, second=0, microsecond=0)
    at_once, later = (
        due(EVERY_HOUR, last_slot=state.last_slot, due_since=state.due_since, now=now, grace=HOURS)
        for now in (state.due_since, in_an_hour)
    )

    assert before <= state.due_since <= datetime.now(UTC)
    assert at_once == Due()
    assert later == Due(announce=next_hour)
    assert outbox.pending(ledger) == {}
    assert requests.open_requests(ledger) == ()
    assert rows(str(path), "SELECT chat_id, state, reason FROM outbox ORDER BY chat_id") == [
        ("42", "dead", "from before a restore"),
        ("43", "sent", None),
    ]
    assert rows(str(path), "SELECT id FROM requests") == [("answered",)]


def test_the_ledger_that_was_there_is_kept_with_its_journal(ledger: Ledger, path: Path, folder: Path) -> None:
    made = yesterdays(ledger, path, folder)
    assert path.with_name("portfolio.db-wal").stat().st_size > 0

    kept = backup.restore(made, path)

    assert kept is not None
    assert rows(str(kept), "SELECT count(*) FROM snapshots") == [(25,)]
    assert rows(str(path), "SELECT count(*) FROM snapshots") == [(1,)]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_journal_left_without_its_ledger_is_not_played_into_the_restored_one(
    ledger: Ledger, path: Path, folder: Path
) -> None:
    made = yesterdays(ledger, path, folder)
    journal = path.with_name("portfolio.db-wal")
    content = journal.read_bytes()
    ledger.close()
    path.unlink()
    journal.write_bytes(content)

    kept = backup.restore(made, path)

    assert kept is None
    assert backup.check(path)["snapshots"] == 1


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_bad_backup_is_refused_and_nothing_is_touched(
    ledger: Ledger, path: Path, folder: Path, damage: Callable[[Path], None]
) -> None:
    made = yesterdays(ledger, path, folder)
    damage(made)
    before = sorted(path.parent.iterdir())

    with pytest.raises(BadBackup):
        backup.restore(made, path)
    assert sorted(path.parent.iterdir()) == before
    assert rows(str(path), "SELECT count(*) FROM snapshots") == [(25,)]


def test_a_restore_that_finds_the_disk_full_leaves_the_ledger_as_it_is(url: str, path: Path, tmp_path: Path) -> None:
    disk_folder = tmp_path / "disk"
    disk_folder.mkdir()
    with mounted(disk_folder) as disk:
        there = disk_folder / "portfolio.db"
        shutil.copy(path, there)
        disk.fill(leave_bytes=8192)
        with pytest.raises((sqlite3.Error, OSError)):
            backup.restore(path, there)

        left = sorted(each.name for each in disk_folder.iterdir())
        disk.empty()

        assert left == ["filler", "portfolio.db"]
        assert backup.check(there) == backup.check(path)


def test_a_restored_ledger_is_ready_to_use(ledger: Ledger, path: Path, folder: Path) -> None:
    made = yesterdays(ledger, path, folder)
    backup.restore(made, path)
    with open_ledger(f"sqlite:///{path}") as restored:
        restored.check()
        rounds.record(restored, snapshot(SLOT + 30 * HOURS), ("42",), zone=UTC)

        assert len(outbox.pending(restored)["42"]) == 1


def test_a_backup_says_its_schema(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")

    assert backup.schema(path) == "9999"
