"""Each page of the menu once, with what stands on its buttons."""

import html

from bus.language import Language
from notifier.texts.trading_menu import MENU_WORDS
from notifier.trading.menu_pages import Line, Page, Pages
from tests.ledger.trading.world import NOW

EVERYTHING = dict.fromkeys(("buy", "sell", "close", "report", "pnl", "trades"))
TREND = Line(uid="0123456789abcdef", name="trend <1>", mode="manual")
OTHERS = tuple(Line(uid=f"{number:032x}", name=f"strategy {number}", mode="off") for number in range(14))
SOMEBODY = 2**52 - 1
"""The largest number that a person may have at Telegram."""
MAIN = "Main (paper)"


def cases(language: Language) -> dict[str, str]:
    """Return the pages by their titles, as texts."""
    return {title: _with_buttons(page) for title, page in pages(language).items()}


def pages(language: Language) -> dict[str, Page]:
    """Return the pages by their titles."""
    words = Pages(MENU_WORDS[language], SOMEBODY)
    return {
        "the menu": words.home(MAIN, (TREND, *OTHERS), answers=EVERYTHING, margin=True),
        "the menu of who has nothing": words.home(MAIN, (), answers={}, margin=False),
        "strategies": words.auto((TREND, *OTHERS)),
        "a strategy": words.one(TREND),
        "auto is asked about": words.ask_auto(TREND, NOW),
        "by hand": words.manual(MAIN, answers=EVERYTHING),
        "what can be closed": words.close(MAIN, ("AAPL", "BTC-USDT", "ETH-USDT", "TSLA")),
        "nothing to close": words.close(MAIN, ()),
        "reports": words.reports(MAIN, answers=EVERYTHING),
    }


def _with_buttons(page: Page) -> str:
    """Return a page with its buttons below it, a line each."""
    rows = [" ".join(f"[{html.escape(button.label, quote=False)}]" for button in row) for row in page.buttons]
    return "\n".join([page.text, *rows])
