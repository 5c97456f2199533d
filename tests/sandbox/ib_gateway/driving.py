"""A script of ib_async against the pretend gateway in one loop, as any user's script would be."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from decimal import Decimal

import ib_async

from sandbox.control.client import Sandbox
from sandbox.ib_gateway.contracts import BY_NAME
from sandbox.ib_gateway.gateway import Gateway
from sandbox.ib_gateway.hours import NEW_YORK
from sandbox.ib_gateway.listening import TcpService
from sandbox.ib_gateway.service import build
from sandbox.ib_gateway.state import State
from sandbox.service import Fault

LONGEST_S = 20
DEADLINE_S = 5


class World:
    """The gateway, and one client that is connected to it.

    Attributes:
        service: The gateway's port and faults.
        gateway: The gateway.
        ib: The client, number 1.
        errors: The codes and texts that it was told, by the number of the request or order.
    """

    def __init__(self, service: TcpService, gateway: Gateway) -> None:
        """Begin without a connection."""
        self.service = service
        self.gateway = gateway
        self.ib = ib_async.IB()
        self.errors: list[tuple[int, int, str]] = []
        self.ib.errorEvent += self._note
        self._others: list[ib_async.IB] = []

    @property
    def state(self) -> State:
        """Return what may be set."""
        return self.gateway.state

    @property
    def codes(self) -> list[int]:
        """Return the codes that were told, without the farms' that are well."""
        return [code for _, code, _ in self.errors if code not in {2104, 2106, 2158}]

    def _note(self, number: int, code: int, text: str, _contract: object) -> None:
        """Keep what was told."""
        self.errors.append((number, code, text))

    async def connect(self, client_id: int = 1, *, timeout_s: float = DEADLINE_S) -> ib_async.IB:
        """Connect the client, or another one under another number; everything it asks at the start must be answered."""
        ib = self.ib
        if client_id != 1:
            ib = ib_async.IB()
            self._others.append(ib)
        await ib.connectAsync(
            "127.0.0.1", self.service.port, clientId=client_id, timeout=timeout_s, raiseSyncErrors=True
        )
        return ib

    async def on(self, kind: str, **fields: object) -> None:
        """Switch a trouble on."""
        await self.service.add(Fault(kind=kind, **fields))  # type: ignore[arg-type]

    def move(self, symbol: str, bid: str, ask: str) -> None:
        """Let a quote move."""
        quote = self.state.quotes[symbol]
        quote.bid, quote.ask, quote.last = Decimal(bid), Decimal(ask), Decimal(bid)
        self.gateway.quote_moved(symbol)

    def pass_time(self, passed: timedelta) -> None:
        """Let the gateway's clock go on."""
        self.service.skew_s += passed.total_seconds()

    def leave(self) -> None:
        """Disconnect all clients."""
        for ib in (self.ib, *self._others):
            ib.disconnect()


Script = Callable[[World], Awaitable[None]]


async def play(script: Script, *, version: int, is_connected: bool = True, state: dict[str, object]) -> None:
    """Run a script with a gateway of its own, whose clock begins at noon in New York.

    Args:
        script: What happens.
        version: The server's.
        is_connected: Whether the client is connected at the beginning.
        state: Fields of the gateway's state that differ from its seed.
    """
    service, gateway = build()
    await service.start()
    service.change({"server_version": version, **state})
    world = World(service, gateway)
    here = datetime.now(NEW_YORK)
    world.pass_time(here.replace(hour=12, minute=0) - here)
    try:
        async with asyncio.timeout(LONGEST_S):
            if is_connected:
                await world.connect()
            await script(world)
    finally:
        world.leave()
        await service.stop()


async def until(is_so: Callable[[], object]) -> None:
    """Wait until something is so.

    Raises:
        TimeoutError: It was not in five seconds.
    """
    async with asyncio.timeout(DEADLINE_S):
        while not is_so():
            await asyncio.sleep(0.002)


def share(symbol: str = "AAPL") -> ib_async.Stock:
    """Return a share as a script writes it."""
    return ib_async.Stock(symbol, "SMART", "USD")


def known(symbol: str = "AAPL") -> ib_async.Stock:
    """Return a share with its number, which ib_async wants for quotes."""
    return ib_async.Stock(symbol, "SMART", "USD", conId=BY_NAME[symbol].con_id)


@contextlib.asynccontextmanager
async def client_of(sandbox: Sandbox) -> AsyncIterator[ib_async.IB]:
    """Connect to the gateway of the sandbox's process, and be gone in the end."""
    ib = ib_async.IB()
    port = int(sandbox.addresses["ibgateway"].rsplit(":", 1)[1])
    await ib.connectAsync("127.0.0.1", port, clientId=1, timeout=DEADLINE_S, raiseSyncErrors=True)
    yield ib
    ib.disconnect()
    await asyncio.sleep(0)  # its transport is closed in the loop's next turn
