"""Protective legs: rows before they are sent, after every fill, and what is told where they do not work."""

from decimal import Decimal

from execution.orders_desk.records import Going
from ledger.trading.orders.records import Order
from tests.execution.orders_desk.stage import CancelOrder, PlaceOrder, Stage, event, fill

D = Decimal


def opened(stage: Stage, quantity: str = "2") -> Order:
    """Open a position that is to be protected."""
    row = stage.sent()
    stage.says(event(row, "FILLED" if quantity == "2" else "PARTIALLY_FILLED", fill("1", quantity)))
    return row


def legs(stage: Stage) -> dict[str, Order]:
    """Return the newest leg of each kind."""
    return {each.leg: each for each in stage.all_orders() if each.parent_id is not None}


def test_both_legs_are_rows_and_are_sent_after_the_fill(stage: Stage) -> None:
    stage.protect()
    row = opened(stage)
    heard = {each.leg: each for each in stage.hears_only(PlaceOrder) if each.leg != "ENTRY"}

    stop, target = legs(stage)["STOP_LOSS"], legs(stage)["TAKE_PROFIT"]

    assert (stop.type, stop.stop_price, stop.quantity, stop.side) == ("STOP", D(90), D(2), "SELL")
    assert (target.type, target.price, target.time_in_force) == ("LIMIT", D(120), "GTC")
    assert (stop.purpose, stop.parent_id) == ("CLOSING", row.id)
    assert {each.client_order_id for each in heard.values()} == {stop.client_order_id, target.client_order_id}
    assert heard["STOP_LOSS"].parent == row.client_order_id
    assert heard["STOP_LOSS"].reduce_only


def test_legs_are_at_prices_that_the_instrument_has_none_further_from_the_price_than_was_wanted(stage: Stage) -> None:
    """A plot of TradingView has as many decimals as it likes; venues refuse what is not on the tick."""
    stage.protect("90.123456789", "120.987654321")
    stage.has_tick("0.05")
    row = stage.sent()
    opening = stage.hears_only(PlaceOrder)[0]
    stage.says(event(row, "FILLED", fill("1", "2")))

    assert (legs(stage)["STOP_LOSS"].stop_price, legs(stage)["TAKE_PROFIT"].price) == (D("90.15"), D("120.95"))
    assert (opening.stop_loss, opening.take_profit) == (D("90.15"), D("120.95"))


def test_nothing_is_placed_for_a_signal_without_stops(stage: Stage) -> None:
    opened(stage)

    assert len(stage.all_orders()) == 1


def test_a_further_fill_replaces_the_legs_once_the_old_ones_have_ended(stage: Stage) -> None:
    """Fault T17a: legs fit the position."""
    stage.protect(take_profit=None)
    row = opened(stage, "1")
    old = legs(stage)["STOP_LOSS"]
    stage.says(event(old, "NEW"))
    stage.hears()
    stage.says(event(row, "FILLED", fill("1", "1"), fill("2", "1")))
    canceled = stage.hears_only(CancelOrder)
    between = len(stage.all_orders())
    stage.says(event(old, "CANCELED"))

    assert [each.client_order_id for each in canceled] == [old.client_order_id]
    assert between == 2
    assert (legs(stage)["STOP_LOSS"].quantity, len(stage.all_orders())) == (D(2), 3)
    assert not any("cancel" in each for each in stage.told())


def test_when_a_leg_fills_its_sibling_is_canceled_and_nothing_else_is_placed(stage: Stage) -> None:
    """Fault T17a: a leg fills."""
    stage.protect()
    opened(stage)
    stop, target = legs(stage)["STOP_LOSS"], legs(stage)["TAKE_PROFIT"]
    stage.says(event(stop, "NEW"), event(target, "NEW"))
    stage.says(event(stop, "FILLED", fill("9", price="90", side="SELL")))
    canceled = stage.hears_only(CancelOrder)
    stage.says(event(target, "CANCELED"))

    assert [each.client_order_id for each in canceled] == [target.client_order_id]
    assert stage.held() == [D(0)]
    assert len(stage.all_orders()) == 3
    assert any(each.startswith("BTC-USDT stop loss: sold 2 @ 90 USD (paper)") for each in stage.told())
    assert "\nstop loss 90: sold 2 @ 90, Realized -20 USD, " in stage.told()[-1]


def test_killed_between_fill_and_legs_the_next_life_protects(stage: Stage) -> None:
    """Faults T10 and T17a: killed between fill and legs."""
    row = stage.sent()
    stage.says(event(row, "FILLED", fill("1")))
    stage.protect(take_profit=None)
    stage.start()
    stage.desk.turn()

    assert legs(stage)["STOP_LOSS"].quantity == D(2)


