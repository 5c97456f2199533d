"""The daily backup: one a day whatever restarts, each checked, old ones removed, a bad one told once."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.backup_job import RETRY_S, BackupJob
from ledger import backup
from ledger.inbox.opening import open_inbox
from ledger.inbox.place import inbox_file
from ledger.store import DEFAULT_URL
from tests.disks import mounted
from tests.faults.false_time import FalseTime
from tests.ledger.damage import damaged_pages
from tests.running import WITHIN_S

LEDGER = Path("data/portfolio.db")


EXCLUSIVE = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA locking_mode=EXCLUSIVE")
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
"""


@pytest.fixture(autouse=True)
def ledger(home: Path, empty_ledger: Path) -> None:
    """Give a home with a ledger."""
    LEDGER.parent.mkdir(mode=0o700)
    shutil.copy(empty_ledger, LEDGER)


@pytest.fixture
def time() -> FalseTime:
    """Give a time that begins now."""
    return FalseTime(datetime.now(UTC))


def turns(time: FalseTime, number: int = 1) -> list[str]:
    """Start anew, let so many hours pass and return what is told."""
    job = BackupJob(DEFAULT_URL, keep_days=30, time=time)
    for _ in range(number):
        turn(job, time)
    return [each.text for each in job.alert_texts]


def turn(job: BackupJob, time: FalseTime) -> None:
    """Let the job's longest pause pass, and what it begins then end."""
    time.move_on(RETRY_S)
    job.turn()
    while job.is_busy:
        job.turn()


def made_days_ago(*days: float) -> list[Path]:
    """Put backups of earlier days there."""
    backup.FOLDER.mkdir(exist_ok=True)
    names = [f"portfolio-{datetime.now(UTC) - timedelta(days=each):%Y%m%dT%H%M%S%fZ}.db" for each in days]
    for name in names:
        shutil.copy(LEDGER, backup.FOLDER / name)
    return [backup.FOLDER / name for name in names]


def test_one_backup_is_made_a_day_whatever_restarts(time: FalseTime) -> None:
    told = [*turns(time, 3), *turns(time, 3)]
    (made,) = backup.existing()
    backup.check(made)

    assert told == []


@pytest.mark.parametrize(("days", "count"), [(0.9, 1), (1.1, 2)])
def test_the_next_one_is_made_when_the_newest_is_a_day_old(days: float, count: int, time: FalseTime) -> None:
    made_days_ago(days)
    turns(time)

    assert len(backup.existing()) == count


def test_backups_older_than_they_are_kept_are_removed_when_a_new_one_is_made(time: FalseTime) -> None:
    _, _, young = made_days_ago(40, 31, 29)
    turns(time)

    assert backup.existing()[0] == young
    assert len(backup.existing()) == 2


def test_a_bad_backup_is_told_once_leaves_no_file_and_removes_no_old_one(time: FalseTime) -> None:
    old = made_days_ago(40, 31)
    damaged_pages(LEDGER)
    told = turns(time, 3)

    assert len(told) == 1
    assert told[0].startswith("The daily backup failed: ")
    assert "damaged" in told[0]
    assert backup.existing() == old
    assert sorted(backup.FOLDER.iterdir()) == old


def test_a_full_disk_is_told_and_the_backup_is_made_when_there_is_space(time: FalseTime) -> None:
    """Fault 64: the daily backup."""
    backup.FOLDER.mkdir()
    with mounted(backup.FOLDER) as disk:
        disk.fill(leave_bytes=4096)
        job = BackupJob(DEFAULT_URL, keep_days=30, time=time)
        turn(job, time)
        disk.empty()
        turn(job, time)
        made = backup.existing()

    assert [each.text for each in job.alert_texts] == [
        "The daily backup failed: the disk is full. It is tried again every hour."
    ]
    assert len(made) == 1


def test_a_folder_that_cannot_be_used_is_told_without_a_path(time: FalseTime) -> None:
    backup.FOLDER.touch()

    assert turns(time, 2) == [
        "The daily backup failed: the ledger's files cannot be used. It is tried again every hour."
    ]


