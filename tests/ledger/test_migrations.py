"""The migrations make the tables that the code declares, in SQLite always and in PostgreSQL where there is one."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

import ledger.migrations
from ledger import outbox, rounds, tables
from ledger.migrate import migrate
from ledger.store import make_engine, open_ledger
from tests.ledger.rows import SLOT, balance, rate, snapshot

POSTGRESQL = "TEST_POSTGRESQL_URL"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give an empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/portfolio.db"
        return
    if POSTGRESQL not in os.environ:
        pytest.skip(f"no PostgreSQL: install psycopg and name an empty database in {POSTGRESQL}")
    url = os.environ[POSTGRESQL]
    yield url
    engine = make_engine(url)
    with engine.begin() as connection:
        tables.metadata.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))
    engine.dispose()


@pytest.fixture
def migrated(url: str) -> Iterator[Engine]:
    """Give an engine of a database at the newest schema."""
    migrate(url)
    engine = make_engine(url)
    yield engine
    engine.dispose()


def test_the_migrations_make_exactly_the_tables_that_the_code_declares(migrated: Engine) -> None:
    with migrated.connect() as connection:
        options: dict[str, object] = {"compare_type": True, "compare_server_default": True}
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), tables.metadata)

    assert differences == []


def test_the_programs_schema_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(next(iter(ledger.migrations.__path__)))))
    scripts = ScriptDirectory.from_config(config)

    assert scripts.get_heads() == [tables.SCHEMA]


def test_a_migrated_ledger_is_ready(url: str) -> None:
    migrate(url)
    with open_ledger(url) as opened:
        opened.check()


def test_a_round_survives_in_every_database_with_every_digit(url: str) -> None:
    migrate(url)
    with open_ledger(url) as opened:
        rounds.record(opened, snapshot(), ("-1001",), zone=UTC)
        state = rounds.read_state(opened)

        assert state.last_slot == SLOT
        assert rounds.last_balances(opened, ["okx"]) == {"okx": balance()}
        assert rounds.last_rate(opened) == rate()
        assert len(outbox.pending(opened)["-1001"]) == 1


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "portfolio.db"
    migrate(f"sqlite:///{path}")
    with open_ledger(f"sqlite:///{path}") as opened:
        rounds.record(opened, snapshot(), ("-1001",), zone=UTC)
    before = dump(path)
    migrate(f"sqlite:///{path}")

    assert dump(path) == before
    assert any("CREATE TABLE snapshots" in line for line in before)


def dump(path: Path) -> list[str]:
    """Return all that a SQLite file holds, and how often its schema changed."""
    with closing(sqlite3.connect(path)) as connection:
        return [*connection.iterdump(), str(connection.execute("PRAGMA schema_version").fetchone())]


def test_a_migration_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "portfolio.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE askers (mine TEXT)")  # the first migration makes it last

    with pytest.raises(Exception, match="askers"):
        migrate(f"sqlite:///{path}")

    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    assert set(found) <= {("askers",), ("alembic_version",)}
