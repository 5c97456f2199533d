"""What the night has found to be wrong with the books is told in the morning of each admin, once."""

from datetime import UTC, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from execution.signals_desk.around import Around
from execution.texts import watching as texts
from ledger.trading.books.self_check import JOB, Night, newest
from ledger.trading.events import Notice, tell
from ledger.trading.people.receivers import admins
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work

MORNING: Final = time(8)
LOOK_S: Final = 60.0
TOLD_FOR: Final = timedelta(days=2)
"""What is older is told by no restart: the night after it has looked again."""


class Mornings:
    """Looks once a minute whether there is something to tell."""

    def __init__(self, around: Around) -> None:
        """Have told nothing.

        Args:
            around: The ledger and the clocks.
        """
        self._around = around
        self._next_s = 0.0
        self._told: set[tuple[str, datetime]] = set()

    def turn(self) -> bool:
        """Tell each admin whose morning it is.

        Returns:
            Whether anything was told.
        """
        now_s, now = self._around.time.monotonic(), self._around.time.now()
        if now_s < self._next_s:
            return False
        self._next_s = now_s + LOOK_S
        with self._around.ledger.reading() as connection:
            night = newest(SYSTEM, connection)
            if night is None or night.is_well or now - night.due_at > TOLD_FOR:
                return False
            found = [each for each in admins(SYSTEM, connection) if self._is_due(night, each, now)]
        if found:
            self._tell(night, found, now)
        return bool(found)

    def _is_due(self, night: Night, admin: Row[Any], now: datetime) -> bool:
        """Tell whether an admin's morning has come, and nothing was told."""
        return (admin.uid, night.due_at) not in self._told and now >= morning_after(night.due_at, admin.timezone)

    def _tell(self, night: Night, found: list[Row[Any]], now: datetime) -> None:
        """Tell these admins; a chat gets a message of this name once, whatever restarts."""
        with self._around.ledger.writing() as connection:
            for admin in found:
                notice = Notice(
                    id=f"{JOB}-{night.due_at:%Y-%m-%d}", kind="self_check", text=texts.books_wrong(night, admin)
                )
                tell(Work(connection, now), admin, notice)
        self._told |= {(each.uid, night.due_at) for each in found}


def morning_after(night: datetime, zone: str) -> datetime:
    """Return the morning of the day that a night leads to, or the moment itself where that day has begun.

    Args:
        night: When the check was due, aware.
        zone: An IANA name.

    Returns:
        Aware UTC.
    """
    local = night.astimezone(ZoneInfo(zone))
    day = local.date() if local.time() < time(18) else local.date() + timedelta(days=1)
    morning = datetime.combine(day, MORNING, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return max(morning, night.astimezone(UTC))
