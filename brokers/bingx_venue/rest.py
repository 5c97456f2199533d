"""BingX's REST interface: signed calls of the few paths that are needed, and their errors by name.

Follows BingX's "Authentication" and "Base URLs" (read 2026-11). A change is sent once. After a connection that could
not be made the next call goes to the twin of the host; not while an order that may have left could still arrive.

Quirks: the query holds the signature, so no address is ever logged or kept in an error.
"""

import asyncio
import os
import re
import ssl
from types import TracebackType
from typing import Final, Self

import httpx
import msgspec

from brokers.bingx_venue import signing
from brokers.bingx_venue.access import Access
from brokers.bingx_venue.answers import Outcome, outcome
from brokers.bingx_venue.clock import Clock
from brokers.bingx_venue.errors import RATE_LIMITED, TIMESTAMP, TOO_MANY_WRONG
from brokers.bingx_venue.gate import Route, route_of
from brokers.bingx_venue.pace import Pace
from brokers.venue import Busy, Denied, Malformed, Unknown, VenueError
from bus import certificates, reasons
from bus.log import logger
from bus.time_source import SYSTEM_TIME, TimeSource

RECV_WINDOW_MS: Final = 5000
"""So long after its timestamp BingX takes a call: what has not arrived by then never does."""
LANDED_S: Final = 2 * RECV_WINDOW_MS / 1000
"""The window, and as much for clocks."""
WITHIN_S, CONNECT_S = 8.0, 3.0
IDLE_S = 25.0
MOST_BYTES = 8 * 1024 * 1024
SERVER_TIME = "/openApi/swap/v2/server/time"
_SENDABLE = re.compile(r"[\x21-\x7e]+")

log = logger(__name__)


class _ServerTime(msgspec.Struct, rename="camel"):
    """The server's milliseconds."""

    server_time: int


_server_time = msgspec.json.Decoder(_ServerTime)


