"""Brackets and groups: what hangs together fills and ends together."""

from decimal import Decimal

import pytest
from ib_async import IB, LimitOrder, MarketOrder, StopOrder, Trade

from tests.sandbox.ib_gateway.conftest import Play
from tests.sandbox.ib_gateway.driving import World, share, until


async def are_now(trades: list[Trade], *statuses: str) -> None:
    """Wait until trades have their statuses."""
    await until(lambda: [each.orderStatus.status for each in trades] == list(statuses))


def group(ib: IB, quantity: float = 10, *, kind: int = 1) -> list[Trade]:
    """Place a take profit and a stop loss that are one group."""
    orders = [LimitOrder("SELL", quantity, 280), StopOrder("SELL", quantity, 260)]
    for order in orders:
        order.ocaGroup, order.ocaType, order.tif = "legs", kind, "GTC"
    return [ib.placeOrder(share(), order) for order in orders]


def test_a_bracket_is_inert_until_its_last_order_is_transmitted(drive: Play) -> None:
    async def script(world: World) -> None:
        parent, target, stop = world.ib.bracketOrder("BUY", 10, 270, 280, 260)
        trades = [world.ib.placeOrder(share(), parent), world.ib.placeOrder(share(), target)]
        await world.ib.reqCurrentTimeAsync()

        assert [each.orderStatus.status for each in trades] == ["PendingSubmit", "PendingSubmit"]
        assert await world.ib.reqAllOpenOrdersAsync() == []
        trades.append(world.ib.placeOrder(share(), stop))
        await are_now(trades, "Submitted", "PreSubmitted", "PreSubmitted")
        world.move("AAPL", "269.96", "269.98")
        await are_now(trades, "Filled", "Submitted", "PreSubmitted")
        world.move("AAPL", "280.10", "280.12")
        await are_now(trades, "Filled", "Filled", "Cancelled")

        assert [each.position for each in await world.ib.reqPositionsAsync()] == []

    drive(script)


def test_children_of_a_cancelled_parent_are_cancelled_with_it(drive: Play) -> None:
    async def script(world: World) -> None:
        trades = [world.ib.placeOrder(share(), each) for each in world.ib.bracketOrder("BUY", 10, 270, 280, 260)]
        await are_now(trades, "Submitted", "PreSubmitted", "PreSubmitted")
        world.ib.cancelOrder(trades[0].order)
        await are_now(trades, "Cancelled", "Cancelled", "Cancelled")

    drive(script)


@pytest.mark.parametrize(("price", "codes"), [(270.005, [110, 10006, 10006]), (270, [201, 201, 201])])
def test_children_of_a_parent_that_was_refused_are_refused(drive: Play, price: float, codes: list[int]) -> None:
    async def script(world: World) -> None:
        if price == 270:
            await world.on("reject", times=1)
        for order in world.ib.bracketOrder("BUY", 10, price, 280, 260):
            world.ib.placeOrder(share(), order)
        await until(lambda: len(world.codes) == 3)

        assert world.codes == codes
        assert await world.ib.reqAllOpenOrdersAsync() == []

    drive(script)


def test_children_of_a_parent_that_the_exchange_rejects_are_cancelled(drive: Play) -> None:
    async def script(world: World) -> None:
        trades = [world.ib.placeOrder(share(), each) for each in world.ib.bracketOrder("BUY", 10, 270, 280, 260)]
        await are_now(trades, "Submitted", "PreSubmitted", "PreSubmitted")
        order = world.gateway.book.named(str(trades[0].order.permId))

        assert order is not None
        world.gateway.book.reject(order, "NOT TODAY")
        world.gateway.deliver()
        await are_now(trades, "Inactive", "Cancelled", "Cancelled")

    drive(script)


def test_a_leg_that_fills_cancels_its_sibling(drive: Play) -> None:
    async def script(world: World) -> None:
        world.ib.placeOrder(share(), MarketOrder("BUY", 10))
        legs = group(world.ib)
        await are_now(legs, "Submitted", "PreSubmitted")
        world.move("AAPL", "259.00", "259.02")
        await are_now(legs, "Cancelled", "Filled")

        assert world.codes == [202]

    drive(script)


def test_a_part_that_fills_cancels_the_sibling_of_type_1_and_shrinks_the_one_of_type_3(drive: Play) -> None:
    async def script(world: World) -> None:
        for kind, left in ((1, []), (3, [6.0])):
            legs = group(world.ib, kind=kind)
            await are_now(legs, "Submitted", "PreSubmitted")
            order = world.gateway.book.named(str(legs[0].order.permId))

            assert order is not None
            world.gateway.book.fill(order, quantity=Decimal(4))
            world.gateway.deliver()
            await until(legs[0].filled)
            mine = {legs[1].order.permId}
            found = await world.ib.reqAllOpenOrdersAsync()

            assert [each.order.totalQuantity for each in found if each.order.permId in mine] == left
            world.ib.reqGlobalCancel()
            await until(legs[0].isDone)

    drive(script)


def test_the_cancel_of_one_leg_leaves_the_other_unless_all_go(drive: Play) -> None:
    async def script(world: World) -> None:
        legs = group(world.ib)
        await are_now(legs, "Submitted", "PreSubmitted")
        world.ib.cancelOrder(legs[0].order)
        await are_now(legs, "Cancelled", "PreSubmitted")
        world.ib.reqGlobalCancel()
        await are_now(legs, "Cancelled", "Cancelled")
        world.service.change({"oca_cancels_all": True})
        legs = group(world.ib)
        await are_now(legs, "Submitted", "PreSubmitted")
        world.ib.cancelOrder(legs[1].order)
        await are_now(legs, "Cancelled", "Cancelled")

    drive(script)
