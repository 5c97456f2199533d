"""The pretend BingX: stop losses and take profits, attached to an order or on their own."""

import json

import pytest

from tests.sandbox.bingx.driving import BTC, ORDER, Client


def leg(kind: str, stop_price: int, **more: object) -> str:
    """Write an attached leg."""
    return json.dumps({"type": kind, "stopPrice": stop_price, "workingType": "MARK_PRICE", **more})


LOSS, PROFIT = leg("STOP_MARKET", 79_000), leg("TAKE_PROFIT_MARKET", 82_000)


def legs(bingx: Client) -> dict[object, dict[str, object]]:
    """Return what rests, by its type."""
    return {order["type"]: order for order in bingx.open_orders()}


def test_attached_legs_become_orders_of_their_own_when_their_order_fills(bingx: Client) -> None:
    parent = bingx.order("BUY", "0.02", stopLoss=LOSS, takeProfit=PROFIT, clientOrderId="parent")
    loss = legs(bingx)["STOP_MARKET"]

    assert set(legs(bingx)) == {"STOP_MARKET", "TAKE_PROFIT_MARKET"}
    assert (loss["clientOrderId"], loss["triggerOrderId"], loss["side"], loss["positionSide"]) == (
        "", parent["orderId"], "SELL", "LONG",
    )  # fmt: skip
    assert (loss["origQty"], loss["stopPrice"], loss["status"]) == ("0.02", "79000", "NEW")
    assert (parent["stopLoss"], parent["takeProfit"]) == (
        {"type": "STOP_MARKET", "quantity": 0, "stopPrice": 79000, "price": 0, "workingType": "MARK_PRICE",
         "stopGuaranteed": "false"},
        {"type": "TAKE_PROFIT_MARKET", "quantity": 0, "stopPrice": 82000, "price": 0, "workingType": "MARK_PRICE",
         "stopGuaranteed": "false"},
    )  # fmt: skip


def test_legs_grow_with_an_order_that_fills_in_parts(bingx: Client) -> None:
    bingx.order("BUY", "0.03", type="LIMIT", price=79_500, stopLoss=LOSS, clientOrderId="parent")
    before = legs(bingx)
    bingx.control("orders/parent/fill", quantity="0.01")
    first = legs(bingx)["STOP_MARKET"]
    bingx.control("orders/parent/fill")
    last = legs(bingx)["STOP_MARKET"]

    assert (set(before), first["origQty"], last["origQty"]) == ({"LIMIT"}, "0.01", "0.03")
    assert first["orderId"] == last["orderId"]


def test_the_leg_that_is_reached_closes_the_position_and_takes_the_other_with_it(bingx: Client) -> None:
    bingx.order("BUY", stopLoss=LOSS, takeProfit=PROFIT)
    made = legs(bingx)
    bingx.price(82_500)

    assert bingx.positions() == []
    assert bingx.look_up(made["TAKE_PROFIT_MARKET"])["avgPrice"] == "82500"
    assert bingx.look_up(made["STOP_MARKET"])["status"] == "CANCELLED"


def test_closing_by_an_order_cancels_the_legs(bingx: Client) -> None:
    bingx.order("BUY", stopLoss=LOSS)
    bingx.order("SELL", positionSide="LONG")

    assert bingx.open_orders() == []


def test_the_mark_price_triggers_unless_another_was_asked_for(bingx: Client) -> None:
    by_mark = bingx.order("BUY", stopLoss=LOSS)
    by_last = leg("STOP_MARKET", 79_000, workingType="CONTRACT_PRICE")
    bingx.order("SELL", stopLoss=leg("STOP_MARKET", 81_000), takeProfit=leg("TAKE_PROFIT_MARKET", 78_000))
    bingx.price(80_000, mark=78_500)

    assert by_mark["status"] == "FILLED"
    assert [row["positionSide"] for row in bingx.positions()] == ["SHORT"]
    assert bingx.refused("BUY", stopLoss=by_last) == 0


@pytest.mark.parametrize(
    ("side", "wrong", "code"),
    [
        ("BUY", {"takeProfit": leg("TAKE_PROFIT_MARKET", 79_000)}, 110411),
        ("SELL", {"takeProfit": leg("TAKE_PROFIT_MARKET", 81_000)}, 110412),
        ("BUY", {"stopLoss": leg("STOP_MARKET", 81_000)}, 110413),
        ("SELL", {"stopLoss": leg("STOP_MARKET", 79_000)}, 110414),
        ("BUY", {"stopLoss": leg("TAKE_PROFIT_MARKET", 79_000)}, 109400),
        ("BUY", {"stopLoss": leg("STOP", 79_000)}, 109400),
        ("BUY", {"type": "STOP_MARKET", "stopPrice": 81_000, "stopLoss": LOSS}, 109400),
    ],
)
def test_legs_on_the_wrong_side_or_of_the_wrong_kind_are_refused(
    bingx: Client, side: str, wrong: dict[str, object], code: int
) -> None:
    assert bingx.refused(side, **wrong) == code


