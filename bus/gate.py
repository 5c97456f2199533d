"""Who of other machines may join the bus: the hub's door to the network.

Each machine has a key of its own; the public ones lie in a folder, a file for each (`make keys`). The folder is looked
at with every guest and every second, so that a key that is put there counts at once, and one that is taken away ends
its links. Follows ZeroMQ's authentication protocol (rfc.zeromq.org/spec/27, read 2026-11) and zmq_socket_monitor(3).

Quirks: without an answer to ZAP any key would be let in, so the sockets insist on one (ZAP_ENFORCE_DOMAIN). Links that
are made already are asked nothing more, and libzmq cannot end a single one; so all links of the network are shut down,
and who may comes back within a moment. Options of a socket count for what is bound afterwards: the sockets on this
machine stay as they are.
"""

import contextlib
import errno
import os
import resource
import signal
import socket
import threading
from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path

import zmq
from zmq.utils.monitor import recv_monitor_message

from bus import bus_key
from bus.hub_link import PORTS
from bus.log import logger

CLIENTS = Path("keys/clients")
DOMAIN = b"bus"
LOOK_MS = 1000
HANDSHAKE_WITHIN_MS = 5000
"""A guest that takes longer to say who it is, is shown out."""
MOST_WAITING = 1000
"""Messages that wait for one machine whose link is slow; what comes after them is dropped."""
ON_NETWORK = 2
"""A thread of ZeroMQ, as bits: what strangers send is worked off on another one than this machine's messages."""
NO_KEY = "no key for this hub"
STRANGERS = {
    zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL: NO_KEY,
    zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL: NO_KEY,
    zmq.EVENT_HANDSHAKE_FAILED_AUTH: "key not on the list",
}
LOGGED = 10
NO_DESCRIPTORS = {errno.EMFILE, errno.ENFILE}

_log = logger(__name__)


