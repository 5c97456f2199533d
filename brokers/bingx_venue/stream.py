"""One stream of BingX's: a connection from its opening to its end, with the venue's heartbeat answered.

Follows BingX's "Websocket Account Data", of perpetuals and of spot (read 2026-11). Perpetuals tell all of an account
unasked; spot tells what was subscribed to. Nothing goes over it but that and answers to the heartbeat.

Quirks: how often the heartbeat comes is not documented; something comes every few seconds, so that silence means that
nobody is there. The address holds the listen key, so neither it nor what the library says of it is ever logged.
"""

import asyncio
import logging
import os
import ssl
from collections.abc import AsyncGenerator
from typing import Final
from uuid import uuid4

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from brokers.bingx_venue import frames
from brokers.bingx_venue.frames import KeyExpired, Ping, Said
from brokers.bingx_venue.listen_key import ListenKeys
from brokers.venue import Busy, Denied
from bus import certificates, reasons
from bus.messages.venues import AssetType

SILENCE_S: Final = 30.0
OPEN_S: Final = 8.0
CLOSE_S: Final = 1.0
SPOT_CHANNELS: Final = (frames.SPOT_ORDERS,)
_library: Final = logging.getLogger(f"{__name__}.library")
_library.disabled = True


class Opened(msgspec.Struct, frozen=True):
    """The stream is heard from now on; what came before has to be looked up."""


class _Connect(connect):
    """Connects to the one place that was named."""

    def process_redirect(self, exc: Exception) -> Exception:
        """Follow nothing: the key would go along."""
        return exc


class Stream:
    """The stream of perpetuals, or of spot."""

    def __init__(
        self, url: str, keys: ListenKeys, *, asset_type: AssetType = "FUTURE", silence_s: float = SILENCE_S
    ) -> None:
        """Connect to nothing yet.

        Args:
            url: Where it is, without the key.
            keys: The account's listen key.
            asset_type: FUTURE, or CRYPTO for spot.
            silence_s: After so long without a word nobody is there any more.
        """
        self._url = url
        self._keys = keys
        self.asset_type: Final = asset_type
        self._silence_s = silence_s

    async def messages(self) -> AsyncGenerator[Opened | Said, None]:
        """Connect, and yield what is said, for as long as the connection lasts.

        Yields:
            `Opened` once, then each message; the heartbeat too, once it is answered.

        Raises:
            VenueError: It could not be opened or has ended; Denied where a person must act.
        """
        address = f"{self._url}?listenKey={await self._keys.take()}"
        try:
            async with self._connect(address) as connection:
                for channel in SPOT_CHANNELS if self.asset_type == "CRYPTO" else ():
                    await connection.send(_subscription(channel))
                yield Opened()
                while True:
                    yield await self._next(connection)
        except TimeoutError:
            raise Busy(reasons.TIMEOUT, code="stream silent") from None
        except ssl.SSLError as error:
            raise Denied(reasons.TLS_ERROR, code=type(error).__name__) from None
        except (WebSocketException, OSError, EOFError) as error:
            raise Busy(reasons.UNREACHABLE, code=f"stream: {type(error).__name__}") from None

    async def _next(self, connection: ClientConnection) -> Said:
        """Return the next message, with the key kept alive meanwhile."""
        await self._keys.keep()
        async with asyncio.timeout(self._silence_s):
            said = frames.read(await connection.recv())
        if isinstance(said, Ping):
            await connection.send(said.pong)
        if isinstance(said, KeyExpired):
            self._keys.forget()
            raise Busy("BingX's stream begins anew", code="listen key expired")
        return said

    def _connect(self, address: str) -> connect:
        """Return a connection that is to be made; over TLS unless it is to this machine."""
        return _Connect(
            address,
            ssl=_context() if address.startswith("wss:") else None,
            proxy=None,
            compression=None,
            max_size=frames.MOST_BYTES,
            open_timeout=OPEN_S,
            close_timeout=CLOSE_S,
            ping_interval=None,
            user_agent_header=None,
            logger=_library,
        )


def _context() -> ssl.SSLContext:
    """Return which certificates are trusted: those that the REST interface trusts."""
    found = certificates.find(os.environ)
    return found.context() if found else ssl.create_default_context()


def _subscription(channel: str) -> str:
    """Return the words that have a channel told."""
    return msgspec.json.encode({"id": str(uuid4()), "reqType": "sub", "dataType": channel}).decode()