def test_a_leg_of_its_own_closes_what_is_held_and_keeps_its_client_id(bingx: Client) -> None:
    bingx.order("BUY", "0.02")
    order = bingx.order("SELL", "0.02", positionSide="LONG", type="STOP_MARKET", stopPrice=79_000, clientOrderId="sl1")
    bingx.price(78_000)
    after = bingx.look_up(order)

    assert (order["status"], order["stopPrice"], order["triggerOrderId"]) == ("NEW", "79000", 0)
    assert (after["status"], after["clientOrderId"], after["avgPrice"]) == ("FILLED", "sl1", "78000")
    assert bingx.positions() == []


def test_names_of_stops_can_be_forgotten(bingx: Client) -> None:
    bingx.sandbox.set_state("bingx", forgets_stop_names=True)
    bingx.order("BUY", clientOrderId="o1")
    order = bingx.order("SELL", positionSide="LONG", type="STOP_MARKET", stopPrice=79_000, clientOrderId="sl1")

    assert order["clientOrderId"] == ""
    assert bingx.code("GET", ORDER, symbol=BTC, clientOrderId="sl1") == 109421
    assert bingx.code("GET", ORDER, symbol=BTC, clientOrderId="o1") == 0


def test_a_leg_without_a_position_is_refused_and_one_that_loses_it_expires(bingx: Client) -> None:
    told = {"positionSide": "LONG", "type": "STOP_MARKET", "stopPrice": 79_000}
    refused = bingx.refused("SELL", **told)
    bingx.order("BUY")
    order = bingx.order("SELL", **told)
    bingx.order("SELL", positionSide="LONG")
    bingx.price(78_000)

    assert (refused, bingx.look_up(order)["status"], bingx.positions()) == (101205, "EXPIRED", [])


def test_a_leg_closes_no_more_than_is_left(bingx: Client) -> None:
    bingx.order("BUY", "0.03")
    order = bingx.order("SELL", "0.03", positionSide="LONG", type="TAKE_PROFIT_MARKET", stopPrice=81_000)
    bingx.order("SELL", "0.02", positionSide="LONG")
    bingx.price(81_000)

    assert (bingx.look_up(order)["executedQty"], bingx.positions()) == ("0.01", [])


def test_a_leg_that_closes_the_whole_position_has_no_quantity(bingx: Client) -> None:
    bingx.order("BUY", "0.03")
    told = {"positionSide": "LONG", "type": "STOP_MARKET", "stopPrice": 79_000, "closePosition": "true"}
    both = bingx.refused("SELL", **told)
    order = bingx.order("SELL", None, **told)
    bingx.price(79_000)

    assert (both, order["closePosition"], bingx.look_up(order)["executedQty"]) == (109400, "true", "0.03")


def test_a_leg_that_is_told_to_fill_closes_what_is_held(bingx: Client) -> None:
    bingx.order("BUY", "0.03")
    told = {"positionSide": "LONG", "type": "STOP_MARKET", "stopPrice": 79_000, "closePosition": "true"}
    bingx.order("SELL", None, **told, clientOrderId="leg")

    assert bingx.control("orders/leg/fill", price="78999")["executedQty"] == "0.03"
    assert bingx.positions() == []


def test_in_one_way_mode_legs_are_reduce_only(bingx: Client) -> None:
    bingx.data("POST", "/openApi/swap/v1/positionSide/dual", dualSidePosition="false")
    bingx.order("BUY", positionSide="BOTH", stopLoss=LOSS)

    assert (legs(bingx)["STOP_MARKET"]["positionSide"], legs(bingx)["STOP_MARKET"]["reduceOnly"]) == ("BOTH", True)


def test_a_leg_can_vanish_without_a_word(bingx: Client) -> None:
    bingx.order("BUY", stopLoss=LOSS)
    lost = legs(bingx)["STOP_MARKET"]
    bingx.control(f"orders/{lost['orderId']}/vanish")

    assert (bingx.open_orders(), len(bingx.positions())) == ([], 1)
    assert bingx.told_order("GET", symbol=BTC, orderId=lost["orderId"])["status"] == "CANCELLED"
