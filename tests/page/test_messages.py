"""The chat as a person sees it, with bare calls of the Bot API in the place of a bot."""

import json

import pytest
from playwright.sync_api import Page, expect

from sandbox.control.client import Sandbox
from sandbox.page.browser import Chat
from sandbox.telegram.wire import Wire
from tests.page.pictures import png

EVERY_ENTITY = (
    "<b>bold</b> <i>italic</i> <u>under</u> <s>gone</s> <code>inline</code> 😀 "
    '<a href="https://example.org/x">link</a> <tg-spoiler>hidden</tg-spoiler> /now\n'
    '<pre><code class="language-python">x = 1</code></pre><blockquote>said <b>he</b></blockquote>'
)
KEYS = json.dumps({"inline_keyboard": [[{"text": "Refresh", "callback_data": "refresh:1"}]]})


def number(answer: dict[str, object]) -> int:
    """Return the message's number in an answer of the Bot API."""
    result = answer["result"]
    assert isinstance(result, dict)
    return int(result["message_id"])


def query_of(bot: Wire) -> dict[str, object]:
    """Return the callback query that a bot would fetch, once it is there."""
    updates = bot("getUpdates", timeout=5)["result"]
    assert isinstance(updates, list)
    query: dict[str, object] = updates[-1]["callback_query"]
    return query


def test_every_entity_is_shown_as_telegram_shows_it(chat: Chat, bot: Wire) -> None:
    bot("sendMessage", chat_id=42, text=EVERY_ENTITY, parse_mode="HTML")
    text = chat.message("bold").locator(".text")
    expect(text).to_be_visible()
    shown = {
        tag: text.locator(tag).first.inner_text()
        for tag in ("strong", "em", "u", "s", "code", "a", "pre", "blockquote", "blockquote strong", ".command")
    }

    assert shown == {
        "strong": "bold",
        "em": "italic",
        "u": "under",
        "s": "gone",
        "code": "inline",
        "a": "link",
        "pre": "x = 1",
        "blockquote": "said he",
        "blockquote strong": "he",
        ".command": "/now",
    }
    assert text.locator("a").get_attribute("rel") == "noopener noreferrer"
    assert "mono" in text.locator("pre").evaluate("node => getComputedStyle(node).fontFamily")
    assert "mono" not in text.evaluate("node => getComputedStyle(node).fontFamily")


def test_a_spoiler_is_hidden_until_it_is_pressed(chat: Chat, bot: Wire) -> None:
    bot("sendMessage", chat_id=42, text="<tg-spoiler>1,000,000</tg-spoiler>", parse_mode="HTML")
    hidden = chat.page.get_by_role("button", name="Hidden text")
    colour = hidden.evaluate("node => getComputedStyle(node).color")
    hidden.press("Enter")

    assert colour == "rgba(0, 0, 0, 0)"
    expect(chat.page.locator(".spoiler.revealed")).to_have_text("1,000,000")


def test_markup_in_a_text_is_shown_and_not_run(chat: Chat, bot: Wire) -> None:
    attack = '<img src="x" onerror="document.title = 1"><script>document.title = 2</script>'
    bot("sendMessage", chat_id=42, text=attack)
    bot("sendMessage", chat_id=42, text='<a href="javascript:document.title = 3">trap</a>', parse_mode="HTML")
    expect(chat.message("trap")).to_be_visible()

    expect(chat.message("onerror").locator(".text")).to_contain_text(attack)
    assert chat.page.locator(".log img, .log script, .log a").count() == 0
    assert "Balances" in chat.page.title()


def test_spaces_and_lines_stay_as_they_were_sent(chat: Chat, bot: Wire) -> None:
    bot("sendMessage", chat_id=42, text="one  two\n\nthree")
    text = chat.message("three").locator(".text")

    assert text.inner_text().startswith("one  two\n\nthree")


def test_both_directions_stand_in_the_order_of_their_arrival(chat: Chat, bot: Wire, sandbox: Sandbox) -> None:
    sandbox.type("hello")
    bot("sendMessage", chat_id=42, text="answer")
    sandbox.type("from another", from_id=7, first_name="Bob")
    bot("sendMessage", chat_id=43, text="another chat")
    bot("sendMessage", chat_id=42, text="last")
    expect(chat.message("last")).to_be_visible()

    who = chat.messages.evaluate_all("nodes => nodes.map((node) => node.getAttribute('aria-label'))")
    assert who == ["You", "Balances", "Bob", "Balances"]
    expect(chat.page.locator(".day")).to_have_text(["Today"])


def test_a_picture_loads_and_a_click_enlarges_it(chat: Chat, bot: Wire) -> None:
    bot.client.post(
        f"{bot.url}/sendPhoto",
        data={"chat_id": "42", "caption": "<b>30</b> days", "parse_mode": "HTML"},
        files={"photo": ("chart.png", png(640, 360))},
    )
    picture = chat.message("30 days").locator("img")
    expect(picture).to_have_js_property("naturalWidth", 640)
    chat.page.get_by_role("button", name="Show the picture large").click()
    large = chat.page.get_by_role("dialog").locator("img")

    expect(large).to_have_js_property("naturalWidth", 640)
    chat.page.keyboard.press("Escape")
    expect(large).to_be_hidden()


