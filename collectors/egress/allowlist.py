"""What a collector may send: the rules behind both gates, the one for requests and the one for httpx."""

import queue
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from bus import reasons
from bus.log import logger
from collectors.errors import Denied

STOPPED: "queue.SimpleQueue[str]" = queue.SimpleQueue()
"""What was stopped in this process, from whatever thread it came and whoever swallowed the error: the loop tells it."""

NOT_SENDABLE = "cannot be sent"
"""The code of a key that no header can carry."""

log = logger(__name__)
_SENDABLE = re.compile(r"([!-~]([ -~]*[!-~])?)?")


class NotAllowed(Exception):
    """Code of ours or of an SDK wanted to call something that this process never needs; nothing left the machine."""


class Allowlist:
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


def refuse_unsendable(headers: Iterable[str | bytes]) -> None:
    """Refuse a key that no header can carry, before a library breaks on it.

    Args:
        headers: Their values; all but the keys are the libraries' own.

    Raises:
        Denied: One has a letter that is not ASCII, a control character, or a space at its beginning or end.
    """
    for value in headers:
        text = value if isinstance(value, str) else value.decode("latin-1")
        if not _SENDABLE.fullmatch(text):
            raise Denied(reasons.BAD_KEY, code=NOT_SENDABLE)


def _stopped(attempt: str) -> NotAllowed:
    log.error("not allowed, nothing was sent", attempt=attempt)
    STOPPED.put(attempt)
    return NotAllowed(attempt)
