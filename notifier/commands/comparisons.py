"""What the ledger has for the page of changes: the slot before, and the days before."""

import calendar
from datetime import date, timedelta, tzinfo

from bus.messages.rounds import Snapshot
from ledger.portfolio import history, rounds
from ledger.store import Ledger
from notifier.pages.change import Earlier

NEAR = timedelta(days=3)
"""How much older than wanted a day may be that is shown for one without a number."""


def earlier_of(ledger: Ledger, newest: Snapshot, zone: tzinfo) -> tuple[Earlier, ...]:
    """Collect what a snapshot is compared with.

    Args:
        ledger: The ledger.
        newest: The snapshot.
        zone: TIMEZONE.

    Returns:
        The slot before it, yesterday, a week and a month ago; where a day has no number, the nearest one up to three
        days older.
    """
    moment = newest.scheduled_for or newest.closed_at
    slot = history.slot_before(ledger, moment)
    today = moment.astimezone(zone).date()
    wanted = {"yesterday": today - timedelta(days=1), "week": today - timedelta(days=7), "month": month_before(today)}
    return (
        Earlier(since="slot", at=None if slot is None else slot.scheduled_for, known=slot),
        *(_day(ledger, since, day) for since, day in wanted.items()),
    )


def month_before(day: date) -> date:
    """Return the same day of the month before, or that month's last where it is shorter.

    Args:
        day: Any day.
    """
    last = day.replace(day=1) - timedelta(days=1)
    return last.replace(day=min(day.day, calendar.monthrange(last.year, last.month)[1]))


def _day(ledger: Ledger, since: str, wanted: date) -> Earlier:
    """Return the day that is compared with: the wanted one or a near one before it, else only its date."""
    found = history.day_at_or_before(ledger, wanted)
    if found is None or wanted - found.day > NEAR:
        return Earlier(since=since, at=wanted)
    snapshot = None if found.round_id is None else rounds.find_snapshot(ledger, found.round_id)
    if snapshot is None:
        return Earlier(since=since, at=found.day, known=found)
    return Earlier(since=since, at=snapshot.scheduled_for, known=snapshot)