class Gate:
    """Lets programs of other machines in, by the list of their keys; one thread of its own, once it is opened."""

    def __init__(self, context: "zmq.Context[zmq.Socket[bytes]]", *, host: str, port: int, secret_key: str) -> None:
        """Begin closed.

        Args:
            context: That of the sockets that are let in to.
            host: The address to listen at.
            port: The first of two ports.
            secret_key: The hub's own key, in hexadecimal digits.
        """
        self._host = host
        self._port = port
        self._secret_key = bus_key.for_zeromq(secret_key)
        self._answers = context.socket(zmq.REP)
        self._answers.bind("inproc://zeromq.zap.01")
        self._monitors: list[zmq.Socket[bytes]] = []
        self._allowed: dict[bytes, str] = {}
        self._seen: list[tuple[str, int, int]] = []
        self._strangers: Counter[str] = Counter()

    def listen(self, chosen: "zmq.Socket[bytes]", end: str) -> None:
        """Have a socket listen on the network too.

        Args:
            chosen: One that is bound already to what it listens to on this machine.
            end: `bus.in` or `bus.out`.

        Raises:
            zmq.ZMQError: The address is not there, or somebody else listens at it.
        """
        self._monitors.append(chosen.get_monitor_socket(sum(STRANGERS)))
        chosen.curve_server = True
        chosen.curve_secretkey = self._secret_key
        chosen.zap_domain = DOMAIN
        for option, value in (
            (zmq.ZAP_ENFORCE_DOMAIN, 1),
            (zmq.AFFINITY, ON_NETWORK),
            (zmq.HANDSHAKE_IVL, HANDSHAKE_WITHIN_MS),
            (zmq.HEARTBEAT_IVL, 4000),
            (zmq.HEARTBEAT_TIMEOUT, 8000),
            (zmq.SNDHWM, MOST_WAITING),
            (zmq.RCVHWM, MOST_WAITING),
        ):
            chosen.setsockopt(option, value)
        chosen.bind(f"tcp://{self._host}:{self._port + PORTS[end]}")

    def open(self) -> None:
        """Let guests in from now on; each takes a descriptor, and this machine's programs must have theirs too."""
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        self._read_list()
        _log.info("listening", at=f"{self._host}:{self._port}", machines=", ".join(sorted(self._allowed.values())))
        threading.Thread(target=self._serve, name="gate", daemon=True).start()

    def _serve(self) -> None:
        """Answer for as long as the process lives; end it when that is not possible."""
        poller = zmq.Poller()
        for each in (self._answers, *self._monitors):
            poller.register(each, zmq.POLLIN)
        try:
            while True:
                self._turn(dict(poller.poll(LOOK_MS)))
        except (zmq.ZMQError, OSError) as error:
            _log.crash("gate ended", error)
        os.kill(os.getpid(), signal.SIGTERM)  # nobody would be let in any more: leave, and be started again

    def _turn(self, ready: Mapping[object, int]) -> None:
        """Read the list, answer who asks, and count whom ZeroMQ itself did not let in."""
        try:
            self._read_list()
        except OSError as error:  # strangers may take all descriptors for a moment; then the list stays as it was
            if error.errno not in NO_DESCRIPTORS:
                raise
        if self._answers in ready:
            self._answer()
        for monitor in self._monitors:
            if monitor in ready:
                self._count(int(recv_monitor_message(monitor)["event"]))

    def _answer(self) -> None:
        """Answer whether one guest may come in."""
        version, request, _, address, _, mechanism, *credentials = self._answers.recv_multipart()
        known = mechanism == b"CURVE" and credentials and self._allowed.get(credentials[0])
        if known:
            _log.debug("let in", machine=known, address=address.decode("ascii", "replace"))
            reply = b"200", b"OK", known.encode(), b""
        else:
            reply = b"400", b"not on the list", b"", b""
            self._count(zmq.EVENT_HANDSHAKE_FAILED_AUTH, address.decode("ascii", "replace"))
        self._answers.send_multipart([version, request, *reply])

    def _count(self, event: int, address: str = "") -> None:
        """Count a guest that was not let in, and log the first ones and then ever fewer."""
        kind = STRANGERS[zmq.Event(event)]
        if event == zmq.EVENT_HANDSHAKE_FAILED_AUTH and not address:
            return  # told already by who refused it
        self._strangers[kind] += 1
        count = self._strangers[kind]
        if count <= LOGGED or count.bit_count() == 1:
            _log.warning("not let in", reason=kind, so_far=count, **({"address": address} if address else {}))

    def _read_list(self) -> None:
        """Take up the list where it has changed; end all links from the network when a key was taken away."""
        seen = _files()
        if seen == self._seen:
            return
        can_read = os.path.isdir(CLIENTS) and os.access(CLIENTS, os.R_OK | os.X_OK)
        before, self._allowed, self._seen = self._allowed, _keys() if can_read else {}, seen
        if seen and not can_read:
            _log.error("the list of machines cannot be read", folder=CLIENTS, cure="type: deploy/harden, or: make keys")
        for key in self._allowed.keys() - before.keys():
            _log.info("machine may join", machine=self._allowed[key])
        gone = before.keys() - self._allowed.keys()
        for key in gone:
            _log.info("machine may not join any more", machine=before[key])
        if gone:
            self._end_links()

    def _end_links(self) -> None:
        """Shut down all connections that came in through the gate."""
        ports = {self._port + offset for offset in PORTS.values()}
        for name in os.listdir("/proc/self/fd"):
            with contextlib.suppress(OSError):  # it is no socket, or it has ended by itself
                _end_link(int(name), ports)


def _end_link(descriptor: int, ports: Collection[int]) -> None:
    """Shut down a connection that came in at one of these ports; raises OSError where it is none."""
    with socket.socket(fileno=os.dup(descriptor)) as found:
        if found.family == socket.AF_INET and found.getsockname()[1] in ports:
            found.getpeername()  # who listens has none, and is left alone
            found.shutdown(socket.SHUT_RDWR)


def _files() -> list[tuple[str, int, int]]:
    """Return what tells whether the list has changed."""
    try:
        found = [(each.name, each.stat()) for each in os.scandir(CLIENTS) if each.name.endswith(".pub")]
    except FileNotFoundError:
        return []
    except OSError as error:
        if error.errno in NO_DESCRIPTORS:
            raise
        return [(error.strerror or "", 0, 0)]  # nobody may join; this machine's own programs are served all the same
    return sorted((name, stat.st_mtime_ns, stat.st_ino) for name, stat in found)


def _keys() -> dict[bytes, str]:
    """Return the machines' names by their public keys, as ZAP tells them: in 32 bytes."""
    found = {}
    for path in sorted(CLIENTS.glob("*.pub")):
        try:
            text = path.read_text(encoding="ascii").strip()
            bus_key.for_zeromq(text)
            found[bytes.fromhex(text)] = path.stem
        except (OSError, ValueError) as error:
            if isinstance(error, OSError) and error.errno in NO_DESCRIPTORS:
                raise
            _log.error("no key", file=path, cure=f"type: make keys NAME={path.stem}")
    return found
