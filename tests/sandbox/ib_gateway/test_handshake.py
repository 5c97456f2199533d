"""Connecting to the pretend gateway as ib_async does."""

import asyncio
import contextlib

import pytest
from ib_async import IB, LimitOrder

from tests.sandbox.ib_gateway.conftest import Play
from tests.sandbox.ib_gateway.driving import World, share, until


def test_a_client_is_let_in_and_everything_it_asks_at_the_start_is_answered(drive: Play) -> None:
    async def script(world: World) -> None:
        assert world.ib.client.serverVersion() == world.state.server_version
        assert world.ib.managedAccounts() == ["DU1234567"]
        assert world.ib.positions() == []
        values = {each.tag: each.value for each in world.ib.accountValues() if each.currency != "BASE"}

        assert values["TotalCashValue"] == values["NetLiquidation"] == "100000.00"

    drive(script)


def test_a_live_account_says_its_number(drive: Play) -> None:
    async def script(world: World) -> None:
        assert world.ib.managedAccounts() == ["U7654321"]

    drive(script, account="U7654321")


@pytest.mark.parametrize("by_fault", [False, True], ids=["another client", "another program"])
def test_a_number_that_is_taken_is_refused_with_326(drive: Play, by_fault: bool) -> None:
    async def script(world: World) -> None:
        other = await world.connect(2)
        other.disconnect()
        if by_fault:
            await world.on("client_id_taken")
            number = 7
        else:
            number = 3
            await world.connect(3)
        late = IB()
        heard: list[int] = []
        late.errorEvent += lambda _number, code, _text, _contract: heard.append(code)
        with pytest.raises((TimeoutError, ConnectionError)):
            await late.connectAsync("127.0.0.1", world.service.port, clientId=number, timeout=0.3)

        assert heard == [326]
        assert 1 in {each.client_id for each in world.gateway.ready}
        assert world.ib.isConnected()

    drive(script)


def test_nobody_logged_in_is_a_port_that_accepts_and_says_nothing(drive: Play) -> None:
    async def script(world: World) -> None:
        await world.on("silent")
        with pytest.raises(TimeoutError):
            await world.connect(timeout_s=0.3)
        await world.service.clear()
        await world.connect()

        assert world.ib.isConnected()

    drive(script, is_connected=False)


def test_a_closed_port_refuses_and_listens_again(drive: Play) -> None:
    async def script(world: World) -> None:
        await world.on("refuse")
        await until(lambda: not world.ib.isConnected())
        with pytest.raises(ConnectionRefusedError):
            await world.connect()
        await world.service.clear()
        await world.connect()

        assert world.ib.isConnected()

    drive(script)


@pytest.mark.parametrize("is_rolled_back", [False, True])
def test_the_nightly_restart_cuts_refuses_and_comes_back_with_its_orders(drive: Play, is_rolled_back: bool) -> None:
    async def script(world: World) -> None:
        order = LimitOrder("BUY", 1, 100, orderRef="mine")
        trade = world.ib.placeOrder(share(), order)
        await until(lambda: trade.orderStatus.status == "Submitted")
        world.ib.client.updateReqId(500)
        await world.on("restart", seconds=0.2, body="back" if is_rolled_back else "")
        await until(lambda: not world.ib.isConnected())
        with pytest.raises(ConnectionRefusedError):
            await world.connect()
        await until(lambda: not world.service.faults)
        await asyncio.sleep(0)
        await world.connect()

        assert [each.order.orderRef for each in world.ib.openTrades()] == ["mine"]
        assert world.gateway.book.next_id == (1 if is_rolled_back else order.orderId + 1)

    drive(script)


def test_an_old_gateway_is_one_that_the_client_leaves(drive: Play) -> None:
    async def script(world: World) -> None:
        world.service.change({"server_version": 150})
        with pytest.raises((TimeoutError, ConnectionError)):
            await world.connect(timeout_s=0.5)

    drive(script, is_connected=False)


def test_several_clients_are_there_at_once(drive: Play) -> None:
    async def script(world: World) -> None:
        await asyncio.gather(*(world.connect(number) for number in (2, 3, 4)))

        assert sorted(each.client_id for each in world.gateway.ready) == [1, 2, 3, 4]

    drive(script)


def test_what_is_no_tws_client_is_cut(drive: Play) -> None:
    async def script(world: World) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", world.service.port)
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        with contextlib.suppress(ConnectionResetError):
            assert await reader.read() == b""
        writer.close()

    drive(script, is_connected=False)
