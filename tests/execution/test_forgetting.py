"""Forgetting what is old, a batch a second, so that nobody who writes waits for long."""

from datetime import timedelta
from typing import Any

import pytest

from bus.messages.trading import JobDone, JobDue
from bus.settings import Secret
from execution.desks import Desks
from execution.leading import FORGET_EVERY_S
from execution.settings import Settings
from execution.watching.syncs import JOB
from ledger.inbox.inbox import accept, set_state
from ledger.inbox.opening import Inbox
from ledger.inbox.records import NewSignal
from ledger.inbox.tables import inbox_signals
from ledger.store import Ledger
from ledger.trading.retention import BATCH
from ledger.trading.tables.flow import jobs
from ledger.trading.work import Work
from tests.faults.false_time import FalseTime
from tests.ledger.trading.world import NOW, rows

KEEP_DAYS = 7
OLD, YOUNG = NOW - timedelta(days=KEEP_DAYS, minutes=1), NOW - timedelta(days=KEEP_DAYS) + timedelta(minutes=1)


class Said:
    """The bus, as far as both desks need it."""

    def __init__(self) -> None:
        """Hold nothing."""
        self.done: list[Any] = []

    def publish(self, message: object) -> None:
        """Keep what is said of jobs."""
        if isinstance(message, JobDone):
            self.done.append(message)


def count_jobs(ledger: Ledger) -> int:
    """Return how many rows of jobs there are, but for the reconciliation that each life begins with."""
    return sum(each["job"] != JOB for each in rows(ledger, jobs))


class Program:
    """Execution without its process."""

    def __init__(self, ledger: Ledger, inbox: Inbox) -> None:
        """Begin a life of it."""
        self.ledger, self.inbox, self.time, self.bus = ledger, inbox, FalseTime(NOW), Said()
        settings = Settings(trading="paper", order_key=Secret("ab" * 32), trading_keep_days=KEEP_DAYS)
        self.desks = Desks(settings, ledger, inbox, self.bus, time=self.time)  # type: ignore[arg-type]
        self.desks.start()

    def is_told(self) -> list[str]:
        """Let the clock say that it is time to forget, and return what it is answered."""
        self.desks.handle(JobDue(job="retention", due_at=NOW, late_after_s=600.0))
        return [each.state for each in self.bus.done]

    def turns(self, turns: int = 1) -> int:
        """Let some turns pass within a moment, and return how many old rows are left."""
        for _ in range(turns):
            self.desks.turn()
        return count_jobs(self.ledger) - 2  # the newest of its name, and the row of this job, stay

    def comes(self, at: Any, *, ended: bool) -> str:
        """Let a signal have come in, and perhaps ended, at a moment."""
        body = {"action": "buy", "symbol": "BTCUSDT", "price": f"{at.timestamp()}"}
        new = NewSignal(strategy_uid="a", peer="127.0.0.1", body=body, action="buy", symbol="BTCUSDT")
        with self.inbox.writing() as connection:
            uid = accept(Work(connection, at), new).uid
            if ended:
                set_state(Work(connection, at), uid, "DONE")
        return uid


@pytest.fixture
def program(books: Ledger, inbox: Inbox) -> Program:
    """Give execution with two batches and a half of rows that nobody needs."""
    with books.writing() as connection:
        old = [
            {"job": "old", "due_at": OLD - timedelta(minutes=number), "state": "DONE", "result_json": {}}
            for number in range(2 * BATCH + BATCH // 2 + 1)
        ]
        connection.execute(jobs.insert(), old)
    return Program(books, inbox)


def test_nothing_is_forgotten_before_its_time(program: Program) -> None:
    before = count_jobs(program.ledger)
    program.turns(3)

    assert count_jobs(program.ledger) == before


def test_a_batch_goes_each_second_until_all_is_gone(program: Program) -> None:
    answered = program.is_told()
    left = []
    for _ in range(4):
        left.append(program.turns(5))
        program.time.move_on(FORGET_EVERY_S)

    assert answered == ["DONE"]
    assert left == [BATCH + BATCH // 2, BATCH // 2, 0, 0]


def test_signals_that_ended_long_ago_leave_the_inbox_and_no_others(program: Program) -> None:
    program.comes(OLD, ended=True)
    kept = {program.comes(YOUNG, ended=True)}
    program.is_told()
    program.turns()
    with program.inbox.reading() as connection:
        left = set(connection.execute(inbox_signals.select().with_only_columns(inbox_signals.c.uid)).scalars())

    assert left == kept


def test_what_was_not_forgotten_when_it_died_is_forgotten_the_next_night(
    program: Program, books: Ledger, inbox: Inbox
) -> None:
    program.is_told()
    program.turns()
    again = Program(books, inbox)
    again.turns(3)
    untouched = count_jobs(books)
    again.desks.handle(JobDue(job="retention", due_at=NOW + timedelta(days=1), late_after_s=600.0))
    for _ in range(3):
        again.turns()
        again.time.move_on(FORGET_EVERY_S)

    assert untouched == BATCH + BATCH // 2 + 2
    assert count_jobs(books) == 3
