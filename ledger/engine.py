"""The engine under the ledger, set up so that in every database one writer comes after the other.

SQLite runs in WAL mode with synchronous=FULL: what is committed survives a power cut. A writing transaction begins with
BEGIN IMMEDIATE, because one that reads first and writes later is refused at once when another process wrote in between.

PostgreSQL would let two transactions read the same and then write both. There a writing transaction begins by waiting
for an advisory lock that it keeps until its end. The level is READ COMMITTED, whatever the server's default is: each
statement behind the lock sees what was committed before it (postgresql.org, "Transaction Isolation" and "Advisory
Locks", read 2026-11). So everywhere in this package: who reads inside `Ledger.writing()` may act on what was read.
"""

import sqlite3
from functools import partial

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from bus import log
from bus.settings import SettingsError
from bus.time_source import SYSTEM_TIME, TimeSource
from ledger.unavailable import BUSY, UNREACHABLE, LedgerUnavailable

BUSY_MS = 5000
"""How long a writer waits for another one, where nobody asks for less."""
HURRIED_MS = 50
"""How long it waits while others have just waited in vain."""
HURRY_S = 10.0
IN_VAIN_S = 1.0
READS_ONLY = "reads_only"
"""The execution option that tells a `reading()` from a `writing()`."""
WRITERS = 7_022_026_001
"""The advisory lock of PostgreSQL that stands for the one writer; any number that nobody else takes."""
CONNECTING = {"connect_timeout": 5, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 2}
"""libpq's: without them a server that is gone without a word would be waited for a quarter of an hour."""
UNHEARD_MS = 10_000
FORGOTTEN_MS = 60_000
"""A transaction that nobody goes on with, on a machine that is gone, must not keep the lock for ever."""


class Patience:
    """How long to wait: whoever waited in vain once does not do so again at once.

    A process that asks ten times in a row would otherwise be silent ten times as long, and be killed for it.
    """

    def __init__(self, longest_ms: int = BUSY_MS, *, time: TimeSource = SYSTEM_TIME) -> None:
        """Wait in full at first.

        Args:
            longest_ms: How long a writer waits for another one, in milliseconds.
            time: Says how long something took.
        """
        self.longest_ms = longest_ms
        self._time = time
        self._hurried_until = self._given_up_until = 0.0

    @property
    def busy_ms(self) -> int:
        """How long to wait for another writer now."""
        hurried = self._time.monotonic() < self._hurried_until
        return min(HURRIED_MS, self.longest_ms) if hurried else self.longest_ms

    def begin(self) -> float:
        """Return the moment from which to count.

        Raises:
            LedgerUnavailable: A server that just let us wait in vain is not asked again so soon.
        """
        now_s = self._time.monotonic()
        if now_s < self._given_up_until:
            raise LedgerUnavailable(UNREACHABLE)
        return now_s

    def note(self, trouble: LedgerUnavailable, *, since_s: float) -> None:
        """Note what came of what began at a moment: what was slow to fail is given less time for some seconds.

        Args:
            trouble: Why it failed.
            since_s: When it began, as `begin` returned it.
        """
        now_s = self._time.monotonic()
        if now_s - since_s <= min(IN_VAIN_S, self.longest_ms / 2000):
            return
        if trouble.reason == BUSY:
            self._hurried_until = now_s + HURRY_S
        elif trouble.reason == UNREACHABLE:
            self._given_up_until = now_s + HURRY_S


def parsed(url: str) -> URL:
    """Read DATABASE_URL, which may hold a password: no error repeats it.

    Args:
        url: A SQLAlchemy URL.

    Returns:
        The URL in its parts.

    Raises:
        SettingsError: It is none.
    """
    try:
        return make_url(url)
    except ArgumentError:
        raise SettingsError("DATABASE_URL is not valid; write it like sqlite:///data/portfolio.db") from None


def make_engine(url: str, patience: Patience | None = None, *, writers: int = WRITERS) -> Engine:
    """Make the engine, with the database set up as this file's first lines say.

    Args:
        url: A SQLAlchemy URL.
        patience: How long its writers wait for others; None for always in full.
        writers: The advisory lock of PostgreSQL behind which one writer comes after the other.

    Returns:
        An engine with one connection.

    Raises:
        SettingsError: The URL is not valid, or the driver that it names is not installed.
    """
    place, patience = parsed(url), patience or Patience()
    log.mask(filter(None, [place.password]))
    is_postgresql = place.get_backend_name() == "postgresql"
    try:
        engine = _postgresql(place) if is_postgresql else create_engine(place, pool_size=1, max_overflow=0)
    except (ArgumentError, ModuleNotFoundError):
        name = place.drivername
        raise SettingsError(f"DATABASE_URL begins with {name}, for which no driver is installed") from None

    def begin(connection: Connection) -> None:
        """Wait for other writers, or raise; a reader waits for nobody, though SQLAlchemy says "begin" for it too."""
        if connection.get_execution_options().get(READS_ONLY):
            return
        if is_postgresql:
            limit = f"set_config('lock_timeout', '{patience.busy_ms}', true)"  # what is in FROM comes first
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({writers}) FROM {limit}")  # noqa: S608 - numbers
        else:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={patience.busy_ms}")
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    if is_postgresql or engine.dialect.name == "sqlite":
        set_up = _set_up_postgresql if is_postgresql else partial(_set_up_sqlite, patience.longest_ms)
        event.listen(engine, "connect", set_up)
        event.listen(engine, "begin", begin)
    return engine


def _postgresql(place: URL) -> Engine:
    """Return an engine for PostgreSQL, with limits of time wherever the URL names none."""
    limits: dict[str, int] = {}
    if place.get_driver_name() in {"psycopg", "psycopg2"}:
        known = {**CONNECTING, "tcp_user_timeout": UNHEARD_MS}
        limits = {name: value for name, value in known.items() if name not in place.query}
    return create_engine(
        place, pool_size=1, max_overflow=0, pool_pre_ping=True, isolation_level="READ COMMITTED", connect_args=limits
    )


def _set_up_postgresql(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    """Let PostgreSQL end a transaction that is forgotten."""
    cursor = connection.cursor()
    cursor.execute(f"SET idle_in_transaction_session_timeout = {FORGOTTEN_MS}")
    cursor.close()
    connection.commit()


def _set_up_sqlite(busy_ms: int, connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    """Set a new connection up as this file's first lines say."""
    connection.isolation_level = None  # transactions are begun in make_engine, not by the driver
    for pragma in (
        f"busy_timeout={busy_ms}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "cache_size=-256",
    ):
        connection.execute(f"PRAGMA {pragma}")
