"""Alerts of the pretend TradingView, quotes, and several people, as the page shows them."""

import json

import httpx
import pytest
from playwright.sync_api import Browser, expect

from sandbox.control.client import ControlError, Sandbox
from sandbox.page.browser import PHONE, Chat, open_chat
from sandbox.telegram.wire import Wire
from sandbox.tradingview.client import view, write_alert

pytestmark = pytest.mark.faults

MESSAGE = '{"symbol": "{{ticker}}", "action": "{{strategy.order.action}}", "id": "{{timenow}}"}'
KEYS = json.dumps({"inline_keyboard": [[{"text": "Execute", "callback_data": "q:1"}]]})
QUOTE = "/openApi/swap/v2/quote/ticker"


@pytest.fixture
def alert(sandbox: Sandbox) -> str:
    """Write an alert whose webhook is any service that answers, and return its name."""
    return write_alert(sandbox, "mine", url=f"{sandbox.addresses['telegram']}/hook", message=MESSAGE).name


def message_of(chat: Chat) -> dict[str, str]:
    """Return the message as it stands on the page."""
    message: dict[str, str] = json.loads(chat.page.locator("#alert-message").input_value())
    return message


def test_without_an_alert_there_is_nothing_of_trading_on_the_page(chat: Chat) -> None:
    expect(chat.page.locator("#tradingview")).to_be_hidden()
    expect(chat.card("bingx")).to_have_count(0)
    expect(chat.page.get_by_role("combobox", name="I am")).to_be_hidden()


def test_an_alert_is_sent_from_the_fields_and_what_became_of_it_is_seen(
    alert: str, chat: Chat, sandbox: Sandbox
) -> None:
    page = chat.page
    page.get_by_label("Symbol").fill("ETHUSDT")
    page.get_by_label("Action").select_option("sell")
    page.get_by_label("Quantity").fill("0.5")
    page.get_by_label("Stop loss").fill("3100")
    page.get_by_role("button", name="Send the alert").click()
    row = page.locator("#firings > li")
    expect(row).to_have_attribute("data-outcome", "refused")
    row.locator("summary").click()

    expect(row.locator(".status")).to_have_text("404 · refused, not sent again")
    expect(row).to_contain_text("try 1 · 404")
    sent = json.loads(view(sandbox).log[0].message)
    assert (sent["symbol"], sent["action"]) == ("ETHUSDT", "sell")
    assert (sent["quantity"], sent["stop_loss"]) == ("0.5", "3100")
    assert sent["id"].endswith("Z")


def test_the_message_has_what_is_filled_and_loses_what_is_emptied(alert: str, chat: Chat) -> None:
    target = chat.page.get_by_label("Take profit")
    target.fill("90000")
    filled = message_of(chat)
    target.fill("")

    assert filled["take_profit"] == "{{plot_1}}"
    assert "take_profit" not in message_of(chat)


def test_a_message_written_by_hand_is_sent_as_it_is_and_a_new_name_is_a_new_alert(
    alert: str, chat: Chat, sandbox: Sandbox
) -> None:
    page = chat.page
    page.locator("#alert-form summary").click()
    page.get_by_label("Alert", exact=True).fill("by hand")
    page.get_by_label("Message").last.fill("buy {{tiker}}")
    page.get_by_label("Quantity").fill("1")
    page.get_by_role("button", name="Send the alert").click()
    expect(page.locator("#firings > li")).to_have_attribute("data-outcome", "refused")
    shown = view(sandbox)

    assert [each.name for each in shown.alerts] == ["mine", "by hand"]
    assert (shown.log[0].message, shown.log[0].content_type) == ("buy {{tiker}}", "text/plain; charset=utf-8")


def test_an_alert_that_was_stopped_says_so_and_can_be_sent_again(alert: str, chat: Chat, sandbox: Sandbox) -> None:
    button = chat.page.get_by_role("button", name="Send the alert")
    for _ in range(16):
        button.click()
        expect(button).to_be_enabled()
    stopped = chat.page.locator('#firings > li[data-outcome="alert stopped"]')
    expect(stopped).to_contain_text("it fired too often")
    button.click()

    expect(chat.page.locator("#firings > li").first).to_have_attribute("data-outcome", "refused")
    assert len(view(sandbox).log) == 17


