"""What a person who has just typed `make demo` does: chat with the real system, and put a platform into trouble."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from sandbox.control.client import Sandbox, start
from sandbox.demo import demo_system
from sandbox.page.browser import Chat, open_chat
from sandbox.system import System

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def demo() -> Iterator[Sandbox]:
    """Run the demo's world and system, as `make demo` does; a socket's path may have 107 bytes."""
    folder = Path(tempfile.mkdtemp(prefix="pb-", dir="/tmp"))
    with start(folder) as world, demo_system(folder, world) as system:
        wait_until_it_answers(world, system)
        yield world
    shutil.rmtree(folder)


def wait_until_it_answers(world: Sandbox, system: System) -> None:
    """Ask once, as `make demo` does before it names the page."""
    asked = world.type("/now").message_id
    world.wait_for_message(lambda sent: sent.message_id > asked and "TOTAL" in sent.text, timeout_s=60)
    assert system.pid("ibkr")


@pytest.fixture
def chat(browser: Browser, demo: Sandbox) -> Iterator[Chat]:
    """Open the page of the running demo, and leave it as it was."""
    with open_chat(browser, demo.addresses["control"]) as opened:
        yield opened

        demo.all_well()
        assert opened.complaints == []


def test_now_is_answered_in_the_chat_and_what_a_broken_ibkr_does_to_it_is_seen(chat: Chat, demo: Sandbox) -> None:
    well = chat.ask("/now", "TOTAL")
    chat.put_into("ibkr", "down")
    down = chat.ask("/now", "TOTAL")
    chat.page.get_by_role("button", name="All well again").click()
    expect(chat.summary).to_have_text("All is well")
    again = chat.ask("/now", "TOTAL")

    assert "IBKR NLV (USD): $12,345.67\n" in well
    assert "IBKR NLV (USD): ERROR (unreachable), last $12,345.67" in down
    assert "TOTAL (USD): ≈" in down
    assert "IBKR NLV (USD): $12,345.67\n" in again


def test_refresh_edits_in_place_and_the_other_buttons_answer_below(chat: Chat, demo: Sandbox) -> None:
    chat.ask("/now", "TOTAL")
    snapshots = chat.messages.filter(has_text="TOTAL").count()
    chat.put_into("okx", "key_revoked")
    chat.press("↻ Refresh")
    expect(chat.toast.last).to_contain_text("Asking everybody again")
    expect(chat.message("Refreshed:")).to_contain_text("OKX ERROR (bad key)", timeout=60_000)
    chat.press("Why?")
    expect(chat.message("✗ OKX: bad key")).to_contain_text("Check OKX_API_KEY")
    chat.press("History")

    expect(chat.message("History").locator("pre")).to_contain_text("USD")
    assert chat.messages.filter(has_text="TOTAL").count() == snapshots


def test_a_chart_is_a_picture_that_loads_with_its_numbers_below(chat: Chat, demo: Sandbox) -> None:
    picture = chat.picture("/chart 90d rub")
    chat.ask("/now", "TOTAL")
    chat.press("Chart")
    pictures = chat.page.locator("article img")

    expect(pictures).to_have_count(2, timeout=60_000)
    assert picture.evaluate("picture => picture.naturalWidth") == 1280
    expect(chat.message("Portfolio, 90 days, ₽")).to_contain_text("Now:")


def test_a_slash_opens_the_menu_of_the_bots_own_commands(chat: Chat, demo: Sandbox) -> None:
    chat.line.fill("/fre")

    offered = chat.page.get_by_role("listbox").get_by_role("option")
    expect(offered).to_have_count(1)
    expect(offered).to_contain_text("how often a message comes")


def test_a_changed_balance_and_a_changed_rate_are_in_the_next_message(chat: Chat, demo: Sandbox) -> None:
    chat.set_figure("okx", "1000")
    chat.set_figure("rates", "80")
    expect(chat.page.locator(".control[aria-busy]")).to_have_count(0)
    answer = chat.ask("/now", "TOTAL")

    assert "OKX $1,000.00" in answer
    assert "rate: 80.00 RUB/USD" in answer


def test_a_telegram_that_is_down_delays_the_answer_and_loses_none(chat: Chat, demo: Sandbox) -> None:
    chat.put_into("telegram", "down")
    before = chat.messages.count()
    chat.send("/now")
    expect(chat.messages).to_have_count(before + 1)
    chat.put_into("telegram", "works")

    expect(chat.messages.nth(before + 1)).to_contain_text("TOTAL", timeout=60_000)