def test_a_document_can_be_saved_and_is_never_opened(chat: Chat, bot: Wire) -> None:
    content = b"<script>alert(1)</script>"
    bot.client.post(
        f"{bot.url}/sendDocument", data={"chat_id": "42"}, files={"document": ("report.html", content, "text/html")}
    )
    link = chat.message("report.html").locator("a.document")
    with chat.page.expect_download() as saved:
        link.click()

    assert saved.value.suggested_filename == "report.html"
    assert saved.value.path().read_bytes() == content


def test_typing_and_enter_send_an_update(chat: Chat, bot: Wire) -> None:
    chat.send("hello there")
    updates = bot("getUpdates", timeout=5)["result"]

    assert isinstance(updates, list)
    assert [update["message"]["text"] for update in updates] == ["hello there"]
    expect(chat.message("hello there")).to_have_class("message own")
    expect(chat.line).to_have_value("")


def test_a_button_is_pressed_and_what_the_bot_says_to_it_shows(chat: Chat, bot: Wire) -> None:
    sent = number(bot("sendMessage", chat_id=42, text="a", reply_markup=KEYS))
    chat.press("Refresh")
    query = query_of(bot)
    waiting = chat.page.locator(".key.waiting")
    expect(waiting).to_have_count(1)
    bot("answerCallbackQuery", callback_query_id=query["id"], text="A round is already running")

    expect(chat.toast).to_have_text("A round is already running")
    expect(waiting).to_have_count(0)
    assert query["data"] == "refresh:1"
    assert isinstance(query["message"], dict)
    assert query["message"]["message_id"] == sent


def test_an_alert_has_to_be_closed(chat: Chat, bot: Wire) -> None:
    bot("sendMessage", chat_id=42, text="a", reply_markup=KEYS)
    chat.press("Refresh")
    bot("answerCallbackQuery", callback_query_id=query_of(bot)["id"], text="Not for you", show_alert="true")
    dialog = chat.page.get_by_role("dialog")

    expect(dialog).to_contain_text("Not for you")
    chat.page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()


def test_an_edit_changes_in_place_and_is_marked(chat: Chat, bot: Wire) -> None:
    sent = number(bot("sendMessage", chat_id=42, text="Working…", reply_markup=KEYS))
    bot("sendMessage", chat_id=42, text="later")
    chat.page.locator(".key").focus()
    bot("editMessageText", chat_id=42, message_id=sent, text="Done", reply_markup=KEYS)
    edited = chat.message("Done")

    expect(edited.locator(".edited")).to_have_text("edited")
    expect(chat.messages).to_have_count(2)
    expect(chat.messages.first).to_contain_text("Done")
    expect(chat.page.locator(".key")).to_be_focused()


def test_a_deleted_message_vanishes(chat: Chat, bot: Wire) -> None:
    sent = number(bot("sendMessage", chat_id=42, text="a secret"))
    expect(chat.message("a secret")).to_be_visible()
    bot("deleteMessage", chat_id=42, message_id=sent)

    expect(chat.messages).to_have_count(0)


def test_what_the_bot_is_about_to_do_stands_at_the_top_until_it_is_done(chat: Chat, bot: Wire) -> None:
    status = chat.page.locator("#bot-status")
    bot("sendChatAction", chat_id=42, action="upload_photo")
    expect(status).to_have_text("sending a picture")
    bot("sendMessage", chat_id=42, text="here")

    expect(status).to_have_text("bot")


def scrolled_up(page: Page) -> bool:
    """Tell whether the newest message is out of sight."""
    distance = page.locator("#scroll").evaluate("node => node.scrollHeight - node.scrollTop - node.clientHeight")
    return int(distance) > 80


def test_the_newest_message_is_in_sight_unless_the_person_reads_above(chat: Chat, bot: Wire) -> None:
    for line in range(40):
        bot("sendMessage", chat_id=42, text=f"line {line}")
    expect(chat.message("line 39")).to_be_in_viewport()
    chat.page.locator("#scroll").evaluate("node => { node.scrollTop = 0; }")
    to_end = chat.page.get_by_role("button", name="To the newest message")
    expect(to_end).to_be_visible()
    bot("sendMessage", chat_id=42, text="news")
    expect(chat.message("news")).to_be_attached()
    stayed_above = scrolled_up(chat.page)
    to_end.click()

    assert stayed_above
    expect(chat.message("news")).to_be_in_viewport()


@pytest.mark.thorough
def test_a_reply_that_is_asked_for_is_open_and_can_be_called_off_or_begun_at_any_message(chat: Chat, bot: Wire) -> None:
    bot("sendMessage", chat_id=42, text="hello")
    bot("sendMessage", chat_id=42, text="How much?", reply_markup='{"force_reply":true}')
    bar = chat.page.locator("#replying")
    expect(bar).to_contain_text("How much?")
    chat.send("500")
    expect(chat.message("500").locator(".quote")).to_contain_text("How much?")
    expect(bar).to_be_hidden()
    replies_to = newest(bot)["reply_to_message"]
    chat.message("hello").hover()
    chat.message("hello").get_by_role("button", name="Reply").click()
    expect(bar).to_contain_text("hello")
    chat.page.get_by_role("button", name="Do not reply").click()
    chat.send("nothing in particular")
    expect(chat.message("nothing in particular")).to_be_visible()

    assert replies_to["text"] == "How much?"
    assert "reply_to_message" not in newest(bot)
    assert not chat.complaints


def newest(bot: Wire) -> dict[str, dict[str, object]]:
    """Return the newest message that a bot would fetch."""
    updates = bot("getUpdates", timeout=5)["result"]
    assert isinstance(updates, list)
    message: dict[str, dict[str, object]] = updates[-1]["message"]
    return message
