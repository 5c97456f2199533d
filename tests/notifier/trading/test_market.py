"""`/market`: how New York stands, in the reader's zone, told by a child that loads the table of holidays."""

from datetime import UTC, datetime
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from bus.language import Language
from notifier.texts.trading_market import WORDS
from notifier.trading.market_child import MarketRequest, Session, session
from notifier.trading.market_commands import page
from tests.notifier.trading.stage import Stage
from tests.running import flat

PARIS = ZoneInfo("Europe/Paris")


def at(text: str, *closed: str) -> Session:
    """Return the session of a moment of New York's wall clock."""
    now = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("America/New_York"))
    days = tuple(datetime.fromisoformat(day).date() for day in closed)
    return session(MarketRequest(now=now, closed=days))


@pytest.mark.parametrize(
    ("now", "told"),
    [
        ("2026-11-25T12:00", "Shares, New York: open\n  closes 2026-11-25 22:00\n"),
        ("2026-11-26T12:00", "New York: closed\n  opens 2026-11-27 15:30\n  closes 2026-11-27 19:00\n  half a day\n"),
        ("2026-11-27T13:00", "New York: closed\n  opens 2026-11-30 15:30\n  closes 2026-11-30 22:00\nCrypto"),
        ("2026-03-13T18:00", "New York: closed\n  opens 2026-03-16 14:30\n"),
    ],
)
def test_hours_are_told_in_the_readers_zone_holidays_and_half_days_known(now: str, told: str) -> None:
    assert told in page(at(now), WORDS["en"], zone=PARIS)


def test_the_owners_own_closed_days_count() -> None:
    assert at("2026-12-09T12:00").is_open
    assert not at("2026-12-09T12:00", "2026-12-09").is_open


def test_where_nobody_knows_the_next_session_the_page_says_so() -> None:
    nothing = Session(is_open=False, opens_at=None, closes_at=None, is_half_day=False)

    assert "nobody knows when it opens" in page(nothing, WORDS["en"], zone=PARIS)


@pytest.mark.parametrize("language", get_args(Language))
def test_the_page_fits_a_phone_in_every_language(language: Language) -> None:
    text = page(at("2026-11-26T12:00"), WORDS[language], zone=UTC)

    assert max(map(len, text.splitlines())) <= 38


def test_a_user_asks_in_the_chat(stage: Stage) -> None:
    with stage.notifier():
        told = stage.answer("/market").text

    assert flat(told).startswith("Markets Shares, New York: ")
    assert "Crypto: open, never closes" in flat(told)
