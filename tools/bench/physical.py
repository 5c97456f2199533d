"""What no program can be faster than: one write that is safe on the disk, and one round trip on this machine."""

import os
import socket
import threading
import time
from pathlib import Path

TIMES = 200
BLOCK = b"\0" * 4096


def fsync_s(folder: Path) -> list[float]:
    """Return how long it took to append a block to a file and to have it safe, in seconds, many times.

    Args:
        folder: On the disk that is meant.
    """
    took = []
    path = folder / "physical"
    with path.open("wb", buffering=0) as file:
        for _ in range(TIMES):
            began = time.perf_counter()
            file.write(BLOCK)
            os.fsync(file.fileno())
            took.append(time.perf_counter() - began)
    path.unlink()
    return took


def round_trip_s() -> list[float]:
    """Return how long a byte took to a thread at another socket and back, in seconds, many times."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_echo, args=(server,), daemon=True).start()
        with socket.create_connection(server.getsockname()) as asking:
            asking.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return [_asked(asking) for _ in range(TIMES)]


def _asked(asking: socket.socket) -> float:
    """Send a byte and wait for it."""
    began = time.perf_counter()
    asking.sendall(b"?")
    asking.recv(1)
    return time.perf_counter() - began


def _echo(server: socket.socket) -> None:
    """Give back what comes over the first connection."""
    connection, _ = server.accept()
    with connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while said := connection.recv(1):
            connection.sendall(said)
