"""What the pretend services ask of the sockets themselves; follows no outside page."""

import select
import socket

from aiohttp import web


def bound(port: int) -> socket.socket:
    """Return a socket that is bound to a port of 127.0.0.1 and does not listen yet; port 0 takes a free one."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # named: only so asyncio sends at once
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind(("127.0.0.1", port))
    return made


def client_left(request: web.Request) -> bool:
    """Tell whether the client has gone; asked of the socket, since the event loop may not have noticed yet."""
    transport = request.transport
    if transport is None or transport.is_closing():
        return True
    poller = select.poll()
    poller.register(transport.get_extra_info("socket").fileno(), select.POLLRDHUP)
    return bool(poller.poll(0))
