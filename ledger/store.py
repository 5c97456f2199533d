"""Opening the ledger, and the two ways to use it: `reading()` and `writing()`; `ledger.engine` says how they wait."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, column, inspect, select, table

from bus.process import own_user
from ledger import schema
from ledger.engine import BUSY_MS, READS_ONLY, WRITERS, Patience, make_engine, parsed
from ledger.portfolio import tables
from ledger.unavailable import LedgerUnavailable, translated

DEFAULT_URL = "sqlite:///data/portfolio.db"
VERSIONS = "alembic_version"
"""The table that says which migration of the ledger ran last."""


MARK = "holds locks"
"""What a session is marked with that holds the locks of its program."""
SESSION_ENDED = "the session with the ledger has ended"


class NotReady(Exception):
    """The ledger is not at the schema that this program needs; its text says which it found."""


class Ledger:
    """An open ledger; one connection, used from one thread.

    Attributes:
        busy_ms: How long it waits for another writer, in milliseconds.
        is_fenced: Whether it may be used in a session alone that holds its locks, see `ledger.shares`.
    """

    def __init__(self, url: str, *, busy_ms: int = BUSY_MS, writers: int = WRITERS) -> None:
        """Prepare to open; the file is touched by the first use.

        Args:
            url: A SQLAlchemy URL.
            busy_ms: How long to wait for another writer, in milliseconds.
            writers: The advisory lock of PostgreSQL behind which one writer comes after the other.
        """
        self.busy_ms = busy_ms
        self.is_fenced = False
        self._patience = Patience(busy_ms)
        self._engine = make_engine(url, self._patience, writers=writers)
        self._path = file_of(url)
        self._opened: tuple[int, int] | None = None

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that holds the write lock; committed at the end, rolled back on any exception.

        Yields:
            A connection in its transaction.

        Raises:
            LedgerUnavailable: The database cannot do it now.
        """
        with self._patiently(), self._engine.begin() as connection:
            self._must_hold_locks(connection)
            yield connection

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a connection for reading; each statement sees the newest committed state.

        Yields:
            A connection that does not write.

        Raises:
            LedgerUnavailable: The database cannot do it now.
        """
        with self._patiently(), self._engine.connect() as connection:
            self._must_hold_locks(connection)
            yield connection.execution_options(**{READS_ONLY: True})

    @contextlib.contextmanager
    def session(self) -> Iterator[Connection]:
        """Use the session itself, for the locks that it holds beyond any transaction; whoever does so marks it.

        Yields:
            The one connection, whatever it holds.

        Raises:
            LedgerUnavailable: The database cannot be reached now.
        """
        with self._patiently(), self._engine.connect() as connection:
            yield connection.execution_options(**{READS_ONLY: True})

    def check(self) -> None:
        """Make sure that this program can work on it: its schema is the program's, or a newer one.

        Raises:
            NotReady: There is no ledger yet, or it is older.
            LedgerUnavailable: It cannot be opened.
        """
        found = self.schema()
        if not schema.serves(found):
            raise NotReady(f"the ledger is at schema {found or 'none'}, this program needs {schema.SCHEMA}")

    def must_be_ready(self) -> None:
        """Make sure that it can be used, for whoever would take a missing ledger for an empty one.

        Raises:
            LedgerUnavailable: It is older than this program, or cannot be opened.
        """
        try:
            self.check()
        except NotReady as error:
            raise LedgerUnavailable(str(error)) from None

    def schema(self, versions: str = VERSIONS) -> str:
        """Return the schema that is found, empty where there is no ledger yet; makes no file, and fills no empty one.

        Args:
            versions: The table that says so; tables that are not the ledger's have one of their own.

        Raises:
            LedgerUnavailable: It cannot be opened.
        """
        if self._path is not None and not (self._path.exists() and self._path.stat().st_size):
            return ""
        with self.session() as connection:  # who is not ready takes no locks
            if not inspect(connection).has_table(versions):
                return ""
            return str(connection.execute(select(column("version_num")).select_from(table(versions))).scalar())

    def is_new(self) -> bool:
        """Tell whether there is nothing yet: no file, an empty one, or a database without any table.

        Raises:
            LedgerUnavailable: It cannot be opened.
        """
        if self._path is not None and not (self._path.exists() and self._path.stat().st_size):
            return True
        with self.reading() as connection:
            return not inspect(connection).get_table_names()

    def close(self) -> None:
        """Close the connection; the next use opens it again."""
        self._engine.dispose()

    @contextlib.contextmanager
    def _patiently(self) -> Iterator[None]:
        """Use the ledger within the patience that is left, its errors translated; a new file is opened anew."""
        since_s = self._patience.begin()
        self._follow()
        try:
            with translated():
                yield
        except LedgerUnavailable as trouble:
            self._patience.note(trouble, since_s=since_s)
            raise

    def _must_hold_locks(self, connection: Connection) -> None:
        """Refuse a session that began after the one that held the locks had ended."""
        if self.is_fenced and MARK not in connection.info:
            raise LedgerUnavailable(SESSION_ENDED)

    def _follow(self) -> None:
        """Open anew when the file was replaced: a connection would go on with the old one for ever."""
        if self._path is None:
            return
        try:
            found = self._path.stat()
            identity = (found.st_dev, found.st_ino)
        except OSError:
            identity = None
        if identity != self._opened:
            self._engine.dispose()
            self._opened = identity


@contextlib.contextmanager
def open_ledger(url: str = DEFAULT_URL, *, busy_ms: int = BUSY_MS) -> Iterator[Ledger]:
    """Open the ledger.

    Args:
        url: A SQLAlchemy URL.
        busy_ms: How long to wait for another writer, in milliseconds.

    Yields:
        The ledger; whether its schema fits is for `check` to say.
    """
    ledger = Ledger(url, busy_ms=busy_ms)
    try:
        yield ledger
    finally:
        ledger.close()


def file_of(url: str) -> Path | None:
    """Return the file of a SQLite ledger, None for any other database.

    Args:
        url: A SQLAlchemy URL.
    """
    place = parsed(url)
    return Path(place.database) if place.get_backend_name() == "sqlite" and place.database else None


def file_mode() -> int:
    """Return the mode of the ledger's file: for its owner alone or, hardened, also for the two who share it."""
    return 0o660 if own_user() else 0o600


def get_setting(connection: Connection, name: str) -> str | None:
    """Read a setting kept in the ledger.

    Args:
        name: The setting's name.

    Returns:
        Its text, None when it was never set.
    """
    found: str | None = connection.execute(
        select(tables.settings.c.value).where(tables.settings.c.name == name)
    ).scalar()
    return found


def put_setting(connection: Connection, name: str, value: str) -> None:
    """Write a setting, in the caller's transaction.

    Args:
        name: The setting's name.
        value: Its text.
    """
    changed = connection.execute(
        tables.settings.update().where(tables.settings.c.name == name).values(value=value)
    ).rowcount
    if not changed:
        connection.execute(tables.settings.insert().values(name=name, value=value))


def fields(row: Row[Any]) -> dict[str, object]:
    """Return a row's values by plain column names, as msgspec wants them.

    Args:
        row: A row as SQLAlchemy hands it over.
    """
    return {str(name): value for name, value in row._mapping.items()}
