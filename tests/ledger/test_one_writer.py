"""One writer after the other, in every database: what two do at the same moment, and what a request may come between.

SQLite has one writer by itself. In PostgreSQL each of these has a moment at which it would go wrong without the lock
that a writing transaction begins with.
"""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date
from decimal import Decimal
from functools import partial
from typing import TypeVar

import pytest
from sqlalchemy import Connection, Engine, event, make_url, select

from bus.settings import SettingsError
from ledger import engine
from ledger.portfolio import history, moved, outbox, requests, rounds, schedule_overrides, tables
from ledger.portfolio.history import Day
from ledger.portfolio.requests import Request
from ledger.store import Ledger, get_setting, open_ledger, put_setting
from ledger.unavailable import LedgerUnavailable
from tests.ledger.rows import SLOT, snapshot
from tests.postgresql import Server
from tests.running import wait_until

TIMES = 12
Result = TypeVar("Result")


def at_once(url: str, work: Callable[[Ledger, int], Result], *, of: int = 3) -> list[Result]:
    """Let some open the same ledger and do their work at the same moment; return what each got."""
    ready = threading.Barrier(of)

    def one(number: int) -> Result:
        with open_ledger(url) as ledger:
            ledger.check()  # connected
            ready.wait(30)
            return work(ledger, number)

    with ThreadPoolExecutor(of) as threads:
        return list(threads.map(one, range(of)))


def ask(ledger: Ledger, number: int, *, chat: str = "44") -> bool:
    """Store a request."""
    return requests.add_request(ledger, Request(id=f"now-{number}", asked_at=SLOT), update_id=number, chats=[chat])


@contextmanager
def at_each_statement(of: str, do: Callable[[str], None], *, when: str = "after_cursor_execute") -> Iterator[None]:
    """Do something behind every statement that goes to this address through SQLAlchemy, or before it."""

    def executed(connection: Connection, _cursor: object, statement: str, *_others: object) -> None:
        if connection.engine.url == make_url(of):
            do(statement)

    event.listen(Engine, when, executed)
    try:
        yield
    finally:
        event.remove(Engine, when, executed)


@pytest.fixture
def database(postgresql: Server, migrated: str) -> str:
    """Give the name of an empty ledger in PostgreSQL."""
    return postgresql.new_database(like=migrated)


def test_a_request_that_is_committed_behind_any_statement_of_a_closing_round_has_a_message_or_is_open(
    postgresql: Server, database: str
) -> None:
    """Fault P4: somebody who does not even wait for the lock, behind each statement in turn."""
    url = postgresql.url(database)
    with postgresql.connect(database) as other, open_ledger(url) as ledger:
        ledger.check()
        asked: list[str] = []

        def ask_too(_statement: str) -> None:
            name = f"now-{len(asked)}"
            asked.append(name)
            with other.transaction():
                other.execute("INSERT INTO requests (id, asked_at) VALUES (%s, now())", [name])
                other.execute("INSERT INTO askers (request_id, chat_id) VALUES (%s, %s)", [name, name])

        with at_each_statement(url, ask_too):
            rounds.record(ledger, snapshot(), ("42",), zone=UTC)
        still_open = {request.id for request in requests.open_requests(ledger)}
        told = set(outbox.pending(ledger))

    assert told == {"42"} | (set(asked) - still_open)
    assert still_open
    assert set(asked) - still_open


def test_a_request_that_waits_for_a_closing_round_is_not_answered_by_it(postgresql: Server, database: str) -> None:
    """Fault P4: two of our own sessions."""
    url = postgresql.url(database)
    with (
        postgresql.connect(database) as onlooker,
        open_ledger(url) as closing,
        open_ledger(url) as asking,
        ThreadPoolExecutor(1) as thread,
    ):
        asking.check()
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        asked: list[Future[bool]] = []

        def ask_meanwhile(statement: str) -> None:
            if not asked and "UPDATE requests" in statement:
                asked.append(thread.submit(ask, asking, 1))
                wait_until(lambda: onlooker.execute(waiting).fetchone() == (1,), what="a writer that waits")

        with at_each_statement(url, ask_meanwhile):
            rounds.record(closing, snapshot(), ("42",), zone=UTC)
        stored = asked[0].result(30)

        assert stored
        assert [request.id for request in requests.open_requests(closing)] == ["now-1"]
        assert set(outbox.pending(closing)) == {"42"}


def test_who_reads_and_then_writes_has_read_what_the_others_wrote(each_url: str) -> None:
    each = 40

    def count(ledger: Ledger, _number: int) -> None:
        for _ in range(each):
            with ledger.writing() as connection:
                put_setting(connection, "count", str(int(get_setting(connection, "count") or 0) + 1))

    at_once(each_url, count)
    with open_ledger(each_url) as ledger, ledger.reading() as connection:
        assert get_setting(connection, "count") == str(3 * each)


def test_a_request_that_comes_twice_at_once_is_stored_once(each_url: str) -> None:
    for number in range(TIMES):
        stored = at_once(each_url, partial(_ask_the_same, number))

        assert sorted(stored) == [False, False, True]


