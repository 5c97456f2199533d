"""What a second user sees, from the request to be let in to a report of their own; nothing of the first one's."""

import re

import pytest
from playwright.sync_api import expect

from sandbox.page.browser import Chat
from tests.page.played import Played

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]
WITHIN_MS = 45_000
PATH = re.compile(r"/webhook/tradingview/\S+")


def buy_as_the_first(chat: Chat, played: Played) -> None:
    """Let Ann buy what Ben must not see."""
    played.alert()
    question = chat.message("Answer until")
    question.get_by_role("button", name="Execute").click(timeout=WITHIN_MS)
    expect(chat.message("bought")).to_contain_text("BTC", timeout=WITHIN_MS)


def be_let_in(chat: Chat) -> None:
    """Ask as Ben, approve as Ann, and be Ben again."""
    chat.be("Ben")
    chat.ask("/start", "An admin decides")
    chat.be("Ann")
    expect(chat.message("Ben asks to be let in")).to_be_visible(timeout=WITHIN_MS)
    chat.press("Approve")
    expect(chat.message("Ben asks to be let in")).to_contain_text("In, as trader", timeout=WITHIN_MS)
    expect(chat.message("Ben asks to be let in").get_by_role("button", name="Approve")).to_have_count(0)
    chat.be("Ben")
    expect(chat.message("An admin has let you in")).to_be_visible(timeout=WITHIN_MS)


def send_alert(chat: Chat, path: str, symbol: str) -> None:
    """Write an alert for an address into the panel, and send it."""
    page = chat.page
    page.locator("#alert-form summary").click()
    page.get_by_label("Alert", exact=True).fill("Ben's")
    address = page.get_by_label("Webhook URL")
    address.fill(address.input_value().partition("/webhook/")[0] + path)
    page.get_by_label("Symbol").fill(symbol)
    before = page.locator("#firings > li").count()
    page.get_by_role("button", name="Send the alert").click()
    expect(page.locator("#firings > li")).to_have_count(before + 1)
    expect(page.locator("#firings > li").first).to_have_attribute("data-outcome", "delivered", timeout=WITHIN_MS)


def test_a_second_user_trades_and_reports_and_neither_sees_the_other(trading_chat: Chat, played: Played) -> None:
    chat = trading_chat
    buy_as_the_first(chat, played)
    be_let_in(chat)
    place = chat.ask("/portfolio", "in use")
    address = PATH.search(chat.ask("/strategy new swing", "/webhook/tradingview/"))
    assert address is not None
    chat.ask("/mode swing auto", "auto from now on")
    send_alert(chat, address[0], "ETHUSDT")
    expect(chat.message("bought")).to_contain_text("ETH-USDT", timeout=WITHIN_MS)
    held = chat.ask("/positions", "ETH-USDT")
    report = chat.ask("/report day", "By instrument")
    chat.press("PDF")
    link = chat.page.locator("a.document").last
    expect(link).to_contain_text(".pdf", timeout=WITHIN_MS)
    with chat.page.expect_download() as download:
        link.click()
    document = download.value.path().read_bytes()
    for_ben = chat.page.locator("#log").inner_text()
    chat.be("Ann")
    expect(chat.message("bought")).to_be_visible()
    for_ann = chat.page.locator("#log").inner_text()

    assert "paper" in place
    assert ("swing" in held, "swing" in report) == (True, True)
    assert document.startswith(b"%PDF")
    assert "BTC" not in for_ben
    assert "default:" not in for_ben
    assert [word for word in ("ETH", "swing") if word in for_ann] == []
