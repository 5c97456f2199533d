"""Backups of a ledger in PostgreSQL are whole or are none; a restore neither repeats nor invents what is past."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from bus.alert_texts import AlertText
from ledger import backup, postgresql_backup, postgresql_tools, schema
from ledger.backup import BadBackup
from ledger.bootstrap import make_ready
from ledger.engine import make_engine
from ledger.migrate import migrate
from ledger.portfolio import outbox, requests, rounds
from ledger.portfolio.requests import Request
from ledger.postgresql_tools import Unable
from ledger.store import Ledger, open_ledger
from ledger.unavailable import LedgerUnavailable
from tests.fork_server import run
from tests.ledger import env_file
from tests.ledger.filled import content, fill
from tests.ledger.rows import HOURS, SLOT, rows, snapshot
from tests.postgresql import Server

SECRET = "a pass'word s3cret"


@pytest.fixture
def url(postgresql: Server, migrated: str, home: Path) -> str:
    """Give an empty ledger, in a home of its own."""
    return postgresql.url(postgresql.new_database(like=migrated))


def databases(server: Server) -> set[str]:
    """Return the names of all databases."""
    with server.connect() as connection:
        return {str(row[0]) for row in connection.execute("SELECT datname FROM pg_database")}


def test_a_backup_has_every_row_is_for_its_owner_alone_and_leaves_nothing_beside_it(
    url: str, postgresql: Server
) -> None:
    fill(url)
    before = databases(postgresql)
    made = postgresql_backup.make(url)
    found = postgresql_backup.look_into(made, url)

    assert found.schema == schema.SCHEMA
    assert found.rows == {table: len(there) for table, there in content(url).items()}
    assert (made.parent.stat().st_mode & 0o777, made.stat().st_mode & 0o777) == (0o700, 0o600)
    assert backup.existing(pattern=backup.POSTGRESQL_PATTERN) == [made]
    assert list(backup.FOLDER.iterdir()) == [made]
    assert databases(postgresql) == before


def test_a_backup_is_made_while_somebody_writes(url: str) -> None:
    with open_ledger(url) as ledger:
        rounds.record(ledger, snapshot(), ("42",), zone=UTC)
        with ledger.writing() as connection:
            connection.exec_driver_sql("DELETE FROM outbox")
            made = postgresql_backup.make(url)

    assert postgresql_backup.look_into(made, url).rows["outbox"] == 1


def test_a_scratch_database_that_was_left_behind_is_no_hindrance(url: str, postgresql: Server) -> None:
    name = f"{make_url(url).database}_backup_check"
    with postgresql.connect() as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    postgresql_backup.make(url)

    assert name not in databases(postgresql)


@pytest.mark.parametrize("wrong", ["cut", "changed", "other", "gone"])
def test_a_damaged_backup_is_named_and_changes_nothing(url: str, postgresql: Server, wrong: str) -> None:
    fill(url)
    made = postgresql_backup.make(url)
    whole = made.read_bytes()
    middle = len(whole) // 2
    if wrong == "gone":
        made.unlink()
    else:
        changed = whole[:middle] + b"\xff" * 2000 + whole[middle + 2000 :]
        made.write_bytes({"cut": whole[:middle], "changed": changed, "other": b"no backup at all"}[wrong])
    before = (content(url), databases(postgresql))

    with pytest.raises(BadBackup, match=f"^{made.name} "):
        postgresql_backup.restore(made, url)
    assert (content(url), databases(postgresql)) == before


def test_what_is_no_ledger_is_no_backup(url: str, postgresql: Server) -> None:
    empty = postgresql.url(postgresql.new_database())

    with pytest.raises(BadBackup, match="is no ledger"):
        postgresql_backup.make(empty)
    assert not list(backup.FOLDER.iterdir())


def yesterdays(ledger: Ledger, url: str) -> Path:
    """Make a backup in which a message waits and a wish is open, and go on for a day after it."""
    rounds.begin_schedule(ledger, "hourly", SLOT - HOURS)
    requests.add_request(ledger, Request(id="answered", asked_at=SLOT), update_id=1, chats=["42"])
    rounds.record(ledger, snapshot(), ("42", "43"), zone=UTC)
    outbox.mark_sent(ledger, outbox.pending(ledger)["43"][0], 7, now=SLOT)
    requests.add_request(ledger, Request(id="open", asked_at=SLOT), update_id=2, chats=["42", "43"])
    made = postgresql_backup.make(url)
    for hours in range(1, 25):
        rounds.record(ledger, snapshot(SLOT + hours * HOURS), ("42",), zone=UTC)
    return made


def test_after_a_restore_nothing_waits_no_slot_is_due_and_the_ledger_that_was_there_is_kept(url: str) -> None:
    with open_ledger(url) as ledger:
        made = yesterdays(ledger, url)
        ledger.close()
        before = datetime.now(UTC)
        kept = postgresql_backup.restore(made, url)
        rounds.begin_schedule(ledger, "hourly", datetime.now(UTC))
        due_since = rounds.read_state(ledger).due_since
        nothing = (outbox.pending(ledger), requests.open_requests(ledger))
        rounds.record(ledger, snapshot(SLOT + 30 * HOURS), ("42",), zone=UTC)

    assert before <= due_since <= datetime.now(UTC)
    assert nothing == ({}, ())
    assert rows(url, "SELECT chat_id, state, reason FROM outbox WHERE state <> 'pending' ORDER BY chat_id") == [
        ("42", "dead", "from before a restore"),
        ("43", "sent", None),
    ]
    assert rows(url, "SELECT id FROM requests") == [("answered",)]
    assert rows(url, "SELECT count(*) FROM snapshots") == [(2,)]
    assert kept is not None
    assert kept.name.startswith("before-restore-")
    assert postgresql_backup.look_into(kept, url).rows["snapshots"] == 25
    assert sorted(backup.FOLDER.iterdir()) == [kept, made]


def test_a_backup_of_an_older_schema_takes_the_place_of_a_newer_ledger_with_more_tables(
    url: str, postgresql: Server
) -> None:
    older = postgresql.url(postgresql.new_database())
    migrate(older, to="0003")
    with open_ledger(older) as ledger:
        rounds.begin_schedule(ledger, "hourly", SLOT)
    made = postgresql_backup.make(older)
    fill(url)
    postgresql_backup.restore(made, url)
    told: list[AlertText] = []
    with open_ledger(url) as ledger:
        found = ledger.schema()
        make_ready(ledger, url, told.append)
        ledger.check()

    assert found == "0003"
    assert told == []
    assert rows(url, "SELECT count(*) FROM users") == [(0,)]


def test_a_restore_into_a_database_without_tables_keeps_nothing(url: str, postgresql: Server) -> None:
    fill(url)
    made = postgresql_backup.make(url)
    empty = postgresql.url(postgresql.new_database())

    assert postgresql_backup.restore(made, empty) is None
    assert content(empty)["trades"] == content(url)["trades"]


def test_an_older_ledger_is_backed_up_before_it_is_migrated(postgresql: Server, home: Path) -> None:
    older = postgresql.url(postgresql.new_database())
    migrate(older, to="0003")
    with open_ledger(older) as ledger:
        make_ready(ledger, older, print)
    (made,) = backup.existing(pattern=backup.POSTGRESQL_PATTERN)

    assert postgresql_backup.look_into(made, older).schema == "0003"


def test_where_no_backup_can_be_made_a_migration_goes_on_without(
    postgresql: Server, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_tools(monkeypatch, home)
    older = postgresql.url(postgresql.new_database())
    migrate(older, to="0003")
    with open_ledger(older) as ledger:
        make_ready(ledger, older, print)
        ledger.check()

    assert not list(backup.FOLDER.iterdir())


def without_tools(monkeypatch: pytest.MonkeyPatch, home: Path, *, version: int = 0) -> None:
    """Take PostgreSQL's programs away, or put some of another version in their place."""
    monkeypatch.setattr(postgresql_tools, "INSTALLED", home / "nowhere")
    (home / "bin").mkdir(exist_ok=True)
    monkeypatch.setenv("PATH", str(home / "bin"))
    if version:
        program = home / "bin" / "pg_dump"
        program.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {version}.4 (Debian)'\n")
        program.chmod(0o700)


