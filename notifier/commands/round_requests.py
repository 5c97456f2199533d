"""Requests for a snapshot: repeated to the clock until a round has answered them."""

import asyncio
import contextlib
from datetime import UTC, datetime

from bus.connection import Bus
from bus.log import logger
from bus.messages.delivery import NowRequested
from bus.messages.rounds import RoundRequested
from ledger.portfolio.requests import Request
from notifier.storage.request_store import RequestStore

REPEAT_S = 0.5
ASKED = "now-"

log = logger(__name__)


def request_id(asked_at: datetime, source: object) -> str:
    """Name a request, and the round that is made for it.

    Args:
        asked_at: When it was asked, aware.
        source: What makes it the only one of its second: the number of an update.

    Returns:
        `now-20260211T090000Z-900001`.
    """
    return f"{ASKED}{asked_at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{source}"


def is_slot(round_id: str) -> bool:
    """Tell whether a round is a scheduled one, by its name."""
    return not round_id.startswith(ASKED)


class RoundRequests:
    """Asks the clock for a round as long as a request is open; any round that closes answers all of them."""

    def __init__(self, requests: RequestStore, bus: Bus, chats: tuple[str, ...]) -> None:
        """Carry out requests, those first that an earlier run has left.

        Args:
            requests: Where they are kept.
            bus: The way to the clock.
            chats: The configured chats, which are answered when the request comes from a terminal.
        """
        self._requests = requests
        self._bus = bus
        self._chats = chats
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Look at the requests now."""
        self._wake.set()

    def take(self, asked: NowRequested) -> None:
        """Store a request from a terminal, for all configured chats; tell what became of it.

        Args:
            asked: The request, as the terminal sent it; it may come again.
        """
        request = Request(id=asked.id, asked_at=asked.asked_at)
        if self._requests.add(request, update_id=None, chats=self._chats):
            log.info("asked from a terminal", request=asked.id)
            self._wake.set()
        self._bus.publish(self._requests.outcome(asked.id))

    async def run(self) -> None:
        """Repeat until cancelled."""
        while True:
            self._wake.clear()
            waiting = self._requests.open()
            if waiting:
                self._bus.publish(RoundRequested(id=waiting[0].id, asked_at=waiting[0].asked_at))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(REPEAT_S if waiting else None):
                    await self._wake.wait()
