"""The pretend gateway's troubles, as ib_async meets them."""

import asyncio
from datetime import timedelta

import pytest
from ib_async import IB, LimitOrder, MarketOrder, Trade

from tests.sandbox.ib_gateway.conftest import Play
from tests.sandbox.ib_gateway.driving import World, known, share, until


async def quiet(ib: IB) -> None:
    """Wait until everything that was asked before is answered."""
    await ib.reqCurrentTimeAsync()


def buy(ib: IB, ref: str = "mine") -> Trade:
    """Place an order."""
    return ib.placeOrder(share(), MarketOrder("BUY", 1, orderRef=ref))


async def refs(ib: IB) -> list[str]:
    """Return the references of all executions."""
    return [each.execution.orderRef for each in await ib.reqExecutionsAsync()]


@pytest.mark.parametrize(("code", "goes_on"), [("", True), ("1101", False)])
def test_lost_servers_answer_no_order_until_they_are_back(drive: Play, code: str, goes_on: bool) -> None:
    async def script(world: World) -> None:
        ticker = world.ib.reqMktData(known())
        await until(lambda: ticker.bid == 271.48)
        await world.on("lost_servers", code=code)
        await until(lambda: world.codes == [1100])
        trade = buy(world.ib)
        world.move("AAPL", "270.00", "270.02")

        assert await world.ib.reqAllOpenOrdersAsync() == []
        assert (trade.orderStatus.status, ticker.bid) == ("PendingSubmit", 271.48)
        await world.service.clear()
        await until(lambda: trade.orderStatus.status == "Filled")
        await quiet(world.ib)

        assert world.codes == [1100, int(code or "1102")]
        assert (ticker.bid == 270.00) is goes_on

    drive(script)


def test_orders_sent_meanwhile_may_be_lost_and_a_client_that_comes_is_told(drive: Play) -> None:
    async def script(world: World) -> None:
        await world.on("lost_servers", body="lost")
        trade = buy(world.ib)
        await quiet(world.ib)
        other = IB()
        heard: list[int] = []
        other.errorEvent += lambda _number, code, _text, _contract: heard.append(code)
        await other.connectAsync("127.0.0.1", world.service.port, clientId=2, timeout=5)
        await world.service.clear()
        await quiet(other)
        await quiet(world.ib)

        assert [code for code in heard if code in {1100, 1102, 2110}] == [2110, 1102]
        assert trade.orderStatus.status == "PendingSubmit"
        assert await refs(world.ib) == []
        other.disconnect()

    drive(script)


@pytest.mark.parametrize(("code", "well"), [("", 2104), ("2105", 2106), ("2157", 2158), ("2110", 1102)])
def test_a_farm_is_broken_and_well_again(drive: Play, code: str, well: int) -> None:
    async def script(world: World) -> None:
        world.errors.clear()
        await world.on("farm", code=code)
        await world.service.clear()
        await until(lambda: len(world.errors) == 2)

        assert [each[1] for each in world.errors] == [int(code or "2103"), well]
        assert world.ib.isConnected()

    drive(script)


def test_a_socket_may_be_cut_after_an_order_was_taken_and_before_any_answer(drive: Play) -> None:
    async def script(world: World) -> None:
        await world.on("drop_after_order", path="mine", times=1)
        trade = buy(world.ib)
        await until(lambda: not world.ib.isConnected())

        assert trade.orderStatus.status == "PendingSubmit"
        await world.connect()

        assert await refs(world.ib) == ["mine"]
        assert len(world.gateway.placed) == 1

    drive(script)


def test_a_socket_may_be_cut_before_an_order_was_taken(drive: Play) -> None:
    async def script(world: World) -> None:
        await world.on("lose_order", times=1)
        buy(world.ib)
        await until(lambda: not world.ib.isConnected())
        await world.connect()

        assert await refs(world.ib) == []
        assert world.ib.trades() == []
        assert len(world.gateway.placed) == 1

    drive(script)


