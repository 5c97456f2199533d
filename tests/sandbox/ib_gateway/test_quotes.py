"""Contracts and quotes of the pretend gateway, as ib_async's tickers see them."""

import math
from datetime import timedelta

import pytest
from ib_async import Contract, Forex

from tests.sandbox.ib_gateway.conftest import Play
from tests.sandbox.ib_gateway.driving import World, known, share, until


@pytest.mark.parametrize(
    ("symbol", "primary", "step"),
    [("AAPL", "NASDAQ", 1), ("BRK B", "NYSE", 1), ("SPY", "ARCA", 1), ("FRAC", "NASDAQ", 0.0001)],
)
def test_a_share_is_found_with_its_steps(drive: Play, symbol: str, primary: str, step: float) -> None:
    async def script(world: World) -> None:
        (found,) = await world.ib.reqContractDetailsAsync(share(symbol))

        assert found.contract is not None
        assert (found.contract.primaryExchange, found.contract.localSymbol) == (primary, symbol)
        assert (found.minTick, found.sizeIncrement, found.minSize) == (0.01, step, step)
        assert found.timeZoneId == "US/Eastern"

    drive(script)


def test_a_name_alone_may_be_ambiguous_and_the_exchange_or_number_decides(drive: Play) -> None:
    async def script(world: World) -> None:
        assert len(await world.ib.reqContractDetailsAsync(share("DUAL"))) == 2
        assert await world.ib.qualifyContractsAsync(share("DUAL")) == [None]
        contract = share("DUAL")
        contract.primaryExchange = "NYSE"

        assert [each.conId for each in await world.ib.qualifyContractsAsync(contract)] == [900002]  # type: ignore[union-attr]
        (found,) = await world.ib.reqContractDetailsAsync(Contract(conId=900001))

        assert found.longName == "DUAL LISTED ONE INC"

    drive(script)


def test_what_is_not_known_is_answered_with_200(drive: Play) -> None:
    async def script(world: World) -> None:
        assert await world.ib.reqContractDetailsAsync(share("NOPE")) == []
        assert world.codes == [200]

    drive(script)


def test_a_pair_of_currencies_is_at_its_own_exchange(drive: Play) -> None:
    async def script(world: World) -> None:
        (found,) = await world.ib.qualifyContractsAsync(Forex("EURUSD"))

        assert isinstance(found, Contract)
        assert (found.conId, found.localSymbol, found.exchange) == (12087792, "EUR.USD", "IDEALPRO")

    drive(script)


def test_liquid_hours_are_around_the_clock_or_closed(drive: Play) -> None:
    async def script(world: World) -> None:
        (found,) = await world.ib.reqContractDetailsAsync(share())
        sessions = found.liquidSessions()
        now = world.service.now()

        assert sessions[0].start <= now < sessions[0].end
        assert sessions[-1].end > now + timedelta(days=5)
        world.service.change({"hours": "closed"})
        (found,) = await world.ib.reqContractDetailsAsync(share())

        assert found.liquidSessions() == []
        assert found.liquidHours.count("CLOSED") == 7

    drive(script)


def test_there_are_no_bars(drive: Play) -> None:
    async def script(world: World) -> None:
        found = await world.ib.reqHistoricalDataAsync(known(), "", "1 D", "1 min", "TRADES", useRTH=True)

        assert list(found) == []
        assert world.codes == [162]

    drive(script)


def test_a_snapshot_is_whole_and_ends(drive: Play) -> None:
    async def script(world: World) -> None:
        (ticker,) = await world.ib.reqTickersAsync(known())

        assert (ticker.bid, ticker.ask, ticker.last, ticker.close) == (271.48, 271.50, 271.48, 271.48)
        assert (ticker.halted, ticker.marketDataType, ticker.minTick) == (0, 1, 0.01)

    drive(script)


def test_a_stream_follows_the_quote_until_it_is_cancelled(drive: Play) -> None:
    async def script(world: World) -> None:
        ticker = world.ib.reqMktData(known())
        await until(lambda: ticker.bid == 271.48)
        world.move("AAPL", "270.00", "270.02")
        await until(lambda: ticker.ask == 270.02)
        world.ib.cancelMktData(known())
        await world.ib.reqCurrentTimeAsync()
        world.move("AAPL", "260.00", "260.02")
        await world.ib.reqCurrentTimeAsync()

        assert ticker.ask == 270.02

    drive(script)


def test_a_price_that_is_missing_and_a_halt_are_told(drive: Play) -> None:
    async def script(world: World) -> None:
        quote = world.state.quotes["AAPL"]
        quote.bid, quote.halted = None, True
        (ticker,) = await world.ib.reqTickersAsync(known())

        assert (ticker.bid, ticker.ask, ticker.halted) == (-1, 271.50, 1)

    drive(script)


@pytest.mark.parametrize("by_fault", [False, True])
def test_without_a_subscription_there_are_delayed_quotes_for_whoever_wants_them(
    drive: Play,
    by_fault: bool,
) -> None:
    async def script(world: World) -> None:
        contract = known("AAPL" if by_fault else "DLAY")
        if by_fault:
            await world.on("no_subscription", path="AAPL")
        (ticker,) = await world.ib.reqTickersAsync(contract)

        assert math.isnan(ticker.bid)
        assert world.codes == [10089]
        world.ib.reqMarketDataType(3)
        (ticker,) = await world.ib.reqTickersAsync(contract)

        assert ticker.marketDataType == 3
        assert 0 < ticker.bid < ticker.ask
        assert world.codes == [10089, 10167]

    drive(script)


def test_delayed_quotes_may_not_be_enabled(drive: Play) -> None:
    async def script(world: World) -> None:
        await world.on("no_subscription", code="10168")
        (ticker,) = await world.ib.reqTickersAsync(known())

        assert math.isnan(ticker.last)
        assert world.codes == [10168]

    drive(script)


def test_a_quote_that_was_told_as_delayed_is_marked_so(drive: Play) -> None:
    async def script(world: World) -> None:
        world.state.quotes["AAPL"].is_delayed = True
        (ticker,) = await world.ib.reqTickersAsync(known())

        assert (ticker.marketDataType, ticker.bid) == (3, 271.48)

    drive(script)


def test_a_competing_session_has_the_quotes_until_it_ends(drive: Play) -> None:
    async def script(world: World) -> None:
        ticker = world.ib.reqMktData(known())
        await until(lambda: ticker.bid == 271.48)
        await world.on("competing")
        await until(lambda: world.codes == [10197])
        world.move("AAPL", "270.00", "270.02")
        await world.ib.reqCurrentTimeAsync()

        assert ticker.bid == 271.48
        await world.service.clear()
        await until(lambda: ticker.bid == 270.00)

    drive(script)
