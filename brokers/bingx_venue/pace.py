"""How often BingX is called: within its limits by waiting, and not at all where it has asked for a pause.

Follows BingX's "Rate limits" (read 2026-11).

Quirks: how long to wait stands in a refusal's text, where it is said at all; a block lasts up to five minutes, and
longer for whoever goes on calling.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from brokers.bingx_venue.gate import Route
from brokers.venue import Busy
from bus import reasons
from bus.time_source import TimeSource

WINDOW_S = 1.05
MOST_WAIT_S = 3.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 300.0
GROUP_WINDOW_S = 10.0
PER_GROUP = {1: 150, 2: 1500, 3: 1500}
"""Calls of one address in ten seconds; BingX allows 1000 a minute in the first group, 2000 in ten seconds elsewhere."""
EVERYTHING = "everything"


class Window:
    """So many calls within so many seconds; a call counts from when it was answered, since it arrived no later."""

    def __init__(self, most: int, within_s: float) -> None:
        """Begin empty.

        Args:
            most: Calls.
            within_s: Seconds.
        """
        self._most = most
        self._within_s = within_s
        self._ends: dict[int, float] = {}
        self._calls = 0

    def free_at(self, now_s: float) -> float:
        """Return when the next call may go out, on the monotonic clock.

        Args:
            now_s: The present moment.
        """
        self._ends = {call: end_s for call, end_s in self._ends.items() if end_s > now_s}
        return now_s if len(self._ends) < self._most else sorted(self._ends.values())[-self._most]

    def take(self, now_s: float) -> int:
        """Note that a call goes out.

        Args:
            now_s: The present moment.

        Returns:
            The call, for `answered`.
        """
        self._calls += 1
        self._ends[self._calls] = now_s + self._within_s
        return self._calls

    def answered(self, call: int, now_s: float) -> None:
        """Note that a call was answered, or given up.

        Args:
            call: As `take` has told it.
            now_s: The present moment.
        """
        self._ends[call] = now_s + self._within_s


class Pace:
    """All limits of one account and one address."""

    def __init__(self, time: TimeSource) -> None:
        """Begin without a call.

        Args:
            time: The clocks.
        """
        self._time = time
        self._paths: dict[tuple[str, str], Window] = {}
        self._groups = {group: Window(most, GROUP_WINDOW_S) for group, most in PER_GROUP.items()}
        self._blocked_until: dict[str, float] = {}
        self._times_blocked: dict[str, int] = {}

    @contextlib.asynccontextmanager
    async def turn(self, route: Route) -> AsyncIterator[None]:
        """Wait for a call's turn, and count it until it is answered.

        Args:
            route: The call.

        Yields:
            When it may go out.

        Raises:
            Busy: Its turn does not come soon; nothing was sent.
        """
        own = self._paths.setdefault((route.method, route.path), Window(route.per_s, WINDOW_S))
        windows = (own, self._groups[route.group])
        await self._wait(route, windows)
        calls = [window.take(self._time.monotonic()) for window in windows]
        try:
            yield
        finally:
            for window, call in zip(windows, calls, strict=True):
                window.answered(call, self._time.monotonic())

    async def _wait(self, route: Route, windows: tuple[Window, ...]) -> None:
        """Wait until a call may go out."""
        began_s = now_s = self._time.monotonic()
        while True:
            self._refuse_blocked(route, now_s)
            at_s = max(window.free_at(now_s) for window in windows)
            if at_s <= now_s:
                return
            if at_s - began_s > MOST_WAIT_S:
                raise Busy("too many calls of BingX at once", code="own limit", retry_after_s=round(at_s - now_s, 3))
            await asyncio.sleep(at_s - now_s)
            now_s = self._time.monotonic()

    def blocked(self, route: Route, *, everything: bool = False, least_s: float = 0.0) -> float:
        """Note that BingX asks for a pause; the next one is twice as long, until a call is answered.

        Args:
            route: The call.
            everything: Whether no call at all may be made meanwhile.
            least_s: How long it says that the pause is.

        Returns:
            How long the pause is, seconds.
        """
        name = EVERYTHING if everything else route.path
        times = self._times_blocked.get(name, 0)
        pause_s = min(LONGEST_PAUSE_S, max(FIRST_PAUSE_S * 2.0**times, least_s))
        self._times_blocked[name] = times + 1
        self._blocked_until[name] = self._time.monotonic() + pause_s
        return pause_s

    def answered(self, route: Route) -> None:
        """Note that a call was answered, so that the next pause is a short one again.

        Args:
            route: The call.
        """
        self._times_blocked.pop(route.path, None)
        self._times_blocked.pop(EVERYTHING, None)

    def _refuse_blocked(self, route: Route, now_s: float) -> None:
        """Raise Busy while a pause lasts."""
        until_s = max(self._blocked_until.get(name, now_s) for name in (route.path, EVERYTHING))
        if until_s > now_s:
            raise Busy(reasons.RATE_LIMITED, code="pause", retry_after_s=round(until_s - now_s, 3))
