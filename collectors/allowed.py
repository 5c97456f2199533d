"""What a collector may call: the rule behind both gates, the one for requests and the one for httpx."""

import queue
from collections.abc import Iterable
from urllib.parse import urlsplit

from bus.log import logger

STOPPED: "queue.SimpleQueue[str]" = queue.SimpleQueue()
"""What was stopped in this process, from whatever thread it came and whoever swallowed the error: the loop tells it."""

log = logger(__name__)


class NotAllowed(Exception):
    """Code of ours or of an SDK wanted to call something that this process never needs; nothing left the machine."""


class Allowed:
    """The listed (method, path) pairs of one base URL; nothing else of it, and nobody else."""

    def __init__(self, base_url: str, pairs: Iterable[tuple[str, str]]) -> None:
        """Remember what is allowed; paths are relative to the base URL, without a query."""
        self._base = urlsplit(base_url)
        self._pairs = frozenset((method, self._base.path.rstrip("/") + path) for method, path in pairs)

    def check(self, method: str | None, url: str) -> None:
        """Raise NotAllowed unless this call is on the list; its text never holds a query, nor another host's path."""
        asked = urlsplit(url)
        if (asked.scheme, asked.netloc) != (self._base.scheme, self._base.netloc):
            raise _stopped(f"{method} to {asked.hostname}")
        if (method, asked.path) not in self._pairs:
            raise _stopped(f"{method} {asked.path}")


def _stopped(attempt: str) -> NotAllowed:
    log.error("not allowed, nothing was sent", attempt=attempt)
    STOPPED.put(attempt)
    return NotAllowed(attempt)
