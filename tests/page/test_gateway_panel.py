"""The pretend IB Gateway on the page: its card, its modes, its prices."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from ib_async import LimitOrder
from playwright.sync_api import expect

from sandbox.control.client import Sandbox
from sandbox.page.browser import Chat
from tests.sandbox.ib_gateway.driving import client_of, share, until

pytestmark = pytest.mark.faults


def order(sandbox: Sandbox) -> None:
    """Connect, order ten shares far below the price, and leave; in a thread, since the browser has this one's loop."""

    async def script() -> None:
        async with client_of(sandbox) as ib:
            trade = ib.placeOrder(share(), LimitOrder("BUY", 10, 200))
            await until(lambda: trade.orderStatus.status == "Submitted")

    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, script()).result(10)


def test_the_gateways_card_comes_with_its_first_client_and_moves_prices(chat: Chat, sandbox: Sandbox) -> None:
    expect(chat.card("ibgateway")).to_have_count(0)
    order(sandbox)
    card = chat.card("ibgateway")
    expect(card.locator(".lines")).to_contain_text("BUY 10 AAPL LMT: Submitted")
    card.get_by_role("textbox", name="AAPL").fill("199.50")
    card.get_by_role("button", name="Set").click()
    expect(card.locator(".lines")).to_contain_text("AAPL: 10 at 199.52")

    expect(card.locator(".lines")).to_contain_text("BUY 10 AAPL LMT: Filled")


def test_a_mode_of_the_gateway_is_chosen_on_its_card(chat: Chat, sandbox: Sandbox) -> None:
    order(sandbox)
    card = chat.card("ibgateway")
    card.get_by_role("combobox").select_option("lost")
    expect(card.locator(".says")).to_have_text("Orders wait; 1102 when it works again.")
    shown = sandbox.service("ibgateway")

    assert [each["kind"] for each in shown.faults] == ["lost_servers"]
