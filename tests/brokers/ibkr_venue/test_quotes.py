"""Quotes as a gateway has them: fresh, delayed and marked, or none."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal

import pytest

from brokers.ibkr_venue.contracts import Contracts
from brokers.ibkr_venue.link import Link
from brokers.ibkr_venue.quotes import Quotes
from brokers.venue import Busy, Refused, VenueError
from bus.messages.venues import Quote, Traded
from tests.brokers.ibkr_venue.pretend import Gateway, gateway, link_to, until

EURO = Traded(symbol="EUR.USD", asset_type="FOREX", currency="USD", base_currency="EUR")


def share(symbol: str) -> Traded:
    """Return a share."""
    return Traded(symbol=symbol, asset_type="EQUITY", currency="USD")


class Desk:
    """A gateway, and who asks it for quotes."""

    def __init__(self, pretend: Gateway, link: Link) -> None:
        """Ask nothing yet."""
        self.gateway = pretend
        self.link = link
        self._quotes = Quotes(link, Contracts(link, fractional=False))

    async def quote(self, symbol: str) -> Quote:
        """Ask for a share's quote."""
        return await self._quotes.quote("a", share(symbol))

    async def quote_of(self, instrument: Traded) -> Quote:
        """Ask for a quote."""
        return await self._quotes.quote("a", instrument)


@asynccontextmanager
async def desk() -> AsyncIterator[Desk]:
    """Run a gateway, and ask it for quotes."""
    async with gateway() as pretend, link_to(pretend) as link:
        await link.connect()
        yield Desk(pretend, link)


def test_a_quote_is_exact_and_live() -> None:
    async def play() -> None:
        async with desk() as asked:
            quote = await asked.quote("AAPL")

            assert (quote.bid, quote.ask, quote.last) == (Decimal("271.48"), Decimal("271.50"), Decimal("271.48"))
            assert not quote.is_delayed
            assert quote.as_of.tzinfo is not None

    asyncio.run(play())


def test_the_next_quote_is_of_its_own_moment() -> None:
    async def play() -> None:
        async with desk() as asked:
            await asked.quote("AAPL")
            await asked.gateway.order("quotes/AAPL", bid="300.01", ask="300.02", last="300.02")

            quote = await asked.quote("AAPL")
            assert (quote.bid, quote.ask, quote.last) == (Decimal("300.01"), Decimal("300.02"), Decimal("300.02"))

    asyncio.run(play())


def test_a_side_that_has_gone_is_not_the_one_of_the_quote_before() -> None:
    async def play() -> None:
        async with desk() as asked:
            await asked.quote("AAPL")
            await asked.gateway.order("quotes/AAPL", bid=None)

            with pytest.raises(Refused, match="no quote now"):
                await asked.quote("AAPL")

    asyncio.run(play())


def test_without_a_subscription_the_quote_is_delayed_and_says_so() -> None:
    async def play() -> None:
        async with desk() as asked:
            first, second = await asked.quote("DLAY"), await asked.quote("DLAY")

            assert first.is_delayed
            assert second.is_delayed
            assert first.bid == Decimal("50.00")
            assert not (await asked.quote("AAPL")).is_delayed

    asyncio.run(play())


def test_without_even_delayed_data_there_is_no_quote_and_the_reason_says_so() -> None:
    async def play() -> None:
        async with desk() as asked:
            await asked.quote("AAPL")
            await asked.gateway.fault("unanswered", path="marketData")
            ib = asked.link.ib
            asking = asyncio.ensure_future(asked.quote("AAPL"))
            for _ in range(2):
                await until(lambda: bool(ib.wrapper.ticker2ReqId["snapshot"]))
                (request,) = ib.wrapper.ticker2ReqId["snapshot"].values()
                ib.client.decoder.interpret(["4", "2", str(request), "10168", "words", ""])
                await asyncio.sleep(0)

            with pytest.raises(Refused, match="subscription"):
                await asking

    asyncio.run(play())


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"ask": None}, "no quote now"),
        ({"bid": "271.60", "ask": "271.50"}, "no quote now"),
        ({"bid": "0", "ask": "271.50"}, "no quote now"),
        ({"halted": True}, "halted"),
    ],
)
def test_what_nobody_can_trade_at_is_no_quote(change: dict[str, object], says: str) -> None:
    async def play() -> None:
        async with desk() as asked:
            await asked.gateway.order("quotes/AAPL", **change)

            with pytest.raises(Refused, match=says):
                await asked.quote("AAPL")

    asyncio.run(play())


def test_where_nothing_was_traded_yet_the_last_price_is_the_middle() -> None:
    async def play() -> None:
        async with desk() as asked:
            await asked.gateway.order("quotes/EUR.USD", last=None)

            quote = await asked.quote_of(EURO)
            assert quote.last == (quote.bid + quote.ask) / 2

    asyncio.run(play())


def test_a_quote_that_does_not_come_is_told_within_seconds() -> None:
    async def play() -> None:
        async with desk() as asked:
            await asked.gateway.fault("unanswered", path="marketData")
            began_s = time.monotonic()

            with pytest.raises(Busy):
                await asked.quote("AAPL")
            assert time.monotonic() - began_s < 10

    asyncio.run(play())


def test_many_quotes_at_once_are_all_answered() -> None:
    async def play() -> None:
        async with desk() as asked:
            wanted = ["AAPL", "MSFT", "SPY", "BRK.B"] * 20
            quotes = await asyncio.gather(*map(asked.quote, wanted))

            assert [each.instrument.symbol for each in quotes] == wanted

    asyncio.run(play())


def test_quotes_under_way_when_the_link_is_cut_are_errors() -> None:
    async def play() -> None:
        async with desk() as asked:
            await asked.quote("AAPL")
            await asked.gateway.fault("unanswered", path="marketData")
            asking = asyncio.ensure_future(asked.quote("AAPL"))
            await asyncio.sleep(0.1)
            await asked.gateway.fault("refuse")

            with pytest.raises(VenueError) as failed:
                await asking
            assert failed.value.code == "dropped"

    asyncio.run(play())
