"""Looking for orders of which nobody knows what became: with growing pauses, until they are found or surely nowhere."""

import asyncio
import contextlib
import itertools
from typing import Protocol

from brokers.desk.calls import read
from brokers.desk.known import Known
from brokers.desk.pace import JITTER
from brokers.desk.standing import Standing
from brokers.venue import Venue, VenueError
from bus import backoff
from bus.log import logger
from bus.messages.venues import OrderEvent

log = logger(__name__)


class Found(Protocol):
    """Is told what became of an order."""

    def __call__(self, known: Known, found: OrderEvent | None, *, reason: str = "") -> None:
        """Take in what was found; None for an order that is surely nowhere."""


class Looking:
    """The looks of all orders; they share the moments at which it is worth to hurry."""

    def __init__(self, venue: Venue, standing: Standing, *, found: Found) -> None:
        """Look for nothing yet.

        Args:
            venue: Where to look.
            standing: The clocks and the pace; is told when the venue answers.
            found: Is told the outcome.
        """
        self._venue = venue
        self._standing = standing
        self._found = found
        self._hurry = asyncio.Event()

    def hurry(self) -> None:
        """End all pauses: look now."""
        self._hurry.set()
        self._hurry = asyncio.Event()

    async def once(self, known: Known) -> OrderEvent | None:
        """Ask the venue for an order.

        Args:
            known: The order.

        Returns:
            What it is; None where the venue has none of that name now.

        Raises:
            VenueError: It could not be asked.
        """
        call = self._venue.find(known.account, known.name)
        found = await read(call, within_s=self._standing.pace.call_s)
        self._standing.answered()
        return found

    async def until_found(self, known: Known, *, reason: str) -> None:
        """Look for an order until it is found or surely nowhere.

        Args:
            known: The order; `is_looking` is set, and taken back at the end.
            reason: Why it has to be looked for, told with an order that still works; empty for none.
        """
        looked = 0
        pace = self._standing.pace
        try:
            for failures in itertools.count():
                pause = self._hurry
                looked, found = await self._look(known, looked)
                if found is not None:
                    break
                now = self._standing.time.now()
                if looked and self._venue.is_surely_nowhere(placed_at=known.placed_at, looked=looked, now=now):
                    break
                pause_s = backoff.pause_s(
                    failures, first_s=pace.first_look_s, longest_s=pace.longest_look_s, jitter=JITTER
                )
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(pause.wait(), pause_s)
        finally:
            known.is_looking = False
        self._found(known, found, reason=reason)

    async def _look(self, known: Known, looked: int) -> tuple[int, OrderEvent | None]:
        """Look once; return how many times in a row the venue has said that it has none, and what was found."""
        try:
            found = await self.once(known)
        except VenueError as error:
            log.info("cannot be looked up", order=known.name.client_order_id, reason=error.reason, code=error.code)
            self._standing.note(error)
            return 0, None
        if found is None:
            return looked + 1, None
        if found.status in {"UNKNOWN", "NOWHERE"}:  # the venue itself does not know yet
            return 0, None
        return 0, found
