"""BingX's public market data over HTTPS: four paths of one host, bounded in time and size, no redirects, no proxy.

The standard library's client in a worker thread: it is the lightest, and one call a second needs no more.
"""

import asyncio
import http.client
import os
import ssl
import time
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit

from brokers.bingx_public.markets import Price, Steps
from brokers.paper_venue import wire
from brokers.venue import Busy, Denied, Malformed, Refused, VenueError
from bus import certificates, reasons
from bus.log import logger
from bus.messages.venues import Traded

SWAP_TICKER = "/openApi/swap/v2/quote/ticker"
SWAP_CONTRACTS = "/openApi/swap/v2/quote/contracts"
SPOT_TICKER = "/openApi/spot/v1/ticker/24hr"
SPOT_SYMBOLS = "/openApi/spot/v1/common/symbols"
ALLOWED = frozenset({SWAP_TICKER, SWAP_CONTRACTS, SPOT_TICKER, SPOT_SYMBOLS})
WITHIN_S = 4.0
SILENCE_S = 3.0
FRESH_S, FAILED_S = 0.5, 2.0
MOST_BYTES = 2 * 1024 * 1024
CHUNK_BYTES = 65536
SOURCE = "BingX"

log = logger(__name__)


class Quotes:
    """Asks for prices and steps of crypto; each call has a connection of its own, since minutes lie between them."""

    def __init__(self, base_url: str) -> None:
        """Remember where to ask; nothing is opened.

        Args:
            base_url: Scheme and host, perhaps a path that all others begin with.
        """
        self._base = urlsplit(base_url)
        self._few_at_a_time = asyncio.Semaphore(4)
        self._locks: dict[tuple[str, str], asyncio.Lock] = {}
        self._kept: dict[tuple[str, str], tuple[float, Price | VenueError]] = {}

    async def price(self, instrument: Traded) -> Price:
        """Ask what a pair costs now; the answer, or why there is none, is good for a moment and for all who ask.

        Args:
            instrument: A spot pair or a perpetual.

        Raises:
            Refused: Nobody here quotes it.
            VenueError: As `wire.read_ticker`, or the service was not reached.
        """
        path = {"FUTURE": SWAP_TICKER, "CRYPTO": SPOT_TICKER}.get(instrument.asset_type)
        if path is None:
            raise Refused("no quotes of it here")
        key = (path, instrument.symbol)
        async with self._locks.setdefault(key, asyncio.Lock()):
            if key not in self._kept or time.monotonic() >= self._kept[key][0]:
                self._kept[key] = await self._fresh(path, instrument.symbol)
        _, price = self._kept[key]
        if isinstance(price, VenueError):
            raise price
        return price

    async def steps(self, instrument: Traded) -> Steps:
        """Ask for the steps of a pair.

        Args:
            instrument: A spot pair or a perpetual.

        Returns:
            What its quantities and prices are multiples of, and the least that is taken.

        Raises:
            Refused: There is no such pair.
            VenueError: As `wire.read_ticker`, or the service was not reached.
        """
        if instrument.asset_type == "FUTURE":
            return wire.read_contract(await self._ask(SWAP_CONTRACTS, instrument.symbol), instrument.symbol)
        return wire.read_spot_symbol(await self._ask(SPOT_SYMBOLS, instrument.symbol), instrument.symbol)

    async def _fresh(self, path: str, symbol: str) -> tuple[float, Price | VenueError]:
        """Return a quote or why there is none, and until when that is good, on the monotonic clock."""
        as_of = datetime.now(UTC)
        try:
            return time.monotonic() + FRESH_S, wire.read_ticker(await self._ask(path, symbol), symbol, as_of)
        except VenueError as error:
            return time.monotonic() + FAILED_S, error

    async def _ask(self, path: str, symbol: str) -> bytes:
        """Return the body of one answer."""
        query = urlencode({"symbol": symbol, "timestamp": int(datetime.now(UTC).timestamp() * 1000)})
        try:
            async with self._few_at_a_time, asyncio.timeout(WITHIN_S + SILENCE_S):
                return await asyncio.to_thread(self._get, path, query)
        except TimeoutError:
            raise Busy(reasons.TIMEOUT, code="no quote in time") from None
        except ssl.SSLError as error:
            raise Denied(reasons.TLS_ERROR, code=type(error).__name__) from None
        except (OSError, http.client.HTTPException) as error:
            raise Busy(reasons.UNREACHABLE, code=type(error).__name__) from None

    def _get(self, path: str, query: str) -> bytes:
        """Ask by GET in a thread of its own; what is not on the list is never sent."""
        if path not in ALLOWED:
            raise Malformed(reasons.BAD_ANSWER, code="not allowed")
        ends_at = time.monotonic() + WITHIN_S
        connection = self._open()
        try:
            whole = self._base.path.rstrip("/") + path
            connection.request("GET", f"{whole}?{query}", headers={"Accept-Encoding": "identity"})
            answer = connection.getresponse()
            if answer.status == 429 or answer.status >= 500:
                raise Busy(
                    reasons.RATE_LIMITED if answer.status == 429 else reasons.UNREACHABLE, code=f"HTTP {answer.status}"
                )
            if answer.status != 200:
                raise Malformed(reasons.BAD_ANSWER, code=f"HTTP {answer.status}")
            return _bounded(answer, ends_at)
        finally:
            connection.close()

    def _open(self) -> http.client.HTTPConnection:
        """Make a connection, over TLS unless the address is one of this machine."""
        host, port = self._base.hostname or "", self._base.port
        if self._base.scheme == "http":
            return http.client.HTTPConnection(host, port, timeout=SILENCE_S)
        found = certificates.find(os.environ)
        context = found.context() if found else ssl.create_default_context()
        return http.client.HTTPSConnection(host, port, timeout=SILENCE_S, context=context)


def _bounded(answer: http.client.HTTPResponse, ends_at: float) -> bytes:
    """Return a body that is not too large and not too slow."""
    body = bytearray()
    while chunk := answer.read1(CHUNK_BYTES):
        body += chunk
        if len(body) > MOST_BYTES:
            raise Malformed(reasons.BAD_ANSWER, code="too large")
        if time.monotonic() > ends_at:
            raise Busy(reasons.TIMEOUT, code="body too slow")
    return bytes(body)
