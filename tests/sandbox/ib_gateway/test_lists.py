"""What the pretend gateway tells when it is asked: orders, executions, positions; and whose they are."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from ib_async import IB, ExecutionFilter, LimitOrder, MarketOrder, Trade

from sandbox.ib_gateway.book import HandTrade
from sandbox.ib_gateway.contracts import BY_NAME
from tests.sandbox.ib_gateway.conftest import Play
from tests.sandbox.ib_gateway.driving import World, share, until


async def bought(world: World, *, ref: str = "mine", quantity: int = 10) -> Trade:
    """Buy, and wait for the commission."""
    trade = world.ib.placeOrder(share(), MarketOrder("BUY", quantity, orderRef=ref))
    await until(lambda: trade.fills and trade.fills[0].commissionReport.execId)
    return trade


def test_orders_of_others_are_seen_only_by_asking_for_all(drive: Play) -> None:
    async def script(world: World) -> None:
        trade = world.ib.placeOrder(share(), LimitOrder("BUY", 1, 100, orderRef="mine"))
        await until(lambda: trade.orderStatus.status == "Submitted")
        other = await world.connect(2)

        assert other.openTrades() == await other.reqOpenOrdersAsync() == []
        (seen,) = await other.reqAllOpenOrdersAsync()

        assert (seen.order.orderRef, seen.order.clientId, seen.order.permId) == ("mine", 1, trade.order.permId)
        assert (seen.order.lmtPrice, seen.order.totalQuantity, seen.order.action) == (100, 1, "BUY")
        other.client.cancelOrder(trade.order.orderId)
        await other.reqCurrentTimeAsync()

        assert trade.isActive()

    drive(script)


def test_a_reconnected_client_finds_orders_executions_and_positions(drive: Play) -> None:
    async def script(world: World) -> None:
        await bought(world)
        resting = world.ib.placeOrder(share(), LimitOrder("BUY", 1, 100, orderRef="resting"))
        await until(lambda: resting.orderStatus.status == "Submitted")
        world.ib.disconnect()
        await world.connect()
        found = {each.order.orderRef: each.orderStatus.status for each in world.ib.trades()}

        assert found == {"mine": "Filled", "resting": "Submitted"}
        assert [(each.execution.orderRef, each.commissionReport.commission) for each in world.ib.fills()] == [
            ("mine", 1)
        ]
        assert [each.position for each in world.ib.positions()] == [10]
        assert world.ib.client.getReqId() > resting.order.orderId

    drive(script)


def test_executions_are_those_since_midnight_in_new_york(drive: Play) -> None:
    async def script(world: World) -> None:
        await bought(world)

        assert len(await world.ib.reqExecutionsAsync()) == 1
        assert await world.ib.reqExecutionsAsync(ExecutionFilter(symbol="MSFT")) == []
        world.pass_time(timedelta(days=1))

        assert await world.ib.reqExecutionsAsync() == []

    drive(script)


def test_completed_orders_have_no_number_and_what_was_made_by_hand_can_be_left_out(drive: Play) -> None:
    async def script(world: World) -> None:
        await bought(world)
        world.gateway.book.by_hand(HandTrade(BY_NAME["MSFT"], Decimal(3)))
        world.gateway.deliver()
        everything = await world.ib.reqCompletedOrdersAsync(apiOnly=False)

        assert [(each.order.orderRef, each.order.orderId) for each in everything] == [("mine", 0), ("", 0)]
        assert [each.order.filledQuantity for each in everything] == [10, 3]
        assert len(await world.ib.reqCompletedOrdersAsync(apiOnly=True)) == 1
        assert everything[0].orderStatus.status == "Filled"

    drive(script)


def test_what_was_made_by_hand_belongs_to_client_0(drive: Play) -> None:
    async def script(world: World) -> None:
        master = IB()
        await master.connectAsync("127.0.0.1", world.service.port, clientId=0, timeout=5)
        world.gateway.book.by_hand(HandTrade(BY_NAME["MSFT"], Decimal(3), limit=Decimal(100)))
        world.gateway.book.by_hand(HandTrade(BY_NAME["AAPL"], Decimal(-2), liquidation=1))
        world.gateway.deliver()
        await until(lambda: len(master.trades()) == 2)
        await until(lambda: [each.position for each in world.ib.positions()] == [-2])

        assert world.ib.trades() == []
        (resting,) = await world.ib.reqAllOpenOrdersAsync()

        assert (resting.order.orderRef, resting.order.clientId, resting.order.orderId) == ("", 0, 0)
        (fill,) = await world.ib.reqExecutionsAsync()

        assert (fill.execution.liquidation, fill.execution.orderRef, fill.execution.side) == (1, "", "SLD")
        master.disconnect()

    drive(script)


@pytest.mark.parametrize("quantity", [None, Decimal(4), Decimal(0)], ids=["price", "part", "bust"])
def test_a_corrected_execution_has_the_next_revision(drive: Play, quantity: Decimal | None) -> None:
    async def script(world: World) -> None:
        trade = await bought(world)
        order = world.gateway.book.named("mine")

        assert order is not None
        world.gateway.book.correct(order, quantity=quantity, price=Decimal("271.40"))
        world.gateway.deliver()
        await until(lambda: len(trade.fills) == 2 and trade.fills[1].commissionReport.execId)
        old, new = (each.execution for each in trade.fills)

        assert new.execId == f"{old.execId[:-2]}02"
        left = 10 if quantity is None else int(quantity)

        assert (new.shares, new.price) == (left, 271.40)
        await until(lambda: sum(each.position for each in world.ib.positions()) == left)

        assert len(await world.ib.reqExecutionsAsync()) == 2

    drive(script)


def test_a_corrected_sale_realizes_anew(drive: Play) -> None:
    async def script(world: World) -> None:
        await bought(world)
        sold = world.ib.placeOrder(share(), MarketOrder("SELL", 10, orderRef="sold"))
        await until(lambda: sold.fills and sold.fills[0].commissionReport.execId)
        order = world.gateway.book.named("sold")

        assert order is not None
        world.gateway.book.correct(order, price=Decimal("281.50"))
        world.gateway.deliver()
        await until(lambda: len(sold.fills) == 2 and sold.fills[1].commissionReport.execId)

        assert [round(each.commissionReport.realizedPNL, 2) for each in sold.fills] == [-1.2, 99.0]
        values = {each.tag: each.value for each in await world.ib.accountSummaryAsync() if each.currency == "USD"}
        assert values["RealizedPnL"] == "100.00"
        assert values["TotalCashValue"] == "100098.00"

    drive(script)


def test_commissions_come_later_or_on_command(drive: Play) -> None:
    async def script(world: World) -> None:
        trade = world.ib.placeOrder(share(), MarketOrder("BUY", 10, orderRef="mine"))
        await until(lambda: trade.orderStatus.status == "Filled")
        (fill,) = await world.ib.reqExecutionsAsync()

        assert fill.commissionReport.execId == ""
        world.gateway.tell_commission(world.gateway.late[0])
        await until(lambda: trade.fills[0].commissionReport.commission == 1.0)
        world.service.change({"commissions_after_s": 0.05})
        again = world.ib.placeOrder(share(), MarketOrder("BUY", 10))
        await until(lambda: again.fills)

        assert again.fills[0].commissionReport.execId == ""
        await until(lambda: again.fills[0].commissionReport.execId)

    drive(script, commissions_after_s=-1)


def test_profit_and_loss_are_told_and_go_on(drive: Play) -> None:
    async def script(world: World) -> None:
        told = world.ib.reqPnL("DU1234567")
        await bought(world)
        world.move("AAPL", "281.50", "281.52")
        await until(lambda: told.unrealizedPnL == 100)

        assert (told.dailyPnL, told.realizedPnL) == (100, 0)
        world.ib.cancelPnL("DU1234567")

    drive(script)


def test_a_list_may_be_empty_although_there_is_something(drive: Play) -> None:
    async def script(world: World) -> None:
        await bought(world)
        for name in ("positions", "openOrders", "completedOrders", "executions"):
            await world.on("empty", path=name, times=1)

        assert await world.ib.reqPositionsAsync() == []
        assert await world.ib.reqAllOpenOrdersAsync() == []
        assert await world.ib.reqCompletedOrdersAsync(apiOnly=False) == []
        assert await world.ib.reqExecutionsAsync() == []
        assert len(await world.ib.reqPositionsAsync()) == 1

    drive(script)


@pytest.mark.parametrize("name", ["positions", "openOrders", "completedOrders", "executions", "accountSummary"])
def test_a_list_may_never_come(drive: Play, name: str) -> None:
    async def script(world: World) -> None:
        await world.on("unanswered", path=name)
        asked: dict[str, Callable[[], Awaitable[object]]] = {
            "positions": world.ib.reqPositionsAsync,
            "openOrders": world.ib.reqAllOpenOrdersAsync,
            "completedOrders": lambda: world.ib.reqCompletedOrdersAsync(apiOnly=False),
            "executions": world.ib.reqExecutionsAsync,
            "accountSummary": world.ib.accountSummaryAsync,
        }
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asked[name](), 0.2)

        assert await world.ib.reqCurrentTimeAsync()

    drive(script)
