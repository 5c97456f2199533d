"""Opening the ledger, and the two ways to use it: `reading()` and `writing()`.

SQLite runs in WAL mode with synchronous=FULL: what is committed survives a power cut. A writing transaction begins with
BEGIN IMMEDIATE, because one that reads first and writes later is refused at once when another process wrote in between.
"""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Row, create_engine, event, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import ConnectionPoolEntry

from ledger import tables

DEFAULT_URL = "sqlite:///data/portfolio.db"
BUSY_MS = 5000


class NotReady(Exception):
    """The ledger is not at the schema that this program needs; its text says which it found."""


class Ledger:
    """An open ledger; one connection, used from one thread."""

    def __init__(self, engine: Engine) -> None:
        """Wrap an engine made by `open_ledger`."""
        self._engine = engine

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that holds the write lock; committed at the end, rolled back on any exception."""
        with self._engine.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a connection for reading; each statement sees the newest committed state."""
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield connection

    def check(self) -> None:
        """Make sure that the schema is the one of this program.

        Raises:
            NotReady: The ledger is empty, older or newer.
        """
        try:
            with self.reading() as connection:
                found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        except DatabaseError as error:
            raise NotReady(f"no ledger yet ({type(error).__name__})") from None
        if found != tables.SCHEMA:
            raise NotReady(f"the ledger is at {found}, this program needs {tables.SCHEMA}")


@contextlib.contextmanager
def open_ledger(url: str = DEFAULT_URL) -> Iterator[Ledger]:
    """Open the ledger; its file is made when missing, readable by its owner alone.

    Args:
        url: A SQLAlchemy URL.

    Yields:
        The ledger; whether its schema fits is for `check` to say.
    """
    engine = make_engine(url)
    try:
        yield Ledger(engine)
    finally:
        engine.dispose()


def make_engine(url: str) -> Engine:
    """Make the engine, with SQLite set up as this file's first lines say.

    Args:
        url: A SQLAlchemy URL.

    Returns:
        An engine with one connection.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_size=1, max_overflow=0)
    if parsed.database:
        path = Path(parsed.database)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    engine = create_engine(parsed, pool_size=1, max_overflow=0)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_immediately)
    return engine


def get_setting(connection: Connection, name: str) -> str | None:
    """Read a setting kept in the ledger, None when it was never set."""
    found: str | None = connection.execute(
        select(tables.settings.c.value).where(tables.settings.c.name == name)
    ).scalar()
    return found


def put_setting(connection: Connection, name: str, value: str) -> None:
    """Write a setting, in the caller's transaction."""
    changed = connection.execute(
        tables.settings.update().where(tables.settings.c.name == name).values(value=value)
    ).rowcount
    if not changed:
        connection.execute(tables.settings.insert().values(name=name, value=value))


def fields(row: Row[Any]) -> dict[str, object]:
    """Return a row's values by plain column names, as msgspec wants them."""
    return {str(name): value for name, value in row._mapping.items()}


def _set_up_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # transactions are begun by _begin_immediately, not by the driver
    for pragma in (
        f"busy_timeout={BUSY_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "cache_size=-256",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediately(connection: Connection) -> None:
    if connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT":
        return  # `reading()`: SQLAlchemy says "begin" there too, and a reader must not take the write lock
    connection.exec_driver_sql("BEGIN IMMEDIATE")
