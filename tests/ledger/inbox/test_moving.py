"""The inbox goes along when the ledger goes into another database, with every key, in either direction."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, Table, select

from ledger.admin import migrate_db as module
from ledger.admin.commands import Refused
from ledger.admin.migrate_db import NotTheSame, migrate_db
from ledger.inbox.inbox import forget_old, set_state
from ledger.inbox.opening import Inbox, open_inbox
from ledger.inbox.place import inbox_file, inbox_url
from ledger.inbox.records import Token
from ledger.inbox.tables import inbox_retired_keys, metadata
from ledger.inbox.tokens import put_tokens
from ledger.store import DEFAULT_URL
from tests.ledger.filled import content, fill
from tests.ledger.inbox.world import counted, lay_beside, outcome, send, signal, work

INBOX = inbox_file(Path("data/portfolio.db"))
LEFT = ["inbox_beginnings"]
DAY_S = 86_400.0


@pytest.fixture
def source(home: Path, empty_ledger: Path, empty_inbox: Path) -> str:
    """Give the current folder's ledger with an inbox: rows in every table of both."""
    (home / "data").mkdir(mode=0o700)
    shutil.copy(empty_ledger, "data/portfolio.db")
    lay_beside(Path("data/portfolio.db"), empty_inbox)
    fill(DEFAULT_URL)
    with open_inbox(DEFAULT_URL) as inbox:
        old, *_ = send(inbox, signal("old"), signal("waits"), signal(), signal("a '₽' \\ id", symbol="MÜV2"))
        with work(inbox) as one:
            set_state(one, old.uid, "REJECTED", "NOT_KNOWN")
            put_tokens(one, [Token(token_hash="0f" * 32, strategy_uid="trend", name="Trend")])
        with work(inbox, after_s=3 * DAY_S) as one:
            forget_old(one, keep_days=1)
    return DEFAULT_URL


def rows_of(ledger_url: str) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of the inbox."""
    with open_inbox(ledger_url) as inbox, inbox.reading() as connection:
        return {
            name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))]
            for name, table in metadata.tables.items()
        }


def test_every_row_of_the_inbox_goes_along_and_is_in_the_table_that_is_told(source: str, bare_url: str) -> None:
    target = bare_url.replace("portfolio.db", "new/portfolio.db")
    before = rows_of(source)
    told = [line.split() for line in migrate_db(source, target)[1:-1]]

    assert rows_of(target) == before == rows_of(source)
    assert content(target) == content(source)
    assert [line for line in told if line[0].startswith("inbox_")] == [
        [table.name, *[str(len(before[table.name]))] * 3] for table in metadata.sorted_tables
    ]
    assert {name: len(rows) for name, rows in before.items()} == {
        "inbox_signals": 3,
        "inbox_tokens": 1,
        "inbox_retired_keys": 1,
        "inbox_beginnings": 1,
    }


def test_what_came_before_is_known_there_and_new_signals_get_new_numbers(source: str, bare_url: str) -> None:
    target = bare_url.replace("portfolio.db", "new/portfolio.db")
    migrate_db(source, target)
    with open_inbox(source) as old, open_inbox(target) as inbox:
        found = [outcome(inbox, signal(each), after_s=DAY_S) for each in ("old", "waits", "new")]

        assert found == ["repeated", "repeated", "new"]
        assert inbox.keys_since() == old.keys_since()


def test_it_goes_back_into_a_file(source: str, postgresql_url: str) -> None:
    before = rows_of(source)
    migrate_db(source, postgresql_url)
    migrate_db(postgresql_url, "sqlite:///back/portfolio.db")

    assert rows_of("sqlite:///back/portfolio.db") == before
    assert Path("back/inbox/inbox.db").is_file()


def test_a_database_whose_inbox_is_empty_is_taken(source: str, bare_url: str) -> None:
    target = bare_url.replace("portfolio.db", "new/portfolio.db")
    with open_inbox(target):
        pass
    migrate_db(source, target)

    assert rows_of(target) == rows_of(source)


def test_a_database_whose_inbox_has_rows_is_refused_and_left_alone(source: str, bare_url: str) -> None:
    target = bare_url.replace("portfolio.db", "new/portfolio.db")
    with open_inbox(target) as inbox:
        send(inbox, signal("theirs"))
    before = rows_of(target)

    with pytest.raises(Refused, match=r"^TO is not empty, it has inbox_signals; name an empty database$"):
        migrate_db(source, target)
    assert rows_of(target) == before


def test_without_an_inbox_none_is_made(source: str, bare_url: str) -> None:
    target = bare_url.replace("portfolio.db", "new/portfolio.db")
    shutil.rmtree(INBOX.parent)
    told = migrate_db(source, target)

    assert not [line for line in told if line.startswith("inbox_")]
    assert not INBOX.parent.exists()
    with closing(Inbox(inbox_url(target))) as inbox:
        assert inbox.schema() == ""


def test_a_ledger_that_goes_into_another_file_of_its_folder_keeps_its_inbox(source: str) -> None:
    before = rows_of(source)
    told = migrate_db(source, "sqlite:///data/other.db")

    assert rows_of("sqlite:///data/other.db") == before
    assert not [line for line in told if line.startswith("inbox_")]


def test_an_inbox_of_another_schema_is_refused(source: str, bare_url: str) -> None:
    with closing(sqlite3.connect(INBOX)) as connection, connection:
        connection.execute("UPDATE inbox_version SET version_num = '0001'")

    with pytest.raises(Refused, match=r"^the inbox of FROM is at schema 0001, this program's is 0002; first: "):
        migrate_db(source, bare_url.replace("portfolio.db", "new/portfolio.db"))


def test_a_difference_in_the_inbox_keeps_the_ledger_from_being_copied_too(
    source: str, bare_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = bare_url.replace("portfolio.db", "new/portfolio.db")
    with changed_after_copying(monkeypatch), pytest.raises(NotTheSame, match=r"inbox_retired_keys +1 +0 +0"):
        migrate_db(source, target)
    with open_inbox(target) as inbox:
        left = [name for name in metadata.tables if counted(inbox, name)]

    assert left == LEFT
    assert {name for name, found in content(target).items() if found} <= {"brokers"}


@contextmanager
def changed_after_copying(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let somebody remove keys between copying and comparing."""
    compare = module.compare

    def changing(table: Table, source: Connection, target: Connection) -> module.Compared:
        if table.name == metadata.sorted_tables[0].name:
            target.execute(inbox_retired_keys.delete())
        return compare(table, source, target)

    with monkeypatch.context() as patched:
        patched.setattr(module, "compare", changing)
        yield
