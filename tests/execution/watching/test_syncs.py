"""The reconciliation of every few hours: at the same instants in every life, each with a row; what differs is told."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from execution.held import Held
from execution.signals_desk.around import Around
from execution.watching.syncs import Syncs
from ledger.trading.tables.flow import jobs
from tests.execution.signals_desk.stage import BTC
from tests.execution.watching.stage import WatchingStage
from tests.ledger.trading.world import rows


class Synced:
    """Execution with its reconciliations."""

    def __init__(self, stage: WatchingStage) -> None:
        """Begin a life of the program."""
        self.stage = stage
        self.asked = 0
        self.start()

    def start(self) -> None:
        """Begin a new life."""
        self.stage.start()
        self.syncs = Syncs(self._around(Held()), reconcile=self._reconcile)

    def lead(self) -> None:
        """Begin to lead where the accounts are another execution's: that of the stage."""
        self.syncs = Syncs(self._around(Held(is_shared=True)), reconcile=lambda: None)

    def _around(self, held: Held) -> Around:
        """Return what is around an execution that holds these."""
        at = self.stage
        return Around(ledger=at.ledger, link=at.link, orders=at.orders, settings=at.settings, time=at.time, held=held)

    def _reconcile(self) -> None:
        """Count it, and do it."""
        self.asked += 1
        self.stage.orders.reconcile_now()

    def passes(self, seconds: float, *, step_s: float = 2.0) -> None:
        """Let time pass."""
        left = seconds
        while left > 0:
            self.stage.passes(min(step_s, left), step_s=step_s)
            self.syncs.turn()
            left -= step_s

    def made(self) -> list[tuple[datetime, str, Any]]:
        """Return the rows."""
        found = [each for each in rows(self.stage.ledger, jobs) if each["job"] == "position_sync"]
        return [(each["due_at"], each["state"], each["result_json"]) for each in found]


@pytest.fixture
def synced(stage: WatchingStage) -> Synced:
    """Give execution that has just started."""
    return Synced(stage)


NOON, FOUR = (datetime(2026, 11, 27, hour, tzinfo=UTC) for hour in (12, 16))
WELL = {"accounts": 1, "read": 1, "differ": 0}


def test_each_instant_is_done_once_whatever_restarts_and_has_a_row(synced: Synced) -> None:
    synced.passes(30)
    for _ in range(2):
        synced.start()
        synced.passes(30)
    synced.stage.time.step(timedelta(hours=2))
    synced.passes(30)

    assert synced.made() == [(NOON, "DONE", WELL), (FOUR, "DONE", WELL)]
    assert synced.asked == 2


def test_a_clock_that_is_put_back_and_forth_does_nothing_twice(synced: Synced) -> None:
    """Fault T31."""
    synced.passes(30)
    for hours in (2, -2, 2, -2, 2):
        synced.stage.time.step(timedelta(hours=hours))
        synced.passes(30)

    assert [(due_at, state) for due_at, state, _ in synced.made()] == [(NOON, "DONE"), (FOUR, "DONE")]
    assert synced.asked == 2


def test_where_nothing_differs_nothing_is_told(synced: Synced) -> None:
    synced.passes(30)

    assert synced.stage.told() == []


def test_what_differs_is_told_with_both_numbers_and_the_cure_once_and_not_mended(synced: Synced) -> None:
    """Fault T23."""
    synced.stage.venue.held[BTC] = Decimal(3)
    synced.passes(30)
    synced.stage.time.step(timedelta(hours=2))
    synced.passes(30)

    [told] = synced.stage.told()
    assert "BTC-USDT: the books hold 0, the venue 3. +3 was not made here" in told
    assert told.endswith("/adopt BTC-USDT takes it in.")
    assert [result for _, _, result in synced.made()] == [{**WELL, "differ": 1}] * 2
    assert synced.stage.held() == []


def test_a_venue_that_is_away_leaves_a_row_that_says_so_and_the_next_instant_is_tried(synced: Synced) -> None:
    synced.stage.venue.is_connected = False
    synced.passes(700, step_s=100)
    synced.stage.venue.is_connected = True
    synced.stage.time.step(timedelta(hours=2))
    synced.passes(30)

    assert synced.made() == [(NOON, "FAILED", {**WELL, "read": 0}), (FOUR, "DONE", WELL)]


def test_what_another_execution_has_read_before_the_leader_looked_counts(synced: Synced) -> None:
    synced.lead()
    synced.stage.passes(10)  # those who have the accounts see the instant first
    synced.passes(20)

    assert synced.made() == [(NOON, "DONE", WELL)]


@pytest.mark.parametrize(("hours", "instant"), [(1, 14), (4, 12), (5, 12), (24, 0)])
def test_the_instants_are_as_far_apart_as_the_setting_says(synced: Synced, hours: int, instant: int) -> None:
    stage = synced.stage
    stage.settings = msgspec.structs.replace(stage.settings, position_sync_hours=hours)
    synced.start()
    synced.passes(30)
    [(due_at, *_)] = synced.made()

    assert (due_at.timestamp() / 3600) % hours == 0
    assert hours == 5 or due_at == NOON.replace(hour=instant)
