"""One program of a kind on one ledger, whatever database it is in, where several would only do the same twice.

In SQLite it is a lock of a file beside the ledger's (`ledger.alone`); in PostgreSQL an advisory lock of a session, held
by a connection of its own, since what a pool gives back keeps the lock (postgresql.org, "Advisory Locks", read
2026-11). A session whose machine is gone ends by limits that it has set at its beginning, as those of `ledger.shares`.
"""

from typing import Final, Protocol

from sqlalchemy import Connection, NullPool, create_engine

from ledger.alone import Alone
from ledger.engine import parsed
from ledger.shares import UNHEARD
from ledger.store import file_of
from ledger.unavailable import LedgerUnavailable, translated

LOCKS: Final = {"bridge": 7_022_026_037}
"""The advisory lock of each program, a number that nobody else takes."""


class Place(Protocol):
    """The one place of a program on a ledger; not held at first."""

    def take(self) -> bool:
        """Take it, or make sure that it is still held.

        Returns:
            Whether it is; False while another one has it.
        """

    def leave(self) -> None:
        """Let it go, where it is held."""


class OnServer:
    """The place on a ledger in PostgreSQL."""

    def __init__(self, url: str, program: str) -> None:
        """Hold nothing.

        Args:
            url: The ledger's SQLAlchemy URL.
            program: One of `LOCKS`.
        """
        self._url = url
        self._number = LOCKS[program]
        self._connection: Connection | None = None

    def take(self) -> bool:
        """Take the place, or make sure that it is still held.

        Returns:
            Whether it is ours; False while another one has it.

        Raises:
            LedgerUnavailable: Nobody can tell now.
        """
        try:
            with translated():
                return self._take()
        except LedgerUnavailable:
            self.leave()
            raise

    def leave(self) -> None:
        """Let the place go, where it is held."""
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None

    def _take(self) -> bool:
        """Take the lock in a session of its own, or ask whether that session lives."""
        if self._connection is not None:
            self._connection.exec_driver_sql("SELECT 1")
            return True
        engine = create_engine(parsed(self._url), poolclass=NullPool, isolation_level="AUTOCOMMIT")
        connection = engine.connect()
        if not connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({self._number})").scalar():
            connection.close()
            return False
        for name, value in UNHEARD.items():
            connection.exec_driver_sql(f"SELECT set_config('{name}', '{value}', false)")
        self._connection = connection
        return True


def place(url: str, program: str) -> Place:
    """Return the one place of a program on a ledger.

    Args:
        url: The ledger's SQLAlchemy URL.
        program: One of `LOCKS`.

    Returns:
        The place, not held yet.
    """
    path = file_of(url)
    return OnServer(url, program) if path is None else Alone(path, program)
