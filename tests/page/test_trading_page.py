"""What a person who trades on paper sees: an alert, its question, Execute, what is held; and what is not ordered."""

import pytest
from playwright.sync_api import Locator, expect

from sandbox.page.browser import Chat
from sandbox.trading_demo import MESSAGE, SECRET
from sandbox.tradingview.client import view, write_alert
from tests.page.played import Played
from tests.running import flat

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]
WITHIN_MS = 45_000
WITH_A_PRICE = "with a price"
PRICED = MESSAGE.replace('"time":', '"price": {{close}},\n  "time":') % SECRET
"""Nobody quotes a share on paper."""


@pytest.fixture
def chat(trading_chat: Chat) -> Chat:
    """Give the page of the running system."""
    return trading_chat


def open_questions(chat: Chat) -> Locator:
    """Return the questions that can be answered."""
    return chat.messages.filter(has=chat.page.get_by_role("button", name="Execute"))


def question(chat: Chat, played: Played, **alert: str) -> Locator:
    """Let an alert come, and return its question once it can be answered; no other may be open."""
    expect(open_questions(chat)).to_have_count(0, timeout=WITHIN_MS)
    played.alert(**alert)
    expect(open_questions(chat)).to_have_count(1, timeout=WITHIN_MS)
    return open_questions(chat)


def test_execute_buys_and_what_is_held_is_told(chat: Chat, played: Played) -> None:
    asked = question(chat, played)
    asked.get_by_role("button", name="Execute").click()
    expect(chat.message("Bought")).to_contain_text("BTC", timeout=WITHIN_MS)
    held = chat.ask("/positions", "BTC")

    assert "paper" in held


def test_reject_orders_nothing(chat: Chat, played: Played) -> None:
    asked = question(chat, played)
    asked.get_by_role("button", name="Reject").click()

    expect(chat.message("You have rejected it")).to_contain_text("not ordered", timeout=WITHIN_MS)


def test_change_asks_again_about_the_size_that_is_typed(chat: Chat, played: Played) -> None:
    question(chat, played).get_by_role("button", name="Change").click()
    expect(chat.message("Another size")).to_be_visible(timeout=WITHIN_MS)
    chat.send("250 USD")
    expect(chat.message("You are asked again in a moment")).to_be_visible(timeout=WITHIN_MS)
    open_questions(chat).filter(has_text="Buy 0.003").get_by_role("button", name="Execute").click(timeout=WITHIN_MS)

    expect(chat.message("Bought")).to_contain_text("BTC", timeout=WITHIN_MS)


def test_a_question_that_nobody_answers_expires(chat: Chat, played: Played) -> None:
    question(chat, played)
    changed = played.write("UPDATE questions SET expires_at = created_at WHERE state = 'OPEN'")

    assert changed == 1
    expect(chat.message("Nobody has answered")).to_contain_text("expired", timeout=WITHIN_MS)


def test_a_kill_refuses_what_was_asked_and_what_comes_until_it_is_lifted(chat: Chat, played: Played) -> None:
    question(chat, played)
    killed = chat.ask("/kill", "Killed, for everybody")
    expect(chat.message("Trading is killed")).to_contain_text("not ordered", timeout=WITHIN_MS)
    refused = chat.messages.filter(has_text="Trading is killed")
    before = refused.count()
    played.alert("sell")
    expect(refused).to_have_count(before + 1, timeout=WITHIN_MS)
    chat.ask("/unkill", "Trade again?")
    chat.press("Yes, trade again")
    expect(chat.message("Trading goes on")).to_be_visible(timeout=WITHIN_MS)
    question(chat, played).get_by_role("button", name="Reject").click()

    assert "nothing that was sent before can still arrive" in flat(killed)


def test_a_share_waits_for_its_market(chat: Chat, played: Played) -> None:
    write_alert(played.world, WITH_A_PRICE, url=view(played.world).alerts[0].url, message=PRICED)
    asked = question(chat, played, name=WITH_A_PRICE, ticker="AAPL", exchange="NASDAQ", close="200")
    asked.get_by_role("button", name="Execute").click()
    expect(chat.message("the market opens")).to_contain_text("AAPL", timeout=WITHIN_MS)
    waiting = chat.ask("/queue", "AAPL")

    assert "AAPL" in waiting


def test_the_menu_is_walked_by_buttons_there_and_back(chat: Chat) -> None:
    chat.send("/trade")
    menu = chat.message("Trade · paper")
    menu.get_by_role("button", name="Auto").click(timeout=WITHIN_MS)
    chat.message("what becomes of signals").get_by_role("button", name="default: manual").click(timeout=WITHIN_MS)
    chat.message("default: manual").get_by_role("button", name="auto: orders by itself").click(timeout=WITHIN_MS)
    asked = chat.message("Let default order by itself?")
    expect(asked.get_by_role("button", name="Yes, auto")).to_be_visible(timeout=WITHIN_MS)
    for shown in ("default: manual", "what becomes of signals", "Trade · paper"):
        chat.press("‹ Back")
        expect(chat.messages.last).to_contain_text(shown, timeout=WITHIN_MS)
    modes = chat.ask("/mode", "default")

    assert modes.splitlines()[0] == "default: manual"


def test_what_the_menu_asks_for_is_typed_and_asked_about_once_more(chat: Chat) -> None:
    chat.send("/trade")
    chat.message("Trade · paper").get_by_role("button", name="Manual").click(timeout=WITHIN_MS)
    chat.message("Each is asked once more").get_by_role("button", name="Buy").click(timeout=WITHIN_MS)
    expect(chat.message("Buy what?")).to_be_visible(timeout=WITHIN_MS)
    asked = chat.ask("ETHUSDT 200", "By hand, without a strategy")
    chat.press("Buy ETHUSDT for 200 USD")
    expect(chat.message("bought")).to_contain_text("ETH-USDT", timeout=WITHIN_MS)

    assert "200 USD at the market" in flat(asked)


def test_an_alert_is_made_by_buttons_and_typed_answers(chat: Chat) -> None:
    chat.ask("/alert", "There is no alert yet")
    chat.press("+ New")
    chat.message("What is to be watched?").get_by_role("button", name="A price").click(timeout=WITHIN_MS)
    expect(chat.message("Of which symbol?")).to_be_visible(timeout=WITHIN_MS)
    chat.ask("BTC-USDT", "At which price?")
    made = chat.ask("> 200000", "200000")
    listed = chat.ask("/alert", "200000")

    assert "BTC" in made
    assert "BTC" in listed


def test_a_limit_that_lets_more_be_opened_is_asked_about(chat: Chat) -> None:
    asked = chat.ask("/set_amount 900", "That lets more be opened")
    chat.press("Buy amount: 900.00 USD")
    expect(chat.message("500.00 USD → 900.00 USD")).to_contain_text("from the next signal on", timeout=WITHIN_MS)
    lowered = chat.ask("/set_amount 500", "from the next signal on")

    assert "500.00 USD → 900.00 USD?" in flat(asked)
    assert "900.00 USD → 500.00 USD" in flat(lowered)


def test_all_that_help_lists_comes_in_messages_that_telegram_takes(chat: Chat, played: Played) -> None:
    before = len(played.world.messages())
    chat.ask("/help", "/trade")
    chat.message("/users").wait_for(timeout=WITHIN_MS)
    sent = played.world.messages()[before:]

    assert [each.text.partition("\n")[0] for each in sent] == ["Status", "Settings"]
    assert max(len(each.html) for each in sent) <= 4096
