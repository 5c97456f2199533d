"""The gate for an SDK that stands on httpx, like `requests_session`: bounded in time and size, only to allowed places.

It hangs on httpx's event hooks, so that the SDK's own client can be used as it is. Quirks: httpx unpacks a whole chunk
at once, whatever it grows to, so compressed answers are not asked for and are refused; a timeout of httpx's is for one
read, so the body is counted and timed while it streams; HTTP/2 connections die between rounds, so the owner of the
client makes a new one after any `httpx.TransportError`.
"""

from collections.abc import Callable, Iterable, Iterator

import httpx

from bus import reasons
from bus.certificates import is_tls_failure
from collectors.egress.allowlist import NOT_SENDABLE, Allowlist, refuse_unsendable
from collectors.egress.limits import bounded, timeouts_s
from collectors.errors import Busy, Denied, Malformed, PlatformError
from collectors.source import Deadline


class HttpxGate:
    """Lets through only the listed (method, path) pairs of one base URL; all else raises before a byte leaves."""

    def __init__(self, base_url: str, allowed: Iterable[tuple[str, str]]) -> None:
        """Remember what is allowed.

        Args:
            base_url: Scheme, host and the path that all others begin with.
            allowed: The (method, path) pairs; paths are relative to the base URL, without a query.
        """
        self._allowed = Allowlist(base_url, allowed)
        self.deadline = Deadline(30)

    def guard(self, client: httpx.Client, inspect: Callable[[httpx.Response], None]) -> None:
        """Put a client behind the gate.

        Args:
            client: The SDK's.
            inspect: Sees each whole answer before the SDK does; may raise.
        """
        client.event_hooks = {"request": [self._check], "response": [self._read, inspect]}
        client.headers["Accept-Encoding"] = "identity"
        client.follow_redirects = False

    def _check(self, request: httpx.Request) -> None:
        """Refuse a request that is not allowed or cannot be sent; give the others the time that is left."""
        self._allowed.check(request.method, str(request.url))
        refuse_unsendable(value for _, value in request.headers.raw)
        connect_s, silence_s = timeouts_s(self.deadline)
        request.extensions["timeout"] = httpx.Timeout(silence_s, connect=connect_s).as_dict()

    def _read(self, response: httpx.Response) -> None:
        """Read an answer to its end within the limits of time and size; refuse a compressed one."""
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise Malformed(reasons.BAD_ANSWER, code="compressed")
        response.stream = _BoundedStream(response, self.deadline)
        response.read()


class _BoundedStream(httpx.SyncByteStream):
    """A body within the limits of size and time."""

    def __init__(self, response: httpx.Response, deadline: Deadline) -> None:
        """Keep the answer's own stream and the time that is left."""
        if not isinstance(response.stream, httpx.SyncByteStream):
            raise TypeError("the client is not synchronous")
        self._stream = response.stream
        self._deadline = deadline

    def __iter__(self) -> Iterator[bytes]:
        """Yield the chunks until the limit of time or size is passed."""
        return bounded(self._stream, self._deadline)

    def close(self) -> None:
        """End the stream that is wrapped."""
        self._stream.close()


def translate(error: Exception) -> PlatformError:
    """Turn what httpx raises into an error of ours; nothing of the original, which may hold a URL, is kept.

    Args:
        error: The exception caught.

    Returns:
        The error to raise `from None`.
    """
    kind = type(error).__name__
    if isinstance(error, PlatformError):
        return error
    if isinstance(error, UnicodeEncodeError):
        return Denied(reasons.BAD_KEY, code=NOT_SENDABLE)  # nothing but a key is put into a header or a signature
    if isinstance(error, httpx.TimeoutException):
        return Busy(reasons.TIMEOUT, code=kind)
    if is_tls_failure(error):
        return Denied(reasons.TLS_ERROR, code=kind)
    if isinstance(error, (httpx.TransportError, OSError)):
        return Busy(reasons.UNREACHABLE, code=kind)
    return Malformed(reasons.BAD_ANSWER, code=kind)
