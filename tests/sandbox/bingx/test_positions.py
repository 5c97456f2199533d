"""The pretend BingX: positions, money, margin and position modes."""

from decimal import Decimal

import pytest

from tests.sandbox.bingx.driving import BTC, ORDER, POSITIONS, SWAP, Client

TRADE, DUAL = f"{SWAP}/v2/trade", f"{SWAP}/v1/positionSide/dual"
LEVERAGE, MARGIN = f"{TRADE}/leverage", f"{TRADE}/marginType"


def one_way(bingx: Client) -> None:
    """Switch to one-way mode."""
    assert bingx.data("POST", DUAL, dualSidePosition="false") == {"dualSidePosition": "false"}


def test_no_position_is_an_empty_list(bingx: Client) -> None:
    assert bingx.data("GET", POSITIONS, symbol=BTC) == []


def test_long_and_short_lie_beside_each_other_in_hedge_mode_both_positive(bingx: Client) -> None:
    bingx.order("BUY", "0.02")
    bingx.order("SELL", "0.01")
    rows = {row["positionSide"]: row for row in bingx.positions()}

    assert {side: row["positionAmt"] for side, row in rows.items()} == {"LONG": "0.02", "SHORT": "0.01"}
    assert (rows["LONG"]["avgPrice"], rows["LONG"]["leverage"], rows["LONG"]["isolated"]) == ("80000", 10, False)
    assert isinstance(rows["LONG"]["liquidationPrice"], float)


def test_closing_realises_the_difference_and_more_than_is_held_is_refused(bingx: Client) -> None:
    bingx.order("BUY", "0.02")
    bingx.price(81_000)
    too_much = bingx.refused("SELL", "0.03", positionSide="LONG")
    order = bingx.order("SELL", "0.02", positionSide="LONG")

    assert (too_much, order["profit"], bingx.positions()) == (101205, "20", [])
    assert bingx.refused("SELL", "0.01", positionSide="LONG") == 101205
    assert Decimal(bingx.balance()["balance"]) == 10_000 + 20 - Decimal("0.8") - Decimal("0.81")


def test_a_resting_close_keeps_its_part_of_the_position(bingx: Client) -> None:
    bingx.order("BUY", "0.02")
    bingx.order("SELL", "0.015", positionSide="LONG", type="LIMIT", price=90_000)

    assert bingx.positions()[0]["availableAmt"] == "0.005"
    assert bingx.refused("SELL", "0.01", positionSide="LONG") == 101205


@pytest.mark.parametrize("side", [None, "BOTH"])
def test_in_hedge_mode_an_order_has_to_name_its_side_and_is_not_reduce_only(bingx: Client, side: str | None) -> None:
    assert bingx.refused("BUY", positionSide=side) == 109400
    assert bingx.refused("BUY", reduceOnly="true") == 109400


def test_in_one_way_mode_orders_net_and_have_no_side(bingx: Client) -> None:
    one_way(bingx)
    wrong = bingx.refused("BUY")
    bingx.order("BUY", "0.01", positionSide="BOTH")
    bingx.order("SELL", "0.03", positionSide=None)
    (row,) = bingx.positions()

    assert (wrong, row["positionSide"], row["positionAmt"], row["onlyOnePosition"]) == (109400, "SHORT", "0.02", True)


def test_a_one_way_position_may_be_told_as_both_with_a_sign(bingx: Client) -> None:
    one_way(bingx)
    bingx.sandbox.set_state("bingx", both_is_told=True)
    bingx.order("SELL", positionSide="BOTH")

    assert [(row["positionSide"], row["positionAmt"]) for row in bingx.positions()] == [("BOTH", "-0.01")]


def test_a_reduce_only_order_never_makes_a_position_larger(bingx: Client) -> None:
    one_way(bingx)
    nothing = bingx.refused("SELL", positionSide="BOTH", reduceOnly="true")
    bingx.order("BUY", positionSide="BOTH")

    assert nothing == 101205
    assert bingx.refused("BUY", positionSide="BOTH", reduceOnly="true") == 101290
    assert bingx.refused("SELL", "0.02", positionSide="BOTH", reduceOnly="true") == 101205
    assert bingx.order("SELL", positionSide="BOTH", reduceOnly="true")["status"] == "FILLED"


def test_the_position_mode_does_not_change_with_positions_or_orders(bingx: Client) -> None:
    bingx.order("BUY", type="LIMIT", price=70_000)

    assert bingx.code("POST", DUAL, dualSidePosition="false") == 104103
    assert bingx.data("GET", DUAL) == {"dualSidePosition": "true"}


def test_leverage_is_set_for_each_side_in_hedge_mode_and_for_both_in_one_way_mode(bingx: Client) -> None:
    bingx.data("POST", LEVERAGE, symbol=BTC, side="LONG", leverage=20)
    told = bingx.data("GET", LEVERAGE, symbol=BTC)
    wrong = bingx.code("POST", LEVERAGE, symbol=BTC, side="BOTH", leverage=5)
    one_way(bingx)
    bingx.data("POST", LEVERAGE, symbol=BTC, side="BOTH", leverage=5)
    after = bingx.data("GET", LEVERAGE, symbol=BTC)

    assert isinstance(told, dict)
    assert isinstance(after, dict)
    assert (told["longLeverage"], told["shortLeverage"], told["maxLongLeverage"]) == (20, 10, 125)
    assert (wrong, after["longLeverage"], after["shortLeverage"]) == (109400, 5, 5)


