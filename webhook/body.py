"""Reading a request's body within limits of our own: the server has none, neither of size nor of time."""

import asyncio

from starlette.requests import ClientDisconnect, Request

LARGEST_BYTES = 16 * 1024
WITHIN_S = 3.0
"""TradingView itself gives up after three seconds."""


class BodyRefused(Exception):
    """A body is not read to its end: the connection has to be closed, or the server would read it all the same."""

    def __init__(self, status: int, code: str, cure: str) -> None:
        """Keep what to answer.

        Args:
            status: Of HTTP.
            code: In one word.
            cure: What to do about it.
        """
        super().__init__(code)
        self.status = status
        self.code = code
        self.cure = cure


async def read_body(request: Request, *, within_s: float = WITHIN_S) -> bytes:
    """Read a body.

    Args:
        request: The request, of whose body nothing is read yet.
        within_s: All of it has to be here by then.

    Returns:
        The body.

    Raises:
        BodyRefused: It is too long, comes too slowly, or the sender has gone.
    """
    try:
        async with asyncio.timeout(within_s):
            return await _whole(request)
    except TimeoutError:
        raise BodyRefused(408, "TOO_SLOW", f"send the whole alert within {within_s:g} s") from None
    except ClientDisconnect:
        raise BodyRefused(400, "GONE", "stay connected until the answer comes") from None


async def _whole(request: Request) -> bytes:
    """Return a body however long it takes; raises BodyRefused as soon as it is too long."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_BYTES:
            raise BodyRefused(413, "TOO_LARGE", f"an alert has at most {LARGEST_BYTES} bytes")
    return bytes(body)
