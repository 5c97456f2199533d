"""Pretend authorities, the certificates that they have signed, and a server that speaks true TLS with one of them."""

import contextlib
import http.server
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

CERTIFICATES = {
    "right": ("ca", "2", "IP:127.0.0.1"),
    "expired": ("ca", "-1", "IP:127.0.0.1"),
    "of another host": ("ca", "2", "DNS:elsewhere.example"),
    "of an unknown authority": ("stranger", "2", "IP:127.0.0.1"),
}
"""Who signed it, for how many days, for whom."""
LAYOUTS = {"a folder with links": "etc/ssl/certs/ca.pem", "a bundle and no links": "etc/pki/tls/certs/ca-bundle.crt"}
"""How a machine may keep what it trusts: as Debian does, and as RHEL does."""


class Maintenance(http.server.BaseHTTPRequestHandler):
    """Answers everything with 503: whoever hears that has accepted the certificate."""

    def do_GET(self) -> None:
        """Answer."""
        self.send_error(503)

    do_POST = do_GET  # noqa: N815 - so are the names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
        """Say nothing."""


def make_certificates(at: Path) -> None:
    """Make the certificates in a folder, and in it for each layout the root of a machine that trusts `ca` alone."""

    def openssl(command: str) -> None:
        subprocess.run(["openssl", *command.split()], cwd=at, check=True, capture_output=True)

    for name in ("ca", "stranger"):
        openssl(f"req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={name} -keyout {name}.key -out {name}.pem")
    for name, (signer, days, host) in CERTIFICATES.items():
        (at / "extension").write_text(f"subjectAltName={host}\n")
        openssl("req -newkey rsa:2048 -nodes -subj /CN=pretend -keyout leaf.key -out leaf.csr")
        signing = f"-CA {signer}.pem -CAkey {signer}.key -CAcreateserial -days {days} -extfile extension"
        openssl(f"x509 -req -in leaf.csr {signing} -out leaf.pem")
        (at / f"{name}.pem").write_text((at / "leaf.pem").read_text() + (at / "leaf.key").read_text())
    for layout, path in LAYOUTS.items():
        held = root_of(at, layout) / path
        held.parent.mkdir(parents=True)
        held.write_text((at / "ca.pem").read_text())
    subprocess.run(
        ["openssl", "rehash", str(root_of(at, "a folder with links") / "etc/ssl/certs")],
        check=True,
        capture_output=True,
    )


def root_of(at: Path, layout: str) -> Path:
    """Return the root of the machine that keeps its authorities so."""
    return at / layout.replace(" ", "-")


@contextlib.contextmanager
def serving(certificate: Path) -> Iterator[str]:
    """Serve with a certificate for as long as the `with` lasts; gives the address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Maintenance)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that leaves is the test
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"https://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
