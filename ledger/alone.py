"""One program of a kind on one ledger: a lock that ends with the process that holds it, however that ends.

In SQLite it is a lock of a file beside the ledger's (flock(2)); in PostgreSQL an advisory lock of a session, held by a
connection of its own, since what a pool gives back keeps the lock (postgresql.org, "Advisory Locks", read 2026-11).
"""

import fcntl
import os
from pathlib import Path

from sqlalchemy import Connection, NullPool, create_engine

from ledger.engine import parsed
from ledger.store import file_mode, file_of
from ledger.unavailable import LedgerUnavailable, translated, unavailable_files

LOCKS = {"execution": 7_022_026_036, "bridge": 7_022_026_037}
"""The advisory lock of each program, a number that nobody else takes."""


class Alone:
    """The place of the one program of its name on a ledger; not held at first."""

    def __init__(self, url: str, program: str) -> None:
        """Hold nothing.

        Args:
            url: The ledger's SQLAlchemy URL.
            program: One of `LOCKS`.
        """
        self._url = url
        self._program = program
        self._path = file_of(url)
        self._descriptor: int | None = None
        self._connection: Connection | None = None

    def take(self) -> bool:
        """Take the place, or make sure that it is still held.

        Returns:
            Whether it is ours; False while another one has it.

        Raises:
            LedgerUnavailable: Nobody can tell now.
        """
        if self._path is not None:
            return self._descriptor is not None or self._take_file(self._path)
        try:
            with translated():
                return self._take_session()
        except LedgerUnavailable:
            self.leave()
            raise

    def leave(self) -> None:
        """Let the place go, where it is held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None

    def _take_file(self, ledger: Path) -> bool:
        """Lock the file beside the ledger's."""
        try:
            path = ledger.parent / f"{ledger.name}.{self._program}.lock"
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, file_mode())
        except OSError as error:
            raise unavailable_files(error) from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def _take_session(self) -> bool:
        """Take the advisory lock in a session of its own, or ask whether that session lives."""
        if self._connection is not None:
            self._connection.exec_driver_sql("SELECT 1")
            return True
        engine = create_engine(parsed(self._url), poolclass=NullPool, isolation_level="AUTOCOMMIT")
        connection = engine.connect()
        number = LOCKS[self._program]
        if not connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({number})").scalar():
            connection.close()
            return False
        self._connection = connection
        return True
