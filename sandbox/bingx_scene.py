"""The demo's scene at BingX: leverage set and read back, a question changed and executed, the report as a PDF.

The texts of the product are looked for by a few words; all else of them is the product's own affair.
"""

import threading
from collections.abc import Callable
from decimal import Decimal
from urllib.parse import urlsplit, urlunsplit

import msgspec

from sandbox.bingx.state import API_KEY, API_SECRET, UID
from sandbox.control.client import Sandbox
from sandbox.strategy_alert import StrategyAlert, Tell, ask, make
from sandbox.telegram.chat import CHAT_ID, Sent
from sandbox.watching import TEXT_S, NotSeen, Watch, button_of

SERVICE = "bingx"
NUMBER = f"VST{UID}"
OWNER, PORTFOLIO = "ann", "bingx"
BEFORE_START = (
    ("add-user", OWNER, str(CHAT_ID), "--role", "admin"),
    ("add-account", OWNER, PORTFOLIO, "BINGX", "--currency", "USDT", "--number", NUMBER),
)
"""The owner's commands that make the account before its broker has proven it: it is the default one then."""
STRATEGY, SYMBOL, AT_VENUE = "perpetuals", "BTCUSDT.P", "BTC-USDT"
LEVERAGE = 3
ALERT = "Perpetuals at BingX"
MESSAGE = """{
  "id": "{{strategy.order.id}}|{{timenow}}",
  "symbol": "{{ticker}}",
  "action": "{{strategy.order.action}}",
  "stop_loss": "{{plot("Stop")}}",
  "time": "{{timenow}}"
}"""
STOP = "80000"
PDF = b"%PDF-"


def settings(sandbox: Sandbox) -> dict[str, str]:
    """Let the pretend BingX be its demo, and return the variables by which the system trades there.

    Args:
        sandbox: The pretend world.
    """
    sandbox.set_state(SERVICE, is_demo=True)
    address = sandbox.addresses[SERVICE]
    return {
        "BINGX_API_KEY": API_KEY,
        "BINGX_API_SECRET": API_SECRET,
        "BINGX_BASE_URL": address,
        "BINGX_WS_URL": urlunsplit(urlsplit(address)._replace(scheme="ws", path="/swap-market")),
    }


class Shown(msgspec.Struct, frozen=True, rename="camel"):
    """An order as the control port shows it."""

    order_id: int
    client_order_id: str
    side: str
    position_side: str
    type: str
    orig_qty: Decimal
    stop_price: str
    avg_price: Decimal
    status: str

    def told(self) -> str:
        """Return it in a line."""
        at = f" at {self.stop_price}" if self.stop_price else f" @ {self.avg_price}"
        name = f"\n  clientOrderId {self.client_order_id}" if self.client_order_id else "\n  came with the opening"
        what = f"{self.side} {self.position_side} {self.orig_qty} {self.type}{at}, {self.status}"
        return f"order {self.order_id}: {what}{name}"


class Leverages(msgspec.Struct, frozen=True):
    """Of the two sides of a symbol."""

    long: int
    short: int


class Position(msgspec.Struct, frozen=True, rename="camel"):
    """A position as the control port shows it."""

    symbol: str
    position_side: str
    position_amt: Decimal
    leverage: int


class Account(msgspec.Struct, frozen=True):
    """What the control port tells of the account."""

    orders: list[Shown]
    positions: list[Position]
    leverages: dict[str, Leverages]
    margin_modes: dict[str, str]

    def told(self) -> str:
        """Return it in lines."""
        lines = [f"{AT_VENUE}: {self.margin_modes[AT_VENUE]}, {self.leverages[AT_VENUE].long}×"]
        lines += [each.told() for each in self.orders]
        lines += [
            f"position: {each.symbol} {each.position_side} {each.position_amt}, {each.leverage}×"
            for each in self.positions
        ]
        return "\n".join(lines)


