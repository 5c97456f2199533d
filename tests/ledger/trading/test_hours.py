"""When markets are open: New York's table, its clock changes, the venue's own hours, the day that limits count by."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.trading.enumerations import AssetType
from ledger.trading.hours import NEW_YORK, Closed, Hours, Open, market, session_of, trading_day, trading_day_start

SHARES = Hours(asset_type="EQUITY")
CRYPTO = Hours(asset_type="CRYPTO")
CLOSED_DAYS = {
    2026: "01-01 01-19 02-16 04-03 05-25 06-19 07-03 09-07 11-26 12-25",
    2027: "01-01 01-18 02-15 03-26 05-31 06-18 07-05 09-06 11-25 12-24",
    2028: "01-17 02-21 04-14 05-29 06-19 07-04 09-04 11-23 12-25",
}
HALF_DAYS = {2026: "11-27 12-24", 2027: "11-26", 2028: "07-03 11-24"}
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 1)).map(lambda naive: naive.replace(tzinfo=UTC))  # noqa: DTZ001 - hypothesis takes naive bounds

ANY_MOMENTS = st.datetimes(datetime(1800, 1, 1), datetime(2900, 1, 1)).map(lambda naive: naive.replace(tzinfo=UTC))  # noqa: DTZ001 - hypothesis takes naive bounds


def new_york(text: str) -> datetime:
    """Return a moment of New York's wall clock."""
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


def days(table: dict[int, str]) -> set[date]:
    """Return the days of a table."""
    return {date.fromisoformat(f"{year}-{day}") for year, text in table.items() for day in text.split()}


def test_the_exchange_is_closed_on_its_holidays_and_weekends_and_closes_early_on_its_half_days() -> None:
    """Fault T31: holidays and half days."""
    closed, half = set(), set()
    for number in range((date(2029, 1, 1) - date(2026, 1, 1)).days):
        day = date(2026, 1, 1) + timedelta(days=number)
        session = session_of(day)
        if session is None:
            closed.add(day)
            continue
        opens, closes = (moment.astimezone(NEW_YORK).strftime("%H:%M") for moment in session)
        assert opens == "09:30"
        assert closes in {"13:00", "16:00"}
        half |= {day} if closes == "13:00" else set()

    assert {day for day in closed if day.weekday() < 5} == days(CLOSED_DAYS)
    assert half == days(HALF_DAYS)


@pytest.mark.parametrize(
    ("now", "opens", "closes"),
    [
        ("2026-03-11T09:29:59", "2026-03-11T09:30", "2026-03-11T16:00"),
        ("2026-03-11T16:00:00", "2026-03-12T09:30", "2026-03-12T16:00"),
        ("2026-03-06T17:00:00", "2026-03-09T09:30", "2026-03-09T16:00"),  # the clocks change on the Sunday
        ("2026-11-25T23:00:00", "2026-11-27T09:30", "2026-11-27T13:00"),
        ("2026-11-27T13:00:00", "2026-11-30T09:30", "2026-11-30T16:00"),
    ],
)
def test_what_is_closed_names_its_next_session(now: str, opens: str, closes: str) -> None:
    assert market(SHARES, now=new_york(now)) == Closed(new_york(opens), new_york(closes))


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-03-11T09:30:00", "2026-03-11T16:00"),
        ("2026-03-11T15:59:59", "2026-03-11T16:00"),
        ("2026-11-27T12:00:00", "2026-11-27T13:00"),
    ],
)
def test_what_is_open_names_its_end(now: str, until: str) -> None:
    assert market(SHARES, now=new_york(now)) == Open(new_york(until))


def test_sessions_follow_new_yorks_clock_and_not_europes() -> None:
    """Fault T31: summer time here and there."""
    winter, between, summer = (session_of(date(2026, 3, day)) for day in (6, 9, 30))

    assert winter is not None
    assert between is not None
    assert summer is not None
    assert [session[0].hour for session in (winter, between, summer)] == [14, 13, 13]


def test_crypto_never_closes() -> None:
    assert market(CRYPTO, now=new_york("2026-12-25T03:00")) == Open(None)


def test_what_its_venue_says_never_closes_is_open() -> None:
    assert market(Hours(asset_type="FUTURE", is_always_open=True), now=new_york("2026-12-25T03:00")) == Open(None)


def test_the_venues_own_hours_win() -> None:
    """Fault T31: an unscheduled closing."""
    session = (new_york("2026-12-25T03:00"), new_york("2026-12-25T04:00"))
    hours = Hours(asset_type="EQUITY", sessions=(session,))

    assert market(hours, now=new_york("2026-12-25T03:30")) == Open(session[1])
    assert market(hours, now=new_york("2026-12-24T10:00")) == Closed(*session)


