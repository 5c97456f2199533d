"""What a symbol means at BingX, its steps, and whether it is traded."""

import asyncio
from decimal import Decimal

import pytest

from brokers.bingx_venue.contracts import GOOD_FOR_S, Contracts
from brokers.bingx_venue.symbols import NO_SPOT, perpetual, spot
from brokers.venue import Busy, Refused
from bus.messages.venues import AssetType, InstrumentState
from bus.time_source import SystemTime
from tests.brokers.bingx_venue.pretend import called

PATH = "/openApi/swap/v2/quote/contracts"


class Later(SystemTime):
    """The clocks of this machine, set forward."""

    ahead_s = 0.0

    def monotonic(self) -> float:
        """Return the monotonic seconds."""
        return super().monotonic() + self.ahead_s


def found(
    symbol: str, *, exchange: str | None = None, kind: AssetType | None = None, has_spot: bool = True, **state: object
) -> InstrumentState:
    """Return what is known of a symbol."""

    async def play() -> InstrumentState:
        async with called(**state) as (_bingx, rest):
            return await Contracts(rest, has_spot=has_spot).instrument("a", symbol, exchange, kind=kind)

    return asyncio.run(play())


@pytest.mark.parametrize("exchange", [None, "BINGX", "BINANCE", "bybit"])
def test_a_perpetual_is_written_as_tradingview_does_on_whichever_chart(exchange: str | None) -> None:
    state = found("btcusdt.p", exchange=exchange)

    assert state.instrument == perpetual("BTC-USDT")
    assert (state.quantity_step, state.price_step) == (Decimal("0.0001"), Decimal("0.1"))
    assert (state.minimum_quantity, state.minimum_value) == (Decimal("0.0001"), Decimal(2))
    assert (state.is_always_open, state.reason) == (True, "")


@pytest.mark.parametrize("symbol", ["BTCUSDT", "BTC-USDT", " btcusdt "])
def test_a_pair_without_more_is_spot(symbol: str) -> None:
    assert found(symbol).instrument == spot("BTC-USDT")


@pytest.mark.parametrize("symbol", ["BTCUSDT", "BTC-USDT", "BTCUSDT.P"])
def test_the_strategys_market_says_which_is_meant(symbol: str) -> None:
    assert found(symbol, kind="FUTURE", has_spot=False).instrument == perpetual("BTC-USDT")


def test_a_perpetual_for_a_strategy_of_spot_is_refused_with_the_cure() -> None:
    assert "BTCUSDT, or set market=futures" in found("BTCUSDT.P", kind="CRYPTO").reason


def test_spot_in_the_demo_is_refused_with_the_cure() -> None:
    state = found("BTCUSDT", has_spot=False)

    assert (state.instrument, state.reason) == (None, NO_SPOT)


@pytest.mark.parametrize("symbol", ["NOPEUSDT.P", "NOPEUSDT", "AAPL", "EURUSD", "", "BTCUSDT.Q"])
def test_what_bingx_does_not_have_is_refused_with_how_it_is_written(symbol: str) -> None:
    state = found(symbol)

    assert state.instrument is None
    assert "BTCUSDT.P" in state.reason


def test_a_contract_that_is_not_traded_is_refused() -> None:
    state = found("ETHUSDT.P", contract_status={"ETH-USDT": 25})

    assert state.instrument is None
    assert "not traded at BingX now" in state.reason


def test_a_contract_closed_to_openings_can_still_be_closed() -> None:
    async def play() -> None:
        async with called(closed_symbols=["ETH-USDT"]) as (_bingx, rest):
            contracts = Contracts(rest, has_spot=True)
            state = await contracts.instrument("a", "ETHUSDT.P", None)

            assert state.instrument == perpetual("ETH-USDT")
            assert "no openings" in state.reason
            assert (await contracts.steps(perpetual("ETH-USDT"))).can_close
            with pytest.raises(Refused, match="no openings"):
                await contracts.steps(perpetual("ETH-USDT"), is_opening=True)

    asyncio.run(play())


def test_steps_are_kept_for_an_hour_and_longer_while_bingx_cannot_be_asked() -> None:
    async def play() -> None:
        async with called() as (bingx, rest):
            time = Later()
            contracts = Contracts(rest, has_spot=True, time=time)
            for _ in range(3):
                await contracts.steps(perpetual("BTC-USDT"))
            assert bingx.asked(PATH) == 1

            time.ahead_s = GOOD_FOR_S
            await bingx.fail("status", status=502, path=PATH)
            await contracts.steps(perpetual("BTC-USDT"))
            await bingx.fail("status", status=502, path=PATH)
            with pytest.raises(Busy):
                await contracts.steps(perpetual("ETH-USDT"))

    asyncio.run(play())
