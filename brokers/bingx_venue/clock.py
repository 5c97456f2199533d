"""BingX's clock: calls are stamped by it, and whether an order can still arrive is judged by it.

It runs on this machine's monotonic clock, so that nobody who sets the wall clock sets this one.
"""

from datetime import UTC, datetime, timedelta

from bus.time_source import TimeSource

GOOD_FOR_S = 600.0
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock:
    """The server's time, as it was measured last."""

    def __init__(self, time: TimeSource) -> None:
        """Know nothing yet.

        Args:
            time: This machine's clocks.
        """
        self._time = time
        self._measured: tuple[datetime, float] | None = None

    @property
    def is_known(self) -> bool:
        """Whether it was measured at all."""
        return self._measured is not None

    @property
    def is_due(self) -> bool:
        """Whether it is to be measured again."""
        return self._measured is None or self._time.monotonic() - self._measured[1] >= GOOD_FOR_S

    def take(self, server_ms: int, *, asked_at_s: float) -> None:
        """Take in what the server says; it is taken to have been so in the middle of the call.

        Args:
            server_ms: The server's milliseconds.
            asked_at_s: When it was asked, on the monotonic clock.
        """
        answered_s = self._time.monotonic()
        half = timedelta(seconds=(answered_s - asked_at_s) / 2)
        self._measured = (EPOCH + timedelta(milliseconds=server_ms) + half, answered_s)

    def now(self) -> datetime:
        """Return the server's time, aware UTC; this machine's while the server's is not known."""
        if self._measured is None:
            return self._time.now()
        at, when_s = self._measured
        return at + timedelta(seconds=self._time.monotonic() - when_s)

    def milliseconds(self) -> int:
        """Return the server's time as it is written in a call."""
        return (self.now() - EPOCH) // timedelta(milliseconds=1)