def test_a_refused_leg_is_placed_once_more_then_told_as_unprotected_with_a_button(stage: Stage) -> None:
    """Fault T17a: a leg is refused."""
    stage.protect(take_profit=None)
    row = opened(stage)
    stage.says(event(legs(stage)["STOP_LOSS"], "REJECTED", reason="no stops"))
    second = legs(stage)["STOP_LOSS"]
    stage.says(event(second, "REJECTED", reason="no stops"))
    stage.passes(10)

    assert len(stage.all_orders()) == 3
    assert stage.told()[-1] == (
        "⚠ UNPROTECTED: BTC-USDT 2 has no working stop loss. Close it, or place the stop at the venue. (paper)"
    )
    assert stage.buttons()[-1] == [[{"text": "Close", "data": f"close:{row.uid}"}]]


def test_a_leg_that_the_venue_does_not_take_is_told_within_ten_seconds_and_once(stage: Stage) -> None:
    """Fault T17a: a leg is not taken."""
    stage.protect(take_profit=None)
    opened(stage)
    stage.passes(10)
    early = [each for each in stage.told() if "UNPROTECTED" in each]
    stage.passes(60)

    assert len(early) == 1
    assert [each for each in stage.told() if "UNPROTECTED" in each] == early


def test_a_leg_that_works_is_not_told(stage: Stage) -> None:
    stage.protect(take_profit=None)
    opened(stage)
    stage.says(event(legs(stage)["STOP_LOSS"], "NEW"))
    stage.passes(30)

    assert not any("UNPROTECTED" in each for each in stage.told())


def test_legs_canceled_for_a_closing_are_not_placed_again_while_it_works(stage: Stage) -> None:
    stage.protect(take_profit=None)
    opened(stage)
    stop = legs(stage)["STOP_LOSS"]
    stage.says(event(stop, "NEW"))
    stage.desk.cancel(stop.uid, reason="closing")
    stage.says(event(stop, "CANCELED"))
    stage.passes(3)
    row = stage.sent(purpose="CLOSING", leg="EXIT", side="SELL")
    stage.says(event(row, "FILLED", fill("5", side="SELL")))
    stage.passes(60)

    assert len(stage.all_orders()) == 3
    assert stage.held() == [D(0)]


def test_what_is_opened_right_after_a_closing_has_its_legs_at_once(stage: Stage) -> None:
    stage.protect(take_profit=None)
    opened(stage)
    stop = legs(stage)["STOP_LOSS"]
    stage.says(event(stop, "NEW"))
    stage.desk.cancel(stop.uid, reason="closing")
    stage.says(event(stop, "CANCELED"))
    row = stage.sent(purpose="CLOSING", leg="EXIT", side="SELL")
    stage.says(event(row, "FILLED", fill("5", side="SELL")))
    again = stage.sent(key="again")
    stage.says(event(again, "FILLED", fill("6")))
    stage.passes(1)

    assert (legs(stage)["STOP_LOSS"].parent_id, legs(stage)["STOP_LOSS"].status) == (again.id, "PENDING_NEW")


def test_legs_come_back_where_the_closing_never_comes(stage: Stage) -> None:
    stage.protect(take_profit=None)
    opened(stage)
    stop = legs(stage)["STOP_LOSS"]
    stage.says(event(stop, "NEW"))
    stage.desk.cancel(stop.uid, reason="closing")
    stage.says(event(stop, "CANCELED"))
    stage.passes(31)

    assert len(stage.all_orders()) == 3
    assert legs(stage)["STOP_LOSS"].status == "PENDING_NEW"


def test_a_leg_has_no_timeout(stage: Stage) -> None:
    stage.protect()
    opened(stage)
    for each in legs(stage).values():
        stage.says(event(each, "NEW"))
    stage.passes(300, step_s=10)

    assert {each.status for each in legs(stage).values()} == {"NEW"}


def test_legs_survive_a_kill(stage: Stage) -> None:
    """Fault T28."""
    stage.protect()
    row = stage.sent()
    stage.desk.may_still_go = lambda _: Going(never="killed")
    stage.says(event(row, "FILLED", fill("1")))
    stage.passes(5)

    assert {each.status for each in legs(stage).values()} == {"PENDING_NEW"}
    assert len(stage.hears_only(PlaceOrder)) > 2


def test_legs_that_vanish_at_the_venue_are_placed_anew_under_another_name(stage: Stage) -> None:
    """Fault T17a: a leg vanishes; the venue had it, so that nobody knows whether it was filled."""
    stage.protect(take_profit=None)
    opened(stage)
    stop = legs(stage)["STOP_LOSS"]
    stage.says(event(stop, "NEW"))
    stage.hears()
    stage.says(event(stop, "NOWHERE"))
    unsure = stage.row(stop.uid).status
    stage.says(event(stop, "NOWHERE"))

    assert unsure == "UNKNOWN"
    assert stage.row(stop.uid).status == "NOT_PLACED"
    assert [each.client_order_id for each in stage.hears_only(PlaceOrder)] == [legs(stage)["STOP_LOSS"].client_order_id]
    assert (len(stage.all_orders()), legs(stage)["STOP_LOSS"].uid == stop.uid) == (3, False)