def test_hours_of_the_venue_that_are_over_say_nothing() -> None:
    old = (new_york("2026-03-10T09:30"), new_york("2026-03-10T11:00"))

    assert market(Hours(asset_type="EQUITY", sessions=(old,)), now=new_york("2026-03-11T10:00")) == Open(
        new_york("2026-03-11T16:00")
    )


def test_an_extra_closed_day_is_left_out() -> None:
    found = market(SHARES, now=new_york("2026-03-11T10:00"), extra_closed=[date(2026, 3, 11), date(2026, 3, 12)])

    assert found == Closed(new_york("2026-03-13T09:30"), new_york("2026-03-13T16:00"))


def test_a_long_closure_names_the_opening_after_it() -> None:
    """Fault T31: an unscheduled closing."""
    months = [date(2026, 3, 1) + timedelta(days=number) for number in range(130)]

    assert market(SHARES, now=new_york("2026-03-11T10:00"), extra_closed=months) == Closed(
        new_york("2026-07-09T09:30"), new_york("2026-07-09T16:00")
    )


def test_of_what_is_closed_for_longer_than_anybody_looks_nobody_knows_when_it_opens() -> None:
    years = [date(2026, 3, 1) + timedelta(days=number) for number in range(800)]

    assert market(SHARES, now=new_york("2026-03-11T10:00"), extra_closed=years) == Closed(None, None)


def test_a_session_that_ends_before_it_begins_says_nothing() -> None:
    session = (new_york("2026-03-11T12:00"), new_york("2026-03-11T11:00"))

    assert market(Hours(asset_type="EQUITY", sessions=(session,)), now=new_york("2026-03-11T10:00")) == Open(
        new_york("2026-03-11T16:00")
    )


@given(
    ANY_MOMENTS,
    st.sampled_from(get_args(AssetType)),
    st.booleans(),
    st.lists(st.tuples(ANY_MOMENTS, ANY_MOMENTS), max_size=4),
    st.lists(st.dates(), max_size=5),
    st.integers(0, 900),
)
def test_whatever_the_calendar_says_it_is_open_or_closed_and_never_an_error(
    now: datetime, asset_type: Any, is_always_open: bool, sessions: Any, extra: list[date], closed_days: int
) -> None:
    hours = Hours(asset_type=asset_type, is_always_open=is_always_open, sessions=sessions)
    closed = [now.date() + timedelta(days=number) for number in range(-1, closed_days)]
    found = market(hours, now=now, extra_closed=[*extra, *closed])

    if isinstance(found, Open):
        assert found.until is None or now < found.until
    elif found.opens_at is not None:
        assert found.closes_at is not None
        assert now < found.opens_at < found.closes_at


@pytest.mark.parametrize(
    ("asset_type", "now", "day", "start"),
    [
        ("EQUITY", "2026-03-08T04:59:59+00:00", "2026-03-07", "2026-03-07T05:00:00+00:00"),
        ("EQUITY", "2026-03-08T05:00:00+00:00", "2026-03-08", "2026-03-08T05:00:00+00:00"),
        ("EQUITY", "2026-03-09T04:00:00+00:00", "2026-03-09", "2026-03-09T04:00:00+00:00"),
        ("CRYPTO", "2026-03-08T23:59:59+00:00", "2026-03-08", "2026-03-08T00:00:00+00:00"),
        ("CRYPTO", "2026-03-08T20:00:00-05:00", "2026-03-09", "2026-03-09T00:00:00+00:00"),
    ],
)
def test_a_day_is_new_yorks_and_of_crypto_that_of_utc(asset_type: AssetType, now: str, day: str, start: str) -> None:
    """Fault T31: the day of daily limits."""
    moment = datetime.fromisoformat(now)

    assert trading_day(asset_type, moment) == date.fromisoformat(day)
    assert trading_day_start(asset_type, moment) == datetime.fromisoformat(start)
    assert trading_day_start(asset_type, moment).tzinfo == UTC


@given(MOMENTS)
def test_a_closed_market_opens_when_it_says_and_an_open_one_closes(now: datetime) -> None:
    found = market(SHARES, now=now)

    if isinstance(found, Closed):
        assert found.opens_at is not None
        assert found.closes_at is not None
        assert now < found.opens_at < found.closes_at
        assert market(SHARES, now=found.opens_at) == Open(found.closes_at)
    else:
        assert found.until is not None
        assert now < found.until
        assert isinstance(market(SHARES, now=found.until), Closed)


@given(MOMENTS)
def test_the_zone_in_which_a_moment_is_written_changes_nothing(now: datetime) -> None:
    assert market(SHARES, now=now) == market(SHARES, now=now.astimezone(NEW_YORK))
