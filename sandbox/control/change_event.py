"""An event that is signalled whenever something in the sandbox may have changed, for whoever waits to look again.

Follows no outside page.
"""

import asyncio
import contextlib


class ChangeEvent:
    """Counts what happened, and wakes those who wait for more to happen."""

    def __init__(self) -> None:
        """Start at one: who has seen nothing, and waits after 0, need not wait."""
        self.count = 1
        self._signalled = asyncio.Event()

    def signal(self) -> None:
        """Say that something happened."""
        self.count += 1
        self._signalled.set()
        self._signalled = asyncio.Event()

    async def wait_after(self, count: int, *, timeout_s: float) -> int:
        """Wait until more has happened than this count, or until the time is up; return the count of then.

        A count that is ahead belongs to an earlier sandbox, and is no reason to wait.
        """
        if count == self.count:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(timeout_s):
                    await self._signalled.wait()
        return self.count
