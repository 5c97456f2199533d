"""How a program's sockets find the hub: in the folder `run`, or over TCP on another machine.

Who connects asks whether the hub still lives (HEARTBEAT); the hub need not ask back on its own machine, since the
system tells it when a peer there has ended.

Over TCP the bus is encrypted, and both sides prove who they are (CurveZMQ, rfc.zeromq.org/spec/26, read 2026-11); a
link without keys cannot be made. The launcher hands the keys over through a socket, as it does the settings; they are
read once, when the program begins.
"""

import functools
import os
from pathlib import Path

import msgspec
import zmq

from bus import log

HANDED_LINK = "HUB_LINK"
"""The variable with the number of the descriptor from which a program reads where the hub is."""
PORTS = {"bus.in": 0, "bus.out": 1}
"""What is added to HUB_PORT for each of the hub's two ends."""


class HubLink(msgspec.Struct, frozen=True, kw_only=True):
    """The hub on another machine: where it is, its public key, and this machine's secret one, in hexadecimal digits."""

    host: str
    port: int
    hub_public_key: str
    machine_key: str

    def __repr__(self) -> str:
        """Say where the hub is, and no key."""
        return f"HubLink({self.host}:{self.port})"

    def address(self, end: str) -> str:
        """Return where one of the hub's two ends is.

        Args:
            end: `bus.in` or `bus.out`.
        """
        return f"tcp://{self.host}:{self.port + PORTS[end]}"

    def protect(self, chosen: "zmq.Socket[bytes]") -> None:
        """Have a socket encrypt and prove who it is; to be called before it is connected.

        Args:
            chosen: The socket.
        """
        from bus import bus_key  # where the hub is on this machine, nobody needs it

        chosen.curve_serverkey = bus_key.for_zeromq(self.hub_public_key)
        chosen.curve_secretkey = bus_key.for_zeromq(self.machine_key)
        chosen.curve_publickey = bus_key.for_zeromq(bus_key.public_of(self.machine_key))


@functools.cache
def hub_link() -> HubLink | None:
    """Return where the hub is, None where it is on this machine; what was handed over is read at the first call."""
    number = os.environ.pop(HANDED_LINK, "")
    if not number:
        return None
    with os.fdopen(int(number), "rb") as stream:
        link = msgspec.json.decode(stream.read(), type=HubLink, strict=False)
    log.mask((link.machine_key,))
    return link


class Links:
    """A program's links to the hub."""

    def __init__(self, link: HubLink | None, *, run: Path) -> None:
        """Begin without any.

        Args:
            link: Where the hub is, if it is on another machine.
            run: The folder with the hub's sockets, where it is on this one.
        """
        self._link = link
        self._run = run
        self._handshakes = None
        if link:
            from bus.handshakes import Handshakes  # as above

            self._handshakes = Handshakes()

    def connect(self, chosen: "zmq.Socket[bytes]", end: str, *, linger_ms: int) -> "zmq.Socket[bytes]":
        """Connect a socket to the hub, and return it.

        Args:
            chosen: The socket.
            end: `bus.in` or `bus.out`.
            linger_ms: How long what was said may still leave when the socket is closed.
        """
        chosen.setsockopt(zmq.LINGER, linger_ms)
        chosen.setsockopt(zmq.HEARTBEAT_IVL, 4000)
        chosen.setsockopt(zmq.HEARTBEAT_TIMEOUT, 4000)
        chosen.setsockopt(zmq.RECONNECT_IVL, 100)
        chosen.setsockopt(zmq.RECONNECT_IVL_MAX, 2000)
        address = f"ipc://{self._run}/{end}"
        if self._link and self._handshakes:
            address = self._link.address(end)
            self._link.protect(chosen)
            self._handshakes.watch(chosen, address)
        chosen.connect(address)
        return chosen

    def tend(self) -> None:
        """Look after links over TCP; to be called with each beat."""
        if self._handshakes:
            self._handshakes.tend()

    def close(self) -> None:
        """Stop looking after them, before the sockets are closed."""
        if self._handshakes:
            self._handshakes.close()
