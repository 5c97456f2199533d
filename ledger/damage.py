"""Files of SQLite that are damaged: found, and set aside with their journals, never replaced in silence."""

from pathlib import Path

from ledger.store import Ledger
from ledger.unavailable import LedgerUnavailable

DAMAGED = ".damaged-"
STAMP = "%Y%m%dT%H%M%SZ"
SUFFIXES = ("-wal", "-shm", "")
"""What a database's files end with; the database itself is the last to be moved."""


def is_damaged(ledger: Ledger, path: Path) -> bool:
    """Tell whether the file is no sound database: SQLite says so, or it is empty.

    Args:
        ledger: What opens it.
        path: The file; one that is missing is not damaged.

    Raises:
        LedgerUnavailable: It cannot be read now.
        OSError: Nor can its folder.
    """
    if not path.exists():
        return False
    if path.stat().st_size == 0:
        return True  # SQLite would take it for a new one, and every slot or signal for one that was never there
    try:
        with ledger.reading() as connection:
            return str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()) != "ok"
    except LedgerUnavailable as error:
        if error.damaged:
            return True
        raise


def move_away(path: Path, ending: str) -> Path | None:
    """Rename a database and its journals.

    Args:
        path: Its file.
        ending: What is put behind its name.

    Returns:
        Its new path, None where there was none.
    """
    kept = path.with_name(f"{path.name}{ending}")
    there_was_one = path.exists()
    for suffix in SUFFIXES:  # a journal without its database too: SQLite would play it into the next one
        old = path.with_name(path.name + suffix)
        if old.exists():
            old.rename(kept.with_name(kept.name + suffix))
    return kept if there_was_one else None
