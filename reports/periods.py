"""The periods that a person may name: `today`, `week`, `month`, and a number of days such as `30d`; pure.

`week` and `month` are the last 7 and 30 days, today's among them, from a midnight in the reader's zone: so a report
that comes on Monday morning has the whole week in it. `day` and `today` are the day of trading, as limits count it.
"""

import re
from datetime import datetime, time, timedelta, tzinfo
from typing import Final, Literal, get_args

import msgspec

from ledger.trading.books.pnl import Period

Span = Literal["day", "week", "month"]
"""What a report may be of."""
SPANS: Final[tuple[Span, ...]] = get_args(Span)
_DAYS: Final[dict[str, int]] = {"week": 7, "month": 30}
_NUMBER = re.compile(r"([1-9]\d{0,2})d", re.ASCII)
MOST_DAYS: Final = 366


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """The moment, and how the reader and the limits count days.

    Attributes:
        now: Aware.
        zone: The reader's.
        day_began: When the day of trading began, aware.
    """

    now: datetime
    zone: tzinfo
    day_began: datetime


def days_of(word: str) -> int | None:
    """Return how many days a word names, 0 for the day of trading; None where it names none.

    Args:
        word: As it was typed.
    """
    said = word.lower()
    if said in {"day", "today"}:
        return 0
    found = _NUMBER.fullmatch(said)
    days = _DAYS.get(said) if found is None else int(found[1])
    return days if days is not None and days <= MOST_DAYS else None


def period_of(days: int, clock: Clock) -> Period:
    """Return the period of so many days, which ends now.

    Args:
        days: As `days_of` returns them.
        clock: The moment, and how days are counted.
    """
    if not days:
        return Period(clock.day_began, clock.now)
    first = clock.now.astimezone(clock.zone).date() - timedelta(days=days - 1)
    return Period(datetime.combine(first, time(), tzinfo=clock.zone), clock.now)
