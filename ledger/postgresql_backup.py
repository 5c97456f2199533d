"""Backups of a ledger in PostgreSQL: made by pg_dump, each one restored into a scratch database before it counts.

Files are `backups/portfolio-<UTC>.dump`, 0600, in pg_dump's own format. Rows are counted in the snapshot that pg_dump
reads, so a copy has exactly as many (postgresql.org, "Snapshot Synchronization Functions", read 2026-11).

The inbox's tables are in a backup too. A restore leaves those that are there as they are, with what was granted on them
(`ledger.inbox.keeping` says why): they stand in a schema of their own until the ledger's are there again. ALTER TABLE
takes indices, constraints and sequences along (postgresql.org, "ALTER TABLE", read 2026-11).
"""

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from sqlalchemy import Connection, func, inspect, select, table, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ProgrammingError

from bus.time_source import SYSTEM_TIME
from ledger.backup import FOLDER, BadBackup, forgetting
from ledger.engine import READS_ONLY, WRITERS, make_engine, parsed
from ledger.inbox.keeping import forgetting as forgetting_signals
from ledger.inbox.place import TABLES as INBOX_TABLES
from ledger.postgresql_tools import Unable, run, tool
from ledger.unavailable import translated

CHECKING = 7_022_026_003
"""PostgreSQL's advisory lock for who uses the scratch database."""
WAIT_MS = 60_000
NOT_ALLOWED = "42501"
VERSIONS = "alembic_version"
MEANWHILE = "inbox_meanwhile"
"""The schema in which the inbox's tables stand while the ledger's are put in place."""


class Content(msgspec.Struct, frozen=True):
    """What is in a backup: its schema, and rows by table."""

    schema: str
    rows: dict[str, int]


def is_postgresql(url: str) -> bool:
    """Tell whether a ledger is in PostgreSQL.

    Args:
        url: A SQLAlchemy URL.
    """
    return parsed(url).get_backend_name() == "postgresql"


def make(url: str, *, folder: Path = FOLDER, now: Callable[[], datetime] = SYSTEM_TIME.now) -> Path:
    """Copy the ledger, and check the copy.

    Args:
        url: The ledger's SQLAlchemy URL; it may be in use.
        folder: Where backups are; made when missing.
        now: Tells the present moment, aware UTC; the backup is named by it.

    Returns:
        The new backup.

    Raises:
        Unable: No backup can be made here: a program or a right is missing.
        BadBackup: The copy is not whole; it is removed.
        LedgerUnavailable: The server cannot do it now.
        OSError: The copy cannot be written.
    """
    return _make(url, folder / f"portfolio-{now():%Y%m%dT%H%M%S%fZ}.dump")


def look_into(backup: Path, url: str) -> Content:
    """Restore a backup into a scratch database beside the ledger's, and see what is in it.

    Args:
        backup: The file.
        url: The ledger's URL; the ledger is not touched.

    Returns:
        What it holds.

    Raises:
        Unable: A program or a right is missing.
        BadBackup: It is no backup of a ledger, or damaged.
        LedgerUnavailable: The server cannot do it now.
    """
    if not backup.is_file():
        raise BadBackup(f"{backup.name} does not exist")
    with translated(), _scratch(url) as place:
        try:
            run(
                tool("pg_restore", server=_version(url)),
                place,
                *("--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"),
                *("--dbname", str(place.database), str(backup)),
            )
        except Unable:
            raise
        except BadBackup as error:
            raise BadBackup(f"{backup.name} cannot be restored: {error}") from None
        with _reading(_written(place)) as connection:
            return _content(connection, backup.name)


def restore(backup: Path, url: str, *, folder: Path = FOLDER) -> Path | None:
    """Put a backup in the ledger's place, in one transaction; the system must be stopped.

    What is past stays past, as with a file: see `ledger.backup.restore`. An inbox that is there stays; where there is
    none, that of the backup takes its place.

    Args:
        backup: A file that `look_into` finds whole.
        url: The ledger's URL.
        folder: Where the ledger that is there is kept, as a backup of another name.

    Returns:
        Where the ledger that was there is now, None when there was none.

    Raises:
        Unable: A program or a right is missing; nothing was touched.
        BadBackup: The backup is not whole, or the ledger that is there cannot be kept; nothing was touched.
        LedgerUnavailable: The server cannot do it now.
    """
    of_backup = [name for name in look_into(backup, url).rows if name.startswith(INBOX_TABLES)]
    now = datetime.now(UTC)
    with translated(), _reading(url) as connection:
        names = inspect(connection).get_table_names()
        home = str(connection.execute(select(func.current_schema())).scalar())
    kept = _make(url, folder / f"before-restore-{now:%Y%m%dT%H%M%SZ}.dump") if names else None
    inbox = [name for name in names if name.startswith(INBOX_TABLES)]
    server, place = _version(url), parsed(url)
    with contextlib.ExitStack() as drafts:
        first, copy, last = (drafts.enter_context(_draft(folder, f"restore-{part}.draft")) for part in range(3))
        first.write_text(_script(_making_room(home, names, inbox), home=home))
        run(
            tool("pg_restore", server=server),
            place,
            *("--clean", "--if-exists", "--no-owner", "--no-privileges", "--file", str(copy), str(backup)),
        )
        last.write_text(_script([*forgetting(now), *_settling_inbox(home, inbox, of_backup, now)], home=home))
        scripts = [part for each in (first, copy, last) for part in ("--file", str(each))]
        once = ("--no-psqlrc", "--quiet", "--single-transaction", "--set", "ON_ERROR_STOP=1")
        run(tool("psql", server=server), place, *once, *scripts)
    return kept


