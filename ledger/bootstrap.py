"""Making the ledger ready: migrated, with a backup first; damaged files set aside, never replaced in silence.

Only the aggregator does this. A ledger from a newer program is used as it is: migrations only add.
"""

import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from bus.alert_texts import AlertText, alert_text
from bus.log import logger
from bus.time_source import SYSTEM_TIME
from ledger import backup, postgresql_backup, schema
from ledger.damage import DAMAGED, STAMP, SUFFIXES, is_damaged, move_away
from ledger.migrating import migrate_in_a_child
from ledger.postgresql_tools import Unable
from ledger.store import Ledger, NotReady, file_of
from ledger.unavailable import LedgerUnavailable, unavailable_files

KNOWN = frozenset(path.stem.partition("_")[0] for path in (Path(__file__).parent / "migrations/versions").glob("*.py"))
"""Schemas that this program can bring up to date."""

log = logger(__name__)


def make_ready(
    ledger: Ledger, url: str, report: Callable[[AlertText], None], *, now: Callable[[], datetime] = SYSTEM_TIME.now
) -> None:
    """Bring the ledger to this program's schema.

    Args:
        ledger: The ledger.
        url: Its SQLAlchemy URL.
        report: Takes what the owner must be told, as soon as it is so: what follows may fail.
        now: Tells the present moment, aware UTC; backups and damaged files are named by it.

    Raises:
        LedgerUnavailable: It cannot be used now; the reason is fit for the chat.
    """
    try:
        path = file_of(url)
        if path is not None:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if is_damaged(ledger, path):
                report(set_aside(ledger, path, now=now()))
        _bring_up_to_date(ledger, url, report, now=now)
    except OSError as error:
        raise unavailable_files(error) from None


def _bring_up_to_date(
    ledger: Ledger, url: str, report: Callable[[AlertText], None], *, now: Callable[[], datetime]
) -> None:
    """Migrate the ledger, with a backup first; a new one is reported where only backups are left of the old."""
    path = file_of(url)
    found = ledger.schema()
    if found == schema.SCHEMA:
        return
    if schema.is_newer(found):
        log.warning("the ledger is newer than this program", schema=found, program=schema.SCHEMA)
        return
    if found and found not in KNOWN:
        raise LedgerUnavailable(f"the ledger has schema {found}, which this program does not know")
    if found and path is not None:
        _back_up(path, now)
    elif found and postgresql_backup.is_postgresql(url):
        _back_up_postgresql(url, now)
    begun = path is not None and not path.exists()
    try:
        log.info("migrating", to=schema.SCHEMA)
        migrate_in_a_child(url)
    except LedgerUnavailable:
        if path is not None and begun:  # an empty beginning would be taken for a damaged ledger the next time
            _remove(path)
        raise
    ledger.close()
    try:
        ledger.check()
    except NotReady as error:
        raise LedgerUnavailable(str(error)) from None
    if path is not None and not found and backup.existing() and not _was_set_aside(path, now()):
        report(alert_text("ledger_gone", file=path.name, backup=str(backup.existing()[-1])))


def set_aside(ledger: Ledger, path: Path, *, now: datetime) -> AlertText:
    """Rename a damaged file and what belongs to it, so that a new one can be begun.

    Args:
        ledger: The ledger; its connection is closed.
        path: The damaged file.
        now: The present moment, aware UTC; the file is named by it.

    Returns:
        What the owner must be told.
    """
    ledger.close()
    ending = f"{DAMAGED}{now:{STAMP}}"
    move_away(path, ending)
    kept = f"{path.name}{ending}"
    log.error("damaged ledger set aside", file=kept)
    newest = backup.existing()[-1:]
    if not newest:
        return alert_text("ledger_damaged_for_good", kept=kept)
    return alert_text("ledger_damaged", kept=kept, backup=str(newest[0]))


def _remove(path: Path) -> None:
    """Remove a ledger with its journals."""
    for suffix in SUFFIXES:
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _was_set_aside(path: Path, now: datetime) -> bool:
    """Tell whether the owner has been told already: the newest damaged file, by its name, is not older than any backup.

    By its name, since a file's own times are another folder's after a move.
    """
    aside = [each.name.rpartition(DAMAGED)[2] for each in path.parent.glob(f"{path.name}{DAMAGED}*Z")]
    return max(aside, default="") >= f"{backup.made_at(backup.existing()[-1], now=now):{STAMP}}"


def _back_up(path: Path, now: Callable[[], datetime]) -> None:
    """Make the backup before a migration; without one there is no migration."""
    try:
        kept = backup.make(path, now=now)
    except (backup.BadBackup, sqlite3.Error) as error:
        log.error("backup before migration failed", error=type(error).__name__)
        raise LedgerUnavailable("the ledger is older than this program and cannot be backed up") from None
    log.info("backup before migration", file=kept.name)


def _back_up_postgresql(url: str, now: Callable[[], datetime]) -> None:
    """Make the backup before a migration where it can be made; a migration that fails leaves everything as it was."""
    try:
        kept = postgresql_backup.make(url, now=now)
    except Unable as error:
        log.warning("no backup before migration", reason=str(error))
    except backup.BadBackup as error:
        log.error("backup before migration failed", error=str(error))
        raise LedgerUnavailable("the ledger is older than this program and cannot be backed up") from None
    else:
        log.info("backup before migration", file=kept.name)
