"""The pretend BingX: orders of perpetuals, from placing to what is told of them afterwards."""

import json
from decimal import Decimal

import pytest

from tests.sandbox.bingx.driving import BTC, ORDER, SWAP, Client, now_ms

TRADE = f"{SWAP}/v2/trade"


def test_a_market_order_is_filled_at_the_quote_and_told_in_bingxs_forms(bingx: Client) -> None:
    order = bingx.order("BUY", "0.0100", clientOrderId="ABCdef01")

    assert (order["status"], order["origQty"], order["executedQty"], order["avgPrice"]) == (
        "FILLED", "0.01", "0.01", "80000",
    )  # fmt: skip
    assert (order["clientOrderId"], order["leverage"], order["stopPrice"]) == ("abcdef01", "10X", "")
    assert (len(str(order["orderId"])), order["orderID"]) == (19, str(order["orderId"]))
    assert Decimal(str(order["commission"])) == Decimal("-0.4")


def test_what_answers_an_order_has_numbers_where_a_look_up_has_texts(bingx: Client) -> None:
    told = bingx.told_order(
        "POST", symbol=BTC, side="BUY", positionSide="LONG", type="LIMIT", price="79000", quantity="0.01"
    )

    assert (told["quantity"], told["price"], told["status"]) == (0.01, 79000, "NEW")
    assert (told["clientOrderID"], bingx.look_up(told)["price"]) == ("", "79000")


def test_fills_have_no_number_of_their_own_and_a_negative_fee(bingx: Client) -> None:
    order = bingx.order("SELL", "0.02")
    (fill,) = bingx.fills(order)

    assert (fill["orderId"], fill["volume"], fill["price"]) == (str(order["orderId"]), "0.02", "80000")
    assert (fill["amount"], fill["commission"], fill["currency"]) == ("1600", "-0.8", "USDT")


def test_a_limit_rests_until_the_price_comes_to_it_and_then_pays_less(bingx: Client) -> None:
    order = bingx.order("BUY", type="LIMIT", price="79000")
    rested = [each["orderId"] for each in bingx.open_orders()]
    bingx.price(78_500)
    after = bingx.look_up(order)

    assert (order["status"], rested) == ("NEW", [order["orderId"]])
    assert (after["status"], after["avgPrice"], after["commission"]) == ("FILLED", "79000", "-0.158")


def test_a_client_id_is_taken_once_whatever_its_letters_are(bingx: Client) -> None:
    bingx.order("BUY", clientOrderId="aa11")
    again = bingx.refused("BUY", clientOrderId="AA11")
    bingx.sandbox.set_state("bingx", resubmit_s=60.0)

    assert (again, bingx.refused("BUY", clientOrderId="aa11")) == (101481, 109201)
    assert len(bingx.rows("orders", "allOrders", symbol=BTC)) == 1


def test_an_order_that_is_not_there_is_unknown(bingx: Client) -> None:
    assert bingx.code("GET", ORDER, symbol=BTC, clientOrderId="nothing") == 109421
    assert bingx.code("DELETE", ORDER, symbol=BTC, orderId=1) == 109421
    assert bingx.code("GET", ORDER, symbol="ETH-USDT", orderId=bingx.order("BUY")["orderId"]) == 109421


def test_a_canceled_order_is_spelled_as_it_is_set_and_its_answer_tells_of_before(bingx: Client) -> None:
    order = bingx.order("BUY", type="LIMIT", price="79000", clientOrderId="c1")
    told = bingx.told_order("DELETE", symbol=BTC, clientOrderId="c1")
    first = bingx.look_up(order)["status"]
    bingx.sandbox.set_state("bingx", canceled_as="CANCELED")

    assert (told["status"], first, bingx.look_up(order)["status"]) == ("NEW", "CANCELLED", "CANCELED")
    assert bingx.code("DELETE", ORDER, symbol=BTC, clientOrderId="c1") == 109421


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"symbol": "NOPE-USDT"}, 109425),
        ({"type": "NOTHING"}, 109400),
        ({"quantity": "0.00011"}, 110425),
        ({"quantity": "0.00001"}, 110425),
        ({"quantity": "0"}, 109400),
        ({"quantity": "1e-2"}, 109400),
        ({"type": "LIMIT"}, 109400),
        ({"type": "LIMIT", "price": "79000.05"}, 110400),
        ({"type": "LIMIT", "price": "10000", "quantity": "0.0001"}, 101400),
        ({"quantity": "9"}, 101204),
        ({"clientOrderId": "x" * 41}, 109400),
        ({"type": "LIMIT", "price": "81000", "timeInForce": "PostOnly"}, 101215),
        ({"type": "STOP_MARKET", "positionSide": "SHORT", "stopPrice": "79000"}, 110414),
        ({"closePosition": "true"}, 109400),
        ({"stopLoss": "{"}, 109400),
    ],
)
def test_what_does_not_fit_is_refused(bingx: Client, wrong: dict[str, object], code: int) -> None:
    assert bingx.refused("BUY", **wrong) == code
    assert bingx.rows("orders", "allOrders", symbol=BTC) == []


