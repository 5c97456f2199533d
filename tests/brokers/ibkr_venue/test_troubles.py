"""A gateway's bad nights: restarts, hangs, lost servers, another session; the link is used again when it is well."""

import asyncio
from decimal import Decimal

import pytest
from ib_async import LimitOrder

from brokers.ibkr_venue.account import Account
from brokers.ibkr_venue.contracts import Contracts
from brokers.ibkr_venue.link import Link
from brokers.ibkr_venue.quotes import Quotes
from brokers.venue import Busy
from bus.messages.venues import Traded
from tests.brokers.ibkr_venue.pretend import PACE, gateway, heard_by, is_well, link_to, until, until_well, why_not

APPLE = Traded(symbol="AAPL", asset_type="EQUITY", currency="USD")


def quotes_of(link: Link) -> Quotes:
    """Ask for quotes."""
    return Quotes(link, Contracts(link, fractional=False))


def account_of(link: Link) -> Account:
    """Read the account."""
    return Account(link, Contracts(link, fractional=False))


@pytest.mark.parametrize("rolls_back", [True, False])
def test_after_the_nightly_restart_the_link_is_made_anew_and_the_account_is_read_whole(rolls_back: bool) -> None:
    async def play() -> None:
        async with gateway() as pretend, link_to(pretend) as link:
            await link.connect()
            before = link.ib
            await pretend.order("trade", symbol="AAPL", quantity="3")
            await pretend.order("restart", seconds=0.5, roll_back_ids=rolls_back)
            await until(lambda: not is_well(link))

            codes = await until_well(link)
            assert codes[0] == "dropped"
            assert set(codes[1:]) <= {"refused", "dropped"}
            assert link.ib is not before
            (held,) = await account_of(link).positions()
            assert held.quantity == Decimal(3)

    asyncio.run(play())


def test_after_ids_have_rolled_back_no_order_gets_the_number_of_one_that_rests() -> None:
    async def play() -> None:
        async with gateway() as pretend, link_to(pretend) as link:
            await link.connect()
            contract = (await Contracts(link, fractional=False).known(APPLE)).contract
            made = LimitOrder("BUY", 1, 200.0, orderRef="rests", account=link.number, tif="GTC")
            trade = (await link.turn()).placeOrder(contract, made)
            await until(lambda: trade.orderStatus.status == "Submitted")
            number = trade.order.orderId
            await pretend.order("restart", seconds=0.2, roll_back_ids=True)
            await until(lambda: not is_well(link))
            await until_well(link)

            assert link.ib.client.getReqId() > number
            (resting,) = await account_of(link).working()
            assert resting.client_order_id == "rests"

    asyncio.run(play())


@pytest.mark.parametrize("code", ["1101", "1102"])
def test_servers_that_are_lost_and_back_are_noticed_over_the_wire(code: str) -> None:
    async def play() -> None:
        async with gateway() as pretend, link_to(pretend) as link:
            await link.connect()
            ib = link.ib
            await pretend.fault("lost_servers", code=code)
            await until(lambda: not is_well(link))
            assert await why_not(link) == "lost_servers"
            await pretend.clear()

            assert set(await until_well(link)) <= {"lost_servers"}
            assert link.ib is ib
            assert (await account_of(link).balances())[0].currency == "USD"

    asyncio.run(play())


def test_who_connects_while_the_servers_are_lost_is_told_so() -> None:
    async def play() -> None:
        async with gateway() as pretend, link_to(pretend) as link:
            await pretend.fault("lost_servers")

            assert await why_not(link) == "lost_servers"
            await pretend.clear()
            await until_well(link)

    asyncio.run(play())


def test_another_session_has_the_quotes_until_it_ends_and_orders_go_on() -> None:
    async def play() -> None:
        async with gateway() as pretend, link_to(pretend) as link:
            await link.connect()
            asked = quotes_of(link)
            await pretend.fault("competing")

            with pytest.raises(Busy) as refused:
                await asked.quote("a", APPLE)
            assert refused.value.code == "competing"
            hindrance = link.hindrance()
            assert hindrance is not None
            assert hindrance.code == "competing"
            assert is_well(link)
            await pretend.clear()
            assert (await asked.quote("a", APPLE)).bid == Decimal("271.48")
            assert link.hindrance() is None

    asyncio.run(play())


def test_half_a_message_and_silence_is_noticed_as_a_frozen_gateway_is() -> None:
    async def play() -> None:
        async with gateway() as pretend, link_to(pretend) as link:
            await link.connect()
            await pretend.fault("half_frame", times=1)

            assert await until(lambda: not is_well(link)) < 8 * (PACE.beat_s + PACE.silent_s)
            assert await why_not(link) == "silent"
            await until_well(link)

    asyncio.run(play())


def test_what_is_said_twice_or_backwards_makes_no_illness() -> None:
    async def play() -> None:
        async with gateway() as pretend, link_to(pretend) as link:
            await link.connect()
            heard = heard_by(link)
            await pretend.fault("twice", path="/orders")
            await pretend.order("trade", symbol="AAPL", quantity="3")
            (held,) = await account_of(link).positions()

            assert held.quantity == Decimal(3)
            assert not [each for each in heard if each.kind == "LOST"]

    asyncio.run(play())
