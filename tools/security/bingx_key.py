"""The claims of BingX's key, the one key here that may trade: what its broker asks, of whom, and what it may not do.

Everything is asked with the broker's own client and stream, at servers of this machine.
"""

import asyncio
import contextlib
import http
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from brokers.bingx_venue.access import Access
from brokers.bingx_venue.listen_key import ListenKeys
from brokers.bingx_venue.rest import Rest
from brokers.bingx_venue.stream import Stream
from brokers.venue import VenueError
from bus.settings import Secret
from bus.time_source import SYSTEM_TIME
from sandbox.bingx_scene import SERVICE
from sandbox.control.client import Sandbox
from sandbox.system import System
from tools.security.rows import Check, expect
from tools.security.secrets import CANARIES
from tools.security.servers import Answer, Listener, serving

PROGRAM = "broker-bingx"
GROUP = f"brokers:{PROGRAM}"
FORBIDDEN_CALLS = (
    ("POST", "/openApi/wallets/v1/capital/withdraw/apply"),
    ("POST", "/openApi/wallets/v1/capital/innerTransfer/apply"),
    ("POST", "/openApi/wallets/v1/capital/subAccountInnerTransfer/apply"),
    ("GET", "/openApi/wallets/v1/capital/deposit/address"),
    ("POST", "/openApi/api/v3/post/asset/transfer"),
    ("POST", "/openApi/api/asset/v1/transfer"),
    ("POST", "/openApi/account/transfer/v1/subAccount/transferAsset"),
    ("POST", "/openApi/subAccount/v1/create"),
    ("POST", "/openApi/subAccount/v1/apiKey/create"),
    ("POST", "/openApi/subAccount/v1/apiKey/edit"),
    ("DELETE", "/openApi/swap/v2/trade/allOpenOrders"),
    ("POST", "/openApi/swap/v2/trade/closeAllPositions"),
)
"""What moves money away, makes keys or accounts, or acts on what is not ours."""
FORBIDDEN_RIGHTS = {
    "enableWithdrawals": "Withdraw",
    "permitsUniversalTransfer": "Universal Transfer",
    "enableInternalTransfer": "Sub-account/Internal Transfer",
}
PLACING = "/openApi/swap/v2/trade/order"
UID = "/openApi/account/v1/uid"
LISTEN_KEY = "canaryListenKey0123456789"
ENOUGH_S = 20.0
SEEN_S = 60.0
LOOK_S = 0.2


def checks(system: System, sandbox: Sandbox) -> list[Check]:
    """List the claims, those that disturb the system last.

    Args:
        system: It runs, with BingX's key.
        sandbox: Its pretend world.
    """
    return [
        Check(
            "BingX: nothing is asked but the listed calls",
            "withdrawals, transfers, new keys and accounts on the broker's own client, and who connects",
            only_listed_calls,
        ),
        Check(
            "BingX: no redirect is followed, by calls or by the stream",
            "a question, an order and the stream at a server that redirects to another port, and who connects there",
            redirects_are_not_followed,
        ),
        Check(
            "BingX: a certificate that nobody vouches for is refused, by calls and by the stream",
            "the same at a TLS server with a certificate of its own making",
            false_certificates_are_refused,
        ),
        Check(
            "BingX: a key that can withdraw or transfer is refused",
            "the pretend BingX says that the key can, the broker starts anew, its log is read",
            lambda: key_is_proven(system, sandbox),
        ),
    ]


def only_listed_calls() -> str:
    """Ask for what is not listed with the broker's client; a listener counts what leaves.

    Raises:
        Broken: One left the process, or did not end in an error.
    """

    async def ask(rest: Rest) -> int:
        refused = 0
        for method, path in FORBIDDEN_CALLS:
            try:
                await (rest.get(path) if method == "GET" else rest.change(method, path))
            except VenueError as error:
                refused += error.code == "not allowed"
        return refused

    with Listener() as listener:
        refused = asyncio.run(_with_rest(listener.address, ask))
        expect(refused == len(FORBIDDEN_CALLS), f"{refused} of {len(FORBIDDEN_CALLS)} were refused")
        expect(not listener.connections, f"{listener.connections} connections were made")
    return f"{refused} calls refused; no connection was made"


