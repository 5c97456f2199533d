"""Bring the ledger to the newest schema; run as a child process, so that Alembic's memory is not kept.

python -m ledger.migrate            (DATABASE_URL as the aggregator hands it over, or in the environment)
python -m ledger.migrate inbox      the inbox's tables; DATABASE_URL names the database that they are in
"""

import contextlib
import fcntl
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from bus import log
from bus.process import close_to_siblings, set_umask, stay_close_to_the_parent
from bus.settings import take
from ledger.engine import READS_ONLY, make_engine
from ledger.settings import Settings
from ledger.store import VERSIONS, file_mode, file_of
from ledger.unavailable import unavailable_because

Part = Literal["ledger", "inbox"]
"""What has migrations of its own, and a table that says which of them ran last."""
MIGRATIONS = Path(__file__).parent / "migrations"
INBOX_MIGRATIONS = Path(__file__).parent / "inbox/migrations"
INBOX_VERSIONS = "inbox_version"
MIGRATING = 7_022_026_002
"""PostgreSQL's advisory lock for who migrates."""


def migrate(url: str, *, to: str = "head", part: Part = "ledger") -> None:
    """Run every migration that is missing, all in one transaction; two at once run one after the other.

    Args:
        url: A SQLAlchemy URL.
        to: The last migration to run; where the ledger is beyond it, those behind it are taken back, with what only
            they can hold. `base` takes all back.
        part: Whose migrations.
    """
    path = file_of(url)
    scripts, versions = (MIGRATIONS, VERSIONS) if part == "ledger" else (INBOX_MIGRATIONS, INBOX_VERSIONS)
    config = Config()
    config.set_main_option("script_location", str(scripts))
    engine = make_engine(url)
    try:
        with _alone(url):  # who finds an empty file while nobody migrates may take it for a damaged one
            if path is not None:  # SQLite's own would not be writable for the group; its journals get the same mode
                os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, file_mode()))
            config.attributes["engine"] = engine
            is_beyond = to == "base" or (to != "head" and _revision(engine, versions) > to)
            (command.downgrade if is_beyond else command.upgrade)(config, to)
    finally:
        engine.dispose()


def _revision(engine: Engine, versions: str) -> str:
    """Return the migration that ran last by the table that says so, empty where none did."""
    with engine.connect().execution_options(**{READS_ONLY: True}) as connection:
        context = MigrationContext.configure(connection, opts={"version_table": versions})
        return context.get_current_revision() or ""


@contextlib.contextmanager
def _alone(url: str) -> Iterator[None]:
    """Hold a lock for who migrates: who plans a migration must not be overtaken by another, however long that takes.

    Of SQLite it is the lock of the ledger's folder, of PostgreSQL one of a session's own, in a connection of its own.
    """
    path = file_of(url)
    if path is None:
        with _alone_in_postgresql(url):
            yield
        return
    descriptor = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _alone_in_postgresql(url: str) -> Iterator[None]:
    """Hold a lock of PostgreSQL's while a migration runs; any other database is left alone."""
    engine = make_engine(url)
    try:
        with engine.connect().execution_options(**{READS_ONLY: True}) as connection:
            if engine.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_lock({MIGRATING})")
                connection.commit()  # it is kept until the connection is closed
            yield
    finally:
        engine.dispose()


if __name__ == "__main__":
    set_umask()
    close_to_siblings()
    stay_close_to_the_parent()
    log.set_up("migrate", level="WARNING")
    try:
        url = take(Settings, os.environ).database_url.reveal()
        migrate(url, part="inbox" if sys.argv[1:] == ["inbox"] else "ledger")
    except DBAPIError as error:
        log.logger("ledger.migrate").error("not migrated", reason=unavailable_because(error.orig), said=error.orig)
        raise SystemExit(1) from None