def test_a_backup_that_takes_long_holds_nobody_up_and_is_made_in_the_end(time: FalseTime) -> None:
    """Fault P3: as long as a lock of another program lasts."""
    job = BackupJob(DEFAULT_URL, keep_days=30, time=time)
    command = [sys.executable, "-c", EXCLUSIVE, str(LEDGER)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        for _ in range(3):
            time.move_on(RETRY_S)
            job.turn()
        meanwhile = (job.is_busy, backup.existing())
        holder.communicate("\n", timeout=WITHIN_S)
    while job.is_busy:
        job.turn()

    assert meanwhile == (True, [])
    assert len(backup.existing()) == 1
    assert job.alert_texts == []


def test_what_a_backup_left_that_was_cut_off_goes_with_the_next_one(time: FalseTime) -> None:
    (cut_off, _young) = (path.rename(path.with_suffix(".draft")) for path in made_days_ago(1.1, 0.1))
    turns(time)

    assert not cut_off.exists()
    assert len([*backup.FOLDER.glob("*.draft")]) == 1


def test_where_there_is_no_ledger_there_is_no_backup_and_no_news(time: FalseTime) -> None:
    LEDGER.unlink()

    assert turns(time, 2) == []
    assert not backup.FOLDER.exists()


@pytest.fixture
def inbox() -> Path:
    """Give an inbox beside the ledger."""
    with open_inbox(DEFAULT_URL):
        pass
    return inbox_file(LEDGER)


def test_the_inbox_gets_a_backup_a_day_too_whatever_restarts(inbox: Path, time: FalseTime) -> None:
    told = [*turns(time, 3), *turns(time, 3)]
    (made,) = backup.existing(pattern=backup.INBOX_PATTERN)

    assert told == []
    assert backup.check(made)["inbox_signals"] == 0
    assert len(backup.existing()) == 1


def test_an_inbox_that_comes_later_is_not_left_until_tomorrow(time: FalseTime) -> None:
    turns(time)
    with open_inbox(DEFAULT_URL):
        pass
    turns(time)

    assert [len(backup.existing(pattern=each)) for each in (backup.PATTERN, backup.INBOX_PATTERN)] == [1, 1]


def test_a_damaged_inbox_is_told_once_and_the_ledger_has_its_one_backup_all_the_same(
    inbox: Path, time: FalseTime
) -> None:
    damaged_pages(inbox)
    told = turns(time, 3)

    assert len(told) == 1
    assert told[0].startswith("The daily backup failed: ")
    assert "inbox" in told[0]
    assert [len(backup.existing(pattern=each)) for each in (backup.PATTERN, backup.INBOX_PATTERN)] == [1, 0]


def test_a_server_that_cannot_be_reached_is_told_once(time: FalseTime) -> None:
    job = BackupJob("postgresql+psycopg://bot@127.0.0.1:9/bot", keep_days=30, time=time)
    for _ in range(3):
        turn(job, time)

    assert [each.text for each in job.alert_texts] == [
        "The daily backup failed: the ledger cannot be reached. It is tried again every hour."
    ]
    assert list(backup.FOLDER.iterdir()) == []


def test_backups_are_made_as_often_as_the_job_is_told(time: FalseTime) -> None:
    job = BackupJob(DEFAULT_URL, keep_days=30, every=timedelta(hours=1), time=time)
    for _ in range(4):
        turn(job, time)

    assert len(backup.existing()) == 4


def test_the_ledger_gets_fresh_statistics_with_its_backup(time: FalseTime) -> None:
    with closing(sqlite3.connect(LEDGER)) as connection, connection:
        connection.execute("INSERT INTO settings VALUES ('a', 'b')")
    turns(time)
    with closing(sqlite3.connect(LEDGER)) as connection:
        known = connection.execute("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'settings'").fetchone()

    assert known == (1,)
