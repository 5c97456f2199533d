"""The demo's trading: an alert of the pretend TradingView, a question in the chat, a fill on paper, what is held.

The texts of the product are looked for by the few words below; all else of them is the product's own affair.
"""

import re
import threading
import time
import urllib.request
from collections.abc import Callable
from typing import TypeVar
from urllib.error import HTTPError, URLError

import msgspec

from sandbox.control.client import Sandbox
from sandbox.sockets import bound
from sandbox.telegram.call import Keyboard
from sandbox.telegram.chat import CHAT_ID, Sent
from sandbox.tradingview.alerts import Firing
from sandbox.tradingview.client import fire, view, write_alert

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
EXECUTE = re.compile(r"\bexecute\b", re.IGNORECASE)
FILLED = re.compile(r"\b(bought|sold) [0-9.]+ @", re.IGNORECASE)
HELD = re.compile(r"BTC")
LISTENING_S, DELIVERED_S, TEXT_S = 30.0, 30.0, 45.0
_LOOK_AGAIN_S = 0.05
Found = TypeVar("Found")


class NotSeen(Exception):
    """What was waited for did not come; the text says what, and what there was in its place."""


class Interrupted(Exception):
    """Whoever runs the demo wants it to end."""


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
        self.stop = stop
        self.text_s = text_s

    def play(self, tell: Callable[[str], None]) -> None:
        """Send an alert to buy, press Execute, wait for the fill, and ask for the positions.

        Args:
            tell: Takes each text of the product, and what is done between.

        Raises:
            NotSeen: Something did not come within its time.
            Interrupted: The demo is to end.
        """
        self._wait_for_webhook()
        before = self._newest()
        tell(f"TradingView sends an alert: buy {SYMBOL} …")
        self._delivered(fire(self.sandbox, ALERT, {"ticker": SYMBOL, "strategy.order.action": "buy"}))
        question = self._text("a question with the button Execute", lambda sent: bool(_button(sent)), after=before)
        tell(f"\n{question.text}\n\nPressed Execute …")
        self.sandbox.press(question.message_id, _button(question))
        filled = self._text("the message of the fill", lambda sent: bool(FILLED.search(sent.text)), after=before)
        tell(f"\n{filled.text}\n\nTyped /positions …")
        asked = self.sandbox.type("/positions").message_id
        held = self._text("the answer to /positions", lambda sent: bool(HELD.search(sent.text)), after=asked)
        tell(f"\n{held.text}\n")

    def _wait_for_webhook(self) -> None:
        """Wait until the webhook listens: TradingView does not send again what nobody took."""
        url = next(each.url for each in view(self.sandbox).alerts if each.name == ALERT)
        health = url.removesuffix("/webhook/tradingview") + "/health"
        self._wait(LISTENING_S, lambda: _answers(health) or None, lambda: f"the webhook did not answer at {health}")

    def _delivered(self, firing: Firing) -> None:
        """Wait until an alert is delivered, and raise where it is refused."""

        def now() -> Firing:
            """Return the firing as the log has it."""
            return next(each for each in view(self.sandbox).log if each.id == firing.id)

        def ended() -> Firing | None:
            """Return it once its end is final."""
            return None if (found := now()).outcome == "sending" else found

        def tried() -> str:
            """Say what became of it so far."""
            tries = "; ".join(f"{each.status or each.outcome}: {each.answer}" for each in now().deliveries)
            return f"the webhook did not accept the alert: {tries}"

        if self._wait(DELIVERED_S, ended, tried).outcome != "delivered":
            raise NotSeen(tried())

    def _text(self, what: str, wanted: Callable[[Sent], bool], *, after: int) -> Sent:
        """Wait for a message of the bot in the demo's chat that came after another one, or was edited since."""

        def found() -> Sent | None:
            """Return it, if it is there."""
            return next((sent for sent in self._messages(after) if wanted(sent)), None)

        def instead() -> str:
            """Say what there is in its place."""
            texts = "\n---\n".join(sent.text for sent in self._messages(after)) or "nothing"
            return f"{what} did not come within {self.text_s:.0f} s; the bot said:\n{texts}"

        return self._wait(self.text_s, found, instead)

    def _messages(self, after: int) -> list[Sent]:
        """Return what the bot said in the demo's chat after a message."""
        return [sent for sent in self.sandbox.messages(CHAT_ID) if sent.message_id > after and not sent.deleted]

    def _newest(self) -> int:
        """Return the number of the bot's newest message."""
        return max((sent.message_id for sent in self.sandbox.messages(CHAT_ID)), default=0)

    def _wait(self, within_s: float, look: Callable[[], Found | None], instead: Callable[[], str]) -> Found:
        """Look again and again until something is found."""
        ends_at = time.monotonic() + within_s
        while (found := look()) is None:
            if self.stop.wait(_LOOK_AGAIN_S):
                raise Interrupted
            if time.monotonic() > ends_at:
                raise NotSeen(instead())
        return found


def _button(sent: Sent) -> str:
    """Return what the button Execute below a message sends, empty where there is none."""
    rows = msgspec.convert(sent.reply_markup or {}, Keyboard).inline_keyboard or []
    found = (each.callback_data for row in rows for each in row if EXECUTE.search(each.text))
    return next(found, None) or ""


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