class Rest:
    """Calls BingX, within its rate limits, by the server's own time."""

    def __init__(self, access: Access, *, time: TimeSource = SYSTEM_TIME) -> None:
        """Open nothing yet.

        Args:
            access: The key, and where to call.
            time: The clocks.
        """
        self._access = access
        self._time = time
        self._pace = Pace(time)
        self._client: httpx.AsyncClient | None = None
        self._host = 0
        self._stays_until_s = 0.0
        self._changing = 0
        self._lands_s = time.monotonic() + LANDED_S  # what an earlier life has sent
        self._measuring = asyncio.Lock()
        self.clock: Final = Clock(time)
        """The server's time."""

    async def __aenter__(self) -> Self:
        """Return itself; connections are made by the first call."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all connections."""
        if self._client is not None:
            await self._client.aclose()

    @property
    def has_landed(self) -> bool:
        """Whether no order that may have left without an answer can still arrive; by a clock that nobody sets."""
        return self._time.monotonic() >= self._lands_s

    async def get(self, path: str, **parameters: str) -> msgspec.Raw:
        """Ask something; changes nothing, and is asked again once where only the time of the call was refused.

        Args:
            path: Such as `/openApi/swap/v2/user/positions`.
            parameters: Of the query, in plain text; `timestamp` and `signature` are added. Empty ones are left out.

        Returns:
            The `data` of the answer, undecoded.

        Raises:
            VenueError: Busy, Denied, Malformed or Refused, with BingX's code; Busy where there was no answer.
        """
        route = route_of("GET", path)
        try:
            return await self._call(route, parameters)
        except Busy as error:
            if error.code != TIMESTAMP:
                raise
        return await self._call(route, parameters)

    async def change(self, method: str, path: str, **parameters: str) -> msgspec.Raw:
        """Change something, once: it is sent one time, and never to a second host after the first may have heard it.

        Args:
            method: POST, PUT or DELETE.
            path: Such as `/openApi/swap/v2/trade/order`.
            parameters: Of the query.

        Returns:
            The `data` of the answer, undecoded. Whoever cannot read it must raise Unknown: it was done.

        Raises:
            VenueError: Unknown where it may be done all the same; any other one means that it surely is not.
        """
        return await self._call(route_of(method, path), parameters)

    async def measure(self) -> None:
        """Measure the server's time now.

        Raises:
            VenueError: It could not be asked.
        """
        asked_at_s = self._time.monotonic()
        data = await self._send(route_of("GET", SERVER_TIME), {})
        try:
            told = _server_time.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise Malformed(reasons.BAD_ANSWER, code="server time") from None
        self.clock.take(told.server_time, asked_at_s=asked_at_s)

    async def measure_if_due(self) -> None:
        """Measure the server's time where that was long ago, or never.

        Raises:
            VenueError: It could not be asked.
        """
        async with self._measuring:
            if self.clock.is_due:
                await self.measure()

    async def _call(self, route: Route, parameters: dict[str, str]) -> msgspec.Raw:
        """Make a call; where its time is refused, the server's time is measured before that is raised."""
        signing.canonical(parameters)
        if not self.clock.is_known:
            await self.measure_if_due()
        try:
            return await self._send(route, parameters)
        except Busy as error:
            if error.code != TIMESTAMP:
                raise
            log.info("time refused", path=route.path)
            await self.measure()
            raise

    async def _send(self, route: Route, parameters: dict[str, str]) -> msgspec.Raw:
        """Wait for a call's turn, send it once, and return what it answers."""
        async with self._pace.turn(route):
            status, body = await self._exchange(route, self._query(route, parameters))
        told = outcome(route, status, body)
        if isinstance(told.error, Unknown):
            self._stay(route)
        if told.error is not None and told.error.code in {RATE_LIMITED, "HTTP 418", "HTTP 429"}:
            raise self._blocked(route, told, everything=status in {418, 429})
        if told.error is not None and told.error.code == TOO_MANY_WRONG:
            self._blocked(route, told, everything=False)
            raise told.error
        self._pace.answered(route)
        if told.error is not None:
            raise told.error
        return told.data

    def _blocked(self, route: Route, told: Outcome, *, everything: bool) -> Busy:
        """Note that BingX asks for a pause, and return the error that says how long."""
        code = "" if told.error is None else told.error.code
        until_ms = told.blocked_until_ms
        least_s = 0.0 if until_ms is None else (until_ms - self.clock.milliseconds()) / 1000
        pause_s = self._pace.blocked(route, everything=everything, least_s=least_s)
        log.warning("rate limited", path=route.path, code=code, pause_s=pause_s)
        return Busy(reasons.RATE_LIMITED, code=code, retry_after_s=pause_s)

    async def _exchange(self, route: Route, query: str) -> tuple[int, bytes]:
        """Send a call and return its status and body; what may have been heard without an answer is Unknown."""
        lost: type[VenueError] = Busy if route.is_read else Unknown
        self._changing += not route.is_read
        try:
            async with asyncio.timeout(WITHIN_S):
                return await self._stream(route, query)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            self._move()
            if certificates.is_tls_failure(error):
                raise Denied(reasons.TLS_ERROR, code=type(error).__name__) from None
            raise Busy(reasons.UNREACHABLE, code=type(error).__name__) from None
        except asyncio.CancelledError:  # whoever waits for it has given it up: it may have left all the same
            self._stay(route)
            raise
        except (httpx.TimeoutException, TimeoutError):
            trouble = lost(reasons.TIMEOUT, code="no answer in time")
        except (httpx.TransportError, OSError) as error:
            trouble = lost(reasons.UNREACHABLE, code=type(error).__name__)
        finally:
            self._changing -= not route.is_read
        self._stay(route)
        raise trouble

    async def _stream(self, route: Route, query: str) -> tuple[int, bytes]:
        """Send a call and read its answer, no more than is sensible."""
        headers = {} if route.is_public else {"X-BX-APIKEY": self._access.key.reveal()}
        url = f"{self._access.hosts[self._host].rstrip('/')}{route.path}?{query}"
        body = bytearray()
        async with self._opened().stream(route.method, url, headers=headers) as answer:
            async for chunk in answer.aiter_raw():
                body += chunk
                if len(body) > MOST_BYTES:
                    raise httpx.ReadError("too large")
        return answer.status_code, bytes(body)

    def _query(self, route: Route, parameters: dict[str, str]) -> str:
        """Return a call's query, stamped with the server's time, and signed where it is not for everybody."""
        stamped = {**parameters, "timestamp": str(self.clock.milliseconds())}
        if route.is_public:
            return signing.canonical(stamped)
        secret = self._access.secret.reveal()
        if not _SENDABLE.fullmatch(self._access.key.reveal()) or not secret:
            raise Denied(reasons.BAD_KEY, code="not sendable")
        return signing.query({**stamped, "recvWindow": str(RECV_WINDOW_MS)}, secret)

    def _opened(self) -> httpx.AsyncClient:
        """Return the client, made when it is first needed."""
        if self._client is None:
            found = certificates.find(os.environ)
            self._client = httpx.AsyncClient(
                verify=found.context() if found else ssl.create_default_context(),
                trust_env=False,
                follow_redirects=False,
                timeout=httpx.Timeout(WITHIN_S, connect=CONNECT_S, pool=CONNECT_S),
                limits=httpx.Limits(max_connections=20, keepalive_expiry=IDLE_S),
                headers={"Accept-Encoding": "identity"},
            )
        return self._client

    def _move(self) -> None:
        """Let the next call go to the twin, unless a change is under way here, or could still arrive."""
        if not self._changing and self._time.monotonic() >= self._stays_until_s:
            self._host = (self._host + 1) % len(self._access.hosts)

    def _stay(self, route: Route) -> None:
        """Let all calls go where this one went, until what it was can no longer arrive."""
        now_s = self._time.monotonic()
        self._stays_until_s = now_s + RECV_WINDOW_MS / 1000 + WITHIN_S
        if not route.is_read and "/trade/" in route.path:
            self._lands_s = now_s + LANDED_S
