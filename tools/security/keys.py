"""Trying the collectors' own clients: orders, redirects, false certificates, keys that can trade."""

import contextlib
import http.server
import socket
import ssl
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import requests

from bus.settings import Secret
from collectors import bybit, fx, ibkr, okx, tbank
from collectors.source import Deadline, Source
from sandbox.control.client import Sandbox
from sandbox.system import System
from tools.security.rows import Broken, expect
from tools.security.secrets import CANARIES

ORDERS = "/tinkoff.public.invest.api.contract.v1.OrdersService/PostOrder"
ENOUGH_S = 5.0
ROUND_S = 60.0
FULL_ACCESS = {"id": "2000000001", "access": "FULL_ACCESS"}
CAN_TRADE: dict[str, dict[str, object]] = {
    "bybit": {"read_only": 0},
    "okx": {"perm": "read_only,trade"},
    "tbank": {"accounts": [FULL_ACCESS]},
}
LINE = {"bybit": "Bybit", "okx": "OKX", "tbank": "T‑Bank"}


def sources(address: str, folder: Path) -> dict[str, Source]:
    """Make the collectors' sources, with invented keys, all at one address."""
    key = {name: Secret(value) for name, value in CANARIES.items()}
    return {
        "bybit": bybit.Bybit(
            bybit.Settings(
                bybit_api_key=key["BYBIT_API_KEY"], bybit_api_secret=key["BYBIT_API_SECRET"], bybit_base_url=address
            )
        ),
        "okx": okx.Okx(
            okx.Settings(
                okx_api_key=key["OKX_API_KEY"],
                okx_api_secret=key["OKX_API_SECRET"],
                okx_api_passphrase=key["OKX_API_PASSPHRASE"],
                okx_base_url=address,
            )
        ),
        "tbank": tbank.Tbank(tbank.Settings(tbank_token=key["TBANK_TOKEN"], tbank_base_url=f"{address}/rest")),
        "ibkr": ibkr.Ibkr(
            ibkr.Settings(
                ibkr_flex_token=key["IBKR_FLEX_TOKEN"],
                ibkr_flex_query_id=key["IBKR_FLEX_QUERY_ID"],
                ibkr_flex_base_url=address,
            ),
            folder=folder,
        ),
        "fx": fx.Fx(
            fx.Settings(cbr_base_url=address, frankfurter_base_url=address, erapi_base_url=address), folder=folder
        ),
    }


def orders_are_refused() -> str:
    """Call the order methods of the SDKs and of the plain sessions; a listener counts what leaves.

    Raises:
        Broken: One left the process, or did not end in an error.
    """
    with _Listener() as listener, tempfile.TemporaryDirectory() as folder:
        attempts = _attempts(listener.address, sources(listener.address, Path(folder)))
        refused = [_refusal_of(attempt) for attempt in attempts]
        expect(not listener.connections, f"{listener.connections} connections were made")
    return f"{len(refused)} calls ended in {', '.join(sorted(set(refused)))}; no connection was made"


