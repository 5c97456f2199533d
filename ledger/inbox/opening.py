"""Opening the inbox: a SQLite file beside the ledger's or, in PostgreSQL, tables in the ledger's own database.

It is opened as the ledger is (`ledger.engine`), but its writers wait for one another alone, never for the ledger's. The
texts of LedgerUnavailable speak of the ledger, since the cure is the same.

In PostgreSQL a role that may only accept signals needs USAGE of the schema, SELECT on the tables `inbox_…`, INSERT on
`inbox_signals` and USAGE of its sequence; the tables are then made by somebody who may.
"""

import contextlib
from collections.abc import Iterator
from contextlib import AbstractContextManager

from sqlalchemy import Connection

from ledger.engine import BUSY_MS, parsed
from ledger.inbox.tables import SCHEMA
from ledger.migrating import migrate_in_a_child
from ledger.schema import DIGITS
from ledger.store import Ledger, file_of
from ledger.unavailable import LedgerUnavailable, unavailable_files

FILE = "inbox.db"
VERSIONS = "inbox_version"
"""The table that says which migration of the inbox ran last."""
WRITERS = 7_022_026_004
"""The advisory lock of PostgreSQL that stands for the inbox's one writer."""


class Inbox:
    """An open inbox; one connection, used from one thread."""

    def __init__(self, url: str, *, busy_ms: int = BUSY_MS) -> None:
        """Prepare to open; the file is touched by the first use.

        Args:
            url: The SQLAlchemy URL of the database that it is in, as `inbox_url` returns it.
            busy_ms: How long to wait for another writer, in milliseconds.
        """
        self._url = url
        self._database = Ledger(url, busy_ms=busy_ms, writers=WRITERS)

    def writing(self) -> AbstractContextManager[Connection]:
        """Open a transaction that holds the inbox's write lock; committed at the end, rolled back on any exception.

        Returns:
            What yields a connection in its transaction; raises LedgerUnavailable when the database cannot do it now.
        """
        return self._database.writing()

    def reading(self) -> AbstractContextManager[Connection]:
        """Open a connection for reading; each statement sees the newest committed state.

        Returns:
            What yields a connection that does not write; raises LedgerUnavailable when it cannot be read now.
        """
        return self._database.reading()

    def make_ready(self) -> None:
        """Bring the inbox to this program's schema, a missing one too; one of a newer program is used as it is.

        Raises:
            LedgerUnavailable: It cannot be used now.
        """
        if _serves(self._database.schema(VERSIONS)):
            return
        path = file_of(self._url)
        try:
            if path is not None:
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise unavailable_files(error) from None
        migrate_in_a_child(self._url, "inbox")
        self._database.close()
        self.must_be_ready()

    def must_be_ready(self) -> None:
        """Make sure that it can be used, for whoever may not make it.

        Raises:
            LedgerUnavailable: It is missing, older than this program, or cannot be used now.
        """
        found = self._database.schema(VERSIONS)
        if not _serves(found):
            raise LedgerUnavailable(f"the inbox is at schema {found or 'none'}, this program needs {SCHEMA}")

    @property
    def is_a_file(self) -> bool:
        """Whether it is a file of its own, which whoever writes to it may also make."""
        return file_of(self._url) is not None

    def close(self) -> None:
        """Close the connection; the next use opens it again."""
        self._database.close()


@contextlib.contextmanager
def open_inbox(ledger_url: str, *, busy_ms: int = BUSY_MS) -> Iterator[Inbox]:
    """Open the inbox; a missing one is made, and one of an older program brought up to date.

    Args:
        ledger_url: The ledger's SQLAlchemy URL.
        busy_ms: How long to wait for another writer, in milliseconds.

    Yields:
        The inbox.

    Raises:
        LedgerUnavailable: It cannot be used now.
    """
    inbox = Inbox(inbox_url(ledger_url), busy_ms=busy_ms)
    try:
        inbox.make_ready()
        yield inbox
    finally:
        inbox.close()


def inbox_url(ledger_url: str) -> str:
    """Return the SQLAlchemy URL of the database that the inbox is in.

    Args:
        ledger_url: The ledger's.

    Returns:
        That of a file beside the ledger's file, or the ledger's own. It may hold a password.
    """
    path = file_of(ledger_url)
    if path is None:
        return ledger_url
    return parsed(ledger_url).set(database=str(path.with_name(FILE))).render_as_string(hide_password=False)


def _serves(found: str) -> bool:
    """Tell whether this program can work on an inbox: at its own schema or a newer one, since migrations only add."""
    return len(found) == DIGITS and found.isdecimal() and found.isascii() and found >= SCHEMA
