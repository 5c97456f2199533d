"""A time that nobody waits for: an asyncio loop that moves both clocks on instead of sleeping."""

import asyncio
import selectors
from datetime import datetime, timedelta


class FalseTime:
    """A wall clock and a monotonic one that move when they are told to, as `bus.time_source.TimeSource`."""

    def __init__(self, at: datetime) -> None:
        """Begin at a moment."""
        self._passed_s = 1000.0
        self._began_at = at - timedelta(seconds=self._passed_s)

    def monotonic(self) -> float:
        """Return the monotonic seconds."""
        return self._passed_s

    def now(self) -> datetime:
        """Return the wall clock's time, aware UTC."""
        return self._began_at + timedelta(seconds=self._passed_s)

    def move_on(self, seconds: float) -> None:
        """Let time pass, on both clocks."""
        self._passed_s += seconds

    def step(self, by: timedelta) -> None:
        """Set the wall clock alone."""
        self._began_at += by


class _Selector(selectors.SelectSelector):
    """Never waits: what would have been waited for has passed."""

    def __init__(self, time: FalseTime) -> None:
        super().__init__()
        self._time = time

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("everybody waits for ever")
        self._time.move_on(max(0.0, timeout))
        return super().select(0)


class FalseLoop(asyncio.SelectorEventLoop):
    """A loop on a false time."""

    def __init__(self, time: FalseTime) -> None:
        """Wait by moving that time on."""
        super().__init__(_Selector(time))
        self._false_time = time

    def time(self) -> float:
        """Return the monotonic seconds."""
        return self._false_time.monotonic()
