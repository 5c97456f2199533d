"""Hours of contract details, as aware UTC."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brokers.ibkr_venue.hours import sessions
from brokers.venue import Malformed


def at(text: str) -> datetime:
    """Return a moment of UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_each_day_of_the_present_form_is_a_session() -> None:
    text = "20261120:0930-20261120:1600;20261121:CLOSED;20261122:CLOSED;20261123:0930-20261123:1600"

    assert sessions(text, "US/Eastern") == (
        (at("2026-11-20T14:30"), at("2026-11-20T21:00")),
        (at("2026-11-23T14:30"), at("2026-11-23T21:00")),
    )


def test_the_older_form_has_several_sessions_in_a_day() -> None:
    text = "20261120:0930-1200,1300-1600;20261121:CLOSED"

    assert sessions(text, "JST (Japan Standard Time)") == (
        (at("2026-11-20T00:30"), at("2026-11-20T03:00")),
        (at("2026-11-20T04:00"), at("2026-11-20T07:00")),
    )


def test_a_half_day_ends_early() -> None:
    assert sessions("20261127:0930-20261127:1300", "America/New_York") == (
        (at("2026-11-27T14:30"), at("2026-11-27T18:00")),
    )


def test_hours_move_with_the_summer_time_of_their_own_zone() -> None:
    """In 2026 New York's ends on 1 November, Europe's on 25 October."""
    text = "20261030:0930-20261030:1600;20261102:0930-20261102:1600"

    before, after = sessions(text, "US/Eastern")

    assert before == (at("2026-10-30T13:30"), at("2026-10-30T20:00"))
    assert after == (at("2026-11-02T14:30"), at("2026-11-02T21:00"))


def test_the_old_name_of_new_yorks_zone_has_a_summer_time() -> None:
    assert sessions("20260703:0930-20260703:1600", "EST") == ((at("2026-07-03T13:30"), at("2026-07-03T20:00")),)


def test_a_night_over_the_change_of_the_clocks_is_one_session() -> None:
    ((begins, ends),) = sessions("20261031:1715-20261101:1700", "US/Eastern")

    assert ends - begins == timedelta(hours=24, minutes=45)


def test_midnight_may_be_written_as_the_end_of_a_day() -> None:
    assert sessions("20261120:0000-20261120:2400", "UTC") == ((at("2026-11-20T00:00"), at("2026-11-21T00:00")),)


def test_where_every_day_is_closed_nothing_opens_before_the_last_of_them_is_over() -> None:
    ((begins, _),) = sessions("20261120:CLOSED;20261121:CLOSED", "US/Eastern")

    assert begins == at("2026-11-22T05:00")


def test_no_text_says_nothing() -> None:
    assert sessions("", "US/Eastern") == ()


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("20261120:0930-20261120:1600", "Mars/Olympus"),
        ("20261120:0930-20261120:1600", "../../etc/passwd"),
        ("20261120:1600-20261120:0930", "US/Eastern"),
        ("20261120:2530-20261120:2600", "US/Eastern"),
        ("20261320:0930-1600", "US/Eastern"),
        ("20261120:OPEN", "US/Eastern"),
    ],
)
def test_what_is_not_understood_is_an_error(text: str, zone: str) -> None:
    with pytest.raises(Malformed):
        sessions(text, zone)


@given(st.text(), st.sampled_from(["US/Eastern", "EST", ""]))
def test_no_text_makes_the_reader_raise_anything_but_its_own_error(text: str, zone: str) -> None:
    try:
        found = sessions(text, zone)
    except Malformed:
        return

    assert all(begins < ends for begins, ends in found)
