"""What an account of spot is told to hold, and to be worth."""

import asyncio
from decimal import Decimal

import pytest
from aiohttp import web

from brokers.bingx_venue.rest import Rest
from brokers.bingx_venue.spot_account import SpotAccount
from brokers.bingx_venue.spot_worth import SpotWorth
from bus.messages.venue_accounts import Cash
from bus.time_source import SYSTEM_TIME
from tests.brokers.bingx_venue.pretend import access, answering, called

TICKER = "/openApi/spot/v1/ticker/24hr"


def cash(*coins: tuple[str, str], prices: str = "[]") -> dict[str, Cash]:
    """Return what is told of an account with these coins, by currency; of each a half is locked."""
    held = [{"asset": asset, "free": amount, "locked": amount} for asset, amount in coins]

    async def handle(request: web.Request) -> web.Response:
        await asyncio.sleep(0)
        if request.path == TICKER:
            text = '{"code": 0, "msg": "", "data": ' + prices + "}"
            return web.Response(text=text, content_type="application/json")
        return web.json_response({"code": 0, "msg": "", "data": {"balances": held}})

    async def play() -> tuple[Cash, ...]:
        async with answering(handle) as server, Rest(access(server.url)) as rest:
            return await SpotAccount(rest, time=SYSTEM_TIME).balances()

    return {each.currency: each for each in asyncio.run(play())}


def test_equity_of_spot_is_its_money_and_its_coins_at_their_last_price() -> None:
    prices = '[{"symbol": "BTC-USDT", "lastPrice": 81234.5}, {"symbol": "SHIB-USDT", "lastPrice": "0.00001234"}]'
    told = cash(("USDT", "100"), ("BTC", "0.00000003"), ("SHIB", "1000000"), prices=prices)

    worth = Decimal("0.00000006") * Decimal("81234.5") + 2_000_000 * Decimal("0.00001234")
    assert told["USDT"].equity == 200 + worth
    assert (told["USDT"].cash, told["USDT"].available) == (Decimal(200), Decimal(100))


def test_other_money_of_spot_counts_by_itself_and_once() -> None:
    told = cash(("USDC", "50"))

    assert (told["USDC"].equity, told["USDT"].equity) == (Decimal(100), Decimal(0))


@pytest.mark.parametrize(
    "prices",
    ["[]", '[{"symbol": "BTC-USDT"}]', '[{"symbol": "BTC-USDT", "lastPrice": 0}]', '{"nothing": 1}', "null"],
)
def test_equity_of_spot_is_not_known_while_a_coin_has_no_price(prices: str) -> None:
    told = cash(("USDT", "100"), ("BTC", "1"), prices=prices)

    assert (told["USDT"].equity, told["USDT"].cash) == (None, Decimal(200))


def test_a_coin_of_which_nothing_is_left_needs_no_price() -> None:
    assert cash(("USDT", "100"), ("BTC", "0"))["USDT"].equity == 200


def test_prices_of_all_coins_are_one_question_and_good_for_a_while() -> None:
    async def play() -> None:
        async with called(is_demo=False) as (bingx, rest):
            account = SpotAccount(rest, time=SYSTEM_TIME)
            first = await account.balances()

            assert await account.balances() == first
            assert first[0].equity is not None
            assert first[0].equity > first[0].cash
            assert bingx.asked(TICKER) == 1

    asyncio.run(play())


def test_no_coins_are_worth_nothing_without_a_question() -> None:
    async def play() -> None:
        async with called() as (bingx, rest):
            assert await SpotWorth(rest, time=SYSTEM_TIME).of([]) == 0
            assert bingx.asked(TICKER) == 0

    asyncio.run(play())