def _refusal_of(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except (AttributeError, TypeError, NotImplementedError):
        raise  # the method is not there or is called wrongly: nothing was tried
    except Exception as error:  # noqa: BLE001 - whatever the SDK makes of it; that nothing left is what counts
        return type(error).__name__
    raise Broken("an order did not end in an error")


def _attempts(address: str, made: dict[str, Source]) -> list[Callable[[], object]]:
    its_bybit, its_okx, its_tbank, its_ibkr = (made[name] for name in ("bybit", "okx", "tbank", "ibkr"))
    order = {"category": "spot", "symbol": "BTCUSDT", "side": "Buy", "orderType": "Market", "qty": "1"}
    withdrawal = {"coin": "USDT", "address": "x", "amount": "1", "timestamp": 1, "chain": "ETH"}
    okx_order = {"instId": "BTC-USDT", "tdMode": "cash", "side": "buy", "ordType": "market", "sz": "1"}
    client, session = _client(its_bybit), _session(its_tbank)
    return [
        lambda: client.place_order(**order),
        lambda: client.withdraw(**withdrawal),
        lambda: _client(its_okx)._request_with_params("POST", "/api/v5/trade/order", okx_order),
        lambda: _client(its_okx)._request_with_params("POST", "/api/v5/asset/withdrawal", {}),
        lambda: session.post(f"{address}/rest{ORDERS}", json={}, timeout=ENOUGH_S),
        lambda: _session(its_ibkr).post(f"{address}/orders", json={}, timeout=ENOUGH_S),
    ]


def _client(source: Source) -> "Sdk":
    return source.client  # type: ignore[attr-defined,no-any-return]  # the collector's own


def _session(source: Source) -> requests.Session:
    return source.session  # type: ignore[attr-defined,no-any-return]


class Sdk:
    """What is tried of the SDKs, and what no collector ever calls."""

    def place_order(self, **_: object) -> object:
        """Place an order."""
        raise NotImplementedError

    def withdraw(self, **_: object) -> object:
        """Withdraw."""
        raise NotImplementedError

    def _request_with_params(self, _method: str, _path: str, _parameters: dict[str, str]) -> object:
        raise NotImplementedError


def redirects_are_not_followed() -> str:
    """Let every collector ask a server that redirects to another port.

    Raises:
        Broken: That port was connected to.
    """
    with _Listener() as elsewhere, tempfile.TemporaryDirectory() as folder, _serving(_Answer) as server:
        server.location = f"{elsewhere.address}/elsewhere"
        asked = _let_all_ask(server, Path(folder))
        expect(len(server.heard) >= asked, "not everybody was redirected")
        expect(not elsewhere.connections, f"{elsewhere.connections} followed")
        return f"{asked} collectors were redirected in {len(server.heard)} answers, nobody came to the other port"


def key_is_proven(system: System, sandbox: Sandbox, name: str, ask: Callable[[], str]) -> str:
    """Let a platform say that the key can trade, start its collector anew, and read its line of the message.

    Raises:
        Broken: It gives a number all the same.
    """
    before = {field: sandbox.service(name).state[field] for field in CAN_TRADE[name]}
    changed = dict(CAN_TRADE[name])
    if name == "tbank":
        accounts = before["accounts"]
        changed["accounts"] = [{**each, "access": "FULL_ACCESS"} for each in accounts if isinstance(each, dict)]  # type: ignore[attr-defined]
    sandbox.set_state(name, **changed)
    system.control("restart", f"collectors:{name}")
    try:
        text = ask()
    finally:
        sandbox.set_state(name, **before)
        system.control("restart", f"collectors:{name}")
    lines = [line for line in text.splitlines() if LINE[name] in line]
    expect(any("key can trade" in line for line in lines), f"the line is {lines}")
    return "the line says `key can trade`"


def false_certificates_are_refused() -> str:
    """Let every collector ask a server whose certificate nobody vouches for.

    Raises:
        Broken: A request reached it.
    """
    with tempfile.TemporaryDirectory() as folder, _serving(_Answer, certificate_in=Path(folder)) as server:
        asked = _let_all_ask(server, Path(folder))
        expect(not server.heard, f"requests arrived: {', '.join(server.heard)}")
        return f"{asked} collectors began {server.tried} connections, no request was sent on them"


def _let_all_ask(server: "_Server", folder: Path) -> int:
    """Let each collector fetch once, and return how many did."""
    made = sources(server.address, folder)
    for name, source in made.items():
        before = server.tried
        with contextlib.suppress(Exception):
            source.fetch(Deadline(ENOUGH_S))
        expect(server.tried > before, f"{name} did not even connect")
    return len(made)


class _Listener:
    """Counts who connects to a port of this machine, and hangs up."""

    def __init__(self) -> None:
        self.connections = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self) -> "_Listener":
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


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, handler: type[http.server.BaseHTTPRequestHandler]) -> None:
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


class _Answer(http.server.BaseHTTPRequestHandler):
    """Redirects where the server says so; else it is out of order."""

    server: _Server

    def do_GET(self) -> None:
        self.server.heard.append(self.path.partition("?")[0])
        self.send_response(302 if self.server.location else 503)
        self.send_header("Location", self.server.location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_GET  # noqa: N815 - so are the names

    def log_message(self, format: str, *_: object) -> None:  # noqa: A002 - the name is the library's
        """Say nothing."""


@contextlib.contextmanager
def _serving(
    handler: type[http.server.BaseHTTPRequestHandler], *, certificate_in: Path | None = None
) -> Iterator[_Server]:
    """Run a server for as long as the `with` lasts; with a folder, over TLS with a certificate of its own making."""
    server = _Server(handler)
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
