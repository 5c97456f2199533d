"""What the owner says about the schedule in the chat: another interval, a pause; kept beside what `.env` says.

Both are rows of the settings; the aggregator reads them into State. Slots before a change were never due.
"""

from datetime import datetime

import msgspec

from ledger.store import Ledger, get_setting, put_setting

INTERVAL, PAUSED, DUE_SINCE = "interval_minutes", "paused", "due_since"


class Schedule(msgspec.Struct, frozen=True, kw_only=True):
    """What the owner said: minutes between two messages (None: as `.env` says), and whether none shall come."""

    interval_minutes: int | None = None
    paused: bool = False


def read_schedule(ledger: Ledger) -> Schedule:
    """Read what the owner said last.

    Returns:
        What rules over `.env` now; its defaults where the owner has said nothing.

    Raises:
        LedgerUnavailable: The database cannot do it now.
    """
    with ledger.reading() as connection:
        interval = get_setting(connection, INTERVAL)
        return Schedule(
            interval_minutes=int(interval) if interval else None, paused=get_setting(connection, PAUSED) == "yes"
        )


def set_interval(ledger: Ledger, minutes: int | None, *, now: datetime) -> None:
    """Let messages come every so many minutes; it rules over `.env` until it is taken back.

    Args:
        ledger: The ledger.
        minutes: Checked by the caller; None for what `.env` says.
        now: Aware UTC; slots before it were never due.

    Raises:
        LedgerUnavailable: The database cannot do it now.
    """
    with ledger.writing() as connection:
        put_setting(connection, INTERVAL, "" if minutes is None else str(minutes))
        put_setting(connection, DUE_SINCE, now.isoformat())


def set_paused(ledger: Ledger, *, paused: bool, now: datetime) -> None:
    """Stop the scheduled messages, or let them come again.

    Args:
        ledger: The ledger.
        paused: Whether none shall come.
        now: Aware UTC; slots before the moment of a resumption were never due.

    Raises:
        LedgerUnavailable: The database cannot do it now.
    """
    with ledger.writing() as connection:
        resumed = not paused and get_setting(connection, PAUSED) == "yes"
        put_setting(connection, PAUSED, "yes" if paused else "no")
        if resumed:
            put_setting(connection, DUE_SINCE, now.isoformat())
