"""A place on this machine that takes connections and answers nothing: whoever calls it is noticed."""

import contextlib
import select
import socket
from collections.abc import Iterator


class Listener:
    """Who has called; the kernel completes each connection and keeps it, so none is overlooked, however short."""

    def __init__(self, listening: socket.socket) -> None:
        """Watch a socket that listens."""
        self._listening = listening
        self.address = f"http://127.0.0.1:{listening.getsockname()[1]}"

    def callers(self) -> int:
        """Return how many have connected since the last time; without a connection not one byte has arrived."""
        count = 0
        while select.select([self._listening], [], [], 0)[0]:
            self._listening.accept()[0].close()
            count += 1
        return count


@contextlib.contextmanager
def listener() -> Iterator[Listener]:
    """Listen on a free port for as long as the `with` lasts."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        yield Listener(listening)
