"""The days that a broker in New York closes its books on: the calendar behind its statements.

Follows the hours and holidays of the NYSE (nyse.com/markets/hours-calendars, read 2026-11); a statement of a day is
normally there by 05:00 New York time on the next one (the broker's older guide). Unscheduled closures are not known.

Quirks: a holiday on a Sunday is kept on Monday and one on a Saturday on Friday, except New Year's Day, which is then
not kept at all. Statements of US holidays may exist, since other markets are open: what to expect counts all weekdays.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

NEW_YORK = ZoneInfo("America/New_York")
AVAILABLE_AT = time(5)
CLOSE_AT = time(16)
_DAY = timedelta(days=1)
_SATURDAY, _SUNDAY = 5, 6


def today(now: datetime) -> date:
    """Return the date in New York at an aware time."""
    return now.astimezone(NEW_YORK).date()


def closing_time(day: date) -> datetime:
    """Return when the regular session of a day ends, aware UTC.

    Args:
        day: A date in New York.
    """
    return datetime.combine(day, CLOSE_AT, NEW_YORK).astimezone(UTC)


def last_business_day(now: datetime) -> date:
    """Return the newest business day that is over in New York: neither a weekend nor a holiday."""
    day = today(now) - _DAY
    while not is_business_day(day):
        day -= _DAY
    return day


def newest_available(now: datetime) -> date:
    """Return the newest weekday whose statement can be expected by now."""
    local = now.astimezone(NEW_YORK)
    day = local.date() - (_DAY if local.time() >= AVAILABLE_AT else 2 * _DAY)
    while day.weekday() >= _SATURDAY:
        day -= _DAY
    return day


def next_available_in_s(now: datetime) -> float:
    """Return the seconds until the hour at which a new statement may be there."""
    day = today(now)
    at = datetime.combine(day, AVAILABLE_AT, NEW_YORK).astimezone(UTC)
    if at <= now:
        at = datetime.combine(day + _DAY, AVAILABLE_AT, NEW_YORK).astimezone(UTC)
    return (at - now).total_seconds()


def is_business_day(day: date) -> bool:
    """Tell whether the New York Stock Exchange has a session on a day.

    Args:
        day: A date in New York.
    """
    return day.weekday() < _SATURDAY and day not in _holidays(day.year)


def _holidays(year: int) -> frozenset[date]:
    """Return the days of a year on which the NYSE is closed, weekends aside."""
    return frozenset(
        {
            _observed(date(year, 1, 1)),
            _nth(year, month=1, weekday=0, number=3),
            _nth(year, month=2, weekday=0, number=3),
            _easter(year) - 2 * _DAY,
            _nth(year, month=6, weekday=0, number=1) - 7 * _DAY,  # the last Monday of May
            _observed(date(year, 6, 19)),
            _observed(date(year, 7, 4)),
            _nth(year, month=9, weekday=0, number=1),
            _nth(year, month=11, weekday=3, number=4),
            _observed(date(year, 12, 25)),
        }
    )


def _observed(day: date) -> date:
    """Return the day that a holiday is kept on when it falls on a weekend."""
    if day.weekday() == _SUNDAY:
        return day + _DAY
    if day.weekday() == _SATURDAY and (day.month, day.day) != (1, 1):
        return day - _DAY
    return day


def _nth(year: int, *, month: int, weekday: int, number: int) -> date:
    """Return the n-th of a weekday in a month; Monday is 0."""
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))


def _easter(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar (the anonymous algorithm of 1876)."""
    golden, (century, short) = year % 19, divmod(year, 100)
    leap, rest = divmod(century, 4)
    shift = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - leap - shift + 15) % 30
    fours, single = divmod(short, 4)
    week = (32 + 2 * rest + 2 * fours - moon - single) % 7
    late = (golden + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * late + 114, 31)
    return date(year, month, day + 1)
