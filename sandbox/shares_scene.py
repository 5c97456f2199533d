"""The demo's scene at Interactive Brokers: an alert for shares, the checks, the order at the gateway, the report.

The texts of the product are looked for by a few words; all else of them is the product's own affair.
"""

import re
import threading
from decimal import Decimal
from urllib.parse import urlsplit

import msgspec

from sandbox.control.client import Sandbox
from sandbox.ib_gateway.state import PAPER_ACCOUNT
from sandbox.strategy_alert import StrategyAlert, Tell, ask, make
from sandbox.telegram.chat import CHAT_ID
from sandbox.watching import TEXT_S, NotSeen, Watch, button_of

SERVICE = "ibgateway"
ACCOUNT = PAPER_ACCOUNT
OWNER, PAPER, PORTFOLIO = "ann", "paper", "ib"
BEFORE_START = (
    ("add-user", OWNER, str(CHAT_ID), "--role", "admin"),
    ("add-account", OWNER, PAPER, "PAPER", "--currency", "USD"),
)
"""The owner's commands that give Ann a portfolio on paper, so that it, and not the one at IB, is her default."""
STRATEGY, SYMBOL = "shares", "AAPL"
ALERT = "Shares at IB"
MESSAGE = """{
  "id": "{{strategy.order.id}}|{{timenow}}",
  "symbol": "{{ticker}}",
  "exchange": "NASDAQ",
  "action": "{{strategy.order.action}}",
  "time": "{{timenow}}"
}"""
TRIAL = '{"symbol": "AAPL", "exchange": "NASDAQ", "action": "buy"}'
SIGNAL = re.compile(r"^[0-9a-f]{8}\b", re.MULTILINE)
EXECUTE = "Execute"


def settings(sandbox: Sandbox) -> dict[str, str]:
    """Return the variables by which the system trades at the pretend gateway, too.

    Args:
        sandbox: The pretend world.
    """
    address = urlsplit(sandbox.addresses[SERVICE])
    return {"IB_ACCOUNT": ACCOUNT, "IB_HOST": str(address.hostname), "IB_PORT": str(address.port)}


class GatewayOrder(msgspec.Struct, frozen=True):
    """An order as the gateway's control port shows it."""

    perm_id: int
    ref: str
    symbol: str
    action: str
    type: str
    quantity: Decimal
    status: str


class GatewayExecution(msgspec.Struct, frozen=True):
    """An execution as the gateway's control port shows it."""

    id: str
    ref: str
    side: str
    quantity: Decimal
    price: Decimal
    commission: Decimal


class GatewayAccount(msgspec.Struct, frozen=True):
    """What the gateway's control port tells of the account."""

    orders: list[GatewayOrder]
    executions: list[GatewayExecution]
    positions: dict[str, Decimal]
    cash: Decimal

    def told(self) -> str:
        """Return it in lines."""
        lines = [
            f"order {each.perm_id}: {each.action} {each.quantity} {each.symbol} {each.type}, {each.status}\n"
            f"  orderRef {each.ref}"
            for each in self.orders
        ]
        lines += [
            f"execution {each.id}: {each.side} {each.quantity} @ {each.price} USD, commission {each.commission} USD"
            for each in self.executions
        ]
        lines += [f"position: {symbol} {quantity}" for symbol, quantity in self.positions.items()]
        return "\n".join([*lines, f"cash: {self.cash} USD"])


class SharesScene:
    """From a strategy at Interactive Brokers to the day's report."""

    def __init__(self, sandbox: Sandbox, stop: threading.Event, *, text_s: float = TEXT_S) -> None:
        """Look at a world in which a system trades that has an account at the pretend gateway.

        Args:
            sandbox: The pretend world; the alerts' addresses are those of the webhook.
            stop: Set when the demo is to end.
            text_s: How long the product may take for each of its texts, seconds.
        """
        self.sandbox = sandbox
        self.ann = Watch(sandbox, stop, text_s=text_s)

    def prepare(self, tell: Tell) -> None:
        """Make a strategy in the portfolio at Interactive Brokers, and an alert for its address.

        Args:
            tell: Takes each text of the product, and what is done between.

        Raises:
            NotSeen: Something did not come within its time.
            Interrupted: The demo is to end.
        """
        wanted = StrategyAlert(portfolio=PORTFOLIO, strategy=STRATEGY, alert=ALERT, message=MESSAGE)
        make(self.ann, wanted, tell)

    def leave(self) -> None:
        """Go back to the portfolio on paper, without a word."""
        ask(self.ann, f"/portfolio {PAPER}", PAPER, lambda _: None)

    def play(self, tell: Tell) -> None:
        """Try the alert, send it, press Execute, and look at its life, the gateway, the position and the report.

        Args:
            tell: Takes each text of the product, and what is done between.

        Raises:
            NotSeen: Something did not come within its time.
            Interrupted: The demo is to end.
        """
        ask(self.ann, f"/simulate {STRATEGY} {TRIAL}", "CASH", tell)
        self._trade(tell)
        self._why(tell)
        account = self.sandbox.ask("GET", f"/{SERVICE}", kind=GatewayAccount)
        if not account.positions.get(SYMBOL):
            raise NotSeen(f"the pretend gateway holds no {SYMBOL}:\n{account.told()}")
        tell(f"The pretend gateway, asked past the product:\n\n{account.told()}\n")
        ask(self.ann, "/positions", SYMBOL, tell)
        ask(self.ann, "/report day", SYMBOL, tell)

    def _trade(self, tell: Tell) -> None:
        """Send the alert, press Execute, and wait for the fill and its commission."""
        before = self.ann.newest()
        tell(f"TradingView sends an alert to that address: buy {SYMBOL} …")
        self.ann.alert(ALERT, {"ticker": SYMBOL, "strategy.order.action": "buy"})
        asks = "a question with the button Execute"
        question = self.ann.text(asks, lambda sent: bool(button_of(sent, EXECUTE)), after=before)
        tell(f"\n{question.text}\n\nPressed Execute …")
        self.ann.press(question, EXECUTE)

        def is_filled(text: str) -> bool:
            """Tell whether a text is of the fill, with its commission."""
            return "bought" in text.lower() and "fee" in text.lower()

        filled = self.ann.text("the fill with its commission", lambda sent: is_filled(sent.text), after=before)
        tell(f"\n{filled.text}\n")

    def _why(self, tell: Tell) -> None:
        """Ask for the signal's life."""
        listed = self.ann.asked("/signals", "the signal", lambda sent: bool(SIGNAL.search(sent.text)))
        ask(self.ann, f"/why {SIGNAL.findall(listed.text)[0]}", "DONE", tell)