def _make(url: str, copy: Path) -> Path:
    """Dump the ledger into a file that appears when it is whole; return it."""
    copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _draft(copy.parent, f"{copy.stem}.draft") as draft:
        with translated(), _reading(url, isolation_level="REPEATABLE READ") as connection:
            connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
            snapshot = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar()
            expected = _content(connection, "the database")
            run(
                tool("pg_dump", server=_version(url)),
                parsed(url),
                *("--format=custom", f"--lock-wait-timeout={WAIT_MS}", f"--snapshot={snapshot}", f"--file={draft}"),
            )
        found = look_into(draft, url)
        for name, rows in expected.rows.items():
            if found.rows.get(name) != rows:
                raise BadBackup(f"{copy.name} misses rows of {name}")
        with draft.open("rb") as stream:
            os.fsync(stream.fileno())
        draft.rename(copy)
    return copy


@contextlib.contextmanager
def _scratch(url: str) -> Iterator[URL]:
    """Make an empty database beside the ledger's, and drop it at the end; one that was left behind is dropped first."""
    place = parsed(url)
    name = f"{str(place.database)[:40]}_backup_check"
    with _reading(url, isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"SET lock_timeout = {WAIT_MS}")
        connection.exec_driver_sql(f"SELECT pg_advisory_lock({CHECKING})")  # it is kept until the connection is closed
        encoding, collation, kind = connection.exec_driver_sql(
            "SELECT pg_encoding_to_char(encoding), datcollate, datctype FROM pg_database "
            "WHERE datname = current_database()"
        ).one()
        drop = f"DROP DATABASE IF EXISTS {_quoted(name)}"
        try:
            connection.exec_driver_sql(drop)
            connection.exec_driver_sql(
                f"CREATE DATABASE {_quoted(name)} TEMPLATE template0 ENCODING '{encoding}' "
                f"LC_COLLATE '{collation}' LC_CTYPE '{kind}'"
            )
        except ProgrammingError as error:
            if getattr(error.orig, "sqlstate", None) != NOT_ALLOWED:
                raise
            raise Unable(
                "the ledger's role may not make the database in which a backup is checked; "
                "as the server's administrator: ALTER ROLE … CREATEDB"
            ) from None
        try:
            yield place.set(database=name)
        finally:
            connection.exec_driver_sql(drop)


@contextlib.contextmanager
def _reading(url: str, *, isolation_level: str = "READ COMMITTED") -> Iterator[Connection]:
    """Open a connection of its own, which waits for no writer."""
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            yield connection.execution_options(**{READS_ONLY: True}, isolation_level=isolation_level)
    finally:
        engine.dispose()


@contextlib.contextmanager
def _draft(folder: Path, name: str) -> Iterator[Path]:
    """Make an empty file for its owner alone, and remove it at the end if it still has this name."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = folder / name
    os.close(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600))
    try:
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def _content(connection: Connection, name: str) -> Content:
    """Return the schema and the rows of every table that the database itself names."""
    names = sorted(inspect(connection).get_table_names())
    if VERSIONS not in names:
        raise BadBackup(f"{name} is no ledger")
    version = connection.execute(text(f"SELECT version_num FROM {VERSIONS}")).scalar()  # noqa: S608 - a constant
    count = select(func.count())
    rows = {
        each: connection.execute(count.select_from(table(each))).scalar() or 0 for each in names if each != VERSIONS
    }
    return Content(schema=str(version or ""), rows=rows)


def _making_room(home: str, names: Sequence[str], inbox: Sequence[str]) -> Iterator[str]:
    """Yield what drops all tables, those of a newer program too, when nobody writes any more; the inbox's go aside."""
    yield f"SET LOCAL lock_timeout = {WAIT_MS}"
    yield f"SELECT pg_advisory_xact_lock({WRITERS})"
    if inbox:
        yield f"CREATE SCHEMA {MEANWHILE}"
    for name in inbox:
        yield f"ALTER TABLE {_quoted(home)}.{_quoted(name)} SET SCHEMA {MEANWHILE}"
    if dropped := [f"{_quoted(home)}.{_quoted(name)}" for name in names if name not in inbox]:
        yield f"DROP TABLE {', '.join(dropped)} CASCADE"


def _settling_inbox(home: str, inbox: Sequence[str], of_backup: Sequence[str], now: datetime) -> Iterator[str]:
    """Yield what puts the inbox's tables back in place of the backup's; where there were none, those of it are it."""
    if not inbox:
        yield from forgetting_signals(now) if of_backup else ()
        return
    for name in of_backup:
        yield f"DROP TABLE {_quoted(home)}.{_quoted(name)}"
    for name in inbox:
        yield f"ALTER TABLE {MEANWHILE}.{_quoted(name)} SET SCHEMA {_quoted(home)}"
    yield f"DROP SCHEMA {MEANWHILE}"


def _script(statements: Iterable[str], *, home: str) -> str:
    """Return statements as a file of psql's, for the tables of a schema."""
    return "".join(f"{statement};\n" for statement in (f"SET LOCAL search_path = {_quoted(home)}", *statements))


def _written(place: URL) -> str:
    """Return a URL as text, with its password."""
    return place.render_as_string(hide_password=False)


def _quoted(name: str) -> str:
    """Return a name as SQL writes it."""
    return '"{}"'.format(name.replace('"', '""'))


def _version(url: str) -> int:
    """Return the server's major version."""
    with translated(), _reading(url) as connection:
        return int(str(connection.exec_driver_sql("SHOW server_version_num").scalar())) // 10_000
