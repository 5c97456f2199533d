"""Which time a word means, across the days on which clocks are changed too."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from ledger.trading.books.pnl import Period
from reports.periods import Clock, days_of, period_of

PARIS = ZoneInfo("Europe/Paris")


def clock(now: datetime) -> Clock:
    """Return a reader in Paris, whose day of trading began at New York's midnight."""
    return Clock(now=now, zone=PARIS, day_began=datetime(2026, 3, 30, 4, tzinfo=UTC))


@pytest.mark.parametrize(
    ("word", "days"),
    [
        ("today", 0),
        ("day", 0),
        ("WEEK", 7),
        ("month", 30),
        ("1d", 1),
        ("14d", 14),
        ("366d", 366),
        ("367d", None),
        ("0d", None),
        ("07d", None),
        ("-7d", None),
        ("7", None),
        ("٧d", None),
        ("year", None),
        ("", None),
    ],
)
def test_a_word_names_so_many_days(word: str, days: int | None) -> None:
    assert days_of(word) == days


def test_days_begin_at_the_readers_midnight_also_when_the_clocks_were_changed_since() -> None:
    now = datetime(2026, 3, 30, 20, 30, tzinfo=UTC)
    week = period_of(7, clock(now))

    assert week.since == datetime(2026, 3, 23, 23, tzinfo=UTC)  # midnight of the 24th, in winter time
    assert week.until == now
    assert period_of(1, clock(now)).since == datetime(2026, 3, 29, 22, tzinfo=UTC)


def test_the_day_is_the_day_of_trading() -> None:
    now = datetime(2026, 3, 30, 20, 30, tzinfo=UTC)

    assert period_of(0, clock(now)) == Period(datetime(2026, 3, 30, 4, tzinfo=UTC), now)
