"""One pretend service: its routes, its state, its faults, and the loopback port that it listens on.

Every platform module builds one (`create() -> list[Service]`); `sandbox.serve` runs them all in one asyncio
process. Follows no outside page.

Quirks: `latency_s` and the fault "slow" delay the answer, not the effect: a request whose client has given up
still counts, as on a real server. A websocket has no answer to be spoilt; the other faults keep it from opening.
"""

import asyncio
import copy
import socket
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import msgspec
from aiohttp import web

from sandbox.faults import GENERIC_FAULTS, SPOILING_FAULTS, Fault, answer_with, reset
from sandbox.sockets import bound, client_left

__all__ = [
    "GENERIC_FAULTS",
    "Fault",
    "Handler",
    "Seen",
    "Service",
    "UnknownFaultError",
    "UnknownFieldError",
    "reset",
]

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_LOG_LENGTH = 5_000
_UPLOAD_LIMIT_BYTES = 64 << 20
_HANDLER_GRACE_S = 0.1


class UnknownFaultError(Exception):
    """Say that a service has no such fault, and which it has."""


class UnknownFieldError(Exception):
    """Say that a service's state has no such field, or that the value has the wrong type."""


class Seen(msgspec.Struct):
    """One request; `status` is 0 until answered, `path` has no query and no token, `took_ms` is the service's time."""

    at: datetime
    method: str
    path: str
    status: int = 0
    took_ms: float = 0.0


