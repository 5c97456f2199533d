"""A line to a PostgreSQL that breaks when a round is committed."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

ROUND, COMMIT = b"INSERT INTO snapshots", b"COMMIT\0"


class Line:
    """Passes everything on between the programs and the server, until it is told to break."""

    def __init__(self, listening: socket.socket, server: Path) -> None:
        """Take where to listen, and the server's socket."""
        self._listening = listening
        self._server = server
        self._breaks_after_arrival: bool | None = None
        self.broken = 0

    @property
    def port(self) -> int:
        """Where it listens on 127.0.0.1."""
        return int(self._listening.getsockname()[1])

    def break_at_the_next_round(self, *, arrives: bool) -> None:
        """Break once when a round is committed: behind the word COMMIT, or before it reaches the server."""
        self._breaks_after_arrival = arrives

    def run(self) -> None:
        """Take connections until the socket is closed."""
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as server, contextlib.suppress(OSError):
            server.connect(str(self._server))
            threading.Thread(target=_pass_on, args=(server, client), daemon=True).start()
            is_round = False
            while said := client.recv(65536):
                is_round = is_round or ROUND in said
                if COMMIT in said and is_round and self._breaks_after_arrival is not None:
                    self._break(client, server, said)
                    return
                is_round = is_round and COMMIT not in said
                server.sendall(said)
            server.shutdown(socket.SHUT_WR)

    def _break(self, client: socket.socket, server: socket.socket, said: bytes) -> None:
        """Cut the client off; the server carries the word out where it arrives."""
        arrives, self._breaks_after_arrival = self._breaks_after_arrival, None
        client.shutdown(socket.SHUT_RDWR)
        if arrives:
            server.sendall(said)
            server.shutdown(socket.SHUT_WR)
            while server.recv(65536):  # until it has done so and closes
                pass
        else:
            server.shutdown(socket.SHUT_RDWR)  # the other thread, which reads from it, would keep it open
        self.broken += 1


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while said := source.recv(65536):
            target.sendall(said)
        target.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def line_to(server: Path) -> Iterator[Line]:
    """Run a line to a server's socket until the `with` ends."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        line = Line(listening, server)
        threading.Thread(target=line.run, daemon=True).start()
        yield line
        listening.shutdown(socket.SHUT_RDWR)
