"""Trading's claims: who may say what to the webhook, and that nobody but execution orders anything.

The system is told to take alerts from `SENDER` alone, an address of this machine; whoever comes from another one, or
says that it is TradingView, is a stranger.
"""

import http.client
import json
import os
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import closing

from sandbox import bingx_scene, trading_demo
from sandbox.control.client import Sandbox
from sandbox.system import System
from sandbox.tradingview.alerts import ADDRESSES
from tools.security.forging import ORDER
from tools.security.rows import Check, expect
from tools.security.secrets import CANARIES

PATH = "/webhook/tradingview"
SENDER, STRANGER = "127.0.0.2", "127.0.0.1"
WITHIN_S = 60.0
LOOK_S = 0.05
CUT_S = 15.0


def settings(sandbox: Sandbox, port: int) -> dict[str, str]:
    """Return the variables by which a system trades in the pretend world: on paper, and in BingX's demo.

    Args:
        sandbox: The pretend world.
        port: Where the webhook is to listen.
    """
    at_bingx = {name: value for name, value in bingx_scene.settings(sandbox).items() if name not in CANARIES}
    return (
        trading_demo.settings(sandbox, port)
        | at_bingx
        | {
            "WEBHOOK_SECRET": CANARIES["WEBHOOK_SECRET"],
            "WEBHOOK_ALLOWED_IPS": SENDER,
            "WEBHOOK_TRUSTED_PROXIES": "",
            "TRADING_DEFAULT_MODE": "auto",
            "REGISTRATION": "closed",
        }
    )