class PerpetualsScene:
    """From margin and leverage to the day's report."""

    def __init__(self, sandbox: Sandbox, stop: threading.Event, *, text_s: float = TEXT_S) -> None:
        """Look at a world in which a system trades at the pretend BingX.

        Args:
            sandbox: The pretend world; the alerts' addresses are those of the webhook.
            stop: Set when the demo is to end.
            text_s: How long the product may take for each of its texts, seconds.
        """
        self.sandbox = sandbox
        self.ann = Watch(sandbox, stop, text_s=text_s)

    def prepare(self, tell: Tell) -> None:
        """Make a strategy in the portfolio at BingX, and an alert for its address.

        Args:
            tell: Takes each text of the product, and what is done between.

        Raises:
            NotSeen: Something did not come within its time.
            Interrupted: The demo is to end.
        """
        wanted = StrategyAlert(portfolio=PORTFOLIO, strategy=STRATEGY, alert=ALERT, message=MESSAGE)
        make(self.ann, wanted, tell)

    def play(self, tell: Tell) -> None:
        """Set leverage, send an alert, change its stop, press Execute, and look at BingX, the state and the report.

        Args:
            tell: Takes each text of the product, and what is done between.

        Raises:
            NotSeen: Something did not come within its time.
            Interrupted: The demo is to end.
        """
        self._set_leverage(tell)
        self._trade(tell)
        account = self.sandbox.ask("GET", f"/{SERVICE}", kind=Account)
        if account.leverages[AT_VENUE].long != LEVERAGE or not account.positions:
            raise NotSeen(f"the pretend BingX has no such position:\n{account.told()}")
        tell(f"The pretend BingX, asked past the product:\n\n{account.told()}\n")
        ask(self.ann, "/status", f"{LEVERAGE}×", tell)
        self._report(tell)

    def _set_leverage(self, tell: Tell) -> None:
        """Set margin mode and leverage of the symbol, and wait until they were read back."""
        typed, before = f"/margin {SYMBOL} isolated {LEVERAGE}", self.ann.newest()
        tell(f"Ann types {typed} …")
        asks = self.ann.asked(typed, "whether it is meant", lambda sent: bool(button_of(sent, "isolated")))
        tell(f"\n{asks.text}\n\nPressed …")
        self.ann.press(asks, "isolated")
        done = self.ann.text("what was read back", lambda sent: "read back." in sent.text, after=before)
        tell(f"\n{done.text}\n")

    def _trade(self, tell: Tell) -> None:
        """Send the alert, change its stop by a button, press Execute, and wait for the fill."""
        before = self.ann.newest()
        tell(f"TradingView sends an alert to that address: buy {SYMBOL}, stop loss {STOP} …")
        self.ann.alert(ALERT, {"ticker": SYMBOL, "strategy.order.action": "buy", 'plot("Stop")': STOP})
        question = self._question(after=before)
        tell(f"\n{question.text}\n\nPressed Change, then Stop loss, then a distance of 2 % …")
        self.ann.press(question, "Change")
        what = self.ann.text("what is to change", _has_button("Stop loss"), after=question.message_id)
        self.ann.press(what, "Stop loss")
        where = self.ann.text("where it goes", _has_button("2 %"), after=question.message_id)
        self.ann.press(where, "2 %")
        again = self._question(after=before, unlike=question.text)
        tell(f"\n{again.text}\n\nPressed Execute …")
        self.ann.press(again, "Execute")
        filled = self.ann.text("the fill", lambda sent: "bought" in sent.text.lower(), after=before)
        tell(f"\n{filled.text}\n")

    def _question(self, *, after: int, unlike: str = "") -> Sent:
        """Wait for a question about the alert, another one than it was; its message may be the same."""
        has_button = _has_button("Execute")
        asks = "a question with the button Execute"
        return self.ann.text(asks, lambda sent: has_button(sent) and sent.text != unlike, after=after)

    def _report(self, tell: Tell) -> None:
        """Ask for the day's report, and for the same as a document."""
        tell("Ann types /report day …")
        report = self.ann.asked("/report day", "the report", lambda sent: AT_VENUE in sent.text)
        tell(f"\n{report.text}\n\nPressed PDF …")
        self.ann.press(report, "pdf")
        document = self.ann.text("the document", lambda sent: bool(sent.file_name), after=report.message_id)
        content = self.sandbox.file(CHAT_ID, document.message_id)
        if not content.startswith(PDF):
            raise NotSeen(f"{document.file_name} came, and is no PDF")
        tell(f"\n{document.file_name}, {len(content) // 1000} KB\n")


def _has_button(words: str) -> Callable[[Sent], bool]:
    """Return what tells whether a message has a button with some words."""
    return lambda sent: bool(button_of(sent, words))