def test_a_frozen_gateway_takes_in_nothing_until_it_thaws(drive: Play) -> None:
    async def script(world: World) -> None:
        ticker = world.ib.reqMktData(known())
        await until(lambda: ticker.bid == 271.48)
        await world.on("hang")
        trade = buy(world.ib)
        world.move("AAPL", "270.00", "270.02")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(world.ib.reqCurrentTimeAsync(), 0.2)

        assert world.ib.isConnected()
        assert not world.gateway.placed
        assert ticker.bid == 271.48
        await world.service.clear()
        await until(lambda: ticker.bid == 270.00)
        await until(lambda: trade.orderStatus.status == "Filled")

    drive(script)


def test_half_a_frame_is_followed_by_nothing_until_the_connection_is_new(drive: Play) -> None:
    async def script(world: World) -> None:
        await world.on("half_frame", times=1)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(world.ib.reqCurrentTimeAsync(), 0.2)
        buy(world.ib)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(world.ib.reqPositionsAsync(), 0.2)
        world.ib.disconnect()
        await until(lambda: not world.gateway.sessions)
        await world.connect()

        assert await refs(world.ib) == ["mine"]

    drive(script)


def test_a_read_only_api_refuses_orders_and_lists_of_orders_with_321(drive: Play) -> None:
    async def script(world: World) -> None:
        await world.on("read_only")
        trade = buy(world.ib)
        await until(lambda: world.codes == [321])
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(world.ib.reqAllOpenOrdersAsync(), 0.2)

        assert world.codes == [321, 321]
        assert trade.orderStatus.status == "ValidationError"
        assert await world.ib.reqPositionsAsync() == []

    drive(script)


def test_an_order_may_be_in_no_list_for_a_while(drive: Play) -> None:
    async def script(world: World) -> None:
        await world.on("unheard")
        await world.on("forget", seconds=3600)
        trade = buy(world.ib)
        await quiet(world.ib)

        assert await refs(world.ib) == []
        assert await world.ib.reqCompletedOrdersAsync(apiOnly=False) == []
        world.pass_time(timedelta(hours=2))

        assert await refs(world.ib) == ["mine"]
        assert trade.orderStatus.status == "PendingSubmit"

    drive(script)


@pytest.mark.parametrize("kind", ["twice", "backwards"])
def test_what_is_told_twice_or_backwards_ends_filled_once(drive: Play, kind: str) -> None:
    async def script(world: World) -> None:
        await world.on(kind)
        trade = buy(world.ib)
        await until(lambda: trade.fills)
        await quiet(world.ib)

        assert len(trade.fills) == 1
        assert [each.position for each in await world.ib.reqPositionsAsync()] == [1]
        (again,) = await world.ib.reqCompletedOrdersAsync(apiOnly=False)

        assert again.orderStatus.status == "Filled"

    drive(script)


def test_answers_may_be_slow_and_stay_in_order(drive: Play) -> None:
    async def script(world: World) -> None:
        world.service.latency_s = 0.1
        began = asyncio.get_running_loop().time()
        trade = buy(world.ib)
        await until(lambda: trade.fills and trade.fills[0].commissionReport.execId)

        assert asyncio.get_running_loop().time() - began >= 0.09
        assert [each.status for each in trade.log][-1] == "Filled"

    drive(script)


def test_a_reset_forgets_everything_and_cuts_everybody(drive: Play) -> None:
    async def script(world: World) -> None:
        trade = world.ib.placeOrder(share(), LimitOrder("BUY", 1, 100))
        await until(lambda: trade.orderStatus.status == "Submitted")
        await world.on("read_only")
        version = world.state.server_version
        await world.service.reset()
        await until(lambda: not world.ib.isConnected())
        world.service.change({"server_version": version})
        await world.connect()

        assert world.ib.openTrades() == []
        assert world.ib.positions() == []
        assert world.gateway.book.next_id == 1

    drive(script)
