"""What each scene of the demo at a venue begins with: a strategy in its portfolio, and an alert for its address.

The texts of the product are looked for by a few words; all else of them is the product's own affair.
"""

import re
from collections.abc import Callable

import msgspec

from sandbox.tradingview.client import view, write_alert
from sandbox.watching import Watch

PATH = re.compile(r"/webhook/tradingview/\S+")
SHOWN = 30
"""Signs of an address that are printed: the rest is its secret."""
Tell = Callable[[str], None]


class StrategyAlert(msgspec.Struct, frozen=True, kw_only=True):
    """A strategy and its alert.

    Attributes:
        portfolio: Where it trades.
        strategy: What it is called.
        alert: What its alert is called at TradingView.
        message: What the alert says, with placeholders.
    """

    portfolio: str
    strategy: str
    alert: str
    message: str


def make(ann: Watch, wanted: StrategyAlert, tell: Tell) -> None:
    """Make a strategy that asks before it orders, and write an alert for the address that it was given.

    Args:
        ann: Who makes it.
        wanted: The two.
        tell: Takes each text of the product, and what is done between.

    Raises:
        NotSeen: Something did not come within its time.
        Interrupted: The demo is to end.
    """
    ask(ann, f"/portfolio {wanted.portfolio}", wanted.portfolio, tell)
    typed = f"/strategy new {wanted.strategy}"
    tell(f"Ann types {typed} …")
    made = ann.asked(typed, "the strategy's address", lambda sent: bool(PATH.search(sent.text)))
    path = PATH.findall(made.text)[0]
    tell(f"\n{made.text.replace(path, path[:SHOWN] + '…')}\n")
    ask(ann, f"/mode {wanted.strategy} manual", "manual", tell)
    host = view(ann.sandbox).alerts[0].url.partition("/webhook/")[0]
    write_alert(ann.sandbox, wanted.alert, url=host + path, message=wanted.message)


def ask(ann: Watch, typed: str, words: str, tell: Tell) -> None:
    """Type something, and tell the answer that holds some words.

    Args:
        ann: Who types.
        typed: What is typed.
        words: Of the answer, small letters or not.
        tell: Takes what is done, and the answer.

    Raises:
        NotSeen: It did not come within its time.
        Interrupted: The demo is to end.
    """
    tell(f"Ann types {typed} …")
    answer = ann.asked(typed, f"the answer to {typed}", lambda sent: words.lower() in sent.text.lower())
    tell(f"\n{answer.text}\n")
