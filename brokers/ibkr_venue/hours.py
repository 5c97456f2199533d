"""The hours of an instrument, out of the text in its contract's details.

Follows the TWS API's reference of `liquidHours` (read 2026-11): days of the exchange's own zone, in one of two forms:

    20261120:0930-20261120:1600;20261121:CLOSED;20261123:0930-20261123:1600
    20261120:0930-1200,1300-1600;20261121:CLOSED

Quirks: zones may be old names, of which EST and CST mean cities with a summer time. A session may begin on the day
before, and end at 2400.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from brokers.venue import Malformed
from bus import reasons

Session = tuple[datetime, datetime]
CLOSED: Final = "CLOSED"
_OLD_NAMES: Final = {
    "EST": "America/New_York",
    "EST5EDT": "America/New_York",
    "CST": "America/Chicago",
    "CST6CDT": "America/Chicago",
    "MST": "America/Denver",
    "PST": "America/Los_Angeles",
    "GMT": "Europe/London",
    "MET": "Europe/Berlin",
    "CET": "Europe/Berlin",
    "JST": "Asia/Tokyo",
}
_SPAN: Final = re.compile(r"(?:(\d{8}):)?(\d{4})-(?:(\d{8}):)?(\d{4})")
_A_MOMENT: Final = timedelta(minutes=1)


def sessions(text: str, zone: str) -> tuple[Session, ...]:
    """Return when an instrument is traded in its exchange's own hours.

    Args:
        text: The `liquidHours` of its details.
        zone: The `timeZoneId` of its details.

    Returns:
        Pairs of aware UTC moments, in order. Empty where the text is. Where every day in it is closed, one session of
        a minute after the last of these days: nothing is known of what comes then, but that it is closed until then.

    Raises:
        Malformed: The text or the zone is not understood.
    """
    if not text.strip():
        return ()
    where = _zone(zone)
    found: list[Session] = []
    last = datetime.min.replace(tzinfo=UTC)
    for day in filter(None, map(str.strip, text.split(";"))):
        name, _, rest = day.partition(":")
        last = max(last, _moment(name, "2400", where))
        if rest != CLOSED:
            found += [_session(name, span.strip(), where) for span in rest.split(",")]
    return tuple(sorted(found)) or ((last, last + _A_MOMENT),)


def _session(day: str, span: str, where: ZoneInfo) -> Session:
    """Return one session; a day that is not written is the one before it."""
    match = _SPAN.fullmatch(span)
    if match is None:
        raise Malformed(reasons.BAD_ANSWER, code="hours")
    first_day, begins, last_day, ends = match.groups()
    first, last = _moment(first_day or day, begins, where), _moment(last_day or first_day or day, ends, where)
    if first >= last:
        raise Malformed(reasons.BAD_ANSWER, code="hours that end before they begin")
    return first, last


def _moment(day: str, clock: str, where: ZoneInfo) -> datetime:
    """Return a moment of a zone's own clock as UTC."""
    try:
        midnight = datetime.strptime(day, "%Y%m%d")  # noqa: DTZ007 - of the zone, which is added below
    except ValueError:
        raise Malformed(reasons.BAD_ANSWER, code="hours") from None
    hours, minutes = int(clock[:2]), int(clock[2:])
    if hours > 24 or minutes > 59:
        raise Malformed(reasons.BAD_ANSWER, code="hours")
    return (midnight + timedelta(hours=hours, minutes=minutes)).replace(tzinfo=where).astimezone(UTC)


def _zone(name: str) -> ZoneInfo:
    """Return a zone by what Interactive Brokers calls it, such as `US/Eastern` or `EST (Eastern Standard Time)`."""
    short = name.partition("(")[0].strip()
    try:
        return ZoneInfo(_OLD_NAMES.get(short, short))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Malformed(reasons.BAD_ANSWER, code="time zone") from None
