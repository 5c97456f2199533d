"""What the owner says about the schedule is kept, and moves what was due only where it must."""

from datetime import UTC, datetime

import pytest

from bus.messages.rounds import ScheduleState
from ledger.portfolio.rounds import begin_schedule, read_state
from ledger.portfolio.schedule_overrides import Schedule, read_schedule, set_interval, set_paused
from ledger.store import Ledger
from tests.ledger.rows import HOURS

NOW = datetime(2026, 2, 11, 8, 30, tzinfo=UTC)


@pytest.fixture
def url(each_url: str) -> str:
    """Let every test here be one of each database."""
    return each_url


def test_at_first_the_owner_has_said_nothing(ledger: Ledger) -> None:
    assert read_schedule(ledger) == Schedule(interval_minutes=None, paused=False)


def test_an_interval_is_kept_and_slots_before_it_were_never_due(ledger: Ledger) -> None:
    begin_schedule(ledger, "every two hours", NOW)
    set_interval(ledger, 60, now=NOW + HOURS)

    assert read_schedule(ledger) == Schedule(interval_minutes=60, paused=False)
    assert read_state(ledger) == ScheduleState(last_slot=None, interval_minutes=60, paused=False, due_since=NOW + HOURS)


def test_an_interval_that_is_taken_back_leaves_the_schedule_to_the_settings(ledger: Ledger) -> None:
    set_interval(ledger, 60, now=NOW)
    set_interval(ledger, None, now=NOW + HOURS)

    assert read_schedule(ledger).interval_minutes is None
    assert (read_state(ledger).interval_minutes, read_state(ledger).due_since) == (None, NOW + HOURS)


def test_a_pause_changes_nothing_that_was_due_and_its_end_does(ledger: Ledger) -> None:
    begin_schedule(ledger, "every two hours", NOW)
    set_paused(ledger, paused=True, now=NOW + HOURS)
    paused = read_state(ledger)
    set_paused(ledger, paused=False, now=NOW + 2 * HOURS)
    resumed = read_state(ledger)

    assert (paused.paused, paused.due_since) == (True, NOW)
    assert (resumed.paused, resumed.due_since) == (False, NOW + 2 * HOURS)


def test_resuming_what_is_not_paused_takes_no_slot_away(ledger: Ledger) -> None:
    begin_schedule(ledger, "every two hours", NOW)
    set_paused(ledger, paused=False, now=NOW + HOURS)

    assert read_state(ledger).due_since == NOW


def test_interval_and_pause_outlast_a_change_of_the_settings(ledger: Ledger) -> None:
    begin_schedule(ledger, "every two hours", NOW)
    set_interval(ledger, 60, now=NOW)
    set_paused(ledger, paused=True, now=NOW)
    begin_schedule(ledger, "every three hours", NOW + HOURS)

    assert read_schedule(ledger) == Schedule(interval_minutes=60, paused=True)
