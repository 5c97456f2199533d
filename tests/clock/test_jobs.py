"""Jobs of trading are due by their own zone, announced until they are done, and meant by whoever computes them."""

from datetime import UTC, datetime, timedelta

import pytest

from bus.messages.trading import JobDone
from clock.jobs import JOBS, Job, JobBoard

MARKET_OPEN = next(job for job in JOBS if job.name == "market_open")


class Hands:
    """A clock whose hands the test moves."""

    def __init__(self, at: datetime) -> None:
        self.at, self.seconds = at, 0.0

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.seconds

    def move(self, by: timedelta) -> None:
        self.at += by
        self.seconds += by.total_seconds()


@pytest.mark.parametrize(
    ("day", "hour"),
    [
        (datetime(2026, 3, 6, tzinfo=UTC), 14),  # a Friday in winter
        (datetime(2026, 3, 9, tzinfo=UTC), 13),  # New York has summer time since Sunday, Europe not yet
        (datetime(2026, 10, 30, tzinfo=UTC), 13),  # Europe has winter time since Sunday, New York not yet
        (datetime(2026, 11, 2, tzinfo=UTC), 14),
    ],
)
def test_the_market_opens_by_new_yorks_own_clock(day: datetime, hour: int) -> None:
    """Fault T31: summer time."""
    evening = day + timedelta(hours=22)

    assert MARKET_OPEN.newest(evening) == day + timedelta(hours=hour, minutes=30)


def test_at_a_weekend_the_newest_opening_is_fridays() -> None:
    sunday = datetime(2026, 3, 8, 12, tzinfo=UTC)

    assert MARKET_OPEN.newest(sunday) == datetime(2026, 3, 6, 14, 30, tzinfo=UTC)


def test_a_job_is_announced_again_until_its_row_is_written() -> None:
    hands = Hands(datetime(2026, 3, 4, 4, 31, tzinfo=UTC))
    board = JobBoard((next(job for job in JOBS if job.name == "self_check"),), time=hands)

    first = board.due()
    at_once = board.due()
    hands.move(timedelta(seconds=6))
    again = board.due()
    board.take(JobDone(job="self_check", due_at=first[0].due_at, state="DONE"))
    hands.move(timedelta(seconds=6))

    assert (at_once, again) == ((), first)
    assert board.due() == ()


def test_the_next_instant_of_a_job_is_another_one() -> None:
    hands = Hands(datetime(2026, 3, 4, 4, 31, tzinfo=UTC))
    board = JobBoard((next(job for job in JOBS if job.name == "self_check"),), time=hands)
    (due,) = board.due()
    board.take(JobDone(job="self_check", due_at=due.due_at, state="DONE"))
    hands.move(timedelta(days=1))

    assert [each.due_at for each in board.due()] == [due.due_at + timedelta(days=1)]


def test_two_clocks_mean_the_same_instant_of_a_job() -> None:
    """Fault T31: a clock that is off."""
    early, late = (JobBoard(time=Hands(datetime(2026, 3, 4, 15, minute, tzinfo=UTC))) for minute in (1, 50))

    assert early.due() == late.due()


def test_an_old_word_that_a_job_is_done_does_not_undo_a_newer_one() -> None:
    hands = Hands(datetime(2026, 3, 5, 4, 31, tzinfo=UTC))
    board = JobBoard((next(job for job in JOBS if job.name == "self_check"),), time=hands)
    (due,) = board.due()
    board.take(JobDone(job="self_check", due_at=due.due_at, state="DONE"))
    board.take(JobDone(job="self_check", due_at=due.due_at - timedelta(days=1), state="DONE"))
    hands.move(timedelta(seconds=6))

    assert board.due() == ()


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_every_job_was_due_within_the_days_that_are_looked_at(job: Job) -> None:
    moment = datetime(2026, 7, 6, 3, 30, tzinfo=UTC)

    assert all(job.newest(moment + timedelta(hours=hours)) is not None for hours in range(0, 24 * 7, 5))