def test_too_much_leverage_is_refused_and_changes_nothing(bingx: Client) -> None:
    assert bingx.code("POST", LEVERAGE, symbol=BTC, side="LONG", leverage=126) == 101209
    assert bingx.data("GET", LEVERAGE, symbol=BTC)["longLeverage"] == 10  # type: ignore[index]  # JSON


def test_leverage_decides_how_much_money_an_order_needs(bingx: Client) -> None:
    refused = bingx.refused("BUY", "2")
    bingx.data("POST", LEVERAGE, symbol=BTC, side="LONG", leverage=50)

    assert (refused, bingx.order("BUY", "2")["leverage"]) == (101204, "50X")
    assert Decimal(bingx.balance()["usedMargin"]) == 3200


def test_leverage_is_not_lowered_below_what_the_money_can_bear(bingx: Client) -> None:
    bingx.data("POST", LEVERAGE, symbol=BTC, side="LONG", leverage=50)
    bingx.order("BUY", "2")

    assert bingx.code("POST", LEVERAGE, symbol=BTC, side="LONG", leverage=5) == 101204
    assert bingx.code("POST", LEVERAGE, symbol=BTC, side="LONG", leverage=25) == 0
    assert bingx.positions()[0]["leverage"] == 25


def test_the_margin_mode_is_told_and_does_not_change_with_positions(bingx: Client) -> None:
    answer = bingx.tell("POST", MARGIN, symbol=BTC, marginType="ISOLATED")
    bingx.order("BUY")

    assert (answer["code"], "data" in answer) == (0, False)
    assert bingx.data("GET", MARGIN, symbol=BTC) == {"marginType": "ISOLATED"}
    assert bingx.positions()[0]["isolated"] is True
    assert bingx.code("POST", MARGIN, symbol=BTC, marginType="CROSSED") == 109400
    assert bingx.code("POST", MARGIN, symbol=BTC, marginType="ISOLATED") == 0


def test_a_position_is_closed_by_its_number_or_with_all_others(bingx: Client) -> None:
    bingx.order("BUY")
    bingx.order("SELL")
    number = bingx.positions()[0]["positionId"]
    closed = bingx.data("POST", f"{SWAP}/v1/trade/closePosition", positionId=number)
    rest = bingx.data("POST", f"{TRADE}/closeAllPositions", symbol=BTC)

    assert isinstance(closed, dict)
    assert isinstance(rest, dict)
    assert (closed["positionId"], closed["side"], len(rest["success"]), bingx.positions()) == (number, "SELL", 1, [])


def test_the_balance_has_empty_texts_for_what_is_not_used(bingx: Client) -> None:
    rows = bingx.data("GET", f"{SWAP}/v3/user/balance")
    single = bingx.data("GET", f"{SWAP}/v2/user/balance")

    assert isinstance(rows, list)
    assert isinstance(single, dict)
    assert [(row["asset"], row["balance"]) for row in rows] == [("USDT", "10000"), ("USDC", "")]
    assert single["balance"] == rows[0]


def test_the_demos_money_is_virtual_and_there_is_more_of_it_for_the_asking(bingx: Client) -> None:
    live = bingx.code("POST", f"{TRADE}/getVst")
    bingx.sandbox.set_state("bingx", is_demo=True)
    bingx.data("POST", f"{TRADE}/getVst")

    assert (live, bingx.balance()["asset"], bingx.balance()["balance"]) == (100400, "VST", "20000")
    assert bingx.fills(bingx.order("BUY"))[0]["currency"] == "VST"


def test_in_the_demo_there_is_no_spot(bingx: Client) -> None:
    bingx.sandbox.set_state("bingx", is_demo=True)

    assert bingx.code("GET", "/openApi/spot/v1/account/balance") == 100400


def test_funding_moves_the_money_and_is_an_income(bingx: Client) -> None:
    bingx.order("BUY")
    bingx.control("funding", symbol=BTC, amount="-1.25")
    rows = bingx.data("GET", f"{SWAP}/v2/user/income", symbol=BTC, incomeType="FUNDING_FEE")

    assert isinstance(rows, list)
    assert [(row["income"], row["asset"], row["info"]) for row in rows] == [("-1.25", "USDT", "Funding Fee")]
    assert Decimal(bingx.balance()["balance"]) == Decimal("9998.35")


def test_a_liquidation_closes_the_position_and_cancels_the_orders(bingx: Client) -> None:
    bingx.order("BUY")
    resting = bingx.order("BUY", type="LIMIT", price=70_000)
    told = bingx.control("liquidate", symbol=BTC, price="73000")

    assert (told["type"], told["clientOrderId"], bingx.positions()) == ("LIQUIDATION", "", [])
    assert bingx.look_up(resting)["status"] == "CANCELLED"
    assert bingx.look_up(told)["profit"] == "-70"


def test_what_a_person_trades_by_hand_has_no_client_id(bingx: Client) -> None:
    told = bingx.control("trade", symbol=BTC, quantity="-0.5", price="79999.5")

    assert (told["clientOrderId"], told["avgPrice"]) == ("", "79999.5")
    assert [(row["positionSide"], row["positionAmt"]) for row in bingx.positions()] == [("SHORT", "0.5")]
    assert bingx.told_order("GET", symbol=BTC, orderId=told["orderId"])["status"] == "FILLED"


def test_a_symbols_order_path_wants_a_symbol(bingx: Client) -> None:
    assert bingx.code("GET", ORDER, orderId=1) == 109400
