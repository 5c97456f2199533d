"""How a rate is printed, and for which day it is: `92.32`, `STALE`, `for 2026-02-09`."""

from datetime import date, datetime, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

from bus.messages.rounds import Rate
from bus.money import rounded_rate

MOSCOW = ZoneInfo("Europe/Moscow")
"""Where the official rate's days begin."""


def rate_number(rate: Decimal) -> str:
    """Print a rate with two to four decimals: `92.32`.

    Args:
        rate: Rubles for a dollar.

    Returns:
        The number, without trailing zeros after the second decimal.
    """
    text = f"{rounded_rate(rate)}"
    return text[:-2] + text[-2:].rstrip("0")


def rate_flags(rate: Rate) -> str:
    """Return what is doubtful about a rate, each word with a space in front.

    Args:
        rate: The rate.
    """
    return f"{' STALE' if rate.stale else ''}{' UNCONFIRMED' if rate.unconfirmed else ''}"


def earlier_day(rate: Rate, closed_at: datetime, zone: tzinfo) -> date | None:
    """Return the day that a rate is valid for, if that is news.

    Args:
        rate: The rate.
        closed_at: When its round closed.
        zone: The reader's.

    Returns:
        The day where it is before today, else None. Today is the later of the reader's day and Moscow's: a day that
        has begun in Moscow is today, though in the evening elsewhere it would read like a date in the future.
    """
    today = max(closed_at.astimezone(where).date() for where in (zone, MOSCOW))
    return rate.valid_for if rate.valid_for < today else None
