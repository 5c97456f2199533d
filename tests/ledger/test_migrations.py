"""The migrations make the tables that the code declares, in SQLite and in PostgreSQL, and what they made stays so."""

import ast
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, Table, inspect, select
from sqlalchemy.exc import IntegrityError

import ledger.migrations
import ledger.trading.tables
from bus.alert_texts import AlertText
from ledger import schema
from ledger.bootstrap import make_ready
from ledger.engine import make_engine
from ledger.migrate import migrate
from ledger.portfolio import outbox, rounds, tables
from ledger.portfolio.schedule_overrides import read_schedule
from ledger.store import open_ledger
from tests.ledger.filled import content, fill
from tests.ledger.rows import SLOT, balance, rate, snapshot

MIGRATIONS = Path(next(iter(ledger.migrations.__path__)))
PORTFOLIO = {each.name for each in vars(tables).values() if isinstance(each, Table)}
SCHEMAS = Path(__file__).parent / "schemas"


@pytest.fixture
def made(bare_url: str) -> Iterator[Engine]:
    """Give an engine of a database at the newest schema."""
    migrate(bare_url)
    engine = make_engine(bare_url)
    yield engine
    engine.dispose()


def test_the_migrations_make_exactly_the_tables_that_the_code_declares(made: Engine) -> None:
    with made.connect() as connection:
        options: dict[str, object] = {"compare_type": True, "compare_server_default": True}
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), schema.metadata)

    assert differences == []


def test_the_programs_schema_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)

    assert scripts.get_heads() == [schema.SCHEMA]


def test_a_migration_imports_nothing_of_ours_that_could_change_what_it_does() -> None:
    files = [MIGRATIONS / "env.py", *sorted((MIGRATIONS / "versions").glob("*.py"))]
    nodes = [node for path in files for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    named = {node.module for node in nodes if isinstance(node, ast.ImportFrom)}

    assert {str(name).partition(".")[0] for name in plain | named} == {"sqlalchemy", "alembic"}


@pytest.mark.parametrize("golden", sorted(SCHEMAS.glob("*.sql")), ids=lambda path: path.stem)
def test_an_old_schema_is_made_today_as_it_was_made_then(golden: Path, tmp_path: Path) -> None:
    migrate(f"sqlite:///{tmp_path}/old.db", to=golden.stem)
    with closing(sqlite3.connect(tmp_path / "old.db")) as connection:
        made = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name").fetchall()

    assert "".join(f"{statement};\n" for (statement,) in made) == golden.read_text(encoding="utf-8")


def test_two_migrations_at_once_leave_one_right_schema(bare_url: str) -> None:
    command = [sys.executable, "-m", "ledger.migrate"]
    children = [subprocess.Popen(command, env={"DATABASE_URL": bare_url}, stdout=subprocess.DEVNULL) for _ in range(2)]
    codes = [child.wait(40) for child in children]
    with open_ledger(bare_url) as opened:
        opened.check()

    assert codes == [0, 0]


def test_a_ledger_that_is_brought_up_to_date_keeps_what_is_in_it(bare_url: str) -> None:
    migrate(bare_url, to="0002")
    old = make_engine(bare_url)
    with old.begin() as connection:
        connection.exec_driver_sql("INSERT INTO settings (name, value) VALUES ('paused', 'yes')")
    old.dispose()
    migrate(bare_url)
    with open_ledger(bare_url) as opened:
        opened.check()

        assert read_schedule(opened).paused


def test_trading_is_taken_back_and_brought_again_and_no_row_of_the_portfolio_is_touched(bare_url: str) -> None:
    migrate(bare_url)
    fill(bare_url)
    before = content(bare_url, but=frozenset({"outbox"})) | {"outbox": messages(bare_url)}
    migrate(bare_url, to="0003")
    with open_ledger(bare_url) as opened:
        found = opened.schema()
    there = tables_of(bare_url)
    migrate(bare_url)
    after = content(bare_url, but=frozenset({"outbox"})) | {"outbox": messages(bare_url)}

    assert found == "0003"
    assert there == PORTFOLIO | {"alembic_version"}
    assert {name: after[name] for name in PORTFOLIO} == {name: before[name] for name in PORTFOLIO}
    assert all(before.values())
    assert {name for name in after if after[name]} == PORTFOLIO | {"brokers"}


def messages(url: str) -> list[tuple[object, ...]]:
    """Return the rows of the outbox without the columns of notices, which are younger than it."""
    engine = make_engine(url)
    columns = [column for column in tables.outbox.columns if column.name not in {"buttons_json", "level", "subject"}]
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(select(*columns).order_by(tables.outbox.c.id))]
    engine.dispose()
    return found


def test_the_program_before_works_on_a_ledger_that_is_newer(bare_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    migrate(bare_url)
    monkeypatch.setattr(schema, "SCHEMA", "0004")
    with open_ledger(bare_url) as opened:
        make_ready(opened, bare_url, no_alert)
        opened.must_be_ready()
        rounds.record(opened, snapshot(), ("-1001",), zone=UTC)

        assert opened.schema() == "0011"
        assert len(outbox.pending(opened)["-1001"]) == 1


def no_alert(text: AlertText) -> None:
    """Take no alert.

    Raises:
        AssertionError: There is one.
    """
    raise AssertionError(text)


GOOD = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "9001", "{0}"
def upgrade():
    op.create_table("later", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("INSERT INTO later VALUES (1)")
    op.execute("DELETE FROM outbox")
"""
FAILING = """
from alembic import op
revision, down_revision = "9002", "9001"
def upgrade():
    op.execute("INSERT INTO later VALUES (1)")
"""


def test_a_step_that_fails_behind_a_good_one_leaves_the_ledger_as_it_was(
    bare_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(bare_url)
    fill(bare_url)
    before = (content(bare_url), tables_of(bare_url))
    shutil.copytree(MIGRATIONS, tmp_path / "migrations", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "migrations/versions/9001_good.py").write_text(GOOD.format(schema.SCHEMA))
    (tmp_path / "migrations/versions/9002_failing.py").write_text(FAILING)
    monkeypatch.setattr("ledger.migrate.MIGRATIONS", tmp_path / "migrations")

    with pytest.raises(IntegrityError):
        migrate(bare_url)
    with open_ledger(bare_url) as opened:
        assert opened.schema() == schema.SCHEMA
    assert (content(bare_url), tables_of(bare_url)) == before


def tables_of(url: str) -> set[str]:
    """Return the names of the tables that a database has."""
    engine = make_engine(url)
    names = set(inspect(engine).get_table_names())
    engine.dispose()
    return names


def test_a_migrated_ledger_is_ready(bare_url: str) -> None:
    migrate(bare_url)
    with open_ledger(bare_url) as opened:
        opened.check()


def test_a_round_survives_in_every_database_with_every_digit(bare_url: str) -> None:
    migrate(bare_url)
    with open_ledger(bare_url) as opened:
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
