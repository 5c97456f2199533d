"""The pretend BingX's spot account, as a bare HTTP client sees it."""

from typing import cast

import pytest

from sandbox.control.client import Sandbox
from tests.sandbox.bingx.asking import SPOT_ORDER, Fields, ask, told

TRADE = "/openApi/spot/v1/trade"
BTC = {"symbol": "BTC-USDT"}
BUY = BTC | {"side": "BUY", "type": "MARKET", "quantity": "0.01"}
LIMIT = BUY | {"type": "LIMIT", "price": "80000"}


def place(sandbox: Sandbox, **changed: str) -> Fields:
    """Order, and return what is told of the order."""
    return told(sandbox, "POST", SPOT_ORDER, **(BUY | changed))


def rows(fields: Fields, name: str) -> list[Fields]:
    """Return the rows of a list."""
    return cast("list[Fields]", fields[name])  # what it holds is what the tests look at


def coins(sandbox: Sandbox) -> dict[str, tuple[str, str]]:
    """Return what is free and what is locked of each coin."""
    held = rows(told(sandbox, "GET", "/openApi/spot/v1/account/balance"), "balances")
    return {str(each["asset"]): (str(each["free"]), str(each["locked"])) for each in held}


def test_a_market_order_is_filled_and_its_fee_is_taken_from_the_bought_coin(sandbox: Sandbox) -> None:
    sandbox.set_state("bingx", spread_bps=0)
    order = place(sandbox)
    (fill,) = rows(told(sandbox, "GET", f"{TRADE}/myTrades", **BTC), "fills")

    assert (order["status"], order["executedQty"], order["cummulativeQuoteQty"]) == ("FILLED", "0.01", "823.105")
    assert (fill["orderId"], fill["qty"], fill["quoteQty"]) == (order["orderId"], "0.01", "823.105")
    assert (fill["commission"], fill["commissionAsset"], fill["isBuyer"]) == (-0.00001, "BTC", True)
    assert coins(sandbox)["BTC"] == ("0.05999", "0")
    assert coins(sandbox)["USDT"] == ("9176.895", "0")


def test_who_sells_pays_the_fee_in_dollars(sandbox: Sandbox) -> None:
    sandbox.set_state("bingx", spread_bps=0)
    order = place(sandbox, side="SELL")
    full = told(sandbox, "GET", f"{TRADE}/query", **BTC, orderId=str(order["orderId"]))

    assert (full["fee"], full["feeAsset"], full["avgPrice"]) == ("-0.823105", "USDT", "82310.5")
    assert coins(sandbox)["USDT"][0] == "10822.281895"


def test_a_market_order_can_spend_an_amount_of_dollars(sandbox: Sandbox) -> None:
    order = told(sandbox, "POST", SPOT_ORDER, **BTC, side="BUY", type="MARKET", quoteOrderQty="100")

    assert (order["status"], order["executedQty"]) == ("FILLED", "0.0012")


def test_a_resting_order_locks_money_and_is_found_by_its_own_client_id(sandbox: Sandbox) -> None:
    order = place(sandbox, **LIMIT, newClientOrderId="mine-1")
    found = told(sandbox, "GET", f"{TRADE}/query", **BTC, clientOrderID="mine-1")
    (listed,) = rows(told(sandbox, "GET", f"{TRADE}/openOrders", **BTC), "orders")

    assert order["status"] == found["status"] == listed["status"] == "PENDING"
    assert len(str(order["orderId"])) == 19
    assert found["orderId"] == listed["orderId"] == order["orderId"]
    assert coins(sandbox)["USDT"] == ("9200", "800")


def test_a_canceled_order_frees_its_money_and_stays_in_the_history(sandbox: Sandbox) -> None:
    order = place(sandbox, **LIMIT)
    named = BTC | {"orderId": str(order["orderId"])}
    canceled = told(sandbox, "POST", f"{TRADE}/cancel", **named)
    (past,) = rows(told(sandbox, "GET", f"{TRADE}/historyOrders", **BTC), "orders")

    assert canceled["status"] == past["status"] == "CANCELED"
    assert ask(sandbox, "POST", f"{TRADE}/cancel", **named)["code"] == 100404
    assert coins(sandbox)["USDT"] == ("10000", "0")


