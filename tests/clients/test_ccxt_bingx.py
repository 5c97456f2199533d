"""ccxt, unmodified, at the pretend BingX: it trades perpetuals and spot there as it does at the real one.

Quirks: ccxt's answer to a cancel says what BingX says, which may be the status of before.
"""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.bingx.state import API_KEY, API_SECRET
from sandbox.control.client import Sandbox

ccxt = pytest.importorskip("ccxt")

Client = Any
SPOT, PERPETUAL = "BTC/USDT", "BTC/USDT:USDT"
LONG = {"positionSide": "LONG"}


@pytest.fixture
def bingx(sandbox: Sandbox) -> Client:
    """Give ccxt's client of BingX, at prices without a spread."""
    sandbox.set_state("bingx", spread_bps=0, has_limits=False)
    return client(sandbox)


def client(sandbox: Sandbox, **changed: str) -> Client:
    """Make ccxt's client, with the right credentials but for those given."""
    made = ccxt.bingx({"apiKey": API_KEY, "secret": API_SECRET, **changed})
    made.urls["api"] = dict.fromkeys(made.urls["api"], f"{sandbox.addresses['bingx']}/openApi")
    return made


def error_of(call: Callable[[], object]) -> Exception:
    """Return the error of ccxt's that a call raises."""
    with pytest.raises(ccxt.BaseError) as caught:
        call()
    error: Exception = caught.value
    return error


# --- markets and money


def test_markets_coins_and_quotes_are_read(bingx: Client) -> None:
    markets = bingx.load_markets()

    assert (markets[SPOT]["precision"]["amount"], markets[PERPETUAL]["precision"]["amount"]) == (0.0001, 0.0001)
    assert markets[PERPETUAL]["settle"] == "USDT"
    assert bingx.fetch_ticker(PERPETUAL)["last"] == bingx.fetch_ticker(SPOT)["last"] == 82310.5
    assert bingx.fetch_ticker(SPOT)["symbol"] == SPOT
    assert bingx.fetch_funding_rate(PERPETUAL)["markPrice"] == 82310.5


def test_money_is_read_wallet_by_wallet(bingx: Client) -> None:
    assert bingx.fetch_balance({"type": "swap"})["USDT"] == {"free": 10_000, "used": 0, "total": 10_000}
    assert bingx.fetch_balance({"type": "spot"})["total"] == {"USDT": 10_000, "BTC": 0.05}


# --- perpetuals


def test_a_market_order_is_filled_and_its_position_and_trade_are_read(bingx: Client) -> None:
    order = bingx.create_order(PERPETUAL, "market", "buy", 0.01, None, LONG | {"clientOrderId": "Mine1"})
    found = bingx.fetch_order(order["id"], PERPETUAL)
    (position,) = bingx.fetch_positions([PERPETUAL])
    (trade,) = bingx.fetch_my_trades(PERPETUAL, None, None, {"orderId": order["id"], "tradingUnit": "COIN"})
    (in_contracts,) = bingx.fetch_my_trades(PERPETUAL, None, None, {"orderId": order["id"]})

    assert (found["status"], found["filled"], found["average"]) == ("closed", 0.01, 82310.5)
    assert found["clientOrderId"] == "mine1"
    assert (position["side"], position["contracts"], position["entryPrice"]) == ("long", 0.01, 82310.5)
    assert (trade["order"], trade["info"]["volume"], trade["price"]) == (order["id"], "0.01", 82310.5)
    assert in_contracts["amount"] == 0.01
    assert trade["fee"]["cost"] > 0


def test_a_limit_order_rests_until_it_is_canceled(bingx: Client) -> None:
    order = bingx.create_order(PERPETUAL, "limit", "buy", 0.01, 80_000, LONG)
    (resting,) = bingx.fetch_open_orders(PERPETUAL)
    bingx.cancel_order(order["id"], PERPETUAL)

    assert (resting["id"], resting["status"], resting["price"]) == (order["id"], "open", 80_000)
    assert bingx.fetch_order(order["id"], PERPETUAL)["status"] == "canceled"
    assert bingx.fetch_open_orders(PERPETUAL) == []


def test_a_stop_and_a_profit_of_their_own_close_what_is_held(bingx: Client, sandbox: Sandbox) -> None:
    bingx.create_order(PERPETUAL, "market", "buy", 0.01, None, LONG)
    stop = bingx.create_order(PERPETUAL, "market", "sell", 0.01, None, LONG | {"stopLossPrice": 80_000})
    profit = bingx.create_order(PERPETUAL, "market", "sell", 0.01, None, LONG | {"takeProfitPrice": 90_000})
    sandbox.set_state("bingx", prices={"BTC-USDT": "79999"})

    assert (stop["stopLossPrice"], profit["info"]["type"]) == (80_000, "TAKE_PROFIT_MARKET")
    assert bingx.fetch_order(stop["id"], PERPETUAL)["status"] == "closed"
    assert bingx.fetch_positions([PERPETUAL]) == []


def test_a_stop_and_a_profit_can_come_with_the_order(bingx: Client) -> None:
    legs = {"stopLoss": {"triggerPrice": 80_000}, "takeProfit": {"triggerPrice": 90_000}}
    bingx.create_order(PERPETUAL, "market", "buy", 0.01, None, LONG | legs)
    stop, profit = bingx.fetch_open_orders(PERPETUAL)

    assert (stop["stopLossPrice"], profit["takeProfitPrice"]) == (80_000, 90_000)
    assert [each["side"] for each in (stop, profit)] == ["sell", "sell"]


