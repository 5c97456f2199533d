"""The demo's scene of trading, with a pretend product in the place of the real one."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from sandbox import trading_demo
from sandbox.control.client import Sandbox
from sandbox.second_user import STRATEGY, USER_ID, Apart, SecondScene
from sandbox.shares_scene import SharesScene, settings
from sandbox.telegram.chat import CHAT_ID
from sandbox.telegram.wire import Wire
from sandbox.tradingview.client import view
from sandbox.watching import Interrupted, NotSeen

QUESTION = json.dumps({"inline_keyboard": [[{"text": "✓ Execute", "callback_data": "q:7"}]]})


PLACE = "/webhook/tradingview/abc"
ANSWERS = {
    "/positions": "BTCUSDT 0.006, AAPL 2",
    "/portfolio": "ib is in use, paper is not",
    "/strategy": PLACE,
    "/mode": "manual",
    "/simulate": "CASH 540 / 100000",
    "/signals": "0a1b2c3d 2026-11-20\n  buy AAPL DONE",
    "/why": "the life of 0a1b2c3d: DONE",
    "/report": "AAPL -1.00 USD",
}


class Product:
    """A webhook that asks in the chat, and a bot that fills what is confirmed; as far as the scenes can tell."""

    def __init__(self, wire: Wire) -> None:
        """Call Telegram with a client of its own."""
        self.wire = wire
        self.status = 200
        self.alerts: list[dict[str, str]] = []
        self.fills = True
        self.fill = "BTC-USDT: bought 0.006 @ 82318.7 USDT (paper)"
        self.ended = threading.Event()

    def take(self, body: bytes) -> int:
        """Take an alert and ask about it; return the HTTP status."""
        self.alerts.append(json.loads(body))
        if self.status == 200:
            self.wire("sendMessage", chat_id=CHAT_ID, text=f"buy {self.alerts[-1]['symbol']}?", reply_markup=QUESTION)
        return self.status

    def serve(self) -> None:
        """Answer what a person does, until it ends."""
        offset = 0
        while not self.ended.is_set():
            updates = self.wire("getUpdates", offset=offset, timeout=1)["result"]
            assert isinstance(updates, list)
            for update in updates:
                offset = update["update_id"] + 1
                if "callback_query" in update and self.fills:
                    self.wire("sendMessage", chat_id=CHAT_ID, text=self.fill)
                elif "message" in update:
                    self.wire("sendMessage", chat_id=CHAT_ID, text=ANSWERS[update["message"]["text"].split()[0]])


def handler_of(product: Product) -> type[BaseHTTPRequestHandler]:
    """Return the webhook's HTTP side."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(200)

        def do_POST(self) -> None:
            self._answer(product.take(self.rfile.read(int(self.headers["Content-Length"]))))

        def _answer(self, status: int) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    return Handler


@pytest.fixture
def product(sandbox: Sandbox) -> Iterator[Product]:
    """Run the pretend product, with the demo set up for it."""
    sandbox.set_state("telegram", flood_control=False)
    with httpx.Client(timeout=5, trust_env=False) as client:
        made = Product(Wire(sandbox, client))
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(made))
        trading_demo.set_up(sandbox, server.server_port)
        threads = [threading.Thread(target=work) for work in (made.serve, server.serve_forever)]
        for thread in threads:
            thread.start()
        yield made
        made.ended.set()
        server.shutdown()
        for thread in threads:
            thread.join()
        server.server_close()


@pytest.fixture
def scene(sandbox: Sandbox) -> Callable[[float], list[str]]:
    """Play the scene and return what it tells."""

    def play(text_s: float) -> list[str]:
        told: list[str] = []
        trading_demo.Scene(sandbox, threading.Event(), text_s=text_s).play(told.append)
        return told

    return play


def test_the_scene_tells_the_question_the_fill_and_what_is_held(
    product: Product, scene: Callable[[float], list[str]]
) -> None:
    told = "".join(scene(20.0))

    assert [(alert["action"], alert["symbol"]) for alert in product.alerts] == [("buy", "BTCUSDT")]
    assert told.index("buy BTCUSDT?") < told.index("bought 0.006") < told.index("BTCUSDT 0.006, ")


def test_a_refused_alert_ends_the_scene_with_what_the_webhook_said(
    product: Product, scene: Callable[[float], list[str]]
) -> None:
    product.status = 403
    with pytest.raises(NotSeen, match="did not accept the alert: 403"):
        scene(20.0)


