"""The inbox is made where it is missing, by its own migrations, apart from the ledger, and weighs nothing till then."""

import ast
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

import ledger.inbox
from ledger import migrate as migrating
from ledger.engine import make_engine
from ledger.inbox import place
from ledger.inbox.inbox import forget_old, set_state, take, waiting
from ledger.inbox.opening import Inbox, open_inbox
from ledger.inbox.place import inbox_url
from ledger.inbox.tables import SCHEMA, metadata
from ledger.migrate import migrate
from ledger.store import open_ledger
from ledger.trading.work import Work
from ledger.unavailable import LedgerUnavailable
from tests.ledger.filled import content, fill
from tests.ledger.inbox.world import counted, send, signal, work
from tests.postgresql import Server

FOLDER = Path(next(iter(ledger.inbox.__path__)))
ROOT = FOLDER.parents[1]
TABLES = {"inbox_signals", "inbox_tokens", "inbox_retired_keys", "inbox_beginnings"}


def tables_of(url: str) -> set[str]:
    """Return the names of the inbox's tables that a database has."""
    engine = make_engine(url)
    names = {name for name in inspect(engine).get_table_names() if name.startswith("inbox_")}
    engine.dispose()
    return names - {place.VERSIONS}


def differences(url: str) -> list[object]:
    """Return in what a database differs from the tables that the code declares."""
    engine = make_engine(url)
    options: dict[str, object] = {
        "compare_type": True,
        "compare_server_default": True,
        "version_table": place.VERSIONS,
        "include_name": lambda name, kind, _: kind != "table" or name.startswith("inbox_"),
    }
    with engine.connect() as connection:
        found: list[object] = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    engine.dispose()
    return found


def test_the_migrations_make_exactly_the_tables_that_the_code_declares(bare_url: str) -> None:
    migrate(bare_url, part="inbox")

    assert tables_of(bare_url) == set(metadata.tables) == TABLES
    assert differences(bare_url) == []


def test_the_programs_schema_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER / "migrations"))

    assert ScriptDirectory.from_config(config).get_heads() == [SCHEMA]
    assert place.VERSIONS == migrating.INBOX_VERSIONS


def test_a_migration_imports_nothing_of_ours_that_could_change_what_it_does() -> None:
    files = [FOLDER / "migrations/env.py", *sorted((FOLDER / "migrations/versions").glob("*.py"))]

    assert {name.partition(".")[0] for path in files for name in imported(path)} == {
        "sqlalchemy",
        "alembic",
        "datetime",
    }


