"""Schedules to ask, and ways to ask them, for all tests of the clock's slots."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from clock.schedule import Schedule, next_slot, slots_between

PARIS = "Europe/Paris"
MINUTE = timedelta(minutes=1)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def window(interval_minutes: int, start: int = 8, end: int = 20, *, timezone: str = PARIS) -> Schedule:
    """Build a schedule of intervals."""
    return Schedule(
        timezone=timezone, interval_minutes=interval_minutes, window_start_hour=start, window_end_hour=end, cron=None
    )


def by_cron(expression: str, *, timezone: str = PARIS) -> Schedule:
    """Build a schedule of one expression."""
    return Schedule(timezone=timezone, interval_minutes=120, window_start_hour=8, window_end_hour=20, cron=expression)


def utc(text: str) -> datetime:
    """Read an ISO time with an offset."""
    return datetime.fromisoformat(text).astimezone(UTC)


def previous_slot(schedule: Schedule, at_or_before: datetime) -> datetime:
    """Return the last slot at or before a moment, of a schedule that has one every week."""
    (slot,) = slots_between(schedule, at_or_before - timedelta(days=8), until=at_or_before, most=1).newest
    return slot


def going_forward(schedule: Schedule, start: datetime, *, until: datetime) -> list[datetime]:
    """Ask for one next slot after the other."""
    found = []
    slot = next_slot(schedule, start)
    while slot <= until:
        found.append(slot)
        slot = next_slot(schedule, slot)
    return found


def slots_on(schedule: Schedule, day: date) -> list[datetime]:
    """List the slots of one local day by going forward, in local time."""
    zone = ZoneInfo(schedule.timezone)
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    end = midnight + timedelta(days=1)
    return [slot.astimezone(zone) for slot in going_forward(schedule, midnight - MINUTE, until=end - MINUTE)]


def hours_and_minutes(slots: list[datetime]) -> list[str]:
    """Show local slots as HH:MM."""
    return [f"{slot:%H:%M}" for slot in slots]
