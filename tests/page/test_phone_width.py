"""The message on a narrow and on a common phone, measured as the browser lays it out."""

import re

import pytest
from playwright.sync_api import Browser

from notifier.texts.line_wrap import tied
from notifier.texts.message import render, to_html
from sandbox.control.client import Sandbox
from sandbox.page.browser import open_chat
from sandbox.telegram.text import as_read
from sandbox.telegram.wire import Wire
from tests.golden_messages import BYBIT, PLATFORMS, VIEW, answers, answers_with, balance, close, last_known
from tests.notifier.texts.test_render_accounts import BLOCKED, WHOLE, played

pytestmark = pytest.mark.faults

LARGE = answers_with(
    *(balance(each, "-999999999999999" if each.currency == "RUB" else "-999999999999999.99") for each in PLATFORMS)
)
MESSAGES = {
    "full": render(close(answers()), VIEW),
    "failed": render(close(answers(failed=["ibkr", "bybit"]), known=last_known(BYBIT)), VIEW),
    "all failed": render(close(answers(failed=["tbank", "ibkr", "bybit", "okx"]), known=last_known(*PLATFORMS)), VIEW),
    "partial": render(played(BLOCKED, known=[WHOLE]), VIEW),
    "without an account": render(played(BLOCKED), VIEW),
    "very large": render(close(LARGE), VIEW),
}
NUMBER = r"(?:[≥≈] )?-?\$?\d[\d,]*(?:\.\d+)?(?: ₽| RUB/USD)?"
NEVER_TORN = re.compile(
    rf"\d{{4}}-\d\d-\d\d(?: \d\d:\d\d)?|\d+ (?:h|min) ago|(?:(?<=\[)|(?<=\| ))\w+ {NUMBER}|last {NUMBER}|…\d+|{NUMBER}"
)
HEADED = re.compile(rf"(?:\([A-Z]{{3}}\): ){NUMBER}")

ROWS = """(node, spans) => {
    const text = node.firstChild;
    return spans.map(([from, to]) => {
        const range = document.createRange();
        range.setStart(text, from);
        range.setEnd(text, to);
        return new Set([...range.getClientRects()].filter((each) => each.width > 1).map((each) => each.top)).size;
    });
}"""


def rows_of(found: list[re.Match[str]], shown: str) -> list[tuple[int, int]]:
    """Return where what was found in a text as it is read stands in the text as it is shown."""
    places = [place for place, sign in enumerate(shown) if sign != "\u2060"]
    return [(places[each.start()], places[each.end() - 1] + 1) for each in found]


@pytest.mark.parametrize("width", [360, 412])
@pytest.mark.parametrize("name", MESSAGES)
def test_no_line_ends_inside_a_number_or_between_it_and_its_name(
    browser: Browser, sandbox: Sandbox, bot: Wire, name: str, width: int
) -> None:
    shown = tied(MESSAGES[name])
    pattern = NEVER_TORN if name == "very large" else re.compile(f"{HEADED.pattern}|{NEVER_TORN.pattern}")
    found = list(pattern.finditer(as_read(shown)))
    bot("sendMessage", chat_id=42, text=to_html(shown), parse_mode="HTML")
    with open_chat(browser, sandbox.addresses["control"], size=(width, 740)) as chat:
        text = chat.message("TOTAL").locator(".text")
        rows = text.evaluate(ROWS, rows_of(found, shown))
        sideways = chat.page.evaluate("() => document.getElementById('scroll').scrollWidth")

    assert len(found) >= 4
    assert [each[0] for each, count in zip(found, rows, strict=True) if count != 1] == []
    assert sideways <= width


def test_on_a_narrow_phone_the_breakdown_and_the_rate_take_a_line_each(
    browser: Browser, sandbox: Sandbox, bot: Wire
) -> None:
    bot("sendMessage", chat_id=42, text=to_html(tied(MESSAGES["full"])), parse_mode="HTML")
    with open_chat(browser, sandbox.addresses["control"], size=(360, 740)) as chat:
        text = chat.message("TOTAL").locator(".text")
        shown = tied(MESSAGES["full"])
        read = as_read(shown)
        lines = [re.search(re.escape(line), read) for line in read.splitlines() if line]
        rows = text.evaluate(ROWS, rows_of([line for line in lines if line is not None], shown))

    assert rows == [1, 1, 2, 1, 2]
