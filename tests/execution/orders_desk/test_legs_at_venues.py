"""Legs at a venue that cancels a leg by itself as its sibling fills: no alarm, no second leg, no second close."""

from datetime import timedelta
from decimal import Decimal

from ledger.trading.orders.records import Order
from tests.execution.orders_desk.stage import BROKER, CancelOrder, LookUpOrder, PlaceOrder, Stage, event, fill
from tests.execution.orders_desk.test_legs_of_orders import legs, opened
from tests.execution.orders_desk.test_reconcile import answers, held
from tests.ledger.trading.world import ANNS_ACCOUNT, NOW

D = Decimal


def protected(stage: Stage) -> tuple[Order, Order]:
    """Hold two coins, protected by both legs at such a venue, and return the legs."""
    stage.connects(has_brackets=True)
    stage.protect()
    opened(stage)
    stop, target = legs(stage)["STOP_LOSS"], legs(stage)["TAKE_PROFIT"]
    stage.says(event(stop, "NEW"), event(target, "NEW"))
    stage.hears()
    return stop, target


def alarms(stage: Stage) -> list[str]:
    """Return what was said of missing protection."""
    return [each for each in stage.told() if "UNPROTECTED" in each]


def test_a_sibling_that_the_venue_has_canceled_before_it_tells_the_fill_is_not_placed_anew(stage: Stage) -> None:
    """Fault T17a: a leg fills; its sibling's cancel is heard first."""
    stop, target = protected(stage)
    stage.says(event(target, "CANCELED", reason="OCA group"))
    stage.passes(2)
    looked_up = stage.hears()
    stage.says(event(stop, "FILLED", fill("9", price="90", side="SELL")))
    stage.passes(60)

    assert {each.client_order_id for each in looked_up if isinstance(each, LookUpOrder)} == {stop.client_order_id}
    assert not [each for each in (*looked_up, *stage.hears()) if isinstance(each, PlaceOrder | CancelOrder)]
    assert (stage.held(), len(stage.all_orders()), alarms(stage)) == ([D(0)], 3, [])


def test_a_sibling_that_the_venue_has_canceled_after_the_fill_is_told_in_the_openings_message_alone(
    stage: Stage,
) -> None:
    """Fault T17a: a leg fills."""
    stop, target = protected(stage)
    stage.desk.handle(BROKER, event(stop, "FILLED", fill("9", price="90", side="SELL")))
    stage.says(event(target, "CANCELED", reason="OCA group"))
    stage.passes(60)

    assert (stage.held(), len(stage.all_orders()), alarms(stage)) == ([D(0)], 3, [])
    assert not any(each.startswith("BTC-USDT take profit") for each in stage.told())
    assert not stage.hears_only(PlaceOrder)


def test_a_leg_that_the_venue_cancels_with_the_position_open_is_placed_once_more_and_then_told_within_ten_seconds(
    stage: Stage,
) -> None:
    """Fault T17a: a leg vanishes."""
    stop, _ = protected(stage)
    stage.says(event(stop, "CANCELED", reason="by hand"))
    stage.passes(4)
    second = legs(stage)["STOP_LOSS"]
    stage.says(event(second, "CANCELED", reason="by hand"))
    stage.passes(9)

    assert second.uid != stop.uid
    assert len(stage.all_orders()) == 4
    assert len(alarms(stage)) == 1
    assert "has no working stop loss" in alarms(stage)[0]


def test_a_part_of_a_leg_whose_sibling_the_venue_cancels_leaves_both_for_the_rest(stage: Stage) -> None:
    """Fault T17a: a leg fills in part."""
    stop, target = protected(stage)
    stage.says(event(stop, "PARTIALLY_FILLED", fill("9", "1", price="90", side="SELL")))
    stage.says(event(target, "CANCELED", reason="OCA group"))
    stage.passes(4)
    again = legs(stage)["TAKE_PROFIT"]
    stage.says(event(again, "NEW"))
    stage.passes(30)

    assert (again.uid != target.uid, again.quantity) == (True, D(1))
    assert stage.row(stop.uid).status == "PARTIALLY_FILLED"
    assert (stage.held(), alarms(stage)) == ([D(1)], [])


def test_a_part_of_a_leg_shrinks_a_sibling_that_the_venue_leaves(stage: Stage) -> None:
    """Fault T17a: a leg fills in part."""
    stop, target = protected(stage)
    stage.says(event(stop, "PARTIALLY_FILLED", fill("9", "1", price="90", side="SELL")))
    canceled = stage.hears_only(CancelOrder)
    stage.says(event(target, "CANCELED"))
    again = legs(stage)["TAKE_PROFIT"]

    assert [each.client_order_id for each in canceled] == [target.client_order_id]
    assert (again.quantity, len(stage.all_orders())) == (D(1), 4)


def test_legs_fit_what_the_venue_has_left_of_a_position_and_come_back_with_it(stage: Stage) -> None:
    """Fault T23: sold by hand at the venue, where a stop loss would then sell short."""
    stop, target = protected(stage)
    read_at = stage.time.now() + timedelta(minutes=1)
    stage.passes(14)  # until it is asked once more
    answers(stage, as_of=read_at)
    stage.passes(1)
    gone = {each.client_order_id for each in stage.hears_only(CancelOrder)}
    stage.says(event(stop, "CANCELED"), event(target, "CANCELED"))
    stage.passes(20)
    quiet = stage.hears_only(PlaceOrder)
    stage.desk.reconcile_now(ANNS_ACCOUNT)
    answers(stage, as_of=read_at, positions=(held("1"),))
    stage.passes(1)

    assert gone == {stop.client_order_id, target.client_order_id}
    assert (quiet, alarms(stage)) == ([], [])
    assert {(each.leg, each.quantity) for each in stage.hears_only(PlaceOrder)} == {
        ("STOP_LOSS", D(1)),
        ("TAKE_PROFIT", D(1)),
    }


def test_a_figure_of_before_the_last_fill_takes_no_leg_away(stage: Stage) -> None:
    protected(stage)
    stage.passes(14)
    answers(stage, as_of=NOW)
    stage.passes(5)

    assert stage.hears_only(CancelOrder) == []
