"""Backups of the SQLite ledger and inbox: made while they are in use, each one opened and checked before it counts.

Files are `backups/portfolio-<UTC>.db` and `backups/inbox-<UTC>.db`, 0600. `ledger.admin` has the owner's commands, the
aggregator makes one of each a day, and one of the ledger before each migration. `ledger.postgresql_backup` does the
same in PostgreSQL, where one backup holds both.
"""

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bus.time_source import SYSTEM_TIME
from ledger.damage import move_away
from ledger.store import file_mode

FOLDER = Path("backups")
PATTERN = "portfolio-*.db"
POSTGRESQL_PATTERN = "portfolio-*.dump"
INBOX_PATTERN = "inbox-*.db"
KEEP_HOURLY_HOURS = 48
BEFORE_RESTORE = "from before a restore"
RESTORED = "restored_at"
"""The setting that says when a backup took the ledger's place, until trading has drawn its conclusions from it."""


class BadBackup(Exception):
    """A backup is not what it should be; its text says how."""


def make(
    ledger: Path,
    *,
    folder: Path = FOLDER,
    pattern: str = PATTERN,
    now: Callable[[], datetime] = SYSTEM_TIME.now,
) -> Path:
    """Copy the ledger, or the inbox, with SQLite's own online backup, and check the copy.

    Args:
        ledger: Its file; it may be in use.
        folder: Where backups are; made when missing.
        pattern: Which names its backups have; the star stands for the moment.
        now: Tells the present moment, aware UTC; the backup is named by it.

    Returns:
        The new backup.

    Raises:
        BadBackup: The copy is damaged or misses rows; it is removed.
        OSError: It cannot be written.
        sqlite3.Error: The file cannot be read.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    copy = folder / pattern.replace("*", f"{now():%Y%m%dT%H%M%S%fZ}")
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
    if not counts:
        raise BadBackup(f"{backup.name} is no ledger")
    for table, rows in (least or {}).items():
        if counts.get(table, -1) < rows:
            raise BadBackup(f"{backup.name} misses rows of {table}")
    return counts


def schema(backup: Path) -> str:
    """Return the schema of a backup that passed `check`.

    Args:
        backup: The file.

    Raises:
        BadBackup: It does not say.
    """
    try:
        with contextlib.closing(_open(backup)) as connection:
            return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])
    except (sqlite3.Error, TypeError):
        raise BadBackup(f"{backup.name} does not say its schema") from None


def existing(*, folder: Path = FOLDER, pattern: str = PATTERN) -> list[Path]:
    """Return the backups, oldest first.

    Args:
        folder: Where backups are.
        pattern: Which names they have; a file's, `POSTGRESQL_PATTERN` or `INBOX_PATTERN`.
    """
    return sorted(folder.glob(pattern))


def thin(
    files: Iterable[Path], now: datetime, *, keep_days: int, keep_hourly_hours: int = KEEP_HOURLY_HOURS
) -> list[Path]:
    """Choose the backups that go: of each day before the last two the newest stays, for some days.

    Args:
        files: Backups of one kind, named by the moment at which each was made.
        now: The present moment.
        keep_days: For how many days one a day is kept.
        keep_hourly_hours: For how many hours every one is kept.

    Returns:
        Those to be removed, oldest first; never the newest of all.
    """
    newest_first = sorted(files, key=lambda path: made_at(path, now=now), reverse=True)
    every_since, daily_since = now - timedelta(hours=keep_hourly_hours), now - timedelta(days=keep_days)
    seen: set[date] = set()
    old: list[Path] = []
    for path in newest_first:
        made = made_at(path, now=now)
        is_first_of_its_day = made.date() not in seen
        seen.add(made.date())
        is_kept = made >= daily_since and (made >= every_since or is_first_of_its_day)
        if not is_kept and path != newest_first[0]:
            old.append(path)
    return old[::-1]


def remove_old(keep_days: int, now: datetime, *, folder: Path = FOLDER) -> list[Path]:
    """Remove the backups that `thin` chooses, of each kind apart; return the removed ones.

    What a backup left behind that was cut off in the middle goes too, a day later.

    Args:
        folder: Where backups are.
    """
    old = [
        path
        for pattern in (PATTERN, POSTGRESQL_PATTERN, INBOX_PATTERN)
        for path in thin(existing(folder=folder, pattern=pattern), now, keep_days=keep_days)
    ]
    drafts = (path for kind in ("portfolio", "inbox") for path in folder.glob(f"{kind}-*.draft"))
    cut_off = [path for path in drafts if made_at(path, now=now) < now - timedelta(days=1)]
    for path in (*old, *cut_off):
        path.unlink()
    return old


def restore(backup: Path, ledger: Path, *, now: Callable[[], datetime] = SYSTEM_TIME.now) -> Path | None:
    """Put a backup in the ledger's place; the system must be stopped.

    Slots that passed since the backup were never due for it: `due_since` is set to now, so none is sent again or
    told as missed. What still waited in its outbox was sent long since: it is marked so, and requests that were open
    then are forgotten.

    Args:
        backup: A file that passes `check`.
        ledger: The ledger's file.
        now: Tells the present moment, aware UTC: slots are due from it on, and the ledger that was there gets its name.

    Returns:
        Where the ledger that was there is now, None when there was none.

    Raises:
        BadBackup: The backup is not whole; nothing was touched.
    """
    check(backup)
    at = now()
    return replace(ledger, backup, forgetting(at), at=at)


def forgetting(now: datetime) -> tuple[str, ...]:
    """Return the statements after which a restored ledger neither repeats nor invents what is past.

    Args:
        now: The moment from which slots are due again.
    """
    return (
        "DELETE FROM settings WHERE name = 'due_since'",
        f"INSERT INTO settings (name, value) VALUES ('due_since', '{now.isoformat()}')",  # noqa: S608 - a moment
        f"UPDATE outbox SET state = 'dead', reason = '{BEFORE_RESTORE}' WHERE state IN ('pending', 'sending')",  # noqa: S608
        "DELETE FROM askers WHERE request_id IN (SELECT id FROM requests WHERE answered_by IS NULL)",
        "DELETE FROM requests WHERE answered_by IS NULL",
        f"DELETE FROM settings WHERE name = '{RESTORED}'",  # noqa: S608 - a constant
        f"INSERT INTO settings (name, value) VALUES ('{RESTORED}', '{now.isoformat()}')",  # noqa: S608 - a moment
    )


def replace(path: Path, backup: Path, forgetting: tuple[str, ...], *, at: datetime) -> Path | None:
    """Put a backup in a file's place when all of it is written.

    Args:
        path: The file.
        backup: A file that passes `check`.
        forgetting: The statements that change in it what must not go on.
        at: The present moment, aware UTC; the file that was there gets its name.

    Returns:
        Where the file that was there is now, None when there was none.
    """
    draft = path.with_name(f"{path.name}.draft")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        _write_draft(backup, draft, forgetting)
        kept = move_away(path, f".before-restore-{at:%Y%m%dT%H%M%SZ}")
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)
    return kept


def _write_draft(backup: Path, draft: Path, forgetting: tuple[str, ...]) -> None:
    """Copy a backup and change what must not go on in the copy."""
    draft.unlink(missing_ok=True)
    os.close(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, file_mode()))
    with contextlib.closing(_open(backup)) as source, contextlib.closing(sqlite3.connect(draft)) as target:
        source.backup(target)
        for statement in forgetting:
            target.execute(statement)
        target.commit()
        target.execute("PRAGMA journal_mode=DELETE")


def _open(path: Path) -> sqlite3.Connection:
    """Open a ledger's file and return the connection; never makes a file."""
    if not path.exists():
        raise sqlite3.OperationalError(f"{path.name} does not exist")
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=10)


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    """Count the rows of every table that the file itself names: what is added to the ledger later is counted too."""
    names = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'alembic_version' AND name NOT LIKE 'sqlite%' "
        "ORDER BY name"
    )
    count = 'SELECT count(*) FROM "{}"'
    return {name: connection.execute(count.format(name)).fetchone()[0] for (name,) in names.fetchall()}


def made_at(path: Path, *, now: datetime) -> datetime:
    """Return when a backup was made, as its name says; the present moment for a name of somebody else.

    Args:
        path: The backup's file; only its name is read.
        now: The present moment, aware UTC.
    """
    try:
        return datetime.strptime(path.stem.rpartition("-")[2], "%Y%m%dT%H%M%S%fZ").replace(tzinfo=UTC)
    except ValueError:
        return now
