"""When a market is open; pure but for the table of holidays, which is a package's.

The venue's own hours win. Where it says nothing, crypto never closes, and everything else trades in the sessions of
New York's stock exchange: 09:30 to 16:00, half days to 13:00, its holidays and the owner's extra closed days out.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import msgspec

from ledger.trading.enumerations import AssetType

if TYPE_CHECKING:
    from holidays import HolidayBase

NEW_YORK: Final = ZoneInfo("America/New_York")
OPENS: Final = time(9, 30)
CLOSES: Final = time(16, 0)
CLOSES_EARLY: Final = time(13, 0)
LONGEST_CLOSED: Final = 400
"""Days in which a session is looked for; the longest that the exchange was ever closed is four months, in 1914."""
_DAY = timedelta(days=1)

Session = tuple[datetime, datetime]
"""When it opens and closes, aware UTC."""


class Open(msgspec.Struct, frozen=True):
    """The market is open; `until` is None where it never closes."""

    until: datetime | None


class Closed(msgspec.Struct, frozen=True):
    """The market is closed: the next session; what waits for it expires at `closes_at`. None where nobody knows it."""

    opens_at: datetime | None
    closes_at: datetime | None


class Hours(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an instrument's hours.

    Attributes:
        asset_type: What it is.
        is_always_open: Whether its venue says that it never closes.
        sessions: The venue's own of the coming days, in any order; empty where it does not say.
    """

    asset_type: AssetType
    is_always_open: bool = False
    sessions: Sequence[Session] = ()


def market(hours: Hours, *, now: datetime, extra_closed: Collection[date] = ()) -> Open | Closed:
    """Tell whether an instrument's market is open.

    Args:
        hours: What is known of it; of the venue's sessions, those that are over say nothing of the next one.
        now: The moment, aware.
        extra_closed: Days in New York on which the exchange is closed though no table knows it.

    Returns:
        Open, up to but without its closing moment; or Closed, with the next session, None where there is none within
        `LONGEST_CLOSED` days.
    """
    coming = sorted(each for each in hours.sessions if each[1] > max(now, each[0]))
    if coming:
        return _at(coming[0], now)
    if hours.is_always_open or hours.asset_type == "CRYPTO":
        return Open(None)
    session = _next_session(now, frozenset(extra_closed))
    return Closed(None, None) if session is None else _at(session, now)


def session_of(day: date, *, extra_closed: Collection[date] = ()) -> Session | None:
    """Return the session of New York's stock exchange on a day.

    Args:
        day: Of its own calendar.
        extra_closed: Days on which it is closed though no table knows it.

    Returns:
        When it opens and closes; None where it stays closed.
    """
    if day.weekday() >= 5 or day in extra_closed or day in _closed():
        return None
    closes = CLOSES_EARLY if day in _half_days() else CLOSES
    return _moment(day, OPENS), _moment(day, closes)


def trading_day(asset_type: AssetType, now: datetime) -> date:
    """Return the day that limits count by: New York's, for crypto that of UTC.

    Args:
        asset_type: Of what.
        now: The moment, aware.
    """
    return now.astimezone(_zone(asset_type)).date()


def trading_day_start(asset_type: AssetType, now: datetime) -> datetime:
    """Return when that day began, aware UTC.

    Args:
        asset_type: Of what.
        now: The moment, aware.
    """
    day = trading_day(asset_type, now)
    return datetime.combine(day, time(), tzinfo=_zone(asset_type)).astimezone(UTC)


def _zone(asset_type: AssetType) -> ZoneInfo:
    """Return the zone whose midnight begins a day."""
    return ZoneInfo("UTC") if asset_type == "CRYPTO" else NEW_YORK


def _at(session: Session, now: datetime) -> Open | Closed:
    """Return what the first session that is not over says."""
    opens_at, closes_at = session
    return Open(closes_at) if opens_at <= now else Closed(opens_at, closes_at)


def _next_session(now: datetime, extra_closed: Collection[date]) -> Session | None:
    """Return the exchange's first session that is not over, None where none is near."""
    today = now.astimezone(NEW_YORK).date()
    for days in range(LONGEST_CLOSED):
        session = session_of(today + days * _DAY, extra_closed=extra_closed)
        if session is not None and session[1] > now:
            return session
    return None


def _moment(day: date, wall: time) -> datetime:
    """Return New York's wall time as aware UTC."""
    return datetime.combine(day, wall, tzinfo=NEW_YORK).astimezone(UTC)


@cache
def _closed() -> "HolidayBase":
    """Return the days on which the exchange is closed; the package is loaded when it is first needed."""
    from holidays import financial_holidays

    return financial_holidays("NYSE")


@cache
def _half_days() -> "HolidayBase":
    """Return the days on which it closes early."""
    from holidays import financial_holidays

    return financial_holidays("NYSE", categories=("half_day",))