class Sender:
    """Somebody who talks to a system's webhook."""

    def __init__(self, system: System, port: int) -> None:
        """Talk to the webhook that listens at a port."""
        self.system = system
        self.port = port

    def post(
        self, body: bytes, *, path: str = PATH, source: str = SENDER, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Send a body, and return the answer's status and body."""
        return self.ask("POST", path, body, source=source, headers=headers)

    def ask(
        self, method: str, path: str, body: bytes = b"", *, source: str = SENDER, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Make a request, and return the answer's status and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20, source_address=(source, 0))
        with closing(connection):
            connection.request(method, path, body or None, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read()

    def alert(self, number: str, secret: str = CANARIES["WEBHOOK_SECRET"]) -> bytes:
        """Return the body of an alert to buy."""
        return json.dumps({"secret": secret, "id": number, "symbol": "ETHUSDT", "action": "buy"}).encode()

    def wait(self, true: Callable[[], bool], otherwise: str, *, within_s: float = WITHIN_S) -> None:
        """Wait for something; raises Broken where it does not come."""
        until = time.monotonic() + within_s
        while not true():
            expect(time.monotonic() < until, otherwise)
            time.sleep(LOOK_S)


def checks(system: System, port: int, *, forger: tuple[str, int, list[int]] | None = None) -> list[Check]:
    """List the claims, those that disturb the webhook last.

    Args:
        system: It trades on paper, with `settings`.
        port: Where its webhook listens.
        forger: The user, group and further groups that forge orders; None for the present user.
    """
    sender = Sender(system, port)
    return [
        Check("an alert is an order, on paper", "one sent from an allowed address", lambda: _works(sender)),
        Check(
            "an order, or a venue's word, that is not signed is not obeyed",
            "both put on the bus by another program, with a key of its own making",
            lambda: _forged(sender, forger),
        ),
        Check(
            "an alert from an address that is not listed is refused, whatever it says of itself",
            "alerts with the right secret and X-Forwarded-For, Forwarded and X-Real-IP of TradingView",
            lambda: _spoofed(sender),
        ),
        Check(
            "a wrong secret is refused in path, body and header, counted, and told",
            "alerts with wrong secrets, and what the log says",
            lambda: _wrong_secrets(sender),
        ),
        Check(
            "the webhook shows nothing to who does not know a secret",
            "/signals without and with a wrong token, /docs, /redoc, /openapi.json",
            lambda: _closed(sender),
        ),
        Check(
            "a body that comes slowly or does not end is cut, and others are served meanwhile",
            "a byte now and then; 2 MB",
            lambda: _slow(sender),
        ),
    ]


def _works(sender: Sender) -> str:
    """Let an alert become an order; raises Broken where it does not."""

    def is_sent() -> bool:
        try:
            return sender.post(sender.alert("works"))[0] == http.HTTPStatus.OK
        except OSError:
            return False

    def is_done() -> bool:
        return f"event=order id={_last_order(sender.system)} status=FILLED" in sender.system.log("broker-paper")

    sender.wait(is_sent, "the alert was not accepted")
    sender.wait(is_done, "no order was filled")
    return "accepted, ordered, filled"


def _last_order(system: System) -> str:
    """Return the name of the order that the broker saw last, empty for none."""
    return system.log("broker-paper").rpartition("event=order id=")[2].partition(" ")[0]


def _forged(sender: Sender, forger: tuple[str, int, list[int]] | None) -> str:
    """Let somebody forge; raises Broken where it is obeyed or not noticed."""
    system = sender.system
    user: dict[str, object] = {}
    if forger:
        user = {"user": forger[0], "group": forger[1], "extra_groups": forger[2]}
    done = subprocess.run(
        [_python(system), "-m", "tools.security.forging"],
        cwd=system.home,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
        **user,  # type: ignore[call-overload]  # who it is
    )
    expect(done.returncode == 0, f"nothing was forged: {done.stderr[-300:]}")
    sender.wait(lambda: "not signed, ignored" in system.log("broker-paper"), "the broker did not notice")
    sender.wait(lambda: "envelope refused" in system.log("execution"), "execution did not notice")
    sender.wait(lambda: system.log("broker-paper").count("event=alert") > 0, "the owner is not told by the broker")
    expect(ORDER not in system.log("broker-paper").replace("why=", ""), "the broker speaks of the forged order")
    return "both were noticed, counted and told; nothing was traded or booked"


def _python(system: System) -> str:
    """Return the Python that the system runs with."""
    text = (system.home / "supervisord.conf").read_text(encoding="utf-8")
    return text.partition('command="')[2].partition('"')[0]


def _spoofed(sender: Sender) -> str:
    """Claim to be TradingView; raises Broken where it is believed."""
    tried = 0
    for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP"):
        for address in (ADDRESSES[0], SENDER, f"for={SENDER}", f"{SENDER}, {ADDRESSES[0]}"):
            status, _ = sender.post(sender.alert(f"spoofed {tried}"), source=STRANGER, headers={header: address})
            expect(status == http.HTTPStatus.FORBIDDEN, f"{header}: {address} was answered with {status}")
            tried += 1
    return f"{tried} tries, each 403"


def _wrong_secrets(sender: Sender) -> str:
    """Send wrong secrets; raises Broken where one is taken, repeated, or not told."""
    wrong = "wrong-secret-of-nobody-000"
    answers = [
        sender.post(sender.alert("wrong", secret=wrong)),
        sender.post(b'{"symbol": "ETHUSDT", "action": "buy"}', path=f"{PATH}/{wrong}"),
        sender.post(b'{"symbol": "ETHUSDT", "action": "buy"}', headers={"X-TRADINGVIEW-TOKEN": wrong}),
        sender.post(b'{"symbol": "ETHUSDT", "action": "buy"}'),
    ]
    expect({status for status, _ in answers} == {http.HTTPStatus.UNAUTHORIZED}, f"answered with {answers}")
    sender.wait(lambda: "with a wrong secret" in sender.system.log("webhook"), "the owner is not told")
    everything = sender.system.log("webhook").encode() + b"".join(body for _, body in answers)
    expect(wrong.encode() not in everything, "the secret is repeated")
    return f"{len(answers)} times 401, told with their number"


def _closed(sender: Sender) -> str:
    """Ask for what is not for everybody; raises Broken where it is given."""
    pages = ("/signals", "/docs", "/redoc", "/openapi.json")
    found = [(page, sender.ask("GET", page)[0]) for page in pages]
    found += [(page, sender.ask("GET", page, headers={"Authorization": f"Bearer {'x' * 32}"})[0]) for page in pages]
    open_ones = [page for page, status in found if status not in {401, 404}]
    expect(not open_ones, f"open: {', '.join(open_ones)}")
    given = sender.ask("GET", "/signals", headers={"Authorization": f"Bearer {CANARIES['API_TOKEN']}"})[0]
    expect(given == http.HTTPStatus.OK, f"with the right token {given}: nothing is proven")
    return f"{len(found)} requests, each 401 or 404; with the right token signals are shown"


def _slow(sender: Sender) -> str:
    """Send slowly and without end; raises Broken where it is not cut, or others wait for it."""
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", sender.port), 5, (SENDER, 0)) as slow:
        slow.sendall(head)
        begun = time.monotonic()
        status, _ = sender.post(sender.alert("meanwhile"))
        expect(status == http.HTTPStatus.OK, f"another alert was answered with {status} meanwhile")
        slow.settimeout(0.2)
        answer = _drip(slow, until=begun + CUT_S)
        expect(answer[:12] in {b"HTTP/1.1 408", b"HTTP/1.1 413"}, f"not cut within {CUT_S:g} s")
    large = sender.post(b'{"a": "' + b"x" * 20_000 + b'"}')[0]
    expect(large == http.HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a body that is too long was answered with {large}")
    return f"cut after {time.monotonic() - begun:.0f} s with {answer[9:12].decode()}; another alert accepted meanwhile"


def _drip(slow: socket.socket, *, until: float) -> bytes:
    """Send a byte now and then until an answer comes, or a moment has come."""
    while time.monotonic() < until:
        try:
            slow.send(b" ")
            if answer := slow.recv(4096):
                return answer
        except TimeoutError:
            continue
        except OSError:
            break
    return b""
