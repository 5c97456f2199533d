"""The reminder to log in, and jobs that were missed: to whom, once, and to nobody else."""

from datetime import timedelta
from typing import Any

import pytest

from bus.messages.trading import JobDue
from execution.jobs import Jobs
from execution.watching.reminders import remind_of_login
from ledger.portfolio.tables import outbox
from ledger.store import Ledger
from ledger.trading.flow import jobs
from ledger.trading.people.accounts import archive_account
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work
from tests.faults.false_time import FalseTime
from tests.ledger.trading.world import ALICE, BOSS, NOW, account, do, let_everybody_in, rows

CODE = "IBKR"
NUMBERS: dict[str, Any] = {"broker": CODE, "account_uid": "U1"}


def told(books: Ledger) -> list[tuple[str, str]]:
    """Return the messages: to whom, and what they say."""
    return [(str(each["chat_id"]), str(each["text"])) for each in rows(books, outbox)]


def remind(books: Ledger) -> Any:
    """Remind of this Sunday."""
    with books.writing() as connection:
        return remind_of_login(Work(connection, NOW), NOW)


def test_who_has_a_live_account_there_is_reminded_once_a_sunday(books: Ledger) -> None:
    alice = let_everybody_in(books).alice
    account(books, alice, "Real", is_live=True, **NUMBERS)
    account(books, alice, "Second", is_live=True, broker=CODE, account_uid="U2")
    results = [remind(books) for _ in range(2)]

    [(chat, text)] = told(books)
    assert chat == str(ALICE)
    assert "ends its sessions at the weekend: log in again" in text
    assert results == [{"told": 1}] * 2


def test_who_has_none_or_only_paper_or_one_that_was_put_away_is_not(books: Ledger) -> None:
    people = let_everybody_in(books)
    account(books, people.alice, "Practice", is_live=False, broker=CODE, account_uid="DU1")
    account(books, people.mallory, "Coins", is_live=True, broker="BINGX")
    gone = account(books, people.boss, "Old", is_live=True, **NUMBERS)
    do(books, archive_account, people.boss, gone.uid)

    assert remind(books) == {"told": 0}
    assert told(books) == []


class Unheard:
    """A bus on which nobody answers."""

    def publish(self, message: Any) -> None:
        """Drop it."""


@pytest.mark.parametrize(
    ("job", "has_been_done", "is_told"),
    [("nightly_sync", True, True), ("nightly_sync", False, False), ("only_wakes", True, False)],
)
def test_a_missed_job_is_told_to_admins_once_with_what_to_do(
    books: Ledger, job: str, has_been_done: bool, is_told: bool
) -> None:
    let_everybody_in(books)
    if has_been_done:
        do(books, jobs.finish, SYSTEM, job, NOW - timedelta(days=1), "DONE", {})
    for _ in range(2):
        board = Jobs(books, Unheard(), {"nightly_sync": lambda _due: {}}, time=FalseTime(NOW + timedelta(hours=9)))  # type: ignore[arg-type]
        board.handle(JobDue(job=job, due_at=NOW, late_after_s=3600.0))

    expected = (
        str(BOSS),
        "⚠ Missed: the nightly reconciliation, due at 2026-11-27 14:30 UTC; trading was not running. Each connection "
        "to a venue makes one too; nothing to do.",
    )
    assert told(books) == ([expected] if is_told else [])
