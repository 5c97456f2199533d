"""Jobs that were missed: told to whom, once, and to nobody else."""

from datetime import timedelta
from typing import Any

import pytest

from bus.messages.trading import JobDue
from execution.jobs import Jobs
from ledger.portfolio.tables import outbox
from ledger.store import Ledger
from ledger.trading.flow import jobs
from ledger.trading.principal import SYSTEM
from tests.faults.false_time import FalseTime
from tests.ledger.trading.world import BOSS, NOW, do, let_everybody_in, rows


def told(books: Ledger) -> list[tuple[str, str]]:
    """Return the messages: to whom, and what they say."""
    return [(str(each["chat_id"]), str(each["text"])) for each in rows(books, outbox)]


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
