"""A pretend service on bare TCP: state, faults and log as the others have, without HTTP; follows no outside page."""

import asyncio
import socket
from collections.abc import Callable

import msgspec

from sandbox.service import Service
from sandbox.sockets import bound

_BACKLOG = 128


class TcpService(Service):
    """A service whose port speaks a protocol of its own.

    Attributes:
        connect: Makes the protocol of one connection.
        drop_all: Cuts all connections.
    """

    def __init__(self, name: str, *, state: msgspec.Struct, faults: dict[str, str]) -> None:
        """Make a service that does not listen yet.

        Args:
            name: Its name in the addresses and in the control API.
            state: Its mutable state, at its seed.
            faults: Every fault that it knows.
        """
        super().__init__(name, state=state, routes=[], faults={})
        self.kinds = dict(faults)
        self.connect: Callable[[], asyncio.Protocol] = asyncio.Protocol
        self.drop_all: Callable[[], None] = lambda: None

    @property
    def url(self) -> str:
        """Return the address that it listens on."""
        return f"tcp://127.0.0.1:{self.port}"

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1; port 0 takes a free one, which `port` then names."""
        await self._listen(bound(port))

    async def stop(self) -> None:
        """Stop listening and cut what is connected."""
        await super().stop()
        self.drop_all()

    async def _listen(self, held: socket.socket) -> None:
        """Listen on a socket that is bound."""
        self._placeholder = None
        self.port = held.getsockname()[1]
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(self.connect, sock=held, backlog=_BACKLOG)

    def _stop_listening(self) -> None:
        """Refuse connections, keep the port, and cut those that are open."""
        super()._stop_listening()
        self.drop_all()
