"""The pretend BingX in this process, and the broker's way to it; a server that answers whatever a test says."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

from aiohttp import web

from brokers.bingx_venue.access import Access
from brokers.bingx_venue.rest import Rest
from bus.settings import Secret
from bus.time_source import SystemTime
from sandbox.bingx.service import BingxService, build
from sandbox.bingx.state import API_KEY, API_SECRET, BingxState
from sandbox.faults import Fault

SERVER_MS = 1767225600000
TIME_PATH = "/openApi/swap/v2/server/time"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Later(SystemTime):
    """The clocks of this machine: the one that nobody sets, set forward."""

    ahead_s = 0.0

    def monotonic(self) -> float:
        """Return the monotonic seconds."""
        return super().monotonic() + self.ahead_s


class Pretend:
    """The pretend BingX."""

    def __init__(self, service: BingxService) -> None:
        """Keep the service."""
        self.service = service

    @property
    def state(self) -> BingxState:
        """Return how it behaves."""
        return self.service.gateway.state

    async def fail(self, kind: str, *, path: str = "", code: str = "", status: int = 0, times: int = 1) -> None:
        """Switch a fault on."""
        await self.add(Fault(kind, path=path, code=code, status=status, times=times))

    async def add(self, fault: Fault) -> None:
        """Switch a fault on, as it is given."""
        await self.service.add(fault)

    def asked(self, path: str) -> int:
        """Return how often a path was asked."""
        return sum(1 for each in self.service.requests if each.path == path)


@contextlib.asynccontextmanager
async def pretend(**state: object) -> AsyncIterator[Pretend]:
    """Run the pretend BingX."""
    service, _gateway = build()
    service.change(state)
    await service.start()
    try:
        yield Pretend(service)
    finally:
        await service.stop()


def access(*hosts: str, is_live: bool = True, subaccount: str = "", secret: str = API_SECRET) -> Access:
    """Return how it is reached."""
    return Access(key=Secret(API_KEY), secret=Secret(secret), hosts=hosts, is_live=is_live, subaccount=subaccount)


@contextlib.asynccontextmanager
async def called(**state: object) -> AsyncIterator[tuple[Pretend, Rest]]:
    """Run the pretend BingX, and give what calls it."""
    async with pretend(**state) as bingx, Rest(access(bingx.service.url)) as rest:
        yield bingx, rest


class Answering:
    """A server that answers what a test says, and tells its own time when it is asked; `seen` has all else."""

    def __init__(self, handler: Handler) -> None:
        """Keep the handler."""
        self._handler = handler
        self.seen: list[web.Request] = []
        self.server_ms = SERVER_MS
        self.url = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        if request.path == TIME_PATH:
            return web.json_response({"code": 0, "msg": "", "data": {"serverTime": self.server_ms}})
        self.seen.append(request)
        return await self._handler(request)


@contextlib.asynccontextmanager
async def answering(handler: Handler) -> AsyncIterator[Answering]:
    """Run a server that answers what a test says."""
    server = Answering(handler)
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", server.handle)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        await runner.cleanup()


def says(body: object, *, status: int = 200) -> Handler:
    """Return a handler that always says the same."""

    async def handle(_request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        await asyncio.sleep(0)
        return web.json_response(body, status=status)

    return handle
