"""What a collector may send: the rules behind both gates, the one for requests and the one for httpx."""

import queue
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from bus import reasons
from bus.log import logger
from collectors.errors import Denied

BLOCKED_CALLS: "queue.SimpleQueue[str]" = queue.SimpleQueue()
"""Calls that were blocked in this process, in whatever thread, even where an SDK hides the error: the loop alerts."""

NOT_SENDABLE = "cannot be sent"
"""The code of a key that no header can carry."""

log = logger(__name__)
_SENDABLE = re.compile(r"([!-~]([ -~]*[!-~])?)?")


class NotAllowed(Exception):
    """Code of ours or of an SDK wanted to call something that this process never needs; nothing left the machine."""


class Allowlist:
    """The listed (method, path) pairs of one base URL; nothing else of it, and nobody else."""

    def __init__(self, base_url: str, pairs: Iterable[tuple[str, str]]) -> None:
        """Remember what is allowed.

        Args:
            base_url: Scheme, host and the path that all others begin with.
            pairs: The (method, path) pairs; paths are relative to the base URL, without a query.
        """
        self._base = urlsplit(base_url)
        self._pairs = frozenset((method, self._base.path.rstrip("/") + path) for method, path in pairs)

    def check(self, method: str | None, url: str) -> None:
        """Block a call that is not on the list.

        Args:
            method: The HTTP method; None is on no list.
            url: The whole URL.

        Raises:
            NotAllowed: The call is not on the list; the text never holds a query, nor another host's path.
        """
        asked = urlsplit(url)
        if (asked.scheme, asked.netloc) != (self._base.scheme, self._base.netloc):
            raise _blocked(f"{method} to {asked.hostname}")
        if (method, asked.path) not in self._pairs:
            raise _blocked(f"{method} {asked.path}")


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


def _blocked(attempt: str) -> NotAllowed:
    """Log a blocked call, queue it for the owner's alert, and return the error to raise."""
    log.error("not allowed, nothing was sent", attempt=attempt)
    BLOCKED_CALLS.put(attempt)
    return NotAllowed(attempt)
