"""What an instrument costs at BingX."""

import asyncio
from decimal import Decimal

import pytest

from brokers.bingx_venue.quotes import Quotes
from brokers.bingx_venue.symbols import perpetual, spot
from brokers.venue import Malformed, Refused
from bus.messages.venues import Traded
from tests.brokers.bingx_venue.pretend import called


@pytest.mark.parametrize("instrument", [perpetual("ETH-USDT"), spot("ETH-USDT")])
def test_a_quote_is_that_of_the_market_that_is_meant(instrument: Traded) -> None:
    async def play() -> None:
        async with called() as (_bingx, rest):
            quote = await Quotes(rest).quote("a", instrument)

            assert (quote.last, quote.source, quote.instrument) == (Decimal("2988.9"), "BingX", instrument)
            assert 0 < quote.bid < quote.last < quote.ask

    asyncio.run(play())


@pytest.mark.parametrize("state", [{"bids": {"ETH-USDT": "0"}}, {"asks": {"ETH-USDT": "1"}}])
def test_a_zero_or_crossed_quote_is_none(state: dict[str, object]) -> None:
    async def play() -> None:
        async with called(**state) as (_bingx, rest):
            with pytest.raises(Malformed):
                await Quotes(rest).quote("a", perpetual("ETH-USDT"))

    asyncio.run(play())


@pytest.mark.parametrize(
    "instrument", [perpetual("NOPE-USDT"), Traded(symbol="X", asset_type="EQUITY", currency="USD")]
)
def test_what_is_not_there_has_no_quote(instrument: Traded) -> None:
    async def play() -> None:
        async with called() as (_bingx, rest):
            with pytest.raises(Refused):
                await Quotes(rest).quote("a", instrument)

    asyncio.run(play())


def test_many_who_ask_at_once_share_one_answer() -> None:
    async def play() -> None:
        async with called() as (bingx, rest):
            quotes = Quotes(rest)
            await asyncio.gather(*(quotes.quote("a", perpetual("ETH-USDT")) for _ in range(20)))

            assert bingx.asked("/openApi/swap/v2/quote/ticker") == 1

    asyncio.run(play())
