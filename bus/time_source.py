"""Where the product reads time, handed to whoever needs it, so that a month of it can pass in a test within seconds."""

import time
from datetime import UTC, datetime
from typing import Protocol


class TimeSource(Protocol):
    """A wall clock and a monotonic one."""

    def now(self) -> datetime:
        """Return the present moment, aware UTC; it steps when somebody sets the clock."""
        ...

    def monotonic(self) -> float:
        """Return seconds that only grow; the difference of two tells how long something took."""
        ...


class SystemTime:
    """The clocks of this machine."""

    def now(self) -> datetime:
        """Return the wall clock's time, aware UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return the monotonic seconds."""
        return time.monotonic()


SYSTEM_TIME = SystemTime()
