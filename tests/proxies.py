"""Real proxies on this machine, written for the tests: HTTP (RFC 9110), and SOCKS 5 (RFC 1928 and RFC 1929)."""

import base64
import contextlib
import select
import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

WITHIN_S = 30.0


class Proxy(socketserver.ThreadingTCPServer):
    """A proxy; `user` is the name and the password that it wants, `silent` lets it take connections and say nothing.

    Attributes:
        asked: Where it was asked to connect to, oldest first.
        turned_away: How many came without the right name and password.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, handler: type[socketserver.BaseRequestHandler], user: str) -> None:
        """Listen on a free port."""
        super().__init__(("127.0.0.1", 0), handler)
        self.user = user
        self.silent = False
        self.asked: list[str] = []
        self.turned_away = 0

    @property
    def place(self) -> str:
        """Its host and port."""
        return f"127.0.0.1:{self.server_address[1]}"


class _Handler(socketserver.BaseRequestHandler):
    server: Proxy

    def setup(self) -> None:
        self.request.settimeout(WITHIN_S)

    def read(self, count: int) -> bytes:
        """Read so many bytes."""
        content = b""
        while len(content) < count:
            piece = self.request.recv(count - len(content))
            if not piece:
                raise ConnectionError("gone")
            content += piece
        return content

    def wait_for_the_end(self) -> None:
        """Say nothing until the other side has gone."""
        with contextlib.suppress(OSError):
            while self.request.recv(4096):
                pass


class Http(_Handler):
    """CONNECT, and requests with a whole address."""

    def handle(self) -> None:
        """Serve one connection."""
        with contextlib.suppress(OSError):
            if self.server.silent:
                self.wait_for_the_end()
                return
            head = b""
            while b"\r\n\r\n" not in head:
                head += self.read(1)
            line, _, fields = head.decode("latin-1").partition("\r\n")
            method, target, _ = line.split()
            self.server.asked.append(target)
            wanted = "Basic " + base64.b64encode(self.server.user.encode()).decode()
            if self.server.user and wanted not in fields:
                self.server.turned_away += 1
                self.request.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            elif method == "CONNECT":
                host, _, port = target.rpartition(":")
                self.connect((host, int(port)))
            else:
                self.forward(method, target, fields)

    def connect(self, place: tuple[str, int]) -> None:
        """Pass bytes on, both ways."""
        try:
            theirs = socket.create_connection(place, timeout=WITHIN_S)
        except OSError:
            self.request.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
            return
        with theirs:
            self.request.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            pump(self.request, theirs)

    def forward(self, method: str, target: str, fields: str) -> None:
        """Send one request on, and everything that follows it."""
        address = urlsplit(target)
        with socket.create_connection((address.hostname or "", address.port or 80), timeout=WITHIN_S) as theirs:
            kept = [each for each in fields.split("\r\n") if not each.lower().startswith(("proxy-", "connection"))]
            path = f"{address.path}?{address.query}" if address.query else address.path
            theirs.sendall("\r\n".join([f"{method} {path} HTTP/1.1", "Connection: close", *kept]).encode("latin-1"))
            pump(self.request, theirs)


class Socks5(_Handler):
    """CONNECT to a name or an address, with a name and a password or without."""

    def handle(self) -> None:
        """Serve one connection."""
        with contextlib.suppress(OSError):
            if self.server.silent:
                self.wait_for_the_end()
                return
            _, count = self.read(2)
            methods = self.read(count)
            wanted = 2 if self.server.user else 0
            if wanted not in methods:
                self.server.turned_away += 1
                self.request.sendall(b"\x05\xff")
                return
            self.request.sendall(bytes([5, wanted]))
            if wanted and not self.is_right_user():
                return
            self.connect()

    def is_right_user(self) -> bool:
        """Read name and password, and answer."""
        self.read(1)
        name = self.read(self.read(1)[0]).decode()
        password = self.read(self.read(1)[0]).decode()
        right = f"{name}:{password}" == self.server.user
        self.server.turned_away += not right
        self.request.sendall(bytes([1, 0 if right else 1]))
        return right

    def connect(self) -> None:
        """Read where to, and pass bytes on, both ways."""
        _, _, _, kind = self.read(4)
        host = socket.inet_ntoa(self.read(4)) if kind == 1 else self.read(self.read(1)[0]).decode()
        (port,) = struct.unpack(">H", self.read(2))
        self.server.asked.append(f"{host}:{port}")
        try:
            theirs = socket.create_connection((host, port), timeout=WITHIN_S)
        except OSError:
            self.request.sendall(b"\x05\x04\x00\x01" + bytes(6))
            return
        with theirs:
            self.request.sendall(b"\x05\x00\x00\x01" + bytes(6))
            pump(self.request, theirs)


def pump(ours: socket.socket, theirs: socket.socket) -> None:
    """Pass bytes on, both ways, until one side ends."""
    while True:
        ready, _, _ = select.select([ours, theirs], [], [])
        for each in ready:
            piece = each.recv(65536)
            if not piece:
                return
            (theirs if each is ours else ours).sendall(piece)


@contextlib.contextmanager
def proxy(handler: type[_Handler], user: str = "") -> Iterator[Proxy]:
    """Run a proxy for as long as the `with` lasts; `user` as NAME:PASSWORD."""
    with Proxy(handler, user) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
