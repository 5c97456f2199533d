"""Opening the inbox, where `ledger.inbox.place` says that it is.

It is opened as the ledger is (`ledger.engine`), but its writers wait for one another alone, never for the ledger's. A
damaged file is set aside, and a new inbox begun that says since when it knows what came: see `Inbox.keys_since`.

In PostgreSQL a role that may only accept signals needs USAGE of the schema, SELECT on the tables `inbox_…`, INSERT on
`inbox_signals` and USAGE of its sequence; the tables are then made by somebody who may.
"""

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, func, select

from bus.log import logger
from bus.time_source import SYSTEM_TIME
from ledger.damage import DAMAGED, STAMP, is_damaged, move_away
from ledger.engine import BUSY_MS
from ledger.inbox.place import VERSIONS, WHAT, inbox_url
from ledger.inbox.tables import SCHEMA, inbox_beginnings
from ledger.migrating import migrate_in_a_child
from ledger.schema import DIGITS
from ledger.store import Ledger, file_of
from ledger.unavailable import LedgerUnavailable, speaking_of, unavailable_files

WRITERS = 7_022_026_004
"""The advisory lock of PostgreSQL that stands for the inbox's one writer."""
ALONE_WITHIN_S = 30.0
LOOK_S = 0.05

log = logger(__name__)


class Inbox:
    """An open inbox; one connection, used from one thread.

    Attributes:
        set_aside: The name under which `make_ready` has put a damaged file aside, for an alert; empty where it has not.
    """

    def __init__(self, url: str, *, busy_ms: int = BUSY_MS) -> None:
        """Prepare to open; the file is touched by the first use.

        Args:
            url: The SQLAlchemy URL of the database that it is in, as `inbox_url` returns it.
            busy_ms: How long to wait for another writer, in milliseconds.
        """
        self.set_aside = ""
        self._url = url
        self._database = Ledger(url, busy_ms=busy_ms, writers=WRITERS)

    def writing(self) -> AbstractContextManager[Connection]:
        """Open a transaction that holds the inbox's write lock; committed at the end, rolled back on any exception.

        Returns:
            What yields a connection in its transaction; raises LedgerUnavailable when the database cannot do it now.
        """
        return _speaking_of_the_inbox(self._database.writing())

    def reading(self) -> AbstractContextManager[Connection]:
        """Open a connection for reading; each statement sees the newest committed state.

        Returns:
            What yields a connection that does not write; raises LedgerUnavailable when it cannot be read now.
        """
        return _speaking_of_the_inbox(self._database.reading())

    @speaking_of(WHAT)
    def schema(self) -> str:
        """Return the schema that is found, empty where there is no inbox yet; makes no file.

        Raises:
            LedgerUnavailable: It cannot be opened.
        """
        return self._database.schema(VERSIONS)

    def keys_since(self) -> datetime:
        """Return since when this inbox knows what came: when it was begun, or a backup took its place; aware UTC.

        Where it is not what who trades found the last time, signals that came before may come in once more, and nothing
        may trade until a person says so.

        Raises:
            LedgerUnavailable: It cannot be read now.
        """
        with self.reading() as connection:
            newest: datetime = connection.execute(select(func.max(inbox_beginnings.c.begun_at))).scalar_one()
        return newest

    @speaking_of(WHAT)
    def make_ready(self, *, now: Callable[[], datetime] = SYSTEM_TIME.now) -> None:
        """Bring the inbox to this program's schema, a missing one too; one of a newer program is used as it is.

        A damaged file is set aside first; also to be called when `damaged` is said of an inbox that is in use.

        Args:
            now: Tells the present moment, aware UTC; a damaged file is named by it.

        Raises:
            LedgerUnavailable: It cannot be used now.
        """
        path = file_of(self._url)
        try:
            if path is not None:
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._set_aside_damaged(path, now)
        except OSError as error:
            raise unavailable_files(error) from None
        if _serves(self._database.schema(VERSIONS)):
            return
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

    def _set_aside_damaged(self, path: Path, now: Callable[[], datetime]) -> None:
        """Rename a damaged file, unless somebody else has done so meanwhile."""
        if not is_damaged(self._database, path):
            return
        with _alone(path.parent):
            if not is_damaged(self._database, path):
                return
            self._database.close()
            ending = f"{DAMAGED}{now():{STAMP}}"
            move_away(path, ending)
        self.set_aside = f"{path.name}{ending}"
        log.error("damaged inbox set aside", file=self.set_aside)


@contextlib.contextmanager
def open_inbox(
    ledger_url: str, *, busy_ms: int = BUSY_MS, now: Callable[[], datetime] = SYSTEM_TIME.now
) -> Iterator[Inbox]:
    """Open the inbox; a missing or damaged one is begun anew, and one of an older program brought up to date.

    Args:
        ledger_url: The ledger's SQLAlchemy URL.
        busy_ms: How long to wait for another writer, in milliseconds.
        now: Tells the present moment, aware UTC; a damaged file is named by it.

    Yields:
        The inbox.

    Raises:
        LedgerUnavailable: It cannot be used now.
    """
    inbox = Inbox(inbox_url(ledger_url), busy_ms=busy_ms)
    try:
        inbox.make_ready(now=now)
        yield inbox
    finally:
        inbox.close()


@contextlib.contextmanager
def _speaking_of_the_inbox(opening: AbstractContextManager[Connection]) -> Iterator[Connection]:
    """Let the inbox's own trouble speak of it; what the ledger raises inside the `with` stays as it is."""
    of_others: LedgerUnavailable | None = None
    try:
        with opening as connection:
            try:
                yield connection
            except LedgerUnavailable as trouble:
                of_others = trouble
                raise
    except LedgerUnavailable as trouble:
        if trouble is of_others:
            raise
        raise trouble.of(WHAT) from None


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the lock that a migration holds, so that nobody begins the inbox meanwhile or finds it half begun."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    until = time.monotonic() + ALONE_WITHIN_S
    try:
        while not _is_locked(descriptor):
            if time.monotonic() > until:
                raise LedgerUnavailable("the ledger is being made ready")
            time.sleep(LOOK_S)
        yield
    finally:
        os.close(descriptor)


def _is_locked(descriptor: int) -> bool:
    """Try to take the lock of a folder, and tell whether it is ours."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _serves(found: str) -> bool:
    """Tell whether this program can work on an inbox: at its own schema or a newer one, since migrations only add."""
    return len(found) == DIGITS and found.isdecimal() and found.isascii() and found >= SCHEMA
