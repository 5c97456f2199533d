"""Backups of the SQLite ledger: made while it is in use, each one opened and checked before it counts.

    python -m ledger.backup             make one now
    python -m ledger.backup FILE        restore FILE; the present ledger is kept beside it

Files are `backups/portfolio-<UTC>.db`, 0600. PostgreSQL has its own tools; these refuse to touch it.
"""

import contextlib
import os
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

FOLDER = Path("backups")
PATTERN = "portfolio-*.db"
COUNTED = ("snapshots", "balances", "rates", "requests", "outbox", "settings")


class BadBackup(Exception):
    """A backup is not what it should be; its text says how."""


def make(ledger: Path, *, folder: Path = FOLDER) -> Path:
    """Copy the ledger with SQLite's own online backup, and check the copy.

    Args:
        ledger: The ledger's file; it may be in use.
        folder: Where backups are; made when missing.

    Returns:
        The new backup.

    Raises:
        BadBackup: The copy is damaged or misses rows; it is removed.
        OSError: It cannot be written.
        sqlite3.Error: The ledger cannot be read.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    copy = folder / f"portfolio-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}.db"
    draft = copy.with_suffix(".draft")
    os.close(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600))
    try:
        with contextlib.closing(_open(ledger)) as source, contextlib.closing(sqlite3.connect(draft)) as target:
            least = _counts(source)
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")
        check(draft, least=least)
        with draft.open("rb") as stream:
            os.fsync(stream.fileno())
        draft.rename(copy)
    finally:
        draft.unlink(missing_ok=True)
    return copy


def check(backup: Path, *, least: dict[str, int] | None = None) -> dict[str, int]:
    """Open a backup and prove that it is whole.

    Args:
        backup: The file.
        least: How many rows each table must have at least; rows may have come since they were counted.

    Returns:
        Rows by table.

    Raises:
        BadBackup: It is no ledger, damaged, or misses rows.
    """
    try:
        with contextlib.closing(_open(backup)) as connection:
            found = connection.execute("PRAGMA integrity_check").fetchone()[0]
            counts = _counts(connection)
    except sqlite3.Error as error:
        raise BadBackup(f"{backup.name} cannot be read ({type(error).__name__})") from None
    if found != "ok":
        raise BadBackup(f"{backup.name} is damaged")
    for table, rows in (least or {}).items():
        if counts.get(table, -1) < rows:
            raise BadBackup(f"{backup.name} misses rows of {table}")
    return counts


def existing(*, folder: Path = FOLDER) -> list[Path]:
    """Return the backups, oldest first."""
    return sorted(folder.glob(PATTERN))


def remove_old(keep_days: int, now: datetime, *, folder: Path = FOLDER) -> list[Path]:
    """Remove backups older than some days, but never the newest; return the removed ones."""
    old = [path for path in existing(folder=folder)[:-1] if made_at(path) < now - timedelta(days=keep_days)]
    for path in old:
        path.unlink()
    return old


def restore(backup: Path, ledger: Path) -> Path | None:
    """Put a backup in the ledger's place; the system must be stopped.

    Slots that passed since the backup were never due for it: `due_since` is set to now, so none is sent again or
    told as missed. What still waited in its outbox was sent long since: it is marked so.

    Args:
        backup: A file that passes `check`.
        ledger: The ledger's file.

    Returns:
        Where the ledger that was there is now, None when there was none.

    Raises:
        BadBackup: The backup is not whole; nothing was touched.
    """
    check(backup)
    now = datetime.now(UTC)
    kept = None
    draft = ledger.with_name(f"{ledger.name}.draft")
    ledger.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft.unlink(missing_ok=True)
    os.close(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600))
    with contextlib.closing(_open(backup)) as source, contextlib.closing(sqlite3.connect(draft)) as target:
        source.backup(target)
        target.execute("DELETE FROM settings WHERE name = 'due_since'")
        target.execute("INSERT INTO settings (name, value) VALUES ('due_since', ?)", (now.isoformat(),))
        target.execute(
            "UPDATE outbox SET state = 'dead', reason = 'from before a restore' WHERE state IN ('pending', 'sending')"
        )
        target.commit()
        target.execute("PRAGMA journal_mode=DELETE")
    if ledger.exists():
        kept = ledger.with_name(f"{ledger.name}.before-restore-{now:%Y%m%dT%H%M%SZ}")
        for suffix in ("-wal", "-shm", ""):
            old = ledger.with_name(ledger.name + suffix)
            if old.exists():
                old.rename(kept.with_name(kept.name + suffix))
    draft.rename(ledger)
    return kept


def _open(path: Path) -> sqlite3.Connection:
    if not path.exists():
        raise sqlite3.OperationalError(f"{path.name} does not exist")
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=10)


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    return {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in COUNTED}  # noqa: S608


def made_at(path: Path) -> datetime:
    """Return when a backup was made, as its name says; now for a name of somebody else."""
    try:
        return datetime.strptime(path.stem.removeprefix("portfolio-"), "%Y%m%dT%H%M%S%fZ").replace(tzinfo=UTC)
    except ValueError:
        return datetime.now(UTC)
