"""Trying the collectors' own clients: orders, redirects, false certificates, keys that can trade."""

import contextlib
import tempfile
from collections.abc import Callable
from pathlib import Path

import requests

from bus.settings import Secret
from collectors import bybit, fx, ibkr, okx, tbank
from collectors.source import Deadline, Source
from sandbox.control.client import Sandbox
from sandbox.system import System
from tools.security.rows import Broken, expect
from tools.security.secrets import CANARIES
from tools.security.servers import Answer, Listener, Server, serving

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
    with Listener() as listener, tempfile.TemporaryDirectory() as folder:
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
    with Listener() as elsewhere, tempfile.TemporaryDirectory() as folder, serving(Answer) as server:
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
    with tempfile.TemporaryDirectory() as folder, serving(Answer, certificate_in=Path(folder)) as server:
        asked = _let_all_ask(server, Path(folder))
        expect(not server.heard, f"requests arrived: {', '.join(server.heard)}")
        return f"{asked} collectors began {server.tried} connections, no request was sent on them"


def _let_all_ask(server: "Server", folder: Path) -> int:
    """Let each collector fetch once, and return how many did."""
    made = sources(server.address, folder)
    for name, source in made.items():
        before = server.tried
        with contextlib.suppress(Exception):
            source.fetch(Deadline(ENOUGH_S))
        expect(server.tried > before, f"{name} did not even connect")
    return len(made)
