"""How long and how large an answer may be, whichever library asks for it."""

from collections.abc import Iterable, Iterator

from bus import reasons
from collectors.errors import Busy, Malformed
from collectors.source import Deadline

MOST_BYTES = 8 * 1024 * 1024
CONNECT_S = 5.0
SILENCE_S = 10.0
"""A connection silent for so long is given up, so that the round has time to ask again on a new one."""
LEAST_WAIT_S = 0.01
"""No time at all would mean no limit to a library."""


def timeouts_s(deadline: Deadline) -> tuple[float, float]:
    """Return for how long to wait for a connection and for each part of its answer, both within a deadline.

    Args:
        deadline: When the work has to be done.
    """
    left_s = max(LEAST_WAIT_S, deadline.left_s())
    return min(CONNECT_S, left_s), min(SILENCE_S, left_s)


def bounded(chunks: Iterable[bytes], deadline: Deadline) -> Iterator[bytes]:
    """Yield a body's chunks as they come, up to MOST_BYTES and to a deadline.

    Args:
        chunks: The body, unpacked.
        deadline: When the whole of it must be there.

    Raises:
        Malformed: The body is too large.
        Busy: The body is too slow.
    """
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > MOST_BYTES:
            raise Malformed(reasons.BAD_ANSWER, code="too large")
        if not deadline.left_s():
            raise Busy(reasons.TIMEOUT, code="body too slow")
        yield chunk
