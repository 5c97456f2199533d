"""What is due after whatever happened, and the slots of a stretch of time."""

from datetime import datetime, timedelta

import pytest

from clock.schedule import (
    COUNTED_MOST,
    MISSED_MOST,
    Due,
    Schedule,
    Slots,
    due,
    slots_between,
)
from tests.clock.schedules import LONG_AGO, utc, window

GRACE = timedelta(minutes=15)


def test_slots_between_excludes_its_start_and_includes_its_end() -> None:
    found = slots_between(window(120), utc("2026-02-11T08:00+01:00"), until=utc("2026-02-11T12:00+01:00"), most=10)

    assert found == Slots(newest=(utc("2026-02-11T10:00+01:00"), utc("2026-02-11T12:00+01:00")), count=2)


def test_slots_between_keeps_the_newest_and_counts_the_others() -> None:
    found = slots_between(window(120), utc("2026-02-04T23:00Z"), until=utc("2026-02-11T23:00Z"), most=2)

    assert found == Slots(newest=(utc("2026-02-11T18:00+01:00"), utc("2026-02-11T20:00+01:00")), count=49)


@pytest.mark.parametrize("until", ["2026-02-11T09:00+01:00", "2026-02-11T08:00+01:00", "2026-01-01T00:00Z"])
def test_slots_between_is_empty_where_nothing_lies_between(until: str) -> None:
    found = slots_between(window(120), utc("2026-02-11T08:00+01:00"), until=utc(until), most=10)

    assert found == Slots(newest=(), count=0)


def test_counting_stops_after_years_of_absence() -> None:
    found = slots_between(window(1, 0, 23), LONG_AGO, until=utc("2026-02-11T09:00Z"), most=3)

    assert len(found.newest) == 3
    assert found.count == COUNTED_MOST


def due_at(now: str, *, last_slot: str | None, due_since: datetime = LONG_AGO, schedule: Schedule | None = None) -> Due:
    """Ask what is due."""
    return due(
        schedule or window(120),
        last_slot=None if last_slot is None else utc(last_slot),
        due_since=due_since,
        now=utc(now),
        grace=GRACE,
    )


def test_nothing_is_due_between_slots() -> None:
    assert due_at("2026-02-11T09:59:59+01:00", last_slot="2026-02-11T08:00+01:00") == Due()


def test_a_slot_is_due_at_its_very_instant() -> None:
    found = due_at("2026-02-11T10:00+01:00", last_slot="2026-02-11T08:00+01:00")

    assert found == Due(announce=utc("2026-02-11T10:00+01:00"))


def test_a_closed_slot_is_not_due_again() -> None:
    """Fault 28: the arithmetic."""
    assert due_at("2026-02-11T10:00:01+01:00", last_slot="2026-02-11T10:00+01:00") == Due()


def test_a_clock_set_back_makes_nothing_due() -> None:
    """Fault 28: the arithmetic."""
    assert due_at("2026-02-11T08:30+01:00", last_slot="2026-02-11T10:00+01:00") == Due()


def test_slots_before_the_start_were_never_due() -> None:
    start = utc("2026-02-11T11:00+01:00")

    assert due_at("2026-02-11T11:00:01+01:00", last_slot=None, due_since=start) == Due()
    assert due_at("2026-02-11T12:00:01+01:00", last_slot=None, due_since=start) == Due(
        announce=utc("2026-02-11T12:00+01:00")
    )
    assert due_at("2026-02-11T12:00:01+01:00", last_slot="2026-02-10T20:00+01:00", due_since=start) == Due(
        announce=utc("2026-02-11T12:00+01:00")
    )


def test_a_slot_as_old_as_the_grace_is_missed_and_a_younger_one_is_announced() -> None:
    """Fault 25: the arithmetic."""
    slot = utc("2026-02-11T10:00+01:00")

    assert due_at("2026-02-11T10:14:59+01:00", last_slot="2026-02-11T08:00+01:00") == Due(announce=slot)
    assert due_at("2026-02-11T10:15+01:00", last_slot="2026-02-11T08:00+01:00") == Due(missed=(slot,), missed_count=1)


def test_after_an_absence_the_newest_is_announced_and_the_older_ones_are_missed() -> None:
    """Faults 27 and 29: the arithmetic."""
    found = due_at("2026-02-11T14:05+01:00", last_slot="2026-02-11T08:00+01:00")

    assert found == Due(
        announce=utc("2026-02-11T14:00+01:00"),
        missed=(utc("2026-02-11T10:00+01:00"), utc("2026-02-11T12:00+01:00")),
        missed_count=2,
    )


def test_only_the_newest_is_announced_where_several_are_younger_than_the_grace() -> None:
    """Fault 27: the arithmetic."""
    found = due_at("2026-02-11T10:02:30+01:00", last_slot="2026-02-11T10:00+01:00", schedule=window(1))

    assert found == Due(announce=utc("2026-02-11T10:02+01:00"), missed=(utc("2026-02-11T10:01+01:00"),), missed_count=1)


@pytest.mark.parametrize(("now", "announced"), [("2026-02-11T12:00:30+01:00", 1), ("2026-02-11T21:00+01:00", 0)])
def test_a_long_absence_lists_the_newest_thousand_and_counts_all(now: str, announced: int) -> None:
    found = due_at(now, last_slot="2026-02-08T20:00+01:00", schedule=window(1))
    all_slots = slots_between(window(1), utc("2026-02-08T20:00+01:00"), until=utc(now), most=3000).newest

    assert (found.announce is not None) == bool(announced)
    assert found.missed_count == len(all_slots) - announced > MISSED_MOST
    assert found.missed == all_slots[: len(all_slots) - announced][-MISSED_MOST:]