def test_a_price_that_reaches_a_resting_order_fills_it_at_its_limit(sandbox: Sandbox) -> None:
    order = place(sandbox, **LIMIT)
    sandbox.set_state("bingx", prices={"BTC-USDT": "79000"})
    full = told(sandbox, "GET", f"{TRADE}/query", **BTC, orderId=str(order["orderId"]))

    assert (full["status"], full["avgPrice"]) == ("FILLED", "80000")


def test_a_stop_waits_until_its_price_is_reached(sandbox: Sandbox) -> None:
    order = place(sandbox, side="SELL", type="TAKE_STOP_MARKET", stopPrice="80000")
    named = BTC | {"orderId": str(order["orderId"])}
    waiting = told(sandbox, "GET", f"{TRADE}/query", **named)
    sandbox.set_state("bingx", prices={"BTC-USDT": "79990"})
    full = told(sandbox, "GET", f"{TRADE}/query", **named)

    assert (waiting["status"], waiting["StopPrice"]) == ("NEW", "80000")
    assert full["status"] == "FILLED"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"quantity": "0.00001"}, 100400),
        ({"quantity": "0.01005"}, 100400),
        ({"quantity": "0"}, 100400),
        ({"type": "LIMIT", "price": "80000.05"}, 100400),
        ({"type": "OTHER"}, 100400),
        ({"symbol": "NOPE-USDT"}, 100400),
        ({"quantity": "1"}, 100202),
        ({"side": "SELL", "quantity": "0.06"}, 100202),
    ],
)
def test_what_is_wrong_too_small_or_too_much_is_refused(sandbox: Sandbox, changed: dict[str, str], code: int) -> None:
    assert ask(sandbox, "POST", SPOT_ORDER, **(BUY | changed))["code"] == code
    assert coins(sandbox)["USDT"] == ("10000", "0")


def test_a_client_id_is_taken_once(sandbox: Sandbox) -> None:
    place(sandbox, newClientOrderId="abc")

    assert ask(sandbox, "POST", SPOT_ORDER, **BUY, newClientOrderId="abc")["code"] == 101481


def test_what_cannot_be_filled_at_once_is_canceled_where_that_is_wanted(sandbox: Sandbox) -> None:
    immediate = place(sandbox, **LIMIT, timeInForce="IOC")
    crossing = place(sandbox, type="LIMIT", price="90000", timeInForce="PostOnly")

    assert [immediate["status"], crossing["status"]] == ["CANCELED", "CANCELED"]
    assert [immediate["executedQty"], crossing["executedQty"]] == ["0", "0"]


def test_fills_are_held_and_made_by_hand(sandbox: Sandbox) -> None:
    sandbox.set_state("bingx", hold_fills=True)
    order = place(sandbox)
    sandbox.ask("POST", f"/bingx/spot/orders/{order['orderId']}/fill", kind=object, body={"quantity": "0.004"})
    full = told(sandbox, "GET", f"{TRADE}/query", **BTC, orderId=str(order["orderId"]))

    assert (full["status"], full["executedQty"]) == ("PARTIALLY_FILLED", "0.004")


def test_an_order_can_be_forgotten_for_a_while(sandbox: Sandbox) -> None:
    sandbox.fault("bingx", "spot_forget", seconds=600, times=1)
    place(sandbox, newClientOrderId="gone")

    assert ask(sandbox, "GET", f"{TRADE}/query", **BTC, clientOrderID="gone")["code"] == 100404
    assert rows(told(sandbox, "GET", f"{TRADE}/historyOrders", **BTC), "orders") == []


def test_the_demo_has_no_spot(sandbox: Sandbox) -> None:
    sandbox.set_state("bingx", is_demo=True)

    assert ask(sandbox, "POST", SPOT_ORDER, **BUY)["code"] == 100400


def test_a_key_without_the_right_trades_no_spot_and_reads_it(sandbox: Sandbox) -> None:
    sandbox.set_state("bingx", rights=["enableReading", "enableFutures"])

    assert ask(sandbox, "POST", SPOT_ORDER, **BUY)["code"] == 100004
    assert coins(sandbox)["BTC"] == ("0.05", "0")
