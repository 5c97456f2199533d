"""What a ledger that cannot be used means, in words fit for the chat.

Everything that SQLAlchemy raises because of the database itself - not because of a wrong statement - becomes one
exception of ours, so that whoever keeps the messages going has one thing to catch. SQLite's result codes: sqlite.org,
"Result and Error Codes"; PostgreSQL's: postgresql.org, "PostgreSQL Error Codes"; both read 2026-11.
"""

import contextlib
import errno
import sqlite3
from collections.abc import Iterator

from sqlalchemy.exc import DatabaseError, DBAPIError, IntegrityError, InterfaceError

BUSY = "the ledger is busy"
UNREACHABLE = "the ledger cannot be reached"
REASONS = {
    sqlite3.SQLITE_BUSY: BUSY,
    sqlite3.SQLITE_LOCKED: BUSY,
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "the ledger is read-only",
    sqlite3.SQLITE_PERM: "the ledger may not be opened",
    sqlite3.SQLITE_CANTOPEN: "the ledger cannot be opened",
    sqlite3.SQLITE_IOERR: "the disk has an error",
    sqlite3.SQLITE_CORRUPT: "the ledger is damaged",
    sqlite3.SQLITE_NOTADB: "the ledger is damaged",
}
STATES = {
    "55P03": BUSY,
    "57014": BUSY,
    "40001": BUSY,
    "40P01": BUSY,
    "53100": "the disk is full",
    "25006": "the ledger is read-only",
    "42501": "the ledger may not be opened",
    "28000": "the ledger may not be opened",
    "28P01": "the ledger may not be opened",
    "58030": "the disk has an error",
}
"""PostgreSQL's SQLSTATE, for what is not a lost connection."""
CONNECTION_STATES = ("08", "57P", "3D", "53")
"""What the states of a server that cannot be reached begin with: no connection, shutting down, no such database."""
FILE_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk is full",
    errno.EROFS: "the ledger is read-only",
    errno.EACCES: "the ledger may not be opened",
    errno.EPERM: "the ledger may not be opened",
    errno.EIO: "the disk has an error",
}
DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


class LedgerUnavailable(Exception):
    """The ledger cannot be read or written now; `reason` is fit for the chat, `damaged`: waiting cannot help."""

    def __init__(self, reason: str, *, damaged: bool = False) -> None:
        """Keep the reason.

        Args:
            reason: Why, in words fit for the chat.
            damaged: Whether waiting cannot help.
        """
        super().__init__(reason)
        self.reason = reason
        self.damaged = damaged

    def of(self, what: str) -> "LedgerUnavailable":
        """Return the same trouble of another database that is opened as the ledger is.

        Args:
            what: What the reason speaks of in the ledger's place, such as `the inbox`.
        """
        return LedgerUnavailable(self.reason.replace("the ledger", what), damaged=self.damaged)


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Turn a database's own errors inside the `with` into LedgerUnavailable; a violated constraint stays what it is."""
    try:
        yield
    except IntegrityError:
        raise
    except (DBAPIError, InterfaceError, DatabaseError) as error:
        raise unavailable_because(error.orig) from None


@contextlib.contextmanager
def speaking_of(what: str) -> Iterator[None]:
    """Let the reasons of LedgerUnavailable inside the `with` speak of another database than the ledger.

    Args:
        what: Such as `the inbox`.
    """
    try:
        yield
    except LedgerUnavailable as trouble:
        raise trouble.of(what) from None


def unavailable_because(error: BaseException | None) -> LedgerUnavailable:
    """Word a driver's error.

    Args:
        error: What sqlite3 (or another driver) raised.

    Returns:
        The exception to raise; its text holds no statement and no path.
    """
    code = getattr(error, "sqlite_errorcode", None)
    if isinstance(code, int):
        primary = code & 0xFF
        return LedgerUnavailable(REASONS.get(primary, f"the ledger has error {primary}"), damaged=primary in DAMAGED)
    state = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
    if isinstance(state, str) and (state in STATES or not state.startswith(CONNECTION_STATES)):
        return LedgerUnavailable(STATES.get(state, f"the ledger has error {state}"))
    return LedgerUnavailable(UNREACHABLE)


def unavailable_files(error: OSError) -> LedgerUnavailable:
    """Word what the system said of the ledger's files or folders.

    Args:
        error: What Python raised.

    Returns:
        The exception to raise; its text holds no path.
    """
    return LedgerUnavailable(FILE_REASONS.get(error.errno or 0, "the ledger's files cannot be used"))
