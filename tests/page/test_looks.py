"""Keyboard, colours, widths: the page is usable by everybody."""

import json
import re
from typing import Literal

import pytest
from playwright.sync_api import Browser, expect

from sandbox.control.client import Sandbox
from sandbox.page.browser import PHONE, Chat, open_chat
from sandbox.telegram.wire import Wire

pytestmark = pytest.mark.faults

COMMANDS = json.dumps(
    [
        {"command": "now", "description": "the portfolio now"},
        {"command": "status", "description": "the same"},
        {"command": "help", "description": "the list of commands"},
    ]
)
KEYS = json.dumps(
    {"inline_keyboard": [[{"text": "Refresh", "callback_data": "r"}, {"text": "Why?", "callback_data": "w"}]]}
)
WIDE = f"<pre>{'wide ' * 60}</pre>{'x' * 300} <code>{'y' * 200}</code>"


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour as a browser computes it; WCAG 2.2."""
    channels = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_menu_of_commands_is_worked_by_keyboard(chat: Chat, bot: Wire) -> None:
    bot("setMyCommands", commands=COMMANDS)
    options = chat.page.locator("#menu").get_by_role("option")
    chat.line.press_sequentially("/")
    expect(options).to_have_count(3)
    chat.line.press("ArrowDown")
    chosen = chat.page.locator('[aria-selected="true"]')
    expect(chosen).to_contain_text("/status")
    chat.line.press("Escape")
    expect(options).to_have_count(0)
    chat.line.press_sequentially("h")
    expect(options).to_have_count(1)
    chat.line.press("Enter")

    expect(chat.message("/help")).to_be_visible()
    expect(chat.line).to_have_value("")


def test_everything_is_reached_by_keyboard_and_shows_where_it_is(chat: Chat, bot: Wire) -> None:
    bot("sendMessage", chat_id=42, text="a", reply_markup=KEYS)
    expect(chat.message("a")).to_be_visible()
    chat.page.locator(".skip").focus()
    reached = ["the first of all"]
    for _ in range(13):
        chat.page.keyboard.press("Tab")
        focused = chat.page.locator(":focus")
        reached.append(focused.get_attribute("aria-label") or focused.inner_text())
        outlined = focused.evaluate(
            "node => [node, node.parentElement].some((each) => getComputedStyle(each).outlineStyle !== 'none')"
        )
        assert outlined, reached[-1]

    assert reached[1] == "Dark colours"
    assert {"Dark colours", "The pretend world", "Messages", "Refresh", "Why?", "Message", "Send"} <= set(reached)
    assert "T-Bank: how it is" in reached


def test_the_first_link_leads_to_the_line_to_type(chat: Chat) -> None:
    link = chat.page.get_by_role("link", name="Skip to the line to type")
    first = chat.page.locator("a, button, input, textarea, [tabindex]").first
    expect(first).to_have_text("Skip to the line to type")
    link.focus()
    expect(link).to_be_in_viewport()
    chat.page.keyboard.press("Enter")

    expect(chat.line).to_be_focused()


def test_every_control_has_a_name(chat: Chat, bot: Wire) -> None:
    bot("sendMessage", chat_id=42, text="a", reply_markup=KEYS)
    expect(chat.message("a")).to_be_visible()
    nameless = chat.page.locator("button, input, select, textarea, a").evaluate_all(
        "nodes => nodes.filter((node) => !(node.ariaLabel || node.textContent.trim() && node.tagName !== 'SELECT'"
        " || node.labels?.length)).map((node) => node.outerHTML)"
    )

    assert nameless == []


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_text_can_be_read_in_both_schemes(
    browser: Browser, sandbox: Sandbox, bot: Wire, colours: Literal["light", "dark"]
) -> None:
    sandbox.type("from a person")
    bot("sendMessage", chat_id=42, text="from the bot")
    with open_chat(browser, sandbox.addresses["control"], colours=colours) as chat:
        found = {}
        for text in ("from a person", "from the bot"):
            bubble = chat.message(text).locator(".bubble")
            for part in (".text", ".meta"):
                ink = bubble.locator(part).evaluate("node => getComputedStyle(node).color")
                found[text, part] = contrast(ink, bubble.evaluate("node => getComputedStyle(node).backgroundColor"))

    assert all(ratio >= 4.5 for ratio in found.values()), found


def test_the_colours_are_switched_by_a_button_and_stay(chat: Chat) -> None:
    chat.page.get_by_role("button", name="Dark colours").click()
    dark = chat.page.locator("body").evaluate("node => getComputedStyle(node).backgroundColor")
    chat.page.reload()

    assert luminance(dark) < 0.05
    expect(chat.page.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_phone_never_scrolls_sideways_and_has_the_panel_as_a_drawer(
    browser: Browser, sandbox: Sandbox, bot: Wire
) -> None:
    bot("sendMessage", chat_id=42, text=WIDE, parse_mode="HTML", reply_markup=KEYS)
    sandbox.type("z" * 300)
    with open_chat(browser, sandbox.addresses["control"], size=PHONE) as chat:
        expect(chat.message("zzz")).to_be_visible()
        panel = chat.page.locator("#panel")
        expect(panel).to_be_hidden()
        widths = chat.page.evaluate(
            "() => [document.documentElement, document.getElementById('scroll')].map((node) => node.scrollWidth)"
        )
        chat.open_panel()
        expect(chat.page.get_by_role("button", name="Close", exact=True)).to_be_focused()
        sideways = chat.page.evaluate("() => document.querySelector('.controls-scroll').scrollWidth")
        chat.page.keyboard.press("Escape")

        assert max(widths) <= PHONE[0]
        assert sideways <= PHONE[0]
        expect(panel).to_be_hidden()


def test_the_page_may_load_nothing_from_elsewhere(bot: Wire, sandbox: Sandbox) -> None:
    answer = bot.client.get(sandbox.addresses["control"])

    assert answer.headers["Content-Security-Policy"].startswith("default-src 'self';")
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert not re.search(r"(?:src|href)=\"(?!/page/|#)", answer.text)