class Service:
    """A pretend service on one loopback port.

    Attributes:
        name: Its name in the addresses and in the control API.
        state: The module's mutable Struct; only its fields change, so a module may keep a reference.
        routes: aiohttp routes; other paths get aiohttp's plain 404 unless the module adds a catch-all.
        kinds: Every fault kind that it knows, with a one-line description.
        faults: The faults that are switched on, first match wins.
        requests: The latest requests, oldest first; `request_count` counts all.
        latency_s: A plain delay of each answer, seconds.
        skew_s: How far its clock is ahead of the true one, seconds; see `now`.
        shown_path: Turns a request's path into what may be logged (Telegram's paths hold the token).
        control_routes: More routes for the control port, given by the module.
        on_reset: Called after the state is back at its seed, for memory that a module keeps outside of it.
        on_arrival: Called with each request before any fault, for a module that notes what was tried.
        on_traffic: Called when a request has come, and when it has been answered.
    """

    def __init__(
        self, name: str, *, state: msgspec.Struct, routes: Sequence[web.RouteDef], faults: dict[str, str]
    ) -> None:
        """Make a service that does not listen yet.

        Args:
            name: Its name in the addresses and in the control API.
            state: The module's mutable Struct, holding the seed; a copy of it is what `reset` restores.
            routes: aiohttp routes with the module's handlers.
            faults: The module's own FAULTS: kind to one-line description.
        """
        self.name = name
        self.state = state
        self.routes = list(routes)
        self.kinds = GENERIC_FAULTS | faults
        self.faults: list[Fault] = []
        self.requests: deque[Seen] = deque(maxlen=_LOG_LENGTH)
        self.request_count = 0
        self.latency_s = 0.0
        self.skew_s = 0.0
        self.shown_path: Callable[[str], str] = str
        self.control_routes: list[web.RouteDef] = []
        self.on_reset: list[Callable[[], None]] = []
        self.on_arrival: Callable[[web.Request], Awaitable[None]] | None = None
        self.on_traffic: Callable[[], None] | None = None
        self.port = 0
        self._seed = copy.deepcopy(state)
        self._cleared = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._listener: asyncio.Server | None = None
        self._placeholder: socket.socket | None = None

    def now(self) -> datetime:
        """Return this service's clock: aware UTC, `skew_s` ahead of the true time."""
        return datetime.now(UTC) + timedelta(seconds=self.skew_s)

    @property
    def url(self) -> str:
        """Return the address that it listens on, without a trailing slash."""
        return f"http://127.0.0.1:{self.port}"

    def take(self, kind: str, path: str) -> Fault | None:
        """Return the first switched-on fault of a kind that applies to a path, and count it down.

        Args:
            kind: A fault kind, for example "code".
            path: The request's path, as in `request.path`.

        Returns:
            The fault, or None when none is due.
        """
        return self._take(lambda fault: fault.kind == kind, self.shown_path(path))

    def _take(self, wanted: Callable[[Fault], bool], shown: str) -> Fault | None:
        for position, fault in enumerate(self.faults):
            if not wanted(fault) or fault.path not in shown:
                continue
            if fault.times > 0:
                fault.times -= 1
            if fault.times == 0:
                del self.faults[position]
            return fault
        return None

    async def until_cleared(self) -> None:
        """Wait until the faults are cleared; for faults that never answer."""
        await self._cleared.wait()

    async def add(self, fault: Fault) -> None:
        """Switch a fault on.

        Raises:
            UnknownFaultError: The service knows no such kind; the text lists those that it knows.
        """
        if fault.kind not in self.kinds:
            known = ", ".join(sorted(self.kinds))
            raise UnknownFaultError(f"{self.name} has no fault {fault.kind!r}; it has {known}")
        self.faults.append(fault)
        if fault.kind == "refuse":
            self._stop_listening()

    async def clear(self) -> None:
        """Switch all faults off, release what hangs, and listen again."""
        self.faults.clear()
        self._cleared.set()
        self._cleared = asyncio.Event()
        if self._placeholder is not None:
            await self._listen(self._placeholder)

    def change(self, fields: dict[str, object]) -> None:
        """Merge JSON values into the state, all or nothing.

        Raises:
            UnknownFieldError: A field does not exist or a value has the wrong type; the text names it.
        """
        types = {field.name: field.type for field in msgspec.structs.fields(self.state)}
        values: dict[str, object] = {}
        for name, value in fields.items():
            if name not in types:
                raise UnknownFieldError(f"{self.name} has no field {name!r}; it has {', '.join(types)}")
            try:
                values[name] = msgspec.convert(value, types[name], str_keys=True)
            except msgspec.ValidationError as error:
                raise UnknownFieldError(f"{self.name}: field {name!r}: {error}") from None
        for name, value in values.items():
            setattr(self.state, name, value)

    async def reset(self) -> None:
        """Bring state, faults, settings and log back to the start."""
        await self.clear()
        seed = copy.deepcopy(self._seed)
        for field in msgspec.structs.fields(seed):
            setattr(self.state, field.name, getattr(seed, field.name))
        self.latency_s = self.skew_s = 0.0
        self.requests.clear()
        self.request_count = 0
        for forget in self.on_reset:
            forget()

    def build(self) -> web.Application:
        """Build the aiohttp application with the middleware that logs and enacts the generic faults."""

        @web.middleware
        async def serve(request: web.Request, handler: Handler) -> web.StreamResponse:
            try:
                return await self._serve(request, handler)
            finally:
                self._notify()

        application = web.Application(middlewares=[serve], client_max_size=_UPLOAD_LIMIT_BYTES)
        application.add_routes(self.routes)
        return application

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1; port 0 takes a free one, which `port` then names."""
        self._runner = web.AppRunner(self.build(), access_log=None, shutdown_timeout=_HANDLER_GRACE_S)
        await self._runner.setup()
        await self._listen(bound(port))

    async def stop(self) -> None:
        """Stop listening and end what is under way."""
        if self._listener is not None:
            self._listener.close()
        if self._placeholder is not None:
            self._placeholder.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _listen(self, held: socket.socket) -> None:
        if self._runner is None or self._runner.server is None:
            raise RuntimeError(f"{self.name} is not started")
        self._placeholder = None
        self.port = held.getsockname()[1]
        self._listener = await asyncio.get_running_loop().create_server(self._runner.server, sock=held, backlog=128)

    def _stop_listening(self) -> None:
        if self._listener is None or self._placeholder is not None:
            return
        self._listener.close()
        # Bound but not listening: connections are refused, and nobody else can take the port meanwhile.
        self._placeholder = bound(self.port)
        if self._runner is not None and self._runner.server is not None:
            for connection in list(self._runner.server.connections):
                connection.force_close()

    async def _serve(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        shown = self.shown_path(request.path)
        began = time.perf_counter()
        seen = Seen(at=datetime.now(UTC), method=request.method, path=shown)
        self.requests.append(seen)
        self.request_count += 1
        self._notify()
        if self.on_arrival is not None:
            await self.on_arrival(request)
        kinds = GENERIC_FAULTS.keys() - (SPOILING_FAULTS if _is_websocket(request) else set())
        fault = self._take(lambda candidate: candidate.kind in kinds, shown)
        if fault is not None and fault.kind == "hang":
            await self.until_cleared()
            if client_left(request):
                return web.Response(status=499)  # it never reached the platform
            fault = None
        try:
            answer = await self._answer(request, handler, fault)
        except ConnectionResetError:
            return web.Response(status=499)  # the client left in the middle of a stream; nobody reads this
        if request.transport is not None and not request.transport.is_closing():
            seen.status = answer.status
        seen.took_ms = (time.perf_counter() - began) * 1000
        return answer

    def _notify(self) -> None:
        if self.on_traffic is not None:
            self.on_traffic()

    async def _answer(self, request: web.Request, handler: Handler, fault: Fault | None) -> web.StreamResponse:
        if fault is None:
            answer: web.StreamResponse = await _any_answer(request, handler)
        else:
            answer = await answer_with(fault, request, lambda: _true_answer(request, handler))
        if self.latency_s:
            await asyncio.sleep(self.latency_s)
        if self.skew_s and not answer.prepared:
            answer.headers["Date"] = format_datetime(self.now(), usegmt=True)
        return answer


def _is_websocket(request: web.Request) -> bool:
    return request.headers.get("Upgrade", "").lower() == "websocket"


async def _true_answer(request: web.Request, handler: Handler) -> web.Response:
    answer = await _any_answer(request, handler)
    if not isinstance(answer, web.Response):
        raise TypeError("handlers of the sandbox answer with a whole web.Response, or a websocket")
    return answer


async def _any_answer(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPException as error:
        return web.Response(status=error.status, headers=error.headers, body=error.body)