def test_missing_and_older_programs_are_told_with_what_to_install(
    url: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = int(str(rows(url, "SHOW server_version_num")[0][0])) // 10_000
    without_tools(monkeypatch, home)
    with pytest.raises(Unable, match=f"^pg_dump is not installed; type: apt install postgresql-client-{server}$"):
        postgresql_backup.make(url)
    without_tools(monkeypatch, home, version=9)

    with pytest.raises(Unable, match=f"^pg_dump is of version 9, the server of {server}; type: apt install "):
        postgresql_backup.make(url)
    assert not list(backup.FOLDER.iterdir())


def test_a_role_that_may_make_no_database_is_told_what_it_needs(url: str, postgresql: Server) -> None:
    name = make_url(url).database
    with postgresql.connect() as connection:
        connection.execute("DROP ROLE IF EXISTS small")
        connection.execute("CREATE ROLE small LOGIN")
        connection.execute(f"ALTER DATABASE {name} OWNER TO small".encode())
    with postgresql.connect(str(name)) as connection:
        connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO small")
        connection.execute("GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO small")

    with pytest.raises(Unable, match=r"may not make the database .* ALTER ROLE … CREATEDB$"):
        postgresql_backup.make(url.replace("//bot@", "//small@"))
    with postgresql.connect(str(name)) as connection:
        connection.execute("DROP OWNED BY small")


def test_a_server_that_cannot_be_reached_is_said() -> None:
    with pytest.raises(LedgerUnavailable, match="cannot be reached"):
        postgresql_backup.look_into(Path(__file__), "postgresql+psycopg://bot@127.0.0.1:9/bot")


def test_a_password_goes_into_the_environment_and_every_option_of_the_address_with_it() -> None:
    place = make_url("postgresql+psycopg://bot@db:5433/ledger?sslmode=require&connect_timeout=3").set(password=SECRET)

    assert postgresql_tools.environment(place) == {
        "PGUSER": "bot",
        "PGPASSWORD": SECRET,
        "PGHOST": "db",
        "PGPORT": "5433",
        "PGDATABASE": "ledger",
        "PGSSLMODE": "require",
        "PGCONNECT_TIMEOUT": "3",
    }


def test_the_owners_commands_make_a_backup_and_go_back_to_it(url: str, home: Path) -> None:
    env_file.write(f"DATABASE_URL={url}")
    with open_ledger(url) as ledger:
        rounds.record(ledger, snapshot(), ("42",), zone=UTC)
        made = told("backup").removeprefix("Made ").partition(":")[0]
        rounds.record(ledger, snapshot(SLOT + HOURS), ("42",), zone=UTC)
    said = told("restore", made).splitlines()

    assert said[0] == f"Restored {made}: 1 balances, 7 brokers, 1 outbox, 1 rates, 1 snapshots."
    assert said[1].startswith("The ledger that was there is kept as backups/before-restore-")
    assert rows(url, "SELECT count(*) FROM snapshots") == [(1,)]


def told(*arguments: str) -> str:
    """Run a command of the owner's and return what it printed."""
    done = run("launch", "ledger", *arguments)
    assert done.returncode == 0, done.stderr

    return done.stdout


def test_an_engine_reads_what_was_restored_with_its_sequences(url: str) -> None:
    fill(url)
    postgresql_backup.restore(postgresql_backup.make(url), url)
    engine = make_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO brokers (code, name) VALUES ('NEW', 'new')")
    engine.dispose()

    assert rows(url, "SELECT count(*) FROM brokers") == [(11,)]
