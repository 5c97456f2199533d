"""A child that says when New York trades: the table of holidays is a package that weighs 20 MB, and goes with it.

    python -m notifier.trading.market_child

It reads a `MarketRequest` from its standard input and writes a `Session`, both as JSON.
"""

import sys
from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Final

import msgspec

from ledger.trading.hours import CLOSES, LONGEST_CLOSED, NEW_YORK, Closed, Hours, Open, market, session_of

MOST_DAYS: Final = 3
SATURDAY: Final = 5


class MarketRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A moment, aware, and the days on which New York is closed though no table knows it."""

    now: datetime
    closed: tuple[date, ...] = ()


class ShortDay(msgspec.Struct, frozen=True):
    """A day of the week on which New York does not trade, or not for long: `closes_at` is when it stops early."""

    day: date
    closes_at: datetime | None = None


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """New York's session that runs, or the next one.

    Attributes:
        is_open: Whether it runs.
        opens_at: When the next one begins, aware UTC; None while one runs, or where nobody knows.
        closes_at: When it ends, aware UTC; None where nobody knows.
        is_half_day: Whether it ends early.
        then: The session after it; None where nobody knows.
        short_days: The next days on which it does not trade, or not for long.
    """

    is_open: bool
    opens_at: datetime | None
    closes_at: datetime | None
    is_half_day: bool
    then: tuple[datetime, datetime] | None = None
    short_days: tuple[ShortDay, ...] = ()


def session(asked: MarketRequest) -> Session:
    """Return the session of a moment, or the one after it.

    Args:
        asked: The moment.
    """
    found: Open | Closed = market(Hours(asset_type="EQUITY"), now=asked.now, extra_closed=asked.closed)
    if isinstance(found, Open):
        opens_at, closes_at = None, found.until
    else:
        opens_at, closes_at = found.opens_at, found.closes_at
    early = closes_at is not None and closes_at.astimezone(NEW_YORK).time() < CLOSES
    after = closes_at or asked.now
    return Session(
        is_open=isinstance(found, Open),
        opens_at=opens_at,
        closes_at=closes_at,
        is_half_day=early,
        then=next(_sessions(after, asked.closed), None),
        short_days=tuple(islice(_short_days(asked.now, asked.closed), MOST_DAYS)),
    )


def _sessions(after: datetime, closed: Collection[date]) -> Iterator[tuple[datetime, datetime]]:
    """Yield the sessions that begin after a moment."""
    for day in _days(after):
        found = session_of(day, extra_closed=closed)
        if found is not None and found[0] > after:
            yield found


def _short_days(now: datetime, closed: Collection[date]) -> Iterator[ShortDay]:
    """Yield the days of the week, from now on, on which New York does not trade, or not for long."""
    for day in _days(now):
        found = session_of(day, extra_closed=closed)
        if found is None and day.weekday() < SATURDAY:
            yield ShortDay(day)
        elif found is not None and found[1].astimezone(NEW_YORK).time() < CLOSES and found[1] > now:
            yield ShortDay(day, found[1])


def _days(now: datetime) -> Iterator[date]:
    """Yield New York's days from that of a moment on, as far as the exchange's table is looked at."""
    today = now.astimezone(NEW_YORK).date()
    return (today + timedelta(days=number) for number in range(LONGEST_CLOSED))


if __name__ == "__main__":
    asked = msgspec.json.decode(sys.stdin.buffer.read(), type=MarketRequest)
    sys.stdout.buffer.write(msgspec.json.encode(session(asked)))
