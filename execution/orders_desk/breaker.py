"""The circuit breaker of an account: too many calls in a row that failed hold its openings back for a growing time."""

from typing import Final

from bus.messages.venues import OrderEvent
from bus.time_source import TimeSource

MOST_FAILURES: Final = 5
FIRST_HOLD_S: Final = 30.0
LONGEST_HOLD_S: Final = 600.0


class Breaker:
    """Counts what fails; while it is open, closings and cancels pass, and a read that succeeds closes it.

    Attributes:
        is_open: Whether openings are held back.
        hold_s: For how long it is open at least, since it last opened; in seconds.
        reason: What failed last.
    """

    def __init__(self, time: TimeSource) -> None:
        """Be closed, with nothing counted.

        Args:
            time: The clocks.
        """
        self.is_open = False
        self.hold_s = 0.0
        self.reason = ""
        self._time = time
        self._failures = 0
        self._opened_s = 0.0

    def note(self, event: OrderEvent) -> bool:
        """Count a venue's word.

        Args:
            event: The word; what was neither busy nor lost is a success.

        Returns:
            Whether it opens the breaker now.
        """
        if event.status != "UNKNOWN" and (event.status != "NOWHERE" or event.retry_after_s is None):
            self._failures = 0
            if not self.is_open:
                self.hold_s = 0.0
            return False
        self.reason = event.reason or event.code or event.status.lower()
        self._failures += 1
        if self.is_open or self._failures < MOST_FAILURES:
            return False
        self.is_open, self._failures, self._opened_s = True, 0, self._time.monotonic()
        self.hold_s = min(LONGEST_HOLD_S, self.hold_s * 2 or FIRST_HOLD_S)
        return True

    def hurry(self) -> None:
        """Want a trial now: the venue has come back."""
        self._opened_s = self._time.monotonic() - self.hold_s

    def wants_trial(self) -> bool:
        """Tell whether it is open for long enough that a read should try to close it."""
        return self.is_open and self._time.monotonic() - self._opened_s >= self.hold_s

    def read_succeeded(self) -> bool:
        """Note that the venue has answered a read whole.

        Returns:
            Whether that closes the breaker now.
        """
        if not self.wants_trial():
            return False
        self.is_open = False
        return True