def test_a_fill_that_does_not_come_ends_the_scene_with_what_came(
    product: Product, scene: Callable[[float], list[str]]
) -> None:
    product.fills = False
    with pytest.raises(NotSeen, match=r"the message of the fill did not come(.|\n)*buy BTCUSDT\?"):
        scene(0.5)


def test_the_scene_ends_when_it_is_told_to(product: Product, sandbox: Sandbox) -> None:
    product.fills = False
    stop = threading.Event()

    def told(text: str) -> None:
        if "Pressed" in text:
            stop.set()

    with pytest.raises(Interrupted):
        trading_demo.Scene(sandbox, stop).play(told)


def test_the_settings_point_at_this_world_and_its_people_are_known(sandbox: Sandbox) -> None:
    port = trading_demo.free_port()
    trading_demo.set_up(sandbox, port)
    found = trading_demo.settings(sandbox, port)
    people = sandbox.service("telegram").state["people"]

    assert found["PAPER_QUOTES_URL"] == sandbox.addresses["bingx"]
    assert (found["TRADING"], found["TELEGRAM_ADMIN_IDS"]) == ("paper", str(CHAT_ID))
    assert found["WEBHOOK_SECRET"] in view(sandbox).alerts[0].message
    assert view(sandbox).alerts[0].url.startswith(f"http://127.0.0.1:{found['WEBHOOK_PORT']}/")
    assert people == {"42": "Ann", "43": "Ben", "44": "Cleo", "45": "Dan"}


@pytest.mark.parametrize(("chat_id", "text"), [(USER_ID, "BTC-USDT: bought"), (CHAT_ID, f"{STRATEGY}: auto")])
def test_what_is_another_users_ends_the_second_scene_with_where_it_stands(
    sandbox: Sandbox, wire: Wire, chat_id: int, text: str
) -> None:
    second = SecondScene(sandbox, threading.Event())
    wire("sendMessage", chat_id=CHAT_ID, text="BTC-USDT: bought")
    wire("sendMessage", chat_id=USER_ID, text=f"{STRATEGY}: auto")
    second.keep_apart(Apart())
    wire("sendMessage", chat_id=chat_id, text=text)

    with pytest.raises(NotSeen, match=f"is another user's, and is in chat {chat_id}"):
        second.keep_apart(Apart())


def test_a_request_that_nobody_notes_ends_the_second_scene(sandbox: Sandbox) -> None:
    with pytest.raises(NotSeen, match="that the request is noted did not come within 0 s"):
        SecondScene(sandbox, threading.Event(), text_s=0.2).play(lambda _: None)


def test_the_scene_of_shares_tells_the_checks_the_fill_the_gateways_own_account_and_the_report(
    product: Product, sandbox: Sandbox
) -> None:
    product.fill = "AAPL: bought 2 @ 271.5 USD (paper)\nFee 1 USD"
    sandbox.ask("POST", "/ibgateway/trade", kind=object, body={"symbol": "AAPL", "quantity": "2"})
    shares, told = SharesScene(sandbox, threading.Event()), list[str]()
    shares.prepare(told.append)
    shares.play(told.append)
    text = "".join(told)
    marks = ("CASH 540", "buy AAPL?", "Fee 1 USD", "0a1b2c3d: DONE", "BUY 2 AAPL MKT, Filled", "AAPL -1.00 USD")

    assert sorted(marks, key=text.index) == list(marks)
    assert product.alerts == [{**product.alerts[0], "symbol": "AAPL", "exchange": "NASDAQ", "action": "buy"}]
    assert view(sandbox).alerts[-1].url.endswith(PLACE)


def test_a_gateway_that_holds_nothing_ends_the_scene_of_shares(product: Product, sandbox: Sandbox) -> None:
    product.fill = "AAPL: bought 2 @ 271.5 USD (paper)\nFee 1 USD"
    shares = SharesScene(sandbox, threading.Event())
    shares.prepare(lambda _: None)

    with pytest.raises(NotSeen, match="holds no AAPL"):
        shares.play(lambda _: None)


def test_the_settings_of_shares_point_at_the_pretend_gateway(sandbox: Sandbox) -> None:
    found = settings(sandbox)

    assert f"tcp://{found['IB_HOST']}:{found['IB_PORT']}" == sandbox.addresses["ibgateway"]
    assert found["IB_ACCOUNT"].startswith("D")