def test_a_quantity_below_the_least_is_refused(bingx: Client) -> None:
    told = {"symbol": "SOL-USDT", "side": "BUY", "positionSide": "LONG", "type": "MARKET", "quantity": "0.01"}

    assert bingx.code("POST", ORDER, **told) == 110422


def test_money_may_stand_in_place_of_a_quantity(bingx: Client) -> None:
    assert bingx.order("BUY", None, quoteOrderQty="100")["origQty"] == "0.0012"


def test_a_symbol_that_is_closed_for_opening_can_still_be_closed(bingx: Client) -> None:
    bingx.order("BUY")
    bingx.sandbox.set_state("bingx", closed_symbols=[BTC])

    assert bingx.refused("BUY") == 101415
    assert bingx.order("SELL", positionSide="LONG")["status"] == "FILLED"


def test_a_test_order_is_checked_and_not_kept(bingx: Client) -> None:
    told = {"symbol": BTC, "side": "BUY", "positionSide": "LONG", "type": "MARKET"}

    assert bingx.code("POST", f"{ORDER}/test", **told, quantity="0.01") == 0
    assert bingx.code("POST", f"{ORDER}/test", **told, quantity="9") == 101204
    assert bingx.rows("orders", "allOrders", symbol=BTC) == []


def test_a_batch_tells_what_is_refused_beside_what_is_taken(bingx: Client) -> None:
    good = {"symbol": BTC, "side": "BUY", "positionSide": "LONG", "type": "MARKET", "quantity": 0.01}
    data = bingx.data("POST", f"{TRADE}/batchOrders", batchOrders=json.dumps([good, good | {"quantity": 9}]))

    assert isinstance(data, dict)
    assert (len(data["orders"]), [each["errorCode"] for each in data["errors"]]) == (1, [101204])


def test_all_open_orders_are_canceled_at_once(bingx: Client) -> None:
    for price in (79_000, 78_000):
        bingx.order("BUY", type="LIMIT", price=price)
    data = bingx.data("DELETE", f"{TRADE}/allOpenOrders", symbol=BTC)

    assert isinstance(data, dict)
    assert (len(data["success"]), data["failed"], bingx.open_orders()) == (2, None, [])


def test_the_dead_mans_switch_cancels_when_nobody_calls(bingx: Client) -> None:
    bingx.order("BUY", type="LIMIT", price=79_000)
    told = bingx.data("POST", f"{TRADE}/cancelAllAfter", type="ACTIVATE", timeOut=10)
    before = len(bingx.open_orders())
    bingx.sandbox.settings("bingx", skew_s=11)
    after = bingx.rows("orders", "openOrders", symbol=BTC, timestamp=now_ms() + 11_000)

    assert isinstance(told, dict)
    assert (told["status"], before, after) == ("ACTIVATED", 1, [])


def test_the_dead_mans_switch_waits_between_10_and_120_seconds(bingx: Client) -> None:
    assert bingx.code("POST", f"{TRADE}/cancelAllAfter", type="ACTIVATE", timeOut=5) == 109400
    assert bingx.code("POST", f"{TRADE}/cancelAllAfter", type="CLOSE") == 0


def test_old_orders_are_listed_the_newest_first_within_seven_days(bingx: Client) -> None:
    made = [bingx.order("BUY")["orderId"] for _ in range(3)]

    assert [each["orderId"] for each in bingx.rows("orders", "allOrders", symbol=BTC, limit=2)] == made[:0:-1]
    assert bingx.code("GET", f"{TRADE}/allOrders", symbol=BTC, startTime=1, endTime=10**12) == 109400
    assert bingx.code("GET", f"{TRADE}/openOrder", symbol=BTC, orderId=made[0]) == 109421


def test_an_order_may_fill_in_parts_as_it_is_told_to(bingx: Client) -> None:
    order = bingx.order("BUY", "0.03", type="LIMIT", price=79_000, clientOrderId="parts")
    bingx.control("orders/parts/fill", quantity="0.01", price="78900")
    first = bingx.look_up(order)
    bingx.control("orders/parts/fill")
    last = bingx.look_up(order)

    assert (first["status"], first["executedQty"], first["avgPrice"]) == ("PARTIALLY_FILLED", "0.01", "78900")
    assert (last["status"], [fill["volume"] for fill in bingx.fills(order)]) == ("FILLED", ["0.01", "0.02"])


def test_what_may_not_rest_expires(bingx: Client) -> None:
    assert bingx.order("BUY", type="LIMIT", price=79_000, timeInForce="IOC")["status"] == "EXPIRED"