def redirects_are_not_followed() -> str:
    """Let the broker's client and stream ask a server that redirects to another port.

    Raises:
        Broken: That port was connected to.
    """
    with Listener() as elsewhere, serving(Answer) as server, serving(_GivesKey) as keys:
        server.location = f"{elsewhere.address}/elsewhere"
        tried = _let_it_ask(server.address, keys.address)
        expect(len(server.heard) >= tried, f"only {', '.join(server.heard)} arrived")
        expect(not elsewhere.connections, f"{elsewhere.connections} followed")
    return f"{tried} were redirected, nobody came to the other port"


def false_certificates_are_refused() -> str:
    """Let the broker's client and stream ask a server whose certificate nobody vouches for.

    Raises:
        Broken: A request reached it, or nothing was tried.
    """
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Answer, certificate_in=Path(folder)) as server,
        serving(_GivesKey) as keys,
    ):
        tried = _let_it_ask(server.address, keys.address)
        expect(server.tried >= tried, f"only {server.tried} connections were begun")
        expect(not server.heard, f"requests arrived: {', '.join(server.heard)}")
        return f"{server.tried} connections were begun, no request was sent on them"


def key_is_proven(system: System, sandbox: Sandbox) -> str:
    """Let BingX say that the key can move money away, and start the broker anew each time.

    Raises:
        Broken: It trades all the same.
    """
    rights = sandbox.service(SERVICE).state["rights"]
    expect(isinstance(rights, list), "there are no rights")
    try:
        for right, word in FORBIDDEN_RIGHTS.items():
            sandbox.set_state(SERVICE, rights=[*rights, right])  # type: ignore[misc]  # it was looked at above
            said = f"switch off {word}"
            restart_until(system, lambda said=said: system.log(PROGRAM).count(said) > 0, f"not refused: {right}")  # type: ignore[misc]
    finally:
        sandbox.set_state(SERVICE, rights=rights)
        system.control("restart", GROUP)
    return f"refused with {', '.join(FORBIDDEN_RIGHTS.values())}, each by its name"


def restart_until(system: System, true: Callable[[], bool], otherwise: str) -> None:
    """Start the broker anew, and wait for something; raises Broken where it does not come."""
    system.control("restart", GROUP)
    until = time.monotonic() + SEEN_S
    while not true():
        expect(time.monotonic() < until, otherwise)
        time.sleep(LOOK_S)


class _GivesKey(Answer):
    """Hands out a listen key: the stream is not asked without one."""

    def do_POST(self) -> None:  # noqa: N802 - http.server calls it
        body = f'{{"listenKey": "{LISTEN_KEY}"}}'.encode()
        self.send_response(http.HTTPStatus.OK)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _let_it_ask(address: str, keys: str) -> int:
    """Let the client ask and order, and the stream connect, at one address; return how many tried."""

    async def call(rest: Rest) -> int:
        with contextlib.suppress(VenueError):
            await rest.get(UID)
        with contextlib.suppress(VenueError):
            await rest.change("POST", PLACING, symbol="BTC-USDT", side="BUY", type="MARKET", quantity="1")
        return 2

    async def listen(rest: Rest) -> int:
        stream = Stream(f"ws{address.removeprefix('http')}/swap-market", ListenKeys(rest, time=SYSTEM_TIME))
        with contextlib.suppress(VenueError):
            await anext(stream.messages())
        return 1

    return asyncio.run(_with_rest(address, call)) + asyncio.run(_with_rest(keys, listen))


async def _with_rest(address: str, ask: Callable[[Rest], Awaitable[int]]) -> int:
    """Ask with a client at an address, as if the server's time were known."""
    access = Access(
        key=Secret(CANARIES["BINGX_API_KEY"]), secret=Secret(CANARIES["BINGX_API_SECRET"]), hosts=(address,)
    )
    async with asyncio.timeout(ENOUGH_S), Rest(access) as rest:
        rest.clock.take(int(time.time() * 1000), asked_at_s=SYSTEM_TIME.monotonic())
        return await ask(rest)
