"""The demo's trading: an alert of the pretend TradingView, a question in the chat, a fill on paper, what is held.

The texts of the product are looked for by the few words below; all else of them is the product's own affair.
"""

import re
import threading
import urllib.request
from collections.abc import Callable
from urllib.error import HTTPError, URLError

from sandbox.control.client import Sandbox
from sandbox.sockets import bound
from sandbox.telegram.chat import CHAT_ID
from sandbox.tradingview.client import view, write_alert
from sandbox.watching import TEXT_S, Watch, button_of

SECRET = "demo_secret_of_the_webhook_0123456789"
ALERT = "Demo strategy"
SYMBOL = "BTCUSDT"
PEOPLE = {43: "Ben", 44: "Cleo", 45: "Dan"}
"""Strangers to the bot until they are let in; Ann, whose chat the demo's is, is its admin."""
LIMITS = {
    "DEFAULT_BUY_AMOUNT_USD": "500",
    "DEFAULT_MAX_OPEN_POSITIONS": "5",
    "DEFAULT_MAX_DAILY_BUYS": "10",
    "DEFAULT_MAX_TOTAL_INVESTMENT": "5000",
    "DEFAULT_MAX_PER_TICKER": "2",
    "DEFAULT_MAX_DAILY_LOSS": "500",
    "DEFAULT_MIN_CASH_RESERVE": "100",
}
MESSAGE = """{
  "secret": "%s",
  "id": "{{strategy.order.id}}|{{timenow}}",
  "symbol": "{{ticker}}",
  "exchange": "{{exchange}}",
  "action": "{{strategy.order.action}}",
  "time": "{{timenow}}"
}"""
EXECUTE = "Execute"
FILLED = re.compile(r"\b(bought|sold) [0-9.]+ @", re.IGNORECASE)
HELD = re.compile(r"BTC")
LISTENING_S = 30.0


def free_port() -> int:
    """Return a port of this machine that nobody listens at."""
    with bound(0) as held:
        port: int = held.getsockname()[1]
    return port


def settings(sandbox: Sandbox, port: int) -> dict[str, str]:
    """Return the variables by which the system trades on paper in the pretend world.

    Args:
        sandbox: The pretend world.
        port: Where the webhook is to listen.
    """
    return LIMITS | {
        "TRADING": "paper",
        "WEBHOOK_SECRET": SECRET,
        "WEBHOOK_PORT": str(port),
        "WEBHOOK_TRUSTED_PROXIES": "127.0.0.1",
        "PAPER_QUOTES_URL": sandbox.addresses["bingx"],
        "TELEGRAM_ADMIN_IDS": str(CHAT_ID),
        "REGISTRATION": "open",
    }


def set_up(sandbox: Sandbox, port: int) -> None:
    """Write the alert that the page and the demo send, and let Telegram know more people.

    Args:
        sandbox: The pretend world.
        port: Where the webhook listens.
    """
    write_alert(sandbox, ALERT, url=f"http://127.0.0.1:{port}/webhook/tradingview", message=MESSAGE % SECRET)
    for user_id, first_name in PEOPLE.items():
        sandbox.introduce(user_id, first_name)


class Scene:
    """The demo's scene: from an alert to what is held."""

    def __init__(self, sandbox: Sandbox, stop: threading.Event, *, text_s: float = TEXT_S) -> None:
        """Look at a world in which a system trades.

        Args:
            sandbox: The pretend world.
            stop: Set when the demo is to end.
            text_s: How long the product may take for each of its texts, seconds.
        """
        self.sandbox = sandbox
        self.ann = Watch(sandbox, stop, text_s=text_s)

    def play(self, tell: Callable[[str], None]) -> None:
        """Send an alert to buy, press Execute, wait for the fill, and ask for the positions.

        Args:
            tell: Takes each text of the product, and what is done between.

        Raises:
            NotSeen: Something did not come within its time.
            Interrupted: The demo is to end.
        """
        self._wait_for_webhook()
        before = self.ann.newest()
        tell(f"TradingView sends an alert: buy {SYMBOL} …")
        self.ann.alert(ALERT, {"ticker": SYMBOL, "strategy.order.action": "buy"})
        asks = "a question with the button Execute"
        question = self.ann.text(asks, lambda sent: bool(button_of(sent, EXECUTE)), after=before)
        tell(f"\n{question.text}\n\nPressed Execute …")
        self.ann.press(question, EXECUTE)
        filled = self.ann.text("the message of the fill", lambda sent: bool(FILLED.search(sent.text)), after=before)
        tell(f"\n{filled.text}\n\nTyped /positions …")
        held = self.ann.asked("/positions", "the answer to /positions", lambda sent: bool(HELD.search(sent.text)))
        tell(f"\n{held.text}\n")

    def _wait_for_webhook(self) -> None:
        """Wait until the webhook listens: TradingView does not send again what nobody took."""
        url = next(each.url for each in view(self.sandbox).alerts if each.name == ALERT)
        health = url.removesuffix("/webhook/tradingview") + "/health"
        self.ann.wait(LISTENING_S, lambda: _answers(health) or None, lambda: f"the webhook did not answer at {health}")


def _answers(url: str) -> bool:
    """Tell whether anybody answers there, whatever it is."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=2):
            return True
    except HTTPError as error:
        error.close()
        return True
    except (URLError, OSError):
        return False
