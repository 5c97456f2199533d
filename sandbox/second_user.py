"""The demo's second scene: somebody new is let in, trades by an alert of their own, and gets a report of their own.

Neither of the two sees anything of the other; where one does, the scene ends with what was seen.
"""

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.control.client import Sandbox
from sandbox.telegram.chat import Sent
from sandbox.tradingview.client import view, write_alert
from sandbox.watching import TEXT_S, NotSeen, Watch

USER_ID, FIRST_NAME = 43, "Ben"
STRATEGY, SYMBOL = "bens_swing", "ETHUSDT"
ALERT = "Ben's strategy"
MESSAGE = """{
  "id": "{{strategy.order.id}}|{{timenow}}",
  "symbol": "{{ticker}}",
  "exchange": "{{exchange}}",
  "action": "{{strategy.order.action}}",
  "time": "{{timenow}}"
}"""
PATH = re.compile(r"/webhook/tradingview/\S+")
PDF = b"%PDF"


@dataclass(frozen=True)
class Apart:
    """What each of the two has that the other must not see: words of symbols and strategies."""

    of_first: tuple[str, ...] = ("BTC", "Position 0.006", "AAPL")
    of_second: tuple[str, ...] = ("ETH", STRATEGY)


class SecondScene:
    """From the request to be let in to the report, after the first user's trade."""

    def __init__(self, sandbox: Sandbox, stop: threading.Event, *, text_s: float = TEXT_S) -> None:
        """Look at a world in which a system trades, with registration open.

        Args:
            sandbox: The pretend world.
            stop: Set when the demo is to end.
            text_s: How long the product may take for each of its texts, seconds.
        """
        self.sandbox = sandbox
        self.ann = Watch(sandbox, stop, text_s=text_s)
        self.ben = Watch(sandbox, stop, chat_id=USER_ID, text_s=text_s)

    def play(self, tell: Callable[[str], None]) -> None:
        """Let Ben in, let him trade and read his report, and see that the two see nothing of each other.

        Args:
            tell: Takes each text of the product, and what is done between.

        Raises:
            NotSeen: Something did not come within its time, or somebody saw what is another's.
            Interrupted: The demo is to end.
        """
        self._be_let_in(tell)
        self._make_strategy(tell)
        self._trade(tell)
        self._report(tell)
        self.keep_apart(Apart())
        tell(f"Nothing of Ann's trade stands in {FIRST_NAME}'s chat, and nothing of {FIRST_NAME}'s in hers.\n")

    def keep_apart(self, apart: Apart) -> None:
        """Look through both chats for what is the other's.

        Args:
            apart: The words.

        Raises:
            NotSeen: It was seen, in what message.
        """
        for watch, words in ((self.ben, apart.of_first), (self.ann, apart.of_second)):
            for sent in watch.messages():
                if seen := [word for word in words if word in sent.text]:
                    raise NotSeen(f"{seen[0]} is another user's, and is in chat {watch.chat_id}:\n{sent.text}")

    def _be_let_in(self, tell: Callable[[str], None]) -> None:
        """Ask to be let in, as a stranger; approve it, as an admin."""
        hers, his = self.ann.newest(), self.ben.newest()
        tell(f"{FIRST_NAME}, whom the bot does not know, types /start …")
        waits = self.ben.asked("/start", "that the request is noted", _says("admin"))
        request = self.ann.text("the request with its buttons", _says(FIRST_NAME), after=hers)
        tell(f"\n{waits.text}\n\nAnn, the admin, is asked:\n\n{request.text}\n\nAnn presses Approve …")
        self.ann.press(request, "approve")
        told = self.ben.text("that he is let in", _says("let you in"), after=his)
        tell(f"\n{told.text}\n\n{FIRST_NAME} types /portfolio …")
        place = self.ben.asked("/portfolio", "his portfolio", _says("paper"))
        tell(f"\n{place.text}\n")

    def _make_strategy(self, tell: Callable[[str], None]) -> None:
        """Make a strategy, let it trade without questions, and write an alert for its address."""
        tell(f"{FIRST_NAME} types /strategy new {STRATEGY} …")
        made = self.ben.asked(f"/strategy new {STRATEGY}", "the strategy's address", _matches(PATH))
        path = PATH.search(made.text)
        if path is None:
            raise NotSeen(f"there is no address in:\n{made.text}")
        shown = made.text.replace(path[0], path[0][:30] + "…")
        tell(f"\n{shown}\n\n{FIRST_NAME} types /mode {STRATEGY} auto …")
        mode = self.ben.asked(f"/mode {STRATEGY} auto", "the strategy's mode", _says("auto"))
        tell(f"\n{mode.text}\n")
        host = view(self.sandbox).alerts[0].url.partition("/webhook/")[0]
        write_alert(self.sandbox, ALERT, url=host + path[0], message=MESSAGE)

    def _trade(self, tell: Callable[[str], None]) -> None:
        """Let an alert come to his address, and wait for the fill."""
        his = self.ben.newest()
        tell(f"TradingView sends an alert to {FIRST_NAME}'s address: buy {SYMBOL} …")
        self.ben.alert(ALERT, {"ticker": SYMBOL, "strategy.order.action": "buy"})
        filled = self.ben.text("the message of the fill", _says("bought"), after=his)
        tell(f"\n{filled.text}\n\n{FIRST_NAME} types /positions …")
        held = self.ben.asked("/positions", "the answer to /positions", _says("ETH"))
        tell(f"\n{held.text}\n")

    def _report(self, tell: Callable[[str], None]) -> None:
        """Ask for the day's report, and for the same as a document."""
        tell(f"{FIRST_NAME} types /report day …")
        report = self.ben.asked("/report day", "the report", _says("ETH"))
        tell(f"\n{report.text}\n\n{FIRST_NAME} presses PDF …")
        self.ben.press(report, "pdf")
        document = self.ben.text("the document", lambda sent: bool(sent.file_name), after=report.message_id)
        content = self.sandbox.file(USER_ID, document.message_id)
        if not content.startswith(PDF):
            raise NotSeen(f"{document.file_name} came, and is no PDF")
        tell(f"\n{document.file_name}, {len(content) // 1000} KB\n")


def _says(words: str) -> Callable[[Sent], bool]:
    """Return what tells whether a message holds some words, in small letters or not."""
    return lambda sent: words.lower() in sent.text.lower()


def _matches(pattern: re.Pattern[str]) -> Callable[[Sent], bool]:
    """Return what tells whether a pattern is found in a message."""
    return lambda sent: bool(pattern.search(sent.text))
