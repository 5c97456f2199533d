"""The ledger goes from SQLite into PostgreSQL: every row of every table, or nothing."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, Table, event

from ledger import schema
from ledger.admin import migrate_db as module
from ledger.admin.commands import Refused
from ledger.admin.migrate_db import NotTheSame, compare, migrate_db
from ledger.engine import make_engine
from ledger.portfolio import outbox, rounds, tables
from ledger.store import open_ledger
from tests.fork_server import run
from tests.ledger import env_file
from tests.ledger.filled import ROWS, content, fill
from tests.ledger.rows import HOURS, SLOT, rows, snapshot

LEDGER = "sqlite:///data/portfolio.db"


@pytest.fixture
def source(home: Path, empty_ledger: Path) -> str:
    """Give the current folder's ledger, with rows in every table."""
    (home / "data").mkdir(mode=0o700)
    shutil.copy(empty_ledger, "data/portfolio.db")
    fill(LEDGER)
    return LEDGER


def test_every_row_of_every_table_is_there_and_nothing_of_the_old_one_is_changed(source: str, bare_url: str) -> None:
    before = content(source)
    said = migrate_db(source, bare_url)

    assert content(bare_url) == before == content(source)
    assert [line.split() for line in said[1:-1]] == [
        [table.name, count, count, count]
        for table in schema.metadata.sorted_tables
        for count in [str(ROWS + 7 if table.name == "brokers" else ROWS)]
    ]
    assert said[-1] == "All the same. Name the new one in DATABASE_URL, then: make start"


def test_the_new_one_goes_on_with_new_rows(source: str, bare_url: str) -> None:
    migrate_db(source, bare_url)
    with open_ledger(bare_url) as ledger:
        rounds.record(ledger, snapshot(SLOT + 5 * HOURS), ("42",), zone=UTC)
        with ledger.writing() as connection:
            key = connection.execute(tables.outbox.insert().values(dict(_alert()))).inserted_primary_key

        assert len(outbox.pending(ledger)["42"]) == 1
        assert key is not None
        assert key[0] > ROWS


def _alert() -> dict[str, object]:
    return {"chat_id": "1", "alert_id": "a", "state": "pending", "created_at": SLOT}


def test_a_row_that_refers_to_a_later_one_of_its_table_is_copied(source: str, bare_url: str) -> None:
    with closing(sqlite3.connect("data/portfolio.db")) as connection, connection:
        connection.execute("UPDATE outbox SET folded_into = 3 WHERE id = 1")
    migrate_db(source, bare_url)

    assert rows(bare_url, "SELECT folded_into FROM outbox ORDER BY id") == [(3,), (1,), (2,)]


def test_more_rows_than_go_at_once_are_copied(source: str, bare_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH", 2)
    migrate_db(source, bare_url)

    assert content(bare_url) == content(source)


def test_a_database_with_rows_is_refused_and_left_alone(source: str, bare_url: str) -> None:
    migrate_db(source, bare_url)
    before = content(bare_url)

    with pytest.raises(Refused, match=r"^TO is not empty, it has "):
        migrate_db(source, bare_url)
    assert content(bare_url) == before


def test_a_database_of_somebody_else_is_refused(source: str, bare_url: str) -> None:
    engine = make_engine(bare_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE theirs (id INTEGER)")
    engine.dispose()

    with pytest.raises(Refused, match=r"^TO is not empty, it has theirs; name an empty database$"):
        migrate_db(source, bare_url)


def test_a_row_that_is_not_the_same_is_named_and_nothing_is_kept(
    source: str, bare_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _change_before_comparing(monkeypatch, "UPDATE positions SET avg_price = '1.5' WHERE id = 2", "DELETE FROM alerts")

    with pytest.raises(NotTheSame, match=r"alerts differs: 1, 2, 3\n(.|\n)*positions differs: 2"):
        migrate_db(source, bare_url)
    assert {name for name, found in content(bare_url).items() if found} <= {"brokers"}


def _change_before_comparing(monkeypatch: pytest.MonkeyPatch, *statements: str) -> None:
    """Let somebody change rows between copying and comparing."""
    changed: list[str] = []

    def changing(table: Table, source: Connection, target: Connection) -> module.Compared:
        for statement in statements if not changed else ():
            target.exec_driver_sql(statement)
            changed.append(statement)
        return compare(table, source, target)

    monkeypatch.setattr(module, "compare", changing)


def test_a_copy_that_is_cut_off_leaves_an_empty_database_that_can_be_tried_again(source: str, bare_url: str) -> None:
    with _refusing("INSERT INTO trades"), pytest.raises(RuntimeError, match="cut off"):
        migrate_db(source, bare_url)
    left = {name for name, found in content(bare_url).items() if found}
    migrate_db(source, bare_url)

    assert left <= {"brokers"}
    assert content(bare_url) == content(source)


@contextmanager
def _refusing(beginning: str) -> Iterator[None]:
    """Raise in place of a statement for as long as the `with` lasts."""

    def before(_connection: Connection, _cursor: object, statement: str, *_others: object) -> None:
        if statement.startswith(beginning):
            raise RuntimeError("cut off")

    event.listen(Engine, "before_cursor_execute", before)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", before)


def test_a_text_that_the_other_database_refuses_is_told_with_its_table(source: str, postgresql_url: str) -> None:
    with closing(sqlite3.connect("data/portfolio.db")) as connection, connection:
        connection.execute("UPDATE accounts SET name = ? WHERE id = 2", ("x" * 500,))

    with pytest.raises(Refused, match=r"^a row of accounts cannot be kept there: value too long"):
        migrate_db(source, postgresql_url)


def test_documents_moments_and_numbers_get_the_databases_own_types(source: str, postgresql_url: str) -> None:
    migrate_db(source, postgresql_url)

    assert rows(
        postgresql_url,
        "SELECT jsonb_typeof(meta_json -> 'b'), pg_typeof(quantity)::text, pg_typeof(placed_at)::text "
        "FROM orders LIMIT 1",
    ) == [("array", "numeric", "timestamp with time zone")]


def test_a_ledger_goes_back_into_a_file(source: str, postgresql_url: str) -> None:
    before = content(source)
    migrate_db(source, postgresql_url)
    migrate_db(postgresql_url, "sqlite:///back/portfolio.db")

    assert content("sqlite:///back/portfolio.db") == before


def test_what_is_no_ledger_or_an_older_one_is_refused(source: str, bare_url: str) -> None:
    with closing(sqlite3.connect("data/portfolio.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0003'")

    with pytest.raises(Refused, match=r"^FROM is at schema 0003, this program's is 0011; first: make start"):
        migrate_db(source, bare_url)
    with pytest.raises(Refused, match=r"^FROM is no ledger$"):
        migrate_db("sqlite:///gone.db", bare_url)
    with pytest.raises(Refused, match=r"^FROM and TO are the same database$"):
        migrate_db(source, source)
    assert not Path("gone.db").exists()


def test_the_command_prints_the_table_and_says_where_it_went_wrong(source: str, bare_url: str) -> None:
    env_file.write(f"DATABASE_URL={bare_url}")
    first, second = (run("launch", "ledger", "migrate-db", source) for _ in range(2))

    assert (first.returncode, first.stderr) == (0, "")
    assert ["snapshots", "3", "3", "3"] in [line.split() for line in first.stdout.splitlines()]
    assert second.returncode == 1
    assert second.stderr.startswith("Not done: TO is not empty, it has ")
