"""Servers of this machine to send a client to: one counts who comes, one redirects, or has a false certificate."""

import contextlib
import http.server
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path


class Listener:
    """Counts who connects to a port of this machine, and hangs up."""

    def __init__(self) -> None:
        """Take a free port."""
        self.connections = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self) -> "Listener":
        threading.Thread(target=self._count, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def _count(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                self.connections += 1
                connection.close()


class Server(http.server.ThreadingHTTPServer):
    """Notes who comes, and what is asked of it."""

    daemon_threads = True

    def __init__(self, handler: type[http.server.BaseHTTPRequestHandler]) -> None:
        """Take a free port, and let a handler answer."""
        super().__init__(("127.0.0.1", 0), handler)
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.tried = 0
        self.heard: list[str] = []
        self.location = ""

    def get_request(self) -> tuple[socket.socket, object]:
        """Count a connection."""
        self.tried += 1
        return super().get_request()

    def handle_error(self, *_: object) -> None:
        """Say nothing: that the other side hangs up is what is wanted."""


class Answer(http.server.BaseHTTPRequestHandler):
    """Redirects where the server says so; else it is out of order."""

    server: Server
    protocol_version = "HTTP/1.1"  # of an older one a stream reads no answer

    def do_GET(self) -> None:
        """Note the path, and redirect or be out of order."""
        self.server.heard.append(self.path.partition("?")[0])
        self.send_response(302 if self.server.location else 503)
        is_stream = "Upgrade" in self.headers
        location = self.server.location.replace("http:", "ws:") if is_stream else self.server.location
        self.send_header("Location", location)
        self.send_header("Connection", "close")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_GET  # noqa: N815 - so are the names

    def log_message(self, format: str, *_: object) -> None:  # noqa: A002 - the name is the library's
        """Say nothing."""


@contextlib.contextmanager
def serving(
    handler: type[http.server.BaseHTTPRequestHandler], *, certificate_in: Path | None = None
) -> Iterator[Server]:
    """Run a server for as long as the `with` lasts; with a folder, over TLS with a certificate of its own making."""
    server = Server(handler)
    if certificate_in is not None:
        command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -keyout key.pem -out cert.pem"
        extension = ["-addext", "subjectAltName=IP:127.0.0.1"]
        subprocess.run([*command.split(), *extension], cwd=certificate_in, check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate_in / "cert.pem", certificate_in / "key.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        server.address = server.address.replace("http:", "https:")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
