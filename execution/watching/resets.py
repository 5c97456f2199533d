"""When a venue may be away without anything being wrong: its servers' nightly and weekly resets; pure.

A window is wall time in a zone of its own, so that it moves with that zone's clock changes; where a wall time comes
twice, the window ends with the second one.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

EVERY_DAY: Final = frozenset(range(7))
_DAY: Final = timedelta(days=1)


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """A time at which a venue may be away.

    Attributes:
        begins: In `zone`, on each of `days`.
        ends: In `zone`; on the day after where that is not later than `begins`.
        zone: An IANA name.
        days: Weekdays on which it begins, 0 for Monday.
    """

    begins: time
    ends: time
    zone: str
    days: frozenset[int] = EVERY_DAY


def quiet_until(windows: Iterable[Window], at: datetime) -> datetime | None:
    """Return when a venue that is away at a moment should be back.

    Args:
        windows: The venue's.
        at: The moment, aware.

    Returns:
        The end of the last window that the moment is in, aware UTC; None where it is in none.
    """
    ends = (_end(each, at) for each in windows)
    return max((each for each in ends if each is not None), default=None)


def _end(window: Window, at: datetime) -> datetime | None:
    """Return the end of a window that began on the moment's day or the one before; None where that is not now."""
    zone = ZoneInfo(window.zone)
    for begun in (at.astimezone(zone).date(), at.astimezone(zone).date() - _DAY):
        ended = begun if window.ends > window.begins else begun + _DAY
        begins = datetime.combine(begun, window.begins, tzinfo=zone).astimezone(UTC)
        ends = datetime.combine(ended, window.ends.replace(fold=1), tzinfo=zone).astimezone(UTC)
        if begun.weekday() in window.days and begins <= at < ends:
            return ends
    return None