def test_leverage_is_set_and_read_back_side_by_side(bingx: Client) -> None:
    bingx.set_leverage(20, PERPETUAL, {"side": "LONG"})
    bingx.set_leverage(5, PERPETUAL, {"side": "SHORT"})
    leverage = bingx.fetch_leverage(PERPETUAL)

    assert (leverage["longLeverage"], leverage["shortLeverage"]) == (20, 5)


def test_margin_mode_is_set_and_read_back(bingx: Client) -> None:
    before = bingx.fetch_margin_mode(PERPETUAL)["marginMode"]
    bingx.set_margin_mode("isolated", PERPETUAL)

    assert (before, bingx.fetch_margin_mode(PERPETUAL)["marginMode"]) == ("cross", "isolated")


def test_one_way_mode_is_set_and_orders_go_without_a_side(bingx: Client) -> None:
    bingx.set_position_mode(False, PERPETUAL)
    sold = bingx.create_order(PERPETUAL, "market", "sell", 0.01)
    (position,) = bingx.fetch_positions([PERPETUAL])
    bought = bingx.create_order(PERPETUAL, "market", "buy", 0.01, None, {"reduceOnly": True})

    assert bingx.fetch_position_mode(PERPETUAL)["hedged"] is False
    assert (position["side"], position["contracts"]) == ("short", 0.01)
    assert [sold["status"], bought["status"]] == ["closed", "closed"]
    assert bingx.fetch_positions([PERPETUAL]) == []


# --- spot


def test_spot_is_bought_for_coins_or_for_dollars(bingx: Client) -> None:
    order = bingx.create_order(SPOT, "market", "buy", 0.01, None, {"clientOrderId": "s1"})
    other = bingx.create_market_buy_order_with_cost(SPOT, 100)
    trades = bingx.fetch_my_trades(SPOT)

    assert (order["status"], order["filled"], order["clientOrderId"]) == ("closed", 0.01, "s1")
    assert (other["status"], other["filled"]) == ("closed", 0.0012)
    assert [each["fee"] for each in trades] == [{"currency": "BTC", "cost": cost} for cost in (0.00001, 0.0000012)]
    assert bingx.fetch_balance({"type": "spot"})["BTC"]["free"] == 0.0611888


def test_a_limit_order_of_spot_locks_money_until_it_is_canceled(bingx: Client) -> None:
    order = bingx.create_order(SPOT, "limit", "buy", 0.01, 80_000)
    locked = bingx.fetch_balance({"type": "spot"})["USDT"]["used"]
    (resting,) = bingx.fetch_open_orders(SPOT)
    canceled = bingx.cancel_order(order["id"], SPOT)

    assert (locked, resting["id"], resting["status"]) == (800, order["id"], "open")
    assert canceled["status"] == bingx.fetch_order(order["id"], SPOT)["status"] == "canceled"


def test_a_stop_of_spot_waits_and_then_sells(bingx: Client, sandbox: Sandbox) -> None:
    order = bingx.create_order(SPOT, "market", "sell", 0.01, None, {"stopLossPrice": 80_000})
    sandbox.set_state("bingx", prices={"BTC-USDT": "79999"})

    assert (order["status"], order["stopLossPrice"]) == ("open", 80_000)
    assert bingx.fetch_order(order["id"], SPOT)["status"] == "closed"


# --- refusals


@pytest.mark.parametrize(("symbol", "side"), [(SPOT, {}), (PERPETUAL, LONG)])
def test_too_little_money_is_told_as_such(bingx: Client, symbol: str, side: dict[str, str]) -> None:
    error = error_of(lambda: bingx.create_order(symbol, "market", "buy", 50, None, side))

    assert type(error) is ccxt.InsufficientFunds


def test_a_wrong_secret_is_an_authentication_error(sandbox: Sandbox) -> None:
    error = error_of(client(sandbox, secret="wrong").fetch_position_mode)

    assert type(error) is ccxt.AuthenticationError


def test_a_wrong_key_is_told_with_bingxs_own_code(sandbox: Sandbox) -> None:
    """ccxt 4.5 has no error of its own for 100413."""
    assert "100413" in str(error_of(client(sandbox, apiKey="wrong").fetch_position_mode))


def test_a_key_without_the_right_is_denied(bingx: Client, sandbox: Sandbox) -> None:
    bingx.load_markets()
    sandbox.set_state("bingx", rights=["enableReading"])
    error = error_of(lambda: bingx.create_order(PERPETUAL, "market", "buy", 0.01, None, LONG))

    assert "100004" in str(error)


def test_a_rate_limit_is_a_passing_failure(bingx: Client, sandbox: Sandbox) -> None:
    sandbox.fault("bingx", "code", code="100410")

    assert isinstance(error_of(bingx.fetch_position_mode), ccxt.OperationFailed)


@pytest.mark.parametrize("skew_s", [60.0, -60.0])
def test_a_skewed_clock_is_refused(bingx: Client, sandbox: Sandbox, skew_s: float) -> None:
    sandbox.settings("bingx", skew_s=skew_s)

    assert "100421" in str(error_of(bingx.fetch_position_mode))
