"""When the pretend gateway's exchanges are open, and the text that says so in a contract's details.

Follows the NYSE's calendar for 2026 to 2028 (read 2026-11).

Quirks: `always` is around the clock for seven days, so that nothing that is tried here depends on the hour; `closed`
says CLOSED for every day, as on an unscheduled closing. Currencies trade around the clock from Monday to Friday.
"""

from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Hours = Literal["always", "calendar", "closed"]
NEW_YORK = ZoneInfo("America/New_York")
ZONE_NAME = "US/Eastern"
_DAYS = 7
_OPEN, _CLOSE, _EARLY_CLOSE = time(9, 30), time(16), time(13)
_EXTENDED_OPEN, _EXTENDED_CLOSE = time(4), time(20)
_HOLIDAYS = frozenset(
    [
        "2026-01-01",
        "2026-01-19",
        "2026-02-16",
        "2026-04-03",
        "2026-05-25",
        "2026-06-19",
        "2026-07-03",
        "2026-09-07",
        "2026-11-26",
        "2026-12-25",
        "2027-01-01",
        "2027-01-18",
        "2027-02-15",
        "2027-03-26",
        "2027-05-31",
        "2027-06-18",
        "2027-07-05",
        "2027-09-06",
        "2027-11-25",
        "2027-12-24",
        "2028-01-17",
        "2028-02-21",
        "2028-04-14",
        "2028-05-29",
        "2028-06-19",
        "2028-07-04",
        "2028-09-04",
        "2028-11-23",
        "2028-12-25",
    ]
)
_HALF_DAYS = frozenset(["2026-11-27", "2026-12-24", "2027-11-26", "2028-07-03", "2028-11-24"])
_FRIDAY = 4
_Session = tuple[datetime, datetime]


def session_of(day: date, hours: Hours, *, is_currency: bool = False, is_extended: bool = False) -> _Session | None:
    """Return when trading begins and ends on a day of New York, None where it does not.

    Args:
        day: The day.
        hours: What the gateway is to say.
        is_currency: Whether it is a currency pair.
        is_extended: Whether hours before and after the exchange's own count.
    """
    midnight = datetime.combine(day, time(), NEW_YORK)
    if hours == "closed":
        return None
    if hours == "always" or (is_currency and day.weekday() <= _FRIDAY):
        return midnight, datetime.combine(day + timedelta(days=1), time(), NEW_YORK)
    if is_currency or day.weekday() > _FRIDAY or day.isoformat() in _HOLIDAYS:
        return None
    first, last = (_EXTENDED_OPEN, _EXTENDED_CLOSE) if is_extended else (_OPEN, _CLOSE)
    if day.isoformat() in _HALF_DAYS and not is_extended:
        last = _EARLY_CLOSE
    return datetime.combine(day, first, NEW_YORK), datetime.combine(day, last, NEW_YORK)


def is_open(now: datetime, hours: Hours, *, is_currency: bool = False, is_extended: bool = False) -> bool:
    """Tell whether there is trading now; see `session_of`."""
    here = now.astimezone(NEW_YORK)
    session = session_of(here.date(), hours, is_currency=is_currency, is_extended=is_extended)
    return session is not None and session[0] <= here < session[1]


def next_open(now: datetime, hours: Hours, *, is_currency: bool = False) -> datetime | None:
    """Return when trading begins next, within ten days; None where it does not."""
    here = now.astimezone(NEW_YORK)
    for ahead in range(10):
        session = session_of(here.date() + timedelta(days=ahead), hours, is_currency=is_currency)
        if session is not None and session[0] > here:
            return session[0]
    return None


def hours_text(now: datetime, hours: Hours, *, is_currency: bool = False, is_extended: bool = False) -> str:
    """Return the hours of seven days as contract details have them; see `session_of`."""
    today = now.astimezone(NEW_YORK).date()
    days = (today + timedelta(days=ahead) for ahead in range(_DAYS))
    return ";".join(
        _day_text(day, session_of(day, hours, is_currency=is_currency, is_extended=is_extended)) for day in days
    )


def _day_text(day: date, session: _Session | None) -> str:
    """Return one day of the text."""
    if session is None:
        return f"{day:%Y%m%d}:CLOSED"
    return f"{session[0]:%Y%m%d:%H%M}-{session[1]:%Y%m%d:%H%M}"
