"""What a person who trades on paper sees: an alert, its question, Execute, what is held; and what is not ordered."""

import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from sandbox import trading_demo
from sandbox.control.client import Sandbox, start
from sandbox.demo import demo_system
from sandbox.page.browser import Chat, open_chat
from sandbox.trading_demo import ALERT, MESSAGE, SECRET, SYMBOL
from sandbox.tradingview.client import fire, settled, view, write_alert
from tests.running import flat, wait_until
from tests.webhook.running import is_open

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]
WITHIN_MS = 45_000
WITH_A_PRICE = "with a price"
PRICED = MESSAGE.replace('"time":', '"price": {{close}},\n  "time":') % SECRET
"""Nobody quotes a share on paper."""


class Played:
    """The pretend world, and the folder of the system that trades in it."""

    def __init__(self, world: Sandbox, home: Path) -> None:
        """Know both."""
        self.world, self.home = world, home

    def alert(self, action: str = "buy", name: str = ALERT, **values: str) -> None:
        """Let TradingView send an alert, and wait until it is accepted."""
        firing = fire(self.world, name, {"ticker": SYMBOL, "strategy.order.action": action, **values})

        assert settled(self.world, firing, timeout_s=30).outcome == "delivered"

    def write(self, statement: str) -> int:
        """Change the ledger past the product, and return how many rows that were."""
        with closing(sqlite3.connect(self.home / "data" / "portfolio.db", timeout=10)) as ledger, ledger:
            return ledger.execute(statement).rowcount


def closed_days() -> str:
    """Return a week of days from yesterday on, so that no share is traded whenever this runs."""
    today = datetime.now(UTC).date()
    return ",".join(str(today + timedelta(days=number)) for number in range(-1, 7))


@pytest.fixture(scope="module")
def played() -> Iterator[Played]:
    """Run the demo's world and a system that trades in it, as `make demo TRADING=1` does."""
    folder = Path(tempfile.mkdtemp(prefix="pb-", dir="/tmp"))
    port = trading_demo.free_port()
    with start(folder) as world:
        settings = trading_demo.settings(world, port) | {"MARKET_CLOSED_DAYS": closed_days()}
        with demo_system(folder, world, settings):
            trading_demo.set_up(world, port)
            write_alert(world, WITH_A_PRICE, url=view(world).alerts[0].url, message=PRICED)
            wait_until(lambda: is_open(port), what="the webhook listens", within_s=60)
            yield Played(world, folder)
    shutil.rmtree(folder)


@pytest.fixture
def chat(browser: Browser, played: Played) -> Iterator[Chat]:
    """Open the page of the running system."""
    with open_chat(browser, played.world.addresses["control"]) as opened:
        yield opened

        assert opened.complaints == []


def question(chat: Chat, played: Played, **alert: str) -> Locator:
    """Let an alert come, and return its question once it can be answered."""
    before = chat.messages.filter(has_text="Answer until").count()
    played.alert(**alert)
    asked = chat.messages.filter(has_text="Answer until").nth(before)
    expect(asked.get_by_role("button", name="Execute")).to_be_visible(timeout=WITHIN_MS)
    return asked


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
    again = chat.messages.filter(has_text=re.compile(r"=\W*2[45]\d")).last
    again.get_by_role("button", name="Execute").click(timeout=WITHIN_MS)

    expect(chat.message("Bought")).to_contain_text("BTC", timeout=WITHIN_MS)


def test_a_question_that_nobody_answers_expires(chat: Chat, played: Played) -> None:
    question(chat, played)
    changed = played.write("UPDATE questions SET expires_at = created_at WHERE state = 'OPEN'")

    assert changed == 1
    expect(chat.message("Nobody has answered")).to_contain_text("expired", timeout=WITHIN_MS)


def test_a_kill_refuses_what_was_asked_and_what_comes_until_it_is_lifted(chat: Chat, played: Played) -> None:
    question(chat, played)
    killed = chat.ask("/kill", "Killed")
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
    asked = question(chat, played, name=WITH_A_PRICE, ticker="AAPL", exchange="NASDAQ", close="200")
    asked.get_by_role("button", name="Execute").click()
    expect(chat.message("the market opens")).to_contain_text("AAPL", timeout=WITHIN_MS)
    waiting = chat.ask("/queue", "AAPL")

    assert "AAPL" in waiting
