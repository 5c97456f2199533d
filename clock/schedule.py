"""When rounds are due: slots from croniter, named by their instant in UTC.

Pure: no socket, no environment, and the moment is always a parameter. Only croniter 7 (source and changelog of 7.0.0,
read 2026-11) computes times; this file writes its expressions and merges its answers by instant, so that whoever asks,
whenever, from whatever moment, gets the same slots.

Quirks:
- An expression that names several minutes loses slots on a half-hour fold (`18-53 1 * * *` in Australia/Lord_Howe,
  2026-04-05: going forward the repeated 01:53 is skipped, going backward it is found). With one minute in each
  expression both directions agree, so every expression is split by its minutes.
- A local time that a spring change skips moves to the next one that exists, or is dropped where the hours are `*`.
  Two slots that meet there are one, merged by instant. In autumn the repeated hour has its slots twice.
- `0 0 29 2 sun#1` passes even the strict check and never comes: only a search finds out.
- `R` in a field is a random number, another one in every process; refused.
- croniter objects cost 0.2 ms each to build and 0.07 ms to ask, so a Schedule keeps its own, up to sixty.
- Zones that step by two hours (Antarctica/Troll alone) can make a backward search overlook the first of two folds.
"""

import heapq
import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import islice
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from croniter import CroniterBadDateError, croniter

MISSED_MOST = 1000
"""So many missed slots are listed by `due`; older ones are only counted."""

COUNTED_MOST = 5000
"""Counting stops here: years of absence at a slot a minute cost half a second. Such a count means "at least"."""

_FIRST_SEARCH = datetime(2026, 1, 1, tzinfo=UTC)
"""Where the search for a first match begins, fixed so that an expression is valid today if it was yesterday."""

_CRON_CURE = "write minute, hour, day, month and weekday, such as 0 8-20/2 * * * or 30 9 * * mon-fri"


class _Cron(Protocol):
    """What is used of croniter, which ships no types; moments are seconds since 1970."""

    def get_next(self, ret_type: type[float], start_time: float) -> float:
        """Return the next time after a moment, both in Unix seconds."""

    def get_prev(self, ret_type: type[float], start_time: float) -> float:
        """Return the last time before a moment, both in Unix seconds."""


