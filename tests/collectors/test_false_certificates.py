"""Certificates that must not be trusted, at a server that speaks true TLS; and one that may, so that the others count.

The collectors trust the system's authorities; here these are replaced by one of our own, which has signed all but one
of the certificates.
"""

import http.server
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bus import reasons
from bus.settings import Secret
from collectors import http as collectors_http
from collectors.errors import Busy, Denied, PlatformError
from collectors.source import Budget, Source
from collectors.tbank import Settings as TbankSettings
from collectors.tbank import Tbank
from sandbox.tbank_account import TOKEN
from tests.collectors.everybody import BUILDERS, all_at, close_what_was_opened

ENOUGH_S = 10.0
CERTIFICATES = {
    "right": ("ca", "2", "IP:127.0.0.1"),
    "expired": ("ca", "-1", "IP:127.0.0.1"),
    "of another host": ("ca", "2", "DNS:elsewhere.example"),
    "of an unknown authority": ("stranger", "2", "IP:127.0.0.1"),
}
"""Who signed it, for how many days, for whom."""


class Maintenance(http.server.BaseHTTPRequestHandler):
    """Answers everything with 503: whoever hears that has accepted the certificate."""

    def do_GET(self) -> None:
        """Answer."""
        self.send_error(503)

    do_POST = do_GET  # noqa: N815 - so are the names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
        """Say nothing."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make two authorities and what they have signed; the folder `trusted` holds the first one alone."""
    at = tmp_path_factory.mktemp("certificates")

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
    (at / "trusted").mkdir()
    (at / "trusted" / "ca.pem").write_text((at / "ca.pem").read_text())
    openssl("rehash trusted")
    return at


@pytest.fixture
def serve(folder: Path) -> Iterator[Callable[[str], str]]:
    """Give what starts a server with one of the certificates and returns its address."""
    servers: list[http.server.ThreadingHTTPServer] = []

    def start(name: str) -> str:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Maintenance)
        server.daemon_threads = True
        server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that leaves is the test
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / f"{name}.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"https://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()
    close_what_was_opened()


@pytest.fixture(params=BUILDERS)
def build(
    request: pytest.FixtureRequest, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Source]:
    """Give a maker of each collector, which trusts our authority where the real one trusts the system's."""
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv("SSL_CERT_DIR", str(folder / "trusted"))  # as the launcher sets it to the system's
    monkeypatch.setattr(collectors_http, "SYSTEM_CA", folder / "trusted")
    if request.param == "tbank":
        ca_file = str(folder / "ca.pem")
        return lambda address: Tbank(
            TbankSettings(tbank_token=Secret(TOKEN), tbank_ca_file=ca_file, tbank_base_url=f"{address}/rest")
        )
    return lambda address: BUILDERS[request.param](all_at(address), tmp_path)


def failure_of(source: Source) -> PlatformError:
    """Fetch and return the error."""
    with pytest.raises(PlatformError) as caught:
        source.fetch(Budget(ENOUGH_S))
    return caught.value


def test_a_right_certificate_is_accepted(build: Callable[[str], Source], serve: Callable[[str], str]) -> None:
    """Fault 37: the other side, without which the refusals would prove nothing."""
    error = failure_of(build(serve("right")))

    assert isinstance(error, Busy)
    assert error.reason == reasons.MAINTENANCE


@pytest.mark.parametrize("certificate", [name for name in CERTIFICATES if name != "right"])
def test_a_certificate_that_is_not_right_is_refused_with_its_reason(
    build: Callable[[str], Source], serve: Callable[[str], str], certificate: str
) -> None:
    """Fault 37."""
    error = failure_of(build(serve(certificate)))

    assert isinstance(error, Denied)
    assert error.reason == reasons.TLS_ERROR
