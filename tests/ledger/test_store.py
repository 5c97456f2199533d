"""Opening the ledger, its two kinds of transaction, and what two processes do to each other."""

import contextlib
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import StatementError

from ledger import schema
from ledger.columns import Moment, Money
from ledger.engine import BUSY_MS, make_engine
from ledger.migrate import migrate
from ledger.portfolio import tables
from ledger.store import Ledger, NotReady, get_setting, open_ledger, put_setting
from ledger.unavailable import LedgerUnavailable
from tests.ledger.rows import rows

COUNT_UP = """
import sys
from ledger.store import get_setting, open_ledger, put_setting
with open_ledger(sys.argv[1]) as ledger:
    print("open", flush=True)
    sys.stdin.readline()
    for _ in range(int(sys.argv[2])):
        with ledger.writing() as connection:
            put_setting(connection, "count", str(int(get_setting(connection, "count") or 0) + 1))
"""


@pytest.mark.parametrize(("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)])
def test_what_is_committed_survives_a_power_cut_and_refers_to_what_exists(
    ledger: Ledger, pragma: str, value: object
) -> None:
    with ledger.writing() as connection:
        assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


def test_where_no_ledger_is_there_is_none_and_asking_makes_none(tmp_path: Path) -> None:
    path = tmp_path / "data" / "portfolio.db"
    with open_ledger(f"sqlite:///{path}") as ledger, pytest.raises(NotReady, match="at schema none"):
        ledger.check()

    assert not path.parent.exists()


def test_an_empty_file_is_not_ready_and_stays_as_it_is(tmp_path: Path) -> None:
    """Fault 66: zero bytes."""
    path = tmp_path / "portfolio.db"
    path.touch()
    with open_ledger(f"sqlite:///{path}") as ledger, pytest.raises(NotReady, match="at schema none"):
        ledger.check()

    assert rows(f"sqlite:///{path}", "SELECT name FROM sqlite_master") == []


@pytest.mark.parametrize("version", ["0003", "another"])
def test_a_ledger_of_an_older_or_an_unknown_schema_is_not_ready_and_tells_both(url: str, version: str) -> None:
    stamp(url, version)

    with (
        open_ledger(url) as ledger,
        pytest.raises(NotReady, match=f"is at schema {version}, this program needs {schema.SCHEMA}"),
    ):
        ledger.check()


@pytest.mark.parametrize("version", [schema.SCHEMA, f"{int(schema.SCHEMA) + 1:04}", "9999"])
def test_a_ledger_of_this_schema_or_a_newer_one_is_ready(url: str, version: str) -> None:
    stamp(url, version)

    with open_ledger(url) as ledger:
        ledger.check()


def stamp(url: str, version: str) -> None:
    """Say that a ledger has a schema."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (version,))


def test_a_damaged_file_is_told_and_left_as_it_is(tmp_path: Path) -> None:
    """Fault 66."""
    path = tmp_path / "portfolio.db"
    path.write_bytes(b"not a database" * 100)
    with open_ledger(f"sqlite:///{path}") as ledger, pytest.raises(LedgerUnavailable, match="damaged") as trouble:
        ledger.check()

    assert trouble.value.damaged
    assert path.read_bytes() == b"not a database" * 100


def test_an_error_inside_a_transaction_leaves_nothing_of_it(ledger: Ledger) -> None:
    with contextlib.suppress(InterruptedError), ledger.writing() as connection:
        put_setting(connection, "interval_minutes", "60")
        raise InterruptedError

    with ledger.reading() as connection:
        assert get_setting(connection, "interval_minutes") is None


def test_a_setting_is_what_it_was_set_to_last(ledger: Ledger) -> None:
    with ledger.writing() as connection:
        put_setting(connection, "paused", "no")
    with ledger.writing() as connection:
        put_setting(connection, "paused", "yes")

    with ledger.reading() as connection:
        assert get_setting(connection, "paused") == "yes"


def test_a_reader_neither_waits_for_a_writer_nor_stops_one_nor_sees_half_of_its_work(ledger: Ledger, url: str) -> None:
    with open_ledger(url) as other, other.writing() as writing:
        put_setting(writing, "paused", "yes")
        started = time.monotonic()
        with ledger.reading() as reading:
            seen = get_setting(reading, "paused")
        took_s = time.monotonic() - started

    with ledger.reading() as reading, open_ledger(url) as other:
        afterwards = get_setting(reading, "paused")
        with other.writing() as writing:
            put_setting(writing, "paused", "no")
        at_last = get_setting(reading, "paused")

    assert (seen, afterwards, at_last) == (None, "yes", "no")
    assert took_s < BUSY_MS / 1000 - 1


def test_two_processes_that_read_and_then_write_wait_for_each_other(url: str) -> None:
    each = 100
    command = [sys.executable, "-c", COUNT_UP, url, str(each)]
    children = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(2)]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == b"open\n"
    for child in children:
        child.communicate(b"go\n", timeout=50)

    assert [child.returncode for child in children] == [0, 0]
    assert rows(url, "SELECT value FROM settings WHERE name = 'count'") == [(str(2 * each),)]


def test_a_transaction_that_reads_first_is_not_refused_when_another_process_wrote_meanwhile(
    ledger: Ledger, url: str
) -> None:
    """Fault 65: BEGIN IMMEDIATE."""
    with ledger.reading() as connection:
        get_setting(connection, "count")
    with open_ledger(url) as other, other.writing() as connection:
        put_setting(connection, "count", "1")
    with ledger.writing() as connection:
        found = get_setting(connection, "count")
        put_setting(connection, "count", f"{found}1")

    assert rows(url, "SELECT value FROM settings WHERE name = 'count'") == [("11",)]


money = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=18)
moments = st.datetimes(timezones=st.just(UTC))


@given(amount=money)
@example(amount=Decimal("0"))
@example(amount=Decimal("1E+3"))
@example(amount=Decimal("-0.000000000000000001"))
@example(amount=Decimal("123456789012345.123456789012345678"))
def test_money_keeps_every_digit(ledger: Ledger, amount: Decimal) -> None:
    with ledger.writing() as connection:
        connection.execute(tables.rates.delete())
        connection.execute(tables.snapshots.delete())
        connection.execute(tables.snapshots.insert().values(_snapshot_row(amount, datetime(2026, 2, 11, tzinfo=UTC))))
        found = connection.execute(select(tables.snapshots.c.usd)).scalar()

    assert isinstance(found, Decimal)
    assert found == amount


def _snapshot_row(amount: Decimal | None, at: datetime) -> dict[str, object]:
    return {
        "round_id": "a",
        "closed_at": at,
        "usd": amount,
        "usd_mark": "",
        "rub": None,
        "rub_mark": "",
        "took_ms": 1,
        "document": "{}",
    }


@given(at=moments, offset=st.integers(-14 * 60, 14 * 60))
@example(at=datetime(2026, 10, 25, 0, 30, tzinfo=UTC), offset=120)
@example(at=datetime(2026, 2, 11, 9, 0, 0, 1, tzinfo=UTC), offset=0)
def test_moments_come_back_in_utc_whatever_zone_they_were_given_in(ledger: Ledger, at: datetime, offset: int) -> None:
    at = min(max(at, datetime(2, 1, 1, tzinfo=UTC)), datetime(9998, 1, 1, tzinfo=UTC))
    local = at.astimezone(timezone(timedelta(minutes=offset)))
    with ledger.writing() as connection:
        connection.execute(tables.snapshots.delete())
        connection.execute(tables.snapshots.insert().values(_snapshot_row(None, local)))
        found = connection.execute(select(tables.snapshots.c.closed_at)).scalar()

    assert found == at
    assert found is not None
    assert found.tzinfo is UTC


@given(st.lists(moments, min_size=2, max_size=8, unique=True))
def test_moments_are_sorted_by_time(ledger: Ledger, at: list[datetime]) -> None:
    with ledger.writing() as connection:
        connection.execute(tables.snapshots.delete())
        for number, moment in enumerate(at):
            row = _snapshot_row(None, moment) | {"round_id": str(number)}
            connection.execute(tables.snapshots.insert().values(row))
        query = select(tables.snapshots.c.closed_at).order_by(tables.snapshots.c.closed_at)
        found = list(connection.execute(query).scalars())

    assert found == sorted(at)


def test_a_moment_without_a_time_zone_is_refused(ledger: Ledger) -> None:
    naive = datetime(2026, 2, 11, 9, 0)  # noqa: DTZ001 - that is what is refused
    with pytest.raises(StatementError, match="needs its time zone"), ledger.writing() as connection:
        connection.execute(tables.snapshots.insert().values(_snapshot_row(None, naive)))


def test_postgresql_gets_its_own_exact_types() -> None:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # the dialect's class has no annotations

    assert Money().load_dialect_impl(dialect).compile(dialect) == "NUMERIC(38, 18)"
    assert Moment().load_dialect_impl(dialect).compile(dialect) == "TIMESTAMP WITH TIME ZONE"


def test_migrating_by_hand_uses_the_default_place_only_when_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for environment in ({"DATABASE_URL": f"sqlite:///{tmp_path}/named.db"}, {}):
        command = [sys.executable, "-m", "ledger.migrate"]
        subprocess.run(command, cwd=tmp_path, env=environment, check=True, timeout=40)

    found = {path.relative_to(tmp_path).as_posix(): path.stat().st_mode & 0o777 for path in tmp_path.rglob("*.db")}
    assert found == {"data/portfolio.db": 0o600, "named.db": 0o600}


def test_an_engine_has_one_connection(url: str) -> None:
    migrate(url)
    engine = make_engine(url)
    with engine.connect() as first:
        again = first.connection.dbapi_connection
    with engine.connect() as second:
        assert second.connection.dbapi_connection is again
    engine.dispose()


@pytest.mark.parametrize("empty", [True, False])
def test_asking_whether_a_ledger_is_ready_makes_no_file_and_fills_no_empty_one(tmp_path: Path, *, empty: bool) -> None:
    path = tmp_path / "portfolio.db"
    if empty:
        path.touch()
    with open_ledger(f"sqlite:///{path}") as ledger, pytest.raises(LedgerUnavailable, match="schema none"):
        ledger.must_be_ready()

    assert path.exists() == empty
    assert not empty or path.stat().st_size == 0
