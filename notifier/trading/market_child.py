"""A child that says when New York trades: the table of holidays is a package that weighs 20 MB, and goes with it.

    python -m notifier.trading.market_child

It reads a `MarketRequest` from its standard input and writes a `Session`, both as JSON.
"""

import sys
from datetime import date, datetime

import msgspec

from ledger.trading.hours import CLOSES, NEW_YORK, Closed, Hours, Open, market


class MarketRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A moment, aware, and the days on which New York is closed though no table knows it."""

    now: datetime
    closed: tuple[date, ...] = ()


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """New York's session that runs, or the next one.

    Attributes:
        is_open: Whether it runs.
        opens_at: When the next one begins, aware UTC; None while one runs, or where nobody knows.
        closes_at: When it ends, aware UTC; None where nobody knows.
        is_half_day: Whether it ends early.
    """

    is_open: bool
    opens_at: datetime | None
    closes_at: datetime | None
    is_half_day: bool


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
    return Session(is_open=isinstance(found, Open), opens_at=opens_at, closes_at=closes_at, is_half_day=early)


if __name__ == "__main__":
    asked = msgspec.json.decode(sys.stdin.buffer.read(), type=MarketRequest)
    sys.stdout.buffer.write(msgspec.json.encode(session(asked)))
