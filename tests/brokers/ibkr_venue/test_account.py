"""An account as a gateway has it: whole, or an error."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal

import pytest
from ib_async import LimitOrder

from brokers.ibkr_venue.account import Account
from brokers.ibkr_venue.contracts import Contracts
from brokers.ibkr_venue.link import Link
from brokers.venue import Busy
from bus.messages.venues import Traded
from tests.brokers.ibkr_venue.pretend import NUMBER, Gateway, gateway, link_to, until

CASH = Decimal(100000)


@asynccontextmanager
async def account() -> AsyncIterator[tuple[Gateway, Link, Account]]:
    """Run a gateway, and read its account."""
    async with gateway() as pretend, link_to(pretend) as link:
        await link.connect()
        yield pretend, link, Account(link, Contracts(link, fractional=False))


def test_money_is_told_by_currency() -> None:
    async def play() -> None:
        async with account() as (_, _, read):
            (dollars,) = await read.balances()

            assert (dollars.currency, dollars.cash, dollars.available, dollars.equity) == (
                "USD",
                CASH,
                CASH,
                CASH,
            )

    asyncio.run(play())


def test_money_is_read_anew_each_time() -> None:
    async def play() -> None:
        async with account() as (pretend, _, read):
            await read.balances()
            await pretend.state(cash="250.50")

            (dollars,) = await read.balances()
            assert dollars.cash == Decimal("250.50")

    asyncio.run(play())


def test_what_could_be_borrowed_is_not_counted() -> None:
    async def play() -> None:
        async with account() as (pretend, _, read):
            await pretend.state(leverage="2")

            (dollars,) = await read.balances()
            assert dollars.available == dollars.cash == CASH

    asyncio.run(play())


def test_an_account_that_holds_nothing_is_told_so() -> None:
    async def play() -> None:
        async with account() as (_, _, read):
            assert await read.positions() == ()
            assert await read.working() == ()

    asyncio.run(play())


def test_positions_have_the_names_of_their_instruments() -> None:
    async def play() -> None:
        async with account() as (pretend, _, read):
            await pretend.order("trade", symbol="BRK B", quantity="3", price="511.30")
            await pretend.order("trade", symbol="SPY", quantity="-2", price="679.60")
            held = {each.instrument.symbol: each for each in await read.positions()}

            assert held["BRK.B"].instrument == Traded(
                symbol="BRK.B", asset_type="EQUITY", currency="USD", exchange="NYSE"
            )
            assert (held["BRK.B"].quantity, held["SPY"].quantity) == (Decimal(3), Decimal(-2))
            assert held["SPY"].instrument.asset_type == "ETF"
            assert len(held) == 2

    asyncio.run(play())


def test_a_position_that_was_closed_is_gone() -> None:
    async def play() -> None:
        async with account() as (pretend, _, read):
            await pretend.order("trade", symbol="AAPL", quantity="3")
            assert len(await read.positions()) == 1
            await pretend.order("trade", symbol="AAPL", quantity="-3")

            assert await read.positions() == ()

    asyncio.run(play())


@pytest.mark.parametrize("path", ["positions", "openOrders/all", "accountUpdates/multi", "contractDetails"])
def test_a_part_that_does_not_come_is_an_error_and_never_nothing(path: str) -> None:
    async def play() -> None:
        async with account() as (pretend, _, read):
            await pretend.order("trade", symbol="AAPL", quantity="3")
            await pretend.fault("unanswered", path=path)
            part = {"openOrders/all": read.working, "accountUpdates/multi": read.balances}.get(path, read.positions)

            with pytest.raises(Busy):
                await part()

    asyncio.run(play())


def test_an_order_made_by_hand_has_no_name_of_ours() -> None:
    async def play() -> None:
        async with account() as (pretend, _, read):
            await pretend.order("trade", symbol="AAPL", quantity="5", limit="200")
            (resting,) = await read.working()

            assert (resting.client_order_id, resting.side, resting.type, resting.quantity) == (
                "",
                "BUY",
                "LIMIT",
                Decimal(5),
            )
            assert resting.broker_order_id
            assert resting.instrument.symbol == "AAPL"

    asyncio.run(play())


def test_an_order_of_another_connection_has_its_name() -> None:
    async def play() -> None:
        async with account() as (pretend, _, read), link_to(pretend, client_id=2) as other:
            await other.connect()
            contract = (await Contracts(other, fractional=False).known(_share("MSFT"))).contract
            made = LimitOrder("BUY", 2, 300.0, orderRef="abc-1", account=NUMBER, tif="GTC")
            trade = (await other.turn()).placeOrder(contract, made)
            await until(lambda: trade.orderStatus.status == "Submitted")

            (resting,) = await read.working()
            assert (resting.client_order_id, resting.filled_quantity) == ("abc-1", Decimal(0))

    asyncio.run(play())


def _share(symbol: str) -> Traded:
    """Return a share."""
    return Traded(symbol=symbol, asset_type="EQUITY", currency="USD")
