"""The claims of a bus that other machines may join: a hub alone, that listens, and who tries to get in."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import zmq

from bus import bus_key
from bus.codec import encode
from bus.hub_link import HubLink
from bus.messages.delivery import AlertStored
from sandbox.system import clean_environment
from tools.security.rows import Check, expect

HOST = "127.0.0.1"
WITHIN_S = 30.0
TRY_S = 2.0
LOOK_MS = 50


class Hub(msgspec.Struct, frozen=True):
    """A hub that listens on the network: its first port, its public key, the secret one of who may join, its folder."""

    port: int
    public: str
    secret: str
    run: Path

    def link(self, secret: str = "", public: str = "") -> HubLink:
        """Return the link of who may join, or one with other keys."""
        secret, public = secret or self.secret, public or self.public
        return HubLink(host=HOST, port=self.port, hub_public_key=public, machine_key=secret)


def checks() -> list[Check]:
    """List the claims."""
    return [
        Check(
            "a hub that other machines may join lets nobody in without a key of the list",
            "a stranger without a key, one with a key of its own making, one that takes it for another hub",
            strangers_get_nothing,
        ),
        Check(
            "… nor who recorded a link and sends its bytes again",
            "all that a machine has sent, byte by byte, to the same hub",
            replay_gets_nothing,
        ),
        Check("a hub does not listen on the network without keys", "HUB_LISTEN alone", no_keys_no_listening),
    ]


def strangers_get_nothing() -> str:
    """Speak and listen as strangers do, and as somebody who may.

    Raises:
        Broken: One of them was heard, or heard something; or the one who may was not.
    """
    with hub() as found:
        expect(_is_heard(found, found.link(), within_s=WITHIN_S), "who may join is not heard: nothing would be proven")
        tried = {
            "without a key": None,
            "with a key that is not listed": found.link(secret=bus_key.new_secret()),
            "for another hub": found.link(public=bus_key.public_of(bus_key.new_secret())),
        }
        for who, link in tried.items():
            expect(not _is_heard(found, link, within_s=TRY_S), f"{who}: heard")
            expect(not _hears(found, link), f"{who}: hears")
    return f"{len(tried)} strangers, each neither heard nor hearing"


def replay_gets_nothing() -> str:
    """Record what a machine sends, and send it again.

    Raises:
        Broken: It was heard again, or the hub keeps the link.
    """
    with hub() as found, _recorder(found.port) as (port, sent):
        link = msgspec.structs.replace(found.link(), port=port)
        expect(_is_heard(found, link, within_s=WITHIN_S), "the machine is not heard through the recorder")
        with zmq.Context() as context, _near(context, zmq.SUB, found, "bus.out") as ear:
            ear.subscribe(b"alertstored")
            _say_again(bytes(sent), found.port)
            expect(not ear.poll(int(TRY_S * 1000)), "what was recorded is heard again")
    return f"{len(sent)} bytes; the hub ends the link, and nothing is heard"


def _say_again(recorded: bytes, port: int) -> None:
    """Send what was recorded to the hub, and wait until it ends the link."""
    with socket.create_connection((HOST, port), timeout=WITHIN_S) as link:
        link.sendall(recorded)
        while link.recv(4096):
            pass


def no_keys_no_listening() -> str:
    """Start a hub that is to listen and has no key.

    Raises:
        Broken: It starts.
    """
    with tempfile.TemporaryDirectory(prefix="pb-", dir="/tmp") as folder:
        done = subprocess.run(
            [sys.executable, "-m", "bus.hub"],
            cwd=folder,
            env=clean_environment() | {"HUB_LISTEN": HOST},
            capture_output=True,
            text=True,
            timeout=WITHIN_S,
            check=False,
        )
    expect(done.returncode == 2 and "make keys" in done.stdout, f"{done.returncode}: {done.stdout[-300:]}")
    return "refused, with what to type"


@contextlib.contextmanager
def hub() -> Iterator[Hub]:
    """Run a hub that listens, in a folder of its own, and lets one key in."""
    secret, own = bus_key.new_secret(), bus_key.new_secret()
    with tempfile.TemporaryDirectory(prefix="pb-", dir="/tmp") as folder:
        clients = Path(folder, "keys", "clients")
        clients.mkdir(parents=True)
        (clients / "b.pub").write_text(bus_key.public_of(own))
        port = free_ports()
        told = {"HUB_LISTEN": HOST, "HUB_PORT": str(port), "HUB_SECRET_KEY": secret}
        with (
            Path(folder, "hub.log").open("w") as log,
            subprocess.Popen(
                [sys.executable, "-m", "bus.hub"], cwd=folder, env=clean_environment() | told, stdout=log
            ) as process,
        ):
            try:
                _wait(lambda: "event=joined" in Path(folder, "hub.log").read_text())
                yield Hub(port, bus_key.public_of(secret), own, Path(folder, "run"))
            finally:
                process.kill()


def _wait(true: Callable[[], bool]) -> None:
    """Wait for something; raises Broken where it does not come."""
    until = time.monotonic() + WITHIN_S
    while not true():
        expect(time.monotonic() < until, "the hub does not start")
        time.sleep(LOOK_MS / 1000)


def _is_heard(found: Hub, link: HubLink | None, *, within_s: float) -> bool:
    """Tell whether what is said over a link is heard on the hub's own machine."""
    with (
        zmq.Context() as context,
        _near(context, zmq.SUB, found, "bus.out") as ear,
        _far(context, zmq.PUB, found, "bus.in", link) as mouth,
    ):
        ear.subscribe(b"alertstored")
        until = time.monotonic() + within_s
        while time.monotonic() < until:
            mouth.send_multipart(encode(AlertStored(id=f"said by {os.getpid()}")))
            if ear.poll(LOOK_MS):
                return True
    return False


