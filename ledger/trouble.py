"""What a ledger that cannot be used means, in words fit for the chat.

Everything that SQLAlchemy raises because of the database itself - not because of a wrong statement - becomes one
exception of ours, so that whoever keeps the messages going has one thing to catch. SQLite's result codes: sqlite.org,
"Result and Error Codes", read 2026-11.
"""

import contextlib
import errno
import sqlite3
from collections.abc import Iterator

from sqlalchemy.exc import DatabaseError, DBAPIError, IntegrityError, InterfaceError

REASONS = {
    sqlite3.SQLITE_BUSY: "the ledger is busy",
    sqlite3.SQLITE_LOCKED: "the ledger is busy",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "the ledger is read-only",
    sqlite3.SQLITE_PERM: "the ledger may not be opened",
    sqlite3.SQLITE_CANTOPEN: "the ledger cannot be opened",
    sqlite3.SQLITE_IOERR: "the disk has an error",
    sqlite3.SQLITE_CORRUPT: "the ledger is damaged",
    sqlite3.SQLITE_NOTADB: "the ledger is damaged",
}
FILE_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk is full",
    errno.EROFS: "the ledger is read-only",
    errno.EACCES: "the ledger may not be opened",
    errno.EPERM: "the ledger may not be opened",
    errno.EIO: "the disk has an error",
}
DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


class LedgerTrouble(Exception):
    """The ledger cannot be read or written now; `reason` is fit for the chat, `damaged`: waiting cannot help."""

    def __init__(self, reason: str, *, damaged: bool = False) -> None:
        """Keep the reason."""
        super().__init__(reason)
        self.reason = reason
        self.damaged = damaged


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Turn a database's own errors inside the `with` into LedgerTrouble; a violated constraint stays what it is."""
    try:
        yield
    except IntegrityError:
        raise
    except (DBAPIError, InterfaceError, DatabaseError) as error:
        raise trouble_of(error.orig) from None


def trouble_of(error: BaseException | None) -> LedgerTrouble:
    """Word a driver's error.

    Args:
        error: What sqlite3 (or another driver) raised.

    Returns:
        The exception to raise; its text holds no statement and no path.
    """
    code = getattr(error, "sqlite_errorcode", None)
    if isinstance(code, int):
        primary = code & 0xFF
        return LedgerTrouble(REASONS.get(primary, f"the ledger has error {primary}"), damaged=primary in DAMAGED)
    return LedgerTrouble("the ledger cannot be reached")


def trouble_with_files(error: OSError) -> LedgerTrouble:
    """Word what the system said of the ledger's files or folders.

    Args:
        error: What Python raised.

    Returns:
        The exception to raise; its text holds no path.
    """
    return LedgerTrouble(FILE_REASONS.get(error.errno or 0, "the ledger's files cannot be used"))
