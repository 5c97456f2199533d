"""The pretend gateway in the panel: each mode is what it says, prices move, and what happened is seen."""

import asyncio

import pytest
from ib_async import IB, LimitOrder, MarketOrder, Trade

from sandbox.control.client import PanelControl, Sandbox
from sandbox.page.panel_controls import PANEL_CONTROLS
from tests.sandbox.ib_gateway.driving import client_of, share, until

MODES = [mode.name for control in PANEL_CONTROLS if control.name == "ibgateway" for mode in control.modes]


def card(sandbox: Sandbox) -> PanelControl | None:
    """Return the gateway's card, if it is shown."""
    return next((each for each in sandbox.panel_controls() if each.name == "ibgateway"), None)


async def ordered(ib: IB, limit: float = 0) -> Trade:
    """Order ten, and wait until that is answered."""
    order = LimitOrder("BUY", 10, limit) if limit else MarketOrder("BUY", 10)
    trade = ib.placeOrder(share(), order)
    await until(lambda: trade.orderStatus.status not in {"PendingSubmit", "PreSubmitted"})
    return trade


def test_the_gateway_is_shown_once_somebody_has_connected(sandbox: Sandbox) -> None:
    before = card(sandbox)

    async def script() -> None:
        async with client_of(sandbox) as ib:
            await ordered(ib)
            await ordered(ib, 100)
            shown = card(sandbox)

            assert shown is not None
            assert shown.lines == [
                "Connected clients: 1",
                "AAPL: 10 at 271.50",
                "BUY 10 AAPL LMT: Submitted",
                "BUY 10 AAPL MKT: Filled",
            ]

    asyncio.run(script())

    assert before is None


@pytest.mark.parametrize("mode", MODES)
def test_each_mode_is_taken_and_left(sandbox: Sandbox, mode: str) -> None:
    async def script() -> None:
        async with client_of(sandbox):
            pass
        sandbox.set_panel_control("ibgateway", mode=mode)
        shown = card(sandbox)

        assert shown is not None
        assert shown.mode == mode
        sandbox.all_well()
        async with client_of(sandbox) as ib:
            trade = await ordered(ib)

        assert trade.orderStatus.status == "Filled"

    asyncio.run(script())


def test_a_price_that_is_moved_fills_what_waits_for_it(sandbox: Sandbox) -> None:
    async def script() -> None:
        async with client_of(sandbox) as ib:
            trade = await ordered(ib, 260)
            sandbox.set_panel_control("ibgateway", figures={"AAPL": "259.90"})
            await until(lambda: trade.orderStatus.status == "Filled")

            assert trade.orderStatus.avgFillPrice == 259.92

    asyncio.run(script())


def test_the_next_order_is_rejected_and_then_all_is_well(sandbox: Sandbox) -> None:
    async def script() -> None:
        async with client_of(sandbox) as ib:
            sandbox.set_panel_control("ibgateway", mode="rejects")
            first, second = await ordered(ib), await ordered(ib)
            shown = card(sandbox)

            assert (first.orderStatus.status, second.orderStatus.status) == ("Inactive", "Filled")
            assert shown is not None
            assert shown.mode == "works"

    asyncio.run(script())