def _hears(found: Hub, link: HubLink | None) -> bool:
    """Tell whether what is said on the hub's own machine is heard over a link."""
    with (
        zmq.Context() as context,
        _near(context, zmq.PUB, found, "bus.in") as mouth,
        _far(context, zmq.SUB, found, "bus.out", link) as ear,
    ):
        ear.subscribe(b"")
        until = time.monotonic() + TRY_S
        while time.monotonic() < until:
            mouth.send_multipart(encode(AlertStored(id="a secret")))
            if ear.poll(LOOK_MS):
                return True
    return False


def _near(
    context: "zmq.Context[zmq.Socket[bytes]]", kind: int, found: Hub, end: str
) -> "contextlib.AbstractContextManager[zmq.Socket[bytes]]":
    """Return a socket of the hub's own machine."""
    chosen = context.socket(kind)
    chosen.setsockopt(zmq.LINGER, 0)
    chosen.connect(f"ipc://{found.run}/{end}")
    return chosen


def _far(
    context: "zmq.Context[zmq.Socket[bytes]]", kind: int, found: Hub, end: str, link: HubLink | None
) -> "contextlib.AbstractContextManager[zmq.Socket[bytes]]":
    """Return a socket that comes over the network, with the keys of a link or without any."""
    chosen = context.socket(kind)
    chosen.setsockopt(zmq.LINGER, 0)
    if link:
        link.protect(chosen)
    chosen.connect((link or found.link()).address(end))
    return chosen


def free_ports() -> int:
    """Return a port that is free together with the next one."""
    while True:
        with socket.socket() as first, socket.socket() as second, contextlib.suppress(OSError):
            first.bind((HOST, 0))
            port = int(first.getsockname()[1])
            second.bind((HOST, port + 1))
            return port


@contextlib.contextmanager
def _recorder(port: int) -> Iterator[tuple[int, bytearray]]:
    """Stand before the hub's first port, and keep what the first guest sends; yields our own port, and that."""
    sent = bytearray()
    with socket.create_server((HOST, 0)) as listening:

        def pass_on() -> None:
            """Pass one connection on, both ways."""
            with contextlib.suppress(OSError):
                guest, _ = listening.accept()
                host = socket.create_connection((HOST, port))
                threading.Thread(target=_copy, args=(host, guest, bytearray()), daemon=True).start()
                _copy(guest, host, sent)

        threading.Thread(target=pass_on, daemon=True).start()
        yield int(listening.getsockname()[1]), sent


def _copy(source: socket.socket, target: socket.socket, kept: bytearray) -> None:
    """Copy bytes until one side has ended, then end the other."""
    with contextlib.suppress(OSError), source, target:
        while chunk := source.recv(65536):
            kept += chunk
            target.sendall(chunk)
