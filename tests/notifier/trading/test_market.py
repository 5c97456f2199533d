"""`/market`: how New York stands, in the reader's zone, told by a child that loads the table of holidays."""

from datetime import UTC, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from bus.language import Language
from bus.messages.trading import VenueHours, VenueSession
from notifier.texts.trading_market import WORDS
from notifier.trading.market_child import MarketRequest, Session, session
from notifier.trading.market_commands import page
from tests.notifier.trading.stage import Stage
from tests.running import flat

PARIS = ZoneInfo("Europe/Paris")
NOON = datetime(2026, 11, 25, 17, tzinfo=UTC)
"""In New York."""
HOUR = timedelta(hours=1)
SHARES = VenueHours(
    broker="broker-ibkr",
    asset_type="EQUITY",
    symbols=("AAPL", "SPY"),
    sessions=tuple(VenueSession(NOON + hours * HOUR, NOON + (hours + 3) * HOUR) for hours in (-9, -2, 43)),
)
PAIRS = VenueHours(
    broker="broker-ibkr",
    asset_type="FOREX",
    symbols=("EUR.USD",),
    sessions=(VenueSession(NOON + 3 * HOUR, NOON + 6 * HOUR),),
)


def at(text: str, *closed: str) -> Session:
    """Return the session of a moment of New York's wall clock."""
    now = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("America/New_York"))
    days = tuple(datetime.fromisoformat(day).date() for day in closed)
    return session(MarketRequest(now=now, closed=days))


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (
            "2026-11-25T12:00",
            "Shares, New York: open\n  closes 2026-11-25 22:00\n  then 2026-11-27 15:30 – 19:00\nCrypto",
        ),
        ("2026-11-26T12:00", "New York: closed\n  opens 2026-11-27 15:30\n  closes 2026-11-27 19:00\n  half a day\n"),
        ("2026-11-27T13:00", "New York: closed\n  opens 2026-11-30 15:30\n  closes 2026-11-30 22:00\nCrypto"),
        ("2026-03-13T18:00", "New York: closed\n  opens 2026-03-16 14:30\n"),
    ],
)
def test_hours_are_told_in_the_readers_zone_holidays_and_half_days_known(now: str, told: str) -> None:
    assert told in page(at(now), WORDS["en"], zone=PARIS, now=NOON)


def test_the_owners_own_closed_days_count() -> None:
    assert at("2026-12-09T12:00").is_open
    assert not at("2026-12-09T12:00", "2026-12-09").is_open


def test_where_nobody_knows_the_next_session_the_page_says_so() -> None:
    nothing = Session(is_open=False, opens_at=None, closes_at=None, is_half_day=False)

    assert "nobody knows when it opens" in page(nothing, WORDS["en"], zone=PARIS, now=NOON)


@pytest.mark.parametrize("language", get_args(Language))
def test_the_page_fits_a_phone_in_every_language(language: Language) -> None:
    text = page(at("2026-11-26T12:00"), WORDS[language], zone=UTC, now=NOON, venues=(SHARES, PAIRS))

    assert max(map(len, text.splitlines())) <= 38


def test_the_hours_that_a_venue_has_told_come_first_with_whose_they_are() -> None:
    text = page(at("2026-11-25T12:00"), WORDS["en"], zone=UTC, now=NOON, venues=(SHARES, PAIRS))

    assert "IBKR, shares: open\n  closes 2026-11-25 18:00\n  then 2026-11-27 12:00 – 15:00\n  AAPL, SPY\n" in text
    assert "IBKR, currencies: closed\n  opens 2026-11-25 20:00\n  closes 2026-11-25 23:00\n  EUR.USD\n" in text
    assert "A venue's own hours come first." in text


def test_the_days_are_told_on_which_new_york_does_not_trade_or_not_for_long() -> None:
    text = page(at("2026-11-25T12:00"), WORDS["en"], zone=PARIS, now=NOON)

    days = "New York stays closed\n  2026-11-26\n  2026-11-27 from 19:00 on\n  2026-12-24 from 19:00 on"
    assert text.endswith(f"No venue has told its own hours yet; where one does, they come first.\n\n{days}")


def test_a_user_asks_in_the_chat(stage: Stage) -> None:
    with stage.notifier():
        told = stage.answer("/market").text

    assert flat(told).startswith("Markets Shares, New York: ")
    assert "Crypto: open, never closes" in flat(told)