def test_an_alert_without_an_address_is_refused_in_words(alert: str, chat: Chat) -> None:
    chat.page.locator("#alert-form summary").click()
    chat.page.get_by_label("Webhook URL").fill("ftp://elsewhere")
    chat.page.get_by_role("button", name="Send the alert").click()

    expect(chat.toast).to_contain_text("begins with http:// or https://")
    chat.complaints.clear()  # the refused request itself


def test_a_price_that_is_set_in_the_panel_is_quoted_and_old_quotes_are_old(
    alert: str, chat: Chat, sandbox: Sandbox
) -> None:
    chat.set_figure("bingx", "90000")
    expect(chat.card("bingx").get_by_role("textbox").first).to_have_value("90000")
    expect(chat.page.locator(".control[aria-busy]")).to_have_count(0)
    chat.put_into("bingx", "old")
    told = httpx.get(f"{sandbox.addresses['bingx']}{QUOTE}", params={"symbol": "BTC-USDT"}, trust_env=False).json()

    assert told["data"]["lastPrice"] == "90000.0"
    assert told["timestamp"] - told["data"]["closeTime"] == pytest.approx(600_000, abs=1_000)
    expect(chat.card("bingx").locator(".says")).to_have_text("ten minutes old.")


def test_somebody_else_is_chosen_and_types_and_presses_in_a_chat_of_their_own(
    chat: Chat, sandbox: Sandbox, bot: Wire
) -> None:
    sandbox.introduce(43, "Ben")
    bot("sendMessage", chat_id=42, text="for Ann")
    bot("sendMessage", chat_id=43, text="for Ben", reply_markup=KEYS)
    chat.page.get_by_role("combobox", name="I am").select_option("Ben")
    expect(chat.message("for Ben")).to_be_visible()
    expect(chat.message("for Ann")).to_have_count(0)
    chat.send("/start")
    expect(chat.message("/start")).to_have_class("message own")
    chat.press("Execute")
    updates = bot("getUpdates", offset=-1, timeout=5)["result"]
    assert isinstance(updates, list)
    query = updates[-1]["callback_query"]

    assert (query["from"]["id"], query["from"]["first_name"], query["data"]) == (43, "Ben", "q:1")
    assert query["message"]["chat"]["id"] == 43


def test_in_a_group_everybody_reads_the_same_and_writes_under_their_own_name(
    browser: Browser, sandbox: Sandbox, bot: Wire
) -> None:
    sandbox.introduce(43, "Ben")
    bot("sendMessage", chat_id=-100500, text="for all")
    with open_chat(browser, f"{sandbox.addresses['control']}/?chat=-100500&as=42") as chat:
        chat.send("by Ann")
        expect(chat.message("by Ann")).to_have_class("message own")
        chat.page.get_by_role("combobox", name="I am").select_option("Ben")
        expect(chat.message("by Ann")).to_have_class("message")
        expect(chat.message("by Ann").locator(".sender")).to_have_text("Ann")
        chat.send("by Ben")
        expect(chat.message("by Ben")).to_have_class("message own")
    updates = bot("getUpdates", timeout=5)["result"]
    assert isinstance(updates, list)

    assert [each["message"]["from"]["id"] for each in updates] == [42, 43]


def test_nobody_is_introduced_without_a_number_and_a_name(sandbox: Sandbox) -> None:
    with pytest.raises(ControlError, match="a number above 0 and a name"):
        sandbox.introduce(0, "Nobody")


@pytest.mark.parametrize("width", [PHONE[0], 412])
def test_on_a_phone_everything_of_trading_fits(alert: str, browser: Browser, sandbox: Sandbox, width: int) -> None:
    sandbox.introduce(43, "Maximilian-Alexander")
    with open_chat(browser, sandbox.addresses["control"], size=(width, 740)) as chat:
        chat.open_panel()
        chat.page.locator("#alert-form summary").click()
        chat.page.get_by_role("button", name="Send the alert").click()
        row = chat.page.locator("#firings > li")
        expect(row).to_have_attribute("data-outcome", "refused")
        row.locator("summary").click()
        wide = chat.page.evaluate(
            """() => ["html", ".bar", ".controls-scroll", "#tradingview", "#firings"].filter((name) => {
                const node = document.querySelector(name);
                return node.scrollWidth > node.clientWidth + 1;
            })"""
        )

    assert wide == []
