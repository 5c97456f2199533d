"""The ledger as the desk uses it: what was written, and whether memory may be behind it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from bus.time_source import TimeSource
from ledger.store import Ledger
from ledger.trading.work import Work
from ledger.unavailable import LedgerUnavailable


class Books:
    """Units of work, and what follows from them.

    Attributes:
        is_stale: The ledger could not be used, perhaps after something was committed: the rows have to be read again.
        has_told: Something was committed that may have messages.
    """

    def __init__(self, ledger: Ledger, time: TimeSource) -> None:
        """Write nothing yet.

        Args:
            ledger: The ledger.
            time: The clocks.
        """
        self.is_stale = False
        self.has_told = False
        self._ledger = ledger
        self._time = time

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Read the rows.

        Yields:
            An open connection to the ledger.

        Raises:
            LedgerUnavailable: It cannot be read; what was to be done with the rows is not, and `is_stale` is set.
        """
        try:
            with self._ledger.reading() as connection:
                yield connection
        except LedgerUnavailable:
            self.is_stale = True
            raise

    @contextmanager
    def writing(self) -> Iterator[Work]:
        """Begin a unit of work.

        Yields:
            The unit of work, committed at the end.

        Raises:
            LedgerUnavailable: Nobody knows then what is in the rows; `is_stale` is set.
        """
        try:
            with self._ledger.writing() as connection:
                yield Work(connection, self._time.now())
        except LedgerUnavailable:
            self.is_stale = True
            raise
        self.has_told = True

    @contextmanager
    def telling(self) -> Iterator[Work]:
        """Write messages alone.

        Yields:
            The unit of work, committed at the end.

        Raises:
            LedgerUnavailable: It cannot be written; no row of an order is in doubt.
        """
        with self._ledger.writing() as connection:
            yield Work(connection, self._time.now())
        self.has_told = True
