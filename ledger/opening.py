"""Making the ledger ready: migrated, with a backup first; damaged files set aside, never replaced in silence.

Only the aggregator does this. A program that finds a newer schema leaves the file alone.
"""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from bus.log import logger
from ledger import backup, tables
from ledger.store import Ledger, NotReady, file_of
from ledger.trouble import LedgerTrouble

MIGRATION_S = 300
KNOWN = frozenset(path.stem.partition("_")[0] for path in (Path(__file__).parent / "migrations/versions").glob("*.py"))
"""Schemas that this program can bring up to date."""

log = logger(__name__)


def make_ready(ledger: Ledger, url: str) -> str:
    """Bring the ledger to this program's schema.

    Args:
        ledger: The ledger.
        url: Its SQLAlchemy URL.

    Returns:
        What the owner must be told, empty when there is nothing.

    Raises:
        LedgerTrouble: It cannot be used now; the reason is fit for the chat.
    """
    path = file_of(url)
    news = ""
    if path is not None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        news = _news_of_a_lost_file(path)
        if _is_damaged(ledger, path):
            news = set_aside(ledger, path)
    found = ledger.schema()
    if found == tables.SCHEMA:
        return news
    if found and found not in KNOWN:
        raise LedgerTrouble(f"the ledger is newer than this program (schema {found})")
    if found and path is not None:
        kept = backup.make(path)
        log.info("backup before migration", file=kept.name)
    _migrate(url)
    ledger.close()
    try:
        ledger.check()
    except NotReady as error:
        raise LedgerTrouble(str(error)) from None
    return news


def set_aside(ledger: Ledger, path: Path) -> str:
    """Rename a damaged file and what belongs to it, so that a new one can be begun.

    Args:
        ledger: The ledger; its connection is closed.
        path: The damaged file.

    Returns:
        What the owner must be told.
    """
    ledger.close()
    kept = path.with_name(f"{path.name}.damaged-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    for suffix in ("-wal", "-shm", ""):
        old = path.with_name(path.name + suffix)
        if old.exists():
            old.rename(kept.with_name(kept.name + suffix))
    log.error("damaged ledger set aside", file=kept.name)
    return f"The ledger was damaged. It was set aside as {kept.name} and a new one begun. {_way_back()}"


def _news_of_a_lost_file(path: Path) -> str:
    if path.exists() or not backup.existing():
        return ""
    return f"The ledger {path.name} was gone and a new one was begun. {_way_back()}"


def _way_back() -> str:
    newest = backup.existing()[-1:]
    if not newest:
        return "There is no backup to go back to."
    return f"To go back to the last backup: make stop, make restore FILE={newest[0]}, make start"


def _is_damaged(ledger: Ledger, path: Path) -> bool:
    if not path.exists():
        return False
    if path.stat().st_size == 0:
        return True  # SQLite would take it for a new ledger, and every slot for one that was never sent
    try:
        with ledger.reading() as connection:
            return str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()) != "ok"
    except LedgerTrouble as error:
        if error.damaged:
            return True
        raise


def _migrate(url: str) -> None:
    log.info("migrating", to=tables.SCHEMA)
    environment = {**os.environ, "DATABASE_URL": url}
    done = subprocess.run([sys.executable, "-m", "ledger.migrate"], check=False, timeout=MIGRATION_S, env=environment)
    if done.returncode:
        raise LedgerTrouble("the ledger could not be migrated")
