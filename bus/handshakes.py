"""How the links to a hub on another machine are: says what is wrong with them, and connects again after a refusal.

ZeroMQ tells what happens to a socket's links on a socket of its own (zmq_socket_monitor(3), libzmq 4.3.5, read and
tried 2026-11). It is looked at with each beat, so that nothing is added to the way of a message.

Quirks: a client that was refused (HANDSHAKE_FAILED_AUTH, HANDSHAKE_FAILED_PROTOCOL) is never connected again by
ZeroMQ itself; to disconnect and connect the same socket is enough, and a subscriber keeps what it listens to. A client
that has the wrong key of the hub is told nothing at all: the hub closes the link, and it is tried for ever.
"""

import contextlib
import time

import msgspec
import zmq
from zmq.utils.monitor import recv_monitor_message

from bus.log import logger

AGAIN_AFTER_S = 1.0
TOLD_AGAIN_AFTER_S = 600.0
IN_A_ROW = 4
"""A link may end in its first moment, or find nobody; what does so this often has a reason."""
FAILED = zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL
REFUSED = zmq.EVENT_HANDSHAKE_FAILED_AUTH
STRANGE = zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL
LINKED, CONNECTED, RETRIED = zmq.EVENT_HANDSHAKE_SUCCEEDED, zmq.EVENT_CONNECTED, zmq.EVENT_CONNECT_RETRIED
EVENTS = FAILED | REFUSED | STRANGE | LINKED | CONNECTED | RETRIED
CURES = {
    REFUSED: "the hub does not know this machine's key; on the hub's machine type: make keys NAME=…, and take "
    "MACHINE_KEY over from the file that it writes",
    STRANGE: "what listens there is no hub of this version; compare HUB_HOST and HUB_PORT with HUB_LISTEN and "
    "HUB_PORT of the hub's machine",
    FAILED: "the hub ends each link at once: compare HUB_PUBLIC with keys/hub.pub of the hub's machine",
    RETRIED: "nobody answers there: is the hub's machine up, does it let this one's address in, is HUB_LISTEN set?",
}

_log = logger(__name__)


class Link(msgspec.Struct):
    """One socket's link, and what is told of it."""

    chosen: "zmq.Socket[bytes]"
    address: str
    monitor: "zmq.Socket[bytes]"
    was_refused: bool = False
    failed: int = 0
    retried: int = 0


class Handshakes:
    """The links of one process to the hub; `tend` is to be called now and then."""

    def __init__(self) -> None:
        """Begin without a link."""
        self._links: list[Link] = []
        self._again_at = 0.0
        self._trouble = 0
        self._told_at = 0.0

    def watch(self, chosen: "zmq.Socket[bytes]", address: str) -> None:
        """Watch a socket; to be called before it is connected.

        Args:
            chosen: The socket.
            address: Where it will be connected to.
        """
        self._links.append(Link(chosen, address, chosen.get_monitor_socket(EVENTS)))

    def tend(self) -> None:
        """Take in what has happened, and connect again who was refused."""
        now = time.monotonic()
        for link in self._links:
            while link.monitor.poll(0):
                self._note(link, int(recv_monitor_message(link.monitor)["event"]), now)
        if now < self._again_at:
            return
        for link in self._links:
            if link.was_refused:
                link.was_refused, self._again_at = False, now + AGAIN_AFTER_S
                with contextlib.suppress(zmq.ZMQError):  # there may be nothing left to disconnect
                    link.chosen.disconnect(link.address)
                link.chosen.connect(link.address)

    def close(self) -> None:
        """Stop watching, before the sockets are closed."""
        for link in self._links:
            link.chosen.disable_monitor()
            link.monitor.close(linger=0)
        self._links.clear()

    def _note(self, link: Link, event: int, now: float) -> None:
        """Note what has happened to a link, and tell what does not end by itself."""
        if event == LINKED:
            link.failed = link.retried = 0
            if self._trouble:
                self._trouble = 0
                _log.info("linked with the hub", at=link.address)
        elif event == CONNECTED:
            link.retried = 0
        elif event == FAILED:
            link.failed += 1
            if link.failed >= IN_A_ROW:
                self._tell(event, link, now)
        elif event == RETRIED:
            link.retried += 1
            if link.retried >= IN_A_ROW:
                self._tell(event, link, now)
        else:
            link.was_refused = True
            self._tell(event, link, now)

    def _tell(self, trouble: int, link: Link, now: float) -> None:
        """Log a trouble once, and again after a while."""
        if trouble != self._trouble or now >= self._told_at + TOLD_AGAIN_AFTER_S:
            self._trouble, self._told_at = trouble, now
            _log.error("no link with the hub", at=link.address, cure=CURES[zmq.Event(trouble)])