class Schedule(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """When rounds are due: every `interval_minutes` from start to end of the window, anew each local day, or by `cron`.

    Slots are `window_start_hour`:00 + k intervals, up to `window_end_hour`:00 inclusive. `cron` is one expression of
    five fields and overrides interval and window, which are still checked.

    Raises:
        ValueError: A field makes no sense; the text names its variable in `.env` and says what to write.
    """

    timezone: str
    interval_minutes: int
    window_start_hour: int
    window_end_hour: int
    cron: str | None = None

    def __post_init__(self) -> None:
        """Refuse fields that make no sense."""
        _check_timezone(self.timezone)
        if not 1 <= self.interval_minutes <= 720:
            raise ValueError(f"POLL_INTERVAL_MINUTES is {self.interval_minutes}: write a number from 1 to 720")
        if not 0 <= self.window_start_hour <= self.window_end_hour <= 23:
            raise ValueError(
                f"WINDOW_START_HOUR is {self.window_start_hour} and WINDOW_END_HOUR is {self.window_end_hour}: "
                "write hours from 0 to 23, the start not after the end"
            )
        if self.cron is not None:
            _check_cron(self.cron)

    @cached_property
    def crons(self) -> tuple[_Cron, ...]:
        """Build one croniter for each expression, once; every question to them brings its own moment."""
        anchor = _FIRST_SEARCH.astimezone(ZoneInfo(self.timezone))
        return tuple(croniter(expression, anchor) for expression in cron_expressions(self))


class Slots(msgspec.Struct, frozen=True, kw_only=True):
    """Slots of a stretch of time: the `newest` in rising order, and the `count` of all, listed or not.

    A count of COUNTED_MOST (or of `most`, where that is more) means "at least".
    """

    newest: tuple[datetime, ...]
    count: int


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done now: the slot to `announce`, if any, and the older ones that came and went.

    `missed` holds the newest MISSED_MOST in rising order; `missed_count` counts all and means "at least" from
    COUNTED_MOST - 1 on (the slot to announce was counted too).
    """

    announce: datetime | None = None
    missed: tuple[datetime, ...] = ()
    missed_count: int = 0


def cron_expressions(schedule: Schedule) -> tuple[str, ...]:
    """Write the schedule as cron expressions, one for each distinct minute.

    Args:
        schedule: The schedule.

    Returns:
        Expressions of five fields in order of their minutes; the schedule's slots are their union by instant.
    """
    if schedule.cron is not None:
        others = schedule.cron.split()[1:]
        expanded: list[int | str] = croniter.expand(schedule.cron)[0][0]
        minutes = range(60) if "*" in expanded else expanded
        return tuple(f"{minute} {' '.join(others)}" for minute in minutes)
    hours: dict[int, list[str]] = {}
    first, last = schedule.window_start_hour * 60, schedule.window_end_hour * 60
    for minute_of_day in range(first, last + 1, schedule.interval_minutes):
        hour, minute = divmod(minute_of_day, 60)
        hours.setdefault(minute, []).append(str(hour))
    return tuple(f"{minute} {','.join(hours[minute])} * * *" for minute in sorted(hours))


def next_slot(schedule: Schedule, after: datetime) -> datetime:
    """Find the first slot strictly after a moment.

    Args:
        schedule: The schedule.
        after: Any aware moment.

    Returns:
        The slot, aware UTC.

    Raises:
        ValueError: The moment is naive, or fifty years hold no slot.
    """
    second = _whole_second(after)
    return datetime.fromtimestamp(min(cron.get_next(float, start_time=second) for cron in schedule.crons), UTC)


def slots_between(schedule: Schedule, after: datetime, *, until: datetime, most: int) -> Slots:
    """List the slots of a stretch of time, the newest first to be kept.

    Args:
        schedule: The schedule.
        after: Slots are strictly after this aware moment.
        until: Slots are at or before this aware moment.
        most: So many are listed at most, 0 or more.

    Returns:
        The newest slots and how many there are; nothing where `until` is not after `after`.

    Raises:
        ValueError: A moment is naive, or fifty years hold no slot.
    """
    floor = _whole_second(after)
    newest: list[datetime] = []
    count = 0
    for slot in islice(_backward(schedule, until), max(most, COUNTED_MOST)):
        if slot <= floor:
            break
        count += 1
        if count <= most:
            newest.append(datetime.fromtimestamp(slot, UTC))
    return Slots(newest=tuple(reversed(newest)), count=count)


def due(schedule: Schedule, *, last_slot: datetime | None, due_since: datetime, now: datetime, grace: timedelta) -> Due:
    """Decide which slot to announce and which are missed.

    A long absence costs up to half a second: ask when a slot comes or the ledger's state changes, and keep the answer.

    Args:
        schedule: The schedule.
        last_slot: The newest slot that is closed or was told as missed; None if there was none yet.
        due_since: Slots at or before this moment were never due.
        now: The present moment.
        grace: Only a slot younger than this is still announced.

    Returns:
        The newest due slot if it is younger than the grace, and all other due slots as missed.

    Raises:
        ValueError: A moment is naive.
    """
    since = due_since if last_slot is None else max(last_slot, due_since)
    slots = slots_between(schedule, since, until=now, most=MISSED_MOST + 1)
    if slots.newest and now - slots.newest[-1] < grace:
        return Due(announce=slots.newest[-1], missed=slots.newest[:-1], missed_count=slots.count - 1)
    return Due(missed=slots.newest[-MISSED_MOST:], missed_count=slots.count)


def round_id(slot: datetime) -> str:
    """Name the round of a slot.

    Args:
        slot: An aware moment on a whole minute.

    Returns:
        Its instant in UTC, such as `2026-02-11T09:00Z`.

    Raises:
        ValueError: The moment is naive or not on a whole minute.
    """
    if _whole_second(slot) % 60 or slot.microsecond:
        raise ValueError(f"{slot.isoformat()} is no slot: it is not on a whole minute")
    return slot.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")


def _backward(schedule: Schedule, at_or_before: datetime) -> Iterator[float]:
    """Yield the slots at or before a moment, newest first, each instant once, in seconds since 1970."""
    # croniter searches strictly before, in whole minutes: a second later includes the moment itself.
    start = _whole_second(at_or_before) + 1
    previous = math.inf
    for slot in heapq.merge(*(_backward_one(cron, start) for cron in schedule.crons), reverse=True):
        if slot < previous:
            yield slot
        previous = slot


def _backward_one(cron: _Cron, before: float) -> Iterator[float]:
    """Yield one expression's slots before a moment, newest first."""
    while True:
        before = cron.get_prev(float, start_time=before)
        yield before


def _whole_second(moment: datetime) -> float:
    """Return the last whole second since 1970 at or before a moment, and refuse a moment without a time zone."""
    if moment.utcoffset() is None:
        raise ValueError(f"{moment.isoformat()} has no time zone: pass an aware moment")
    return float(math.floor(moment.timestamp()))


def _check_timezone(name: str) -> None:
    """Refuse a time zone that the system's and the package's tables do not know."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("TIMEZONE is not known; write an IANA name such as Europe/Paris") from None


def _check_cron(expression: str) -> None:
    """Refuse an expression that croniter does not read, or that differs between processes, or never comes."""
    fields = expression.split()
    if len(fields) != 5:
        raise ValueError(f"SCHEDULE_CRON has not five fields but {len(fields)}; {_CRON_CURE}")
    if any(field.lower().startswith("r") for field in fields):
        raise ValueError(f"SCHEDULE_CRON has an R, which is random; {_CRON_CURE}")
    if not croniter.is_valid(expression, strict=True):
        raise ValueError(f"SCHEDULE_CRON cannot be read or never comes; {_CRON_CURE}")
    try:
        croniter(expression, _FIRST_SEARCH).get_next(float)
    except CroniterBadDateError:
        raise ValueError(f"SCHEDULE_CRON never comes; {_CRON_CURE}") from None
