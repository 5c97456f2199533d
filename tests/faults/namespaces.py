"""A second machine's network on this one: a namespace with a line to it that can be cut (ip-netns(8), read 2026-11).

What is started inside of `inside` lives there; files are shared. The pretend world listens at this machine's loopback
alone, so its ports are passed on to that of the other one: only what the programs say to one another takes the line.
"""

import contextlib
import ctypes
import os
import socket
import subprocess
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from tests.faults.missing import need_namespaces

NETWORK = 0x40000000
"""CLONE_NEWNET of setns(2)."""
LOOPBACK = "127.0.0.1"


class Line(msgspec.Struct, frozen=True):
    """The line to the other machine: its two addresses, and the name of the other's network."""

    name: str
    device: str
    here: str
    there: str

    def cut(self) -> None:
        """Cut the line: nothing gets through, and nobody is told."""
        _ip("link", "set", self.device, "down")

    def mend(self) -> None:
        """Mend the line."""
        _ip("link", "set", self.device, "up")


@contextlib.contextmanager
def second_machine() -> Iterator[Line]:
    """Make a network for another machine and a line to it; both are gone afterwards."""
    need_namespaces()
    number = os.getpid() % 250
    line = Line(f"pb-{number}", f"pb{number}a", f"10.77.{number}.1", f"10.77.{number}.2")
    other = f"pb{number}b"
    _ip("netns", "add", line.name)
    try:
        _ip("link", "add", line.device, "type", "veth", "peer", "name", other, "netns", line.name)
        _ip("addr", "add", f"{line.here}/24", "dev", line.device)
        _ip("link", "set", line.device, "up")
        _ip("-n", line.name, "addr", "add", f"{line.there}/24", "dev", other)
        for device in ("lo", other):
            _ip("-n", line.name, "link", "set", device, "up")
        yield line
    finally:
        _ip("netns", "del", line.name)  # its end of the line goes with it, and this one's with that


@contextlib.contextmanager
def inside(line: Line) -> Iterator[None]:
    """Have this thread, and what it starts, live in the other machine's network."""
    with Path("/proc/thread-self/ns/net").open("rb") as own, Path(f"/run/netns/{line.name}").open("rb") as other:
        _enter(other.fileno())
        try:
            yield
        finally:
            _enter(own.fileno())


@contextlib.contextmanager
def passed_on(line: Line, ports: Iterable[int]) -> Iterator[None]:
    """Let the other machine's loopback reach the same ports of this one's."""
    with contextlib.ExitStack() as stack:
        with inside(line):
            listening = [stack.enter_context(socket.create_server((LOOPBACK, port))) for port in ports]
        for each in listening:
            threading.Thread(target=_accept, args=(each,), daemon=True).start()
        yield
        for each in listening:
            each.shutdown(socket.SHUT_RDWR)


def _accept(listening: socket.socket) -> None:
    """Pass each connection on, until nobody listens any more."""
    with contextlib.suppress(OSError):
        while True:
            guest, _ = listening.accept()
            threading.Thread(target=_both_ways, args=(guest, guest.getsockname()[1]), daemon=True).start()


def _both_ways(guest: socket.socket, port: int) -> None:
    """Connect a guest with this machine's port, until one of the two has ended."""
    with guest, contextlib.suppress(OSError), socket.create_connection((LOOPBACK, port)) as host:
        back = threading.Thread(target=_copy, args=(host, guest), daemon=True)
        back.start()
        _copy(guest, host)
        back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    """Copy bytes until one side has ended; then both have."""
    with contextlib.suppress(OSError):
        while chunk := source.recv(65536):
            target.sendall(chunk)
    for each in (source, target):
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


def _enter(descriptor: int) -> None:
    """Move this thread to another network."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(descriptor, NETWORK):
        raise OSError(ctypes.get_errno(), "setns")


def _ip(*arguments: str) -> None:
    """Run ip(8)."""
    subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)
