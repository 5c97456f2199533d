"""The pretend BingX: quotes as a bare HTTP client sees them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as some

from sandbox.bingx.quotes import BingxState, Question, swap_ticker
from sandbox.control.client import Sandbox

TICKER, CONTRACTS = "/openApi/swap/v2/quote/ticker", "/openApi/swap/v2/quote/contracts"
SPOT, SYMBOLS = "/openApi/spot/v1/ticker/24hr", "/openApi/spot/v1/common/symbols"


@pytest.fixture
def bingx(sandbox: Sandbox) -> Iterator[httpx.Client]:
    """Give a client of the pretend BingX."""
    with httpx.Client(base_url=sandbox.addresses["bingx"], timeout=5, trust_env=False) as client:
        yield client


def test_a_ticker_of_the_perpetual_has_its_figures_as_text(bingx: httpx.Client) -> None:
    answer = bingx.get(TICKER, params={"symbol": "BTC-USDT"}).json()
    ticker = answer["data"]

    assert (answer["code"], answer["msg"]) == (0, "")
    assert (ticker["symbol"], ticker["lastPrice"]) == ("BTC-USDT", "82310.5")
    assert Decimal(ticker["bidPrice"]) < Decimal(ticker["lastPrice"]) < Decimal(ticker["askPrice"])
    assert ticker["closeTime"] - ticker["openTime"] == 86_400_000


def test_without_a_symbol_all_are_told(bingx: httpx.Client) -> None:
    rows = bingx.get(TICKER).json()["data"]

    assert [row["symbol"] for row in rows] == ["BTC-USDT", "ETH-USDT", "SOL-USDT"]


def test_a_ticker_of_spot_is_a_list_with_numbers(bingx: httpx.Client) -> None:
    rows = bingx.get(SPOT, params={"symbol": "ETH-USDT"}).json()["data"]

    assert [(row["symbol"], row["lastPrice"]) for row in rows] == [("ETH-USDT", 2988.9)]


def test_contracts_and_symbols_tell_the_same_steps(bingx: httpx.Client) -> None:
    contract = bingx.get(CONTRACTS, params={"symbol": "BTC-USDT"}).json()["data"][0]
    symbol = bingx.get(SYMBOLS, params={"symbol": "BTC-USDT"}).json()["data"]["symbols"][0]

    assert (contract["pricePrecision"], contract["quantityPrecision"]) == (1, 4)
    assert (symbol["tickSize"], symbol["stepSize"]) == (0.1, 0.0001)
    assert (contract["status"], contract["apiStateOpen"], symbol["status"]) == (1, "true", 1)


@pytest.mark.parametrize("path", [TICKER, SPOT, CONTRACTS, SYMBOLS])
def test_an_unknown_symbol_is_refused_in_the_envelope(bingx: httpx.Client, path: str) -> None:
    answer = bingx.get(path, params={"symbol": "NOPE-USDT"})

    assert (answer.status_code, answer.json()["code"]) == (200, 109425)


def test_the_servers_time_is_its_own(bingx: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.settings("bingx", skew_s=3600)
    told_ms = bingx.get("/openApi/swap/v2/server/time").json()["data"]["serverTime"]

    assert told_ms / 1000 - datetime.now(UTC).timestamp() == pytest.approx(3600, abs=60)


def test_a_price_that_was_set_is_quoted_and_bid_and_ask_may_be_senseless(bingx: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.set_state("bingx", prices={"BTC-USDT": "90000"}, bids={"BTC-USDT": "0"}, asks={"BTC-USDT": "1"})
    ticker = bingx.get(TICKER, params={"symbol": "BTC-USDT"}).json()["data"]

    assert (ticker["lastPrice"], ticker["bidPrice"], ticker["askPrice"]) == ("90000.0", "0", "1")


def test_a_ticker_can_be_old(bingx: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.set_state("bingx", age_s=600)
    told = bingx.get(TICKER, params={"symbol": "BTC-USDT"}).json()

    assert told["timestamp"] - told["data"]["closeTime"] == pytest.approx(600_000, abs=1_000)


def test_the_exchange_refuses_with_http_200_and_the_gateway_without_an_envelope(
    bingx: httpx.Client, sandbox: Sandbox
) -> None:
    sandbox.fault("bingx", "code", code="100410", times=1)
    exchange = bingx.get(TICKER)
    sandbox.fault("bingx", "status", status=418, times=1)
    gateway = bingx.get(TICKER)

    assert (exchange.status_code, exchange.json()["code"]) == (200, 100410)
    assert (gateway.status_code, gateway.content) == (418, b"")


def test_what_is_no_route_is_refused_in_the_envelope(bingx: httpx.Client) -> None:
    assert bingx.get("/openApi/swap/v2/quote/nothing").json()["code"] == 100400


def price(swing_bps: int, second: float) -> Decimal:
    """Return the price of a moment."""
    state = BingxState(prices={"ETH-USDT": "1000"}, swing_bps=swing_bps)
    now = datetime(2026, 11, 27, tzinfo=UTC) + timedelta(seconds=second)
    ticker = swap_ticker(Question(state, {"symbol": "ETH-USDT"}, now))
    assert isinstance(ticker, dict)
    return Decimal(ticker["lastPrice"])


def test_a_price_swings_up_and_down_within_a_minute() -> None:
    assert [price(100, second) for second in (0, 15, 30, 45, 60)] == [1000, 1010, 1000, 990, 1000]


@given(some.integers(0, 1000), some.floats(0, 86_400))
def test_no_swing_goes_further_than_it_was_set(swing_bps: int, second: float) -> None:
    assert abs(price(swing_bps, second) - 1000) <= Decimal(swing_bps) / 10 + Decimal("0.01")
