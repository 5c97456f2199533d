"""The jobs of trading: each done once, whoever dies; what comes too late is told as missed."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from bus.messages.trading import JobDone, JobDue, SignalArrived
from execution.jobs import KEPT, Jobs
from ledger.store import Ledger
from ledger.trading.flow import jobs as job_rows
from ledger.trading.principal import SYSTEM
from ledger.trading.tables.flow import jobs
from ledger.unavailable import LedgerUnavailable
from tests.faults.false_time import FalseTime
from tests.ledger.trading.world import NOW, do, rows

LATE_S = 600.0


class Said:
    """The bus, as far as a job needs it."""

    def __init__(self) -> None:
        """Hold nothing."""
        self.done: list[JobDone] = []

    def publish(self, message: JobDone) -> None:
        """Keep what is said."""
        self.done.append(message)


class Office:
    """Jobs over a real ledger; what each does is a test's."""

    def __init__(self, ledger: Ledger) -> None:
        """Do `count`, which returns what `result` says."""
        self.ledger = ledger
        self.time = FalseTime(NOW)
        self.result: Mapping[str, object] | None = {"found": 3}
        self.calls: list[datetime] = []
        self.begin()

    def begin(self) -> None:
        """Start anew: all that was in memory is gone."""
        self.bus = Said()
        self.jobs = Jobs(self.ledger, self.bus, {"count": self._count}, time=self.time)  # type: ignore[arg-type]

    def due(self, job: str = "count", at: datetime = NOW) -> list[str]:
        """Let the clock say that a job is due, and return what it was answered by now."""
        self.jobs.handle(JobDue(job=job, due_at=at, late_after_s=LATE_S))
        return [each.state for each in self.bus.done]

    def row(self) -> tuple[Any, Any]:
        """Return the state and the result in the one row."""
        [found] = rows(self.ledger, jobs)
        return found["state"], found["result_json"]

    def _count(self, due_at: datetime) -> Mapping[str, object] | None:
        """Note that it was done."""
        self.calls.append(due_at)
        return self.result


@pytest.fixture
def office(books: Ledger) -> Office:
    """Give jobs that have just started."""
    return Office(books)


def test_a_job_is_done_written_down_and_answered(office: Office) -> None:
    assert office.due() == ["DONE"]
    assert office.calls == [NOW]
    assert office.row() == ("DONE", {"found": 3})


def test_what_is_said_again_is_answered_again_and_done_once_also_after_a_new_start(office: Office) -> None:
    office.due()
    office.due()
    office.begin()

    assert office.due() == ["DONE"]
    assert office.calls == [NOW]


def test_each_instant_of_a_job_is_another_one(office: Office) -> None:
    office.due()
    office.due(at=NOW + timedelta(hours=1))

    assert office.calls == [NOW, NOW + timedelta(hours=1)]


def test_what_comes_too_late_is_told_as_missed_and_not_done(office: Office) -> None:
    office.time.move_on(LATE_S)
    at_the_last_moment = office.due()
    office.due(at=NOW - timedelta(seconds=1))

    assert at_the_last_moment == ["DONE"]
    assert [each.state for each in office.bus.done] == ["DONE", "MISSED"]
    assert office.calls == [NOW]


def test_what_was_missed_stays_missed_though_the_clock_is_put_back(office: Office) -> None:
    office.time.step(timedelta(hours=1))
    office.due()
    office.time.step(timedelta(hours=-1))
    office.begin()

    assert office.due() == ["MISSED"]
    assert office.calls == []


def test_what_is_under_way_is_not_answered_until_its_row_is_there(office: Office) -> None:
    office.result = None
    before = office.due()
    do(office.ledger, job_rows.finish, SYSTEM, "count", NOW, "FAILED", {"line": "two positions differ"})

    assert before == []
    assert office.due() == ["FAILED"]
    assert office.row() == ("FAILED", {"line": "two positions differ"})


def test_who_dies_between_the_work_and_its_row_does_it_again(office: Office) -> None:
    office.result = None  # the work is done, and nothing was written
    office.due()
    office.begin()
    office.result = {"found": 3}

    assert office.due() == ["DONE"]
    assert office.calls == [NOW, NOW]


def test_a_job_that_only_wakes_is_answered_as_done(office: Office) -> None:
    assert office.due("market_open") == ["DONE"]
    assert office.row() == ("DONE", {})


def test_other_messages_are_nobodys_job(office: Office) -> None:
    office.jobs.handle(SignalArrived(uid="a"))

    assert rows(office.ledger, jobs) == []


def test_a_ledger_that_is_away_leaves_the_job_for_the_next_time(office: Office) -> None:
    def away(_due_at: datetime) -> Mapping[str, object]:
        raise LedgerUnavailable("locked")

    here, office.jobs = office.jobs, Jobs(office.ledger, office.bus, {"count": away}, time=office.time)  # type: ignore[arg-type]
    with pytest.raises(LedgerUnavailable):
        office.due()
    office.jobs = here

    assert office.due() == ["DONE"]


def test_what_is_no_longer_in_memory_is_found_in_its_row(office: Office) -> None:
    instants = [NOW + timedelta(seconds=second) for second in range(KEPT + 1)]
    for at in [*instants, instants[0]]:
        office.due(at=at)

    assert office.calls == instants
    assert len(office.bus.done) == len(instants) + 1
