"""What the control port orders of the pretend gateway, and the sandbox's process that runs it."""

import asyncio
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import httpx
import pytest
from ib_async import LimitOrder, MarketOrder

from sandbox.control.client import Sandbox
from tests.sandbox.ib_gateway.driving import client_of, share, until

Post = Callable[..., dict[str, Any]]


@pytest.fixture
def post(sandbox: Sandbox) -> Post:
    """Give what sends to the gateway's routes; a wrong request is answered with what is wrong."""

    def send(path: str, status: int = 200, **body: object) -> dict[str, Any]:
        """Send, and return the answer."""
        url = f"{sandbox.addresses['control']}/ibgateway{path}"
        answer = httpx.post(url, json=body, timeout=5, trust_env=False)
        told: dict[str, Any] = answer.json()

        assert answer.status_code == status, told
        return told

    return send


def shown(sandbox: Sandbox) -> dict[str, Any]:
    """Return all that the gateway shows."""
    told: dict[str, Any] = httpx.get(f"{sandbox.addresses['control']}/ibgateway", timeout=5, trust_env=False).json()
    return told


def test_quotes_fills_corrections_and_commissions_are_ordered_over_the_control_port(
    sandbox: Sandbox, post: Post
) -> None:
    async def script() -> None:
        sandbox.set_state("ibgateway", hold_fills=True, commissions_after_s=-1)
        async with client_of(sandbox) as ib:
            trade = ib.placeOrder(share(), LimitOrder("BUY", 10, 300, orderRef="mine"))
            await until(lambda: trade.orderStatus.status == "Submitted")
            post("/quotes/AAPL", bid="250.00", ask="250.02")
            post("/orders/mine/fill", quantity=4)
            post(f"/orders/{trade.order.permId}/fill", price="251")
            await until(lambda: trade.orderStatus.status == "Filled")

            assert [each.execution.price for each in trade.fills] == [250.02, 251]
            post("/orders/mine/commission")
            await until(lambda: all(each.commissionReport.commission for each in trade.fills))
            post("/orders/mine/correct", price="250.50")
            post("/orders/mine/bust")
            await until(lambda: len(trade.fills) == 4)
            told = shown(sandbox)

            assert (told["clients"], told["positions"]) == ([1], {"AAPL": "4"})
            assert [each["id"][-2:] for each in told["executions"]] == ["01", "01", "02", "03"]
            (frame,) = told["frames"]

            assert (frame["ref"], frame["monotonic_ns"] > 0) == ("mine", True)

    asyncio.run(script())


def test_orders_are_rejected_and_cancelled_over_the_control_port(sandbox: Sandbox, post: Post) -> None:
    async def script() -> None:
        async with client_of(sandbox) as ib:
            first, second = (ib.placeOrder(share(), LimitOrder("BUY", 1, 100, orderRef=each)) for each in ("a", "b"))
            await until(lambda: second.orderStatus.status == "Submitted")
            post("/orders/a/reject", reason="NOT TODAY")
            post("/orders/b/cancel", reason="by the exchange")
            await until(lambda: (first.orderStatus.status, second.orderStatus.status) == ("Inactive", "Cancelled"))

            assert [each["status"] for each in shown(sandbox)["orders"]] == ["Inactive", "Cancelled"]

    asyncio.run(script())


def test_trades_by_hand_and_liquidations_are_ordered_over_the_control_port(sandbox: Sandbox, post: Post) -> None:
    async def script() -> None:
        async with client_of(sandbox) as ib:
            bought = ib.placeOrder(share(), MarketOrder("BUY", 10))
            await until(lambda: bought.orderStatus.status == "Filled")
            post("/trade", symbol="MSFT", quantity=5, price="480")
            post("/trade", symbol="MSFT", quantity=5, limit="400")
            post("/liquidate", symbol="AAPL")
            await until(lambda: {each.contract.symbol: each.position for each in ib.positions()} == {"MSFT": 5})
            fills = await ib.reqExecutionsAsync()

            assert [each.execution.liquidation for each in fills] == [0, 0, 1]
            assert len(await ib.reqAllOpenOrdersAsync()) == 1

    asyncio.run(script())


def test_a_restart_is_ordered_over_the_control_port(sandbox: Sandbox, post: Post) -> None:
    async def script() -> None:
        async with client_of(sandbox) as ib:
            post("/restart", seconds=0.2, roll_back_ids=True)
            await until(lambda: not ib.isConnected())
            await until(lambda: not sandbox.service("ibgateway").faults)
        async with client_of(sandbox) as ib:
            assert ib.isConnected()

    asyncio.run(script())


def test_wrong_orders_are_answered_with_what_would_be_right(sandbox: Sandbox, post: Post) -> None:
    assert "AAPL" in post("/quotes/NOPE", 404, bid="1")["error"]
    assert "orderRef" in post("/orders/nobody/fill", 404)["error"]
    assert "quantity" in post("/liquidate", 400, symbol="AAPL")["error"]
    assert "seconds" in post("/restart", 400)["error"]
    assert Decimal(shown(sandbox)["cash"]) == 100_000
