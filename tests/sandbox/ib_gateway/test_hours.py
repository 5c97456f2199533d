"""Hours: around the clock, New York's, and none."""

from datetime import UTC, date, datetime

import pytest

from sandbox.ib_gateway.hours import Hours, hours_text, is_open, next_open, session_of


@pytest.mark.parametrize(
    ("moment", "open_now"),
    [
        ("2026-11-25T14:29:59", False),
        ("2026-11-25T14:30:00", True),
        ("2026-11-25T20:59:59", True),
        ("2026-11-25T21:00:00", False),
        ("2026-11-26T15:00:00", False),
        ("2026-11-27T17:59:59", True),
        ("2026-11-27T18:00:00", False),
        ("2026-11-28T15:00:00", False),
        ("2026-07-01T13:30:00", True),
    ],
)
def test_new_york_is_open_by_its_own_clock_and_calendar(moment: str, open_now: bool) -> None:
    assert is_open(datetime.fromisoformat(moment).replace(tzinfo=UTC), "calendar") is open_now


def test_the_text_has_seven_days_with_closed_and_half_days() -> None:
    days = hours_text(datetime(2026, 11, 25, 12, tzinfo=UTC), "calendar").split(";")

    assert days[:4] == [
        "20261125:0930-20261125:1600",
        "20261126:CLOSED",
        "20261127:0930-20261127:1300",
        "20261128:CLOSED",
    ]
    assert len(days) == 7


@pytest.mark.parametrize(("hours", "is_ever_open"), [("always", True), ("closed", False)])
def test_the_clock_does_not_matter_where_it_is_not_to(hours: Hours, is_ever_open: bool) -> None:
    moments = [datetime(2026, 11, day, hour, tzinfo=UTC) for day in range(25, 30) for hour in range(24)]

    assert {is_open(moment, hours) for moment in moments} == {is_ever_open}


def test_the_next_opening_skips_what_is_closed() -> None:
    begins = next_open(datetime(2026, 11, 25, 22, tzinfo=UTC), "calendar")

    assert begins == datetime(2026, 11, 27, 14, 30, tzinfo=UTC)
    assert next_open(datetime(2026, 11, 25, 22, tzinfo=UTC), "closed") is None


def test_currencies_trade_around_the_clock_but_not_on_weekends() -> None:
    assert session_of(date(2026, 11, 26), "calendar", is_currency=True) is not None
    assert session_of(date(2026, 11, 28), "calendar", is_currency=True) is None
