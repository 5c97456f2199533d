"""A pretend service on bare TCP: state, faults and log as the others have, without HTTP; follows no outside page."""

import asyncio
import socket
from collections.abc import Callable

import msgspec

from sandbox.service import Fault, Service
from sandbox.sockets import bound

_BACKLOG = 128
_TICK_S = 1.0


def _nothing() -> None:
    """Do nothing."""


class TcpService(Service):
    """A service whose port speaks a protocol of its own.

    Attributes:
        connect: Makes the protocol of one connection.
        drop_all: Cuts all connections.
        on_begun: Called with a fault that was switched on.
        on_ended: Called with the faults that were on, once they are off.
        on_changed: Called when the state was changed.
        on_tick: Called every second.
        lines: What the page's panel shows of it.
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
        self.drop_all: Callable[[], None] = _nothing
        self.on_begun: Callable[[Fault], None] = lambda _fault: None
        self.on_ended: Callable[[list[Fault]], None] = lambda _faults: None
        self.on_changed: Callable[[], None] = _nothing
        self.on_tick: Callable[[], None] = _nothing
        self.lines: Callable[[], list[str]] = list
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """Return the address that it listens on."""
        return f"tcp://127.0.0.1:{self.port}"

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1; port 0 takes a free one, which `port` then names."""
        await self._listen(bound(port))
        self._keep(asyncio.create_task(self._tick()))

    async def stop(self) -> None:
        """Stop listening and cut what is connected."""
        for task in self._tasks:
            task.cancel()
        await super().stop()
        self.drop_all()

    async def add(self, fault: Fault) -> None:
        """Switch a fault on; see `Service.add`."""
        await super().add(fault)
        self.on_begun(fault)

    async def clear(self) -> None:
        """Switch all faults off, and listen again."""
        ended = list(self.faults)
        await super().clear()
        self.on_ended(ended)

    def change(self, fields: dict[str, object]) -> None:
        """Merge JSON values into the state, all or nothing; see `Service.change`."""
        super().change(fields)
        self.on_changed()

    def restart(self, fault: Fault) -> None:
        """Cut all connections, refuse new ones for the fault's `seconds`, then switch it off and listen again."""
        self._stop_listening()
        self._keep(asyncio.create_task(self._come_back(fault)))

    async def _come_back(self, fault: Fault) -> None:
        """Listen again after a while, unless something else still refuses."""
        await asyncio.sleep(fault.seconds)
        if fault in self.faults:
            self.faults.remove(fault)
        if self._placeholder is not None and not any(each.kind in {"refuse", "restart"} for each in self.faults):
            await self._listen(self._placeholder)

    async def _tick(self) -> None:
        """Call `on_tick` every second."""
        while True:
            await asyncio.sleep(_TICK_S)
            self.on_tick()

    def _keep(self, task: asyncio.Task[None]) -> None:
        """Hold a task until it is done."""
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

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
