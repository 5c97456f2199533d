"""One client's connection to the pretend gateway: the handshake, then its requests one after another.

Follows the TWS API's handshake (read 2026-11).

Quirks: everything is answered in the order in which it was asked, at once or `latency_s` late. A number of a client
that is taken is told with 326, and the connection ends.
"""

import asyncio
import re
import time
from typing import TYPE_CHECKING

from sandbox.ib_gateway.codec import BadFrame, Frames, frame
from sandbox.ib_gateway.contracts import Instrument

if TYPE_CHECKING:
    from sandbox.ib_gateway.gateway import Gateway

_VERSIONS = re.compile(r"v(\d+)\.\.(\d+)( .*)?", re.ASCII)
_START = "71"
_IN_USE = "Unable to connect as the client id is already in use. Retry with a unique client id."
_FARMS = (
    (2104, "Market data farm connection is OK:usfarm"),
    (2106, "HMDS data farm connection is OK:ushmds"),
    (2158, "Sec-def data farm connection is OK:secdefil"),
)


class Session(asyncio.Protocol):
    """A connection.

    Attributes:
        client_id: The client's number; -1 until it says so.
        version: What both speak.
        data_kind: What the client wants of quotes: 1 live to 4.
        streams: The quotes that it listens to, by the request's number.
        is_told_positions: Whether it hears of positions.
        told_accounts: Whether it hears of the account's values.
        summaries: The tags that it hears of, by the request's number.
        gains: Its requests for profit and loss.
    """

    def __init__(self, gateway: "Gateway") -> None:
        """Begin before the handshake."""
        self.gateway = gateway
        self.client_id = -1
        self.version = 0
        self.data_kind = 1
        self.streams: dict[str, Instrument] = {}
        self.is_told_positions = False
        self.is_told_account = False
        self.summaries: dict[str, str] = {}
        self.gains: set[str] = set()
        self.is_mute = False
        self._frames = Frames()
        self._frozen: list[bytes] = []
        self._transport: asyncio.Transport | None = None

    @property
    def is_ready(self) -> bool:
        """Tell whether the handshake is over."""
        return self.client_id >= 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
        self.gateway.joined(self)

    def connection_lost(self, _exc: Exception | None) -> None:
        """Be gone."""
        self.gateway.left(self)

    def data_received(self, data: bytes) -> None:
        """Take each frame that is whole now."""
        moment = (time.monotonic_ns(), time.time_ns())
        try:
            for fields in self._frames.feed(data):
                self._take(fields, moment)
        except BadFrame:
            self.drop()

    def send(self, *fields: object) -> None:
        """Send a message; it is lost where the connection is."""
        if self.is_mute or self._transport is None or self._transport.is_closing():
            return
        data = frame(*fields)
        if self.gateway.service.take("half_frame", f"/{fields[0]}") is not None:
            data, self.is_mute = data[: len(data) // 2], True
        delay_s = self.gateway.service.latency_s
        if self.gateway.is_on("hang"):
            self._frozen.append(data)
        elif delay_s:
            asyncio.get_running_loop().call_later(delay_s, self._transport.write, data)
        else:
            self._transport.write(data)

    def say(self, number: object, code: int, text: str) -> None:
        """Send a message with a code about a request or an order; -1 is about neither."""
        self.send(4, 2, number, code, text, "")

    def drop(self) -> None:
        """Cut the connection; what was written and not sent is lost."""
        if self._transport is not None:
            self._transport.abort()

    def close(self) -> None:
        """End the connection after what was written."""
        if self._transport is not None:
            self._transport.close()

    def listen(self, *, to_it: bool) -> None:
        """Read on and send what waits, or leave what comes in the socket."""
        if self._transport is None or self._transport.is_closing():
            return
        if not to_it:
            self._transport.pause_reading()
            return
        self._transport.writelines(self._frozen)
        self._frozen.clear()
        self._transport.resume_reading()

    def _take(self, fields: list[str], moment: tuple[int, int]) -> None:
        """Take one frame."""
        if not self.version:
            self._greet(fields)
        elif not self.is_ready:
            self._start(fields)
        else:
            self.gateway.take(self, fields, moment)

    def _greet(self, fields: list[str]) -> None:
        """Answer the client's versions with the server's, unless nobody is logged in here."""
        versions = _VERSIONS.fullmatch(fields[0])
        if versions is None:
            self.drop()
        elif self.gateway.service.take("silent", "/handshake") is None:
            self.version = min(self.gateway.state.server_version, int(versions[2]))
            here = self.gateway.service.now()
            self.send(self.version, f"{here:%Y%m%d %H:%M:%S} UTC")

    def _start(self, fields: list[str]) -> None:
        """Let a client in by its number."""
        if fields[0] != _START or len(fields) < 3 or not fields[2].isdecimal():
            self.drop()
            return
        client_id = int(fields[2])
        if self.gateway.is_taken(client_id) or self.gateway.service.take("client_id_taken", "/start"):
            self.say(-1, 326, _IN_USE)
            self.close()
            return
        self.client_id = client_id
        self.send(15, 1, self.gateway.state.account)
        self.send(9, 1, self.gateway.book.next_id)
        for code, text in _FARMS:
            self.say(-1, code, text)
        if self.gateway.is_on("lost_servers"):
            self.say(-1, 2110, "Connectivity between Trader Workstation and server is broken.")
        self.gateway.note(self, "connected")