def imported(path: Path) -> Iterator[str]:
    """Yield the modules that a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_a_filled_inbox_is_taken_back_and_made_again_and_the_ledger_beside_it_is_untouched(bare_url: str) -> None:
    migrate(bare_url)
    fill(bare_url)
    before = content(bare_url)
    inbox = Inbox(bare_url)  # in one database with the ledger, in SQLite too
    migrate(bare_url, part="inbox")
    send(inbox, signal("1"), signal())
    inbox.close()
    migrate(bare_url, part="inbox", to="base")
    gone = tables_of(bare_url)
    inbox.make_ready()
    after = content(bare_url)
    with open_ledger(bare_url) as opened:
        opened.check()

    assert gone == set()
    assert differences(bare_url) == []
    assert counted(inbox) == 0
    assert {name: after[name] for name in before} == before
    inbox.close()


def test_a_migration_that_fails_leaves_nothing_behind(bare_url: str) -> None:
    engine = make_engine(bare_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE inbox_retired_keys (mine TEXT)")  # it is made last
    engine.dispose()

    inbox = Inbox(bare_url)
    with pytest.raises(LedgerUnavailable, match="could not be migrated"):
        inbox.make_ready()
    inbox.close()
    assert tables_of(bare_url) == {"inbox_retired_keys"}


def test_a_missing_inbox_is_made_by_opening_it(bare_url: str) -> None:
    with open_inbox(bare_url) as inbox:
        send(inbox, signal("1"))
    with open_inbox(bare_url) as inbox:
        assert counted(inbox) == 1


def test_two_who_open_it_at_once_find_one_right_inbox(bare_url: str) -> None:
    found: list[int] = []

    def open_it() -> None:
        with open_inbox(bare_url) as inbox:
            found.append(counted(inbox))

    threads = [threading.Thread(target=open_it) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert found == [0, 0]
    assert differences(inbox_url(bare_url)) == []


def test_in_sqlite_it_lies_in_a_folder_of_its_own_for_its_owner_alone_and_survives_a_power_cut(
    tmp_path: Path, url: str
) -> None:
    path = tmp_path / "new/data/inbox/inbox.db"
    with open_inbox(f"sqlite:///{tmp_path}/new/data/portfolio.db") as inbox, inbox.writing() as connection:
        pragmas = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")]

        assert pragmas == ["wal", 2]
        assert {each.stat().st_mode & 0o777 for each in path.parent.iterdir()} == {0o600}
        assert {each.name for each in path.parent.iterdir()} == {"inbox.db", "inbox.db-wal", "inbox.db-shm"}
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_where_programs_have_users_of_their_own_those_who_share_its_folder_may_write_to_its_files(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OWN_USER", "portfolio-webhook")
    folder = tmp_path / place.FOLDER
    folder.mkdir()
    folder.chmod(0o2770)
    with open_inbox(url) as inbox:
        send(inbox, signal("1"))

        assert {each.stat().st_mode & 0o777 for each in folder.iterdir()} == {0o660}
    assert folder.stat().st_mode & 0o7777 == 0o2770


def test_an_inbox_of_a_newer_program_is_used_as_it_is(ledger_url: str) -> None:
    inbox = Inbox(inbox_url(ledger_url))
    with inbox.writing() as connection:
        connection.exec_driver_sql("UPDATE inbox_version SET version_num = '9999'")
    inbox.make_ready()

    assert outcome_of_one(inbox) == "new"
    inbox.close()


def outcome_of_one(inbox: Inbox) -> str:
    """Let a signal come in, and return what became of it."""
    return send(inbox, signal("1"))[0].outcome


def test_an_inbox_that_no_program_of_ours_made_is_refused(ledger_url: str) -> None:
    inbox = Inbox(inbox_url(ledger_url))
    with inbox.writing() as connection:
        connection.exec_driver_sql("UPDATE inbox_version SET version_num = 'another'")

    with pytest.raises(LedgerUnavailable):
        inbox.make_ready()
    inbox.close()


def test_who_writes_into_the_inbox_waits_for_no_writer_of_the_ledger(each_url: str) -> None:
    with open_inbox(each_url, busy_ms=200) as inbox, open_ledger(each_url) as ledger, ledger.writing():
        assert outcome_of_one(inbox) == "new"


def test_a_role_that_may_only_accept_reaches_nothing_else(postgresql: Server) -> None:
    """Fault T33a: in PostgreSQL."""
    url = postgresql.url(postgresql.new_database())
    migrate(url)
    migrate(url, part="inbox")
    engine = make_engine(url)
    with engine.begin() as connection:
        for statement in (
            "DROP ROLE IF EXISTS webhook",
            "CREATE ROLE webhook LOGIN",
            "GRANT SELECT ON inbox_signals, inbox_tokens, inbox_retired_keys, inbox_version TO webhook",
            "GRANT INSERT ON inbox_signals TO webhook",
            "GRANT USAGE ON SEQUENCE inbox_signals_id_seq TO webhook",
        ):
            connection.exec_driver_sql(statement)
    with open_inbox(url) as whole, open_inbox(url.replace("bot@", "webhook@")) as inbox:
        (sent,) = send(inbox, signal("1"))
        with inbox.reading() as connection:
            there = [each.uid for each in waiting(connection)]
        refused: list[Callable[[Work], object]] = [
            lambda one: take(one, [sent.uid]),
            lambda one: set_state(one, sent.uid, "DONE"),
            lambda one: one.connection.exec_driver_sql("DELETE FROM inbox_signals"),
            lambda one: one.connection.exec_driver_sql("SELECT * FROM orders"),
            lambda one: one.connection.exec_driver_sql("INSERT INTO settings VALUES ('killed', 'no')"),
        ]
        for attempt in refused:
            with pytest.raises(LedgerUnavailable, match="may not be opened"), work(inbox) as one:
                attempt(one)
        with work(whole) as one:
            take(one, there)
            assert forget_old(one, keep_days=1) == 0
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP OWNED BY webhook")
        connection.exec_driver_sql("DROP ROLE webhook")
    engine.dispose()

    assert there == [sent.uid]


def test_other_programs_know_only_where_it_is_how_it_is_kept_and_how_an_alert_is_read() -> None:
    packages = ("bus", "launch", "clock", "collectors", "aggregator", "notifier", "sentinel", "ledger")
    outside = {FOLDER, ROOT / "ledger/admin"}
    files = [
        path for package in packages for path in (ROOT / package).rglob("*.py") if outside.isdisjoint(path.parents)
    ]
    found = {name for path in files for name in imported(path) if name.startswith("ledger.inbox.")}

    assert {name.split(".")[2] for name in found} == {"place", "keeping", "alert"}