def _ask_the_same(number: int, ledger: Ledger, _one: int) -> bool:
    return ask(ledger, number)


def test_an_alert_that_is_said_twice_at_once_is_in_the_outbox_once(each_url: str) -> None:
    for number in range(TIMES):
        at_once(each_url, partial(_alert, f"alert-{number}"))
    with open_ledger(each_url) as ledger:
        assert {chat: len(rows) for chat, rows in outbox.pending(ledger).items()} == {"42": TIMES, "43": TIMES}


def _alert(name: str, ledger: Ledger, _one: int) -> None:
    outbox.add_alert(ledger, name, "text", chats=["42", "43"], now=SLOT)


def test_a_round_that_is_closed_twice_at_once_is_one(each_url: str) -> None:
    written = at_once(each_url, lambda ledger, _: rounds.record(ledger, snapshot(), ("42",), zone=UTC))
    with open_ledger(each_url) as ledger:
        assert written == [snapshot()] * 3
        assert len(outbox.pending(ledger)["42"]) == 1


def test_settings_that_are_first_written_at_once_are_written(each_url: str) -> None:
    def change(ledger: Ledger, number: int) -> None:
        if number:
            schedule_overrides.set_interval(ledger, 45, now=SLOT)
        else:
            rounds.begin_schedule(ledger, "every hour", SLOT)

    at_once(each_url, change)
    with open_ledger(each_url) as ledger:
        state = rounds.read_state(ledger)

    assert (state.interval_minutes, state.due_since) == (45, SLOT)


def test_days_that_are_imported_twice_at_once_are_new_once(each_url: str) -> None:
    days = [Day(day=date(2026, 1, 1 + number), usd=Decimal(number), rub=Decimal(number)) for number in range(20)]
    done = at_once(each_url, lambda ledger, _: history.import_days(ledger, days))
    with open_ledger(each_url) as ledger:
        assert history.days(ledger) == tuple(days)

    assert sorted((each.new, each.same) for each in done) == [(0, 20), (0, 20), (20, 0)]


def test_a_chat_that_moves_while_a_round_closes_gets_the_message_under_its_new_id(each_url: str) -> None:
    def move_or_close(ledger: Ledger, number: int) -> None:
        if number:
            rounds.record(ledger, snapshot(), ("42",), zone=UTC)
        else:
            moved.move_chat(ledger, "42", "-1042")

    at_once(each_url, move_or_close)
    with open_ledger(each_url) as ledger:
        assert list(outbox.pending(ledger)) == ["-1042"]


def test_who_waits_for_a_writer_in_vain_is_told_so_and_does_not_wait_again_at_once(each_url: str) -> None:
    """Fault P3: many who wait one after the other do not add up to a silence."""
    waits: list[int] = []
    with open_ledger(each_url) as holder, open_ledger(each_url, busy_ms=1000) as ledger:
        ledger.check()
        with holder.writing() as connection:
            connection.execute(tables.settings.insert().values(name="a", value="b"))
            with at_each_statement(each_url, lambda said: waits.extend(_wait_in(said)), when="before_cursor_execute"):
                for number in range(4):
                    with pytest.raises(LedgerUnavailable, match=r"^the ledger is busy$"):
                        ask(ledger, number)
        ask(ledger, 4)
        with ledger.reading() as connection:
            assert connection.execute(select(tables.requests.c.id)).scalars().all() == ["now-4"]

    assert waits == [1000, engine.HURRIED_MS, engine.HURRIED_MS, engine.HURRIED_MS]


def test_a_server_that_does_not_answer_is_waited_for_once_and_then_left_alone_for_a_while() -> None:
    """Fault P3: a database at the other end of a broken line."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"postgresql+psycopg://bot@127.0.0.1:{listening.getsockname()[1]}/bot?connect_timeout=2"
        with open_ledger(url) as ledger:
            for _ in range(5):
                with pytest.raises(LedgerUnavailable, match=r"^the ledger cannot be reached$"):
                    ledger.check()
        listening.settimeout(5)
        listening.accept()[0].close()
        listening.setblocking(False)
        with pytest.raises(BlockingIOError):
            listening.accept()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://bot:s3cret@127.0.0.1/bot", "begins with mysql, for which no driver is installed"),
        ("nonsense://bot:s3cret@127.0.0.1/bot", "begins with nonsense, for which no driver is installed"),
        ("bot:s3cret@127.0.0.1/bot", "is not valid; write it like sqlite:///data/portfolio.db"),
    ],
)
def test_an_address_that_leads_nowhere_is_told_with_what_to_write_and_without_its_password(url: str, said: str) -> None:
    with pytest.raises(SettingsError, match=f"^DATABASE_URL {said}$"):
        engine.make_engine(url)


def _wait_in(statement: str) -> list[int]:
    return [int(number) for number in re.findall(r"(?:busy|lock)_timeout\W+(\d+)", statement)]
