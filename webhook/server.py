"""The HTTP server: uvicorn with h11, without everything of it that tells or believes too much.

No access log, since a path may hold a secret; no belief in X-Forwarded-For, which `senders` reads; no limit of
connections, which would turn a burst into refusals. What it has no limit for is ours: bodies (`body`), and connections
that never send a whole first request, which end here. (uvicorn.org, "Settings", read 2026-11.)
"""

import contextlib
import logging
import resource
import socket
from asyncio import TimerHandle, Transport
from collections.abc import Iterator
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from bus import log

GRACE_S = 5
FIRST_REQUEST_WITHIN_S = 10.0
BACKLOG = 2048

_log = log.logger(__name__)


class Connection(H11Protocol):
    """A connection that ends when its first request has not come whole, its body apart, after ten seconds."""

    _watch: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Begin to count."""
        super().connection_made(transport)
        self._watch = self.loop.call_later(FIRST_REQUEST_WITHIN_S, self._end_if_idle)

    def connection_lost(self, exc: Exception | None) -> None:
        """Count no longer."""
        if self._watch is not None:
            self._watch.cancel()
        super().connection_lost(exc)

    def _end_if_idle(self) -> None:
        """End the connection unless a request has begun to be answered."""
        if self.cycle is None:
            self.transport.abort()


class Server(uvicorn.Server):
    """A server that leaves signals to the process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none: the server would send them to its own process once more at the end."""
        yield

    def stop(self) -> None:
        """Take no more requests, answer those that are here, and end."""
        self.should_exit = True


def listening(host: str, port: int) -> socket.socket:
    """Open the port.

    Args:
        host: An address of this machine.
        port: The port.

    Returns:
        The socket.

    Raises:
        SystemExit: It cannot be opened; the log says why.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((host, port))
    except OSError as error:
        opened.close()
        _log.error("cannot listen", host=host, port=port, reason=error.strerror, cure="choose another WEBHOOK_PORT")
        raise SystemExit(1) from None
    return opened


def server_of(app: Any) -> Server:
    """Make the server; it listens when `serve` is called with a socket.

    Args:
        app: The ASGI application.

    Returns:
        The server; it leaves signals to the process.
    """
    allow_many_connections()
    return Server(
        uvicorn.Config(
            app,
            http=Connection,
            ws="none",
            loop="none",
            lifespan="off",
            proxy_headers=False,
            server_header=False,
            access_log=False,
            log_config=None,
            log_level=logging.ERROR,
            backlog=BACKLOG,
            timeout_graceful_shutdown=GRACE_S,
        )
    )


def allow_many_connections() -> None:
    """Let this process have as many descriptors as the system allows it: without one, the server tries for ever."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
