"""From the intent to the venue: sent until it is answered, asked for where it may be known, never twice."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bus.messages.venues import BrokerState
from execution.orders_desk.records import GOES, Going
from execution.orders_desk.taking import take
from ledger.trading.hours import Closed
from ledger.trading.orders.whole import WholeOrder
from ledger.trading.tables.trading import orders as order_table
from tests.execution.orders_desk.stage import BROKER, CancelOrder, LookUpOrder, PlaceOrder, Stage, event, fill
from tests.ledger.trading.world import ANNS_ACCOUNT, NOW, work


def test_an_intent_is_sent_every_second_until_the_answer_is_a_row(stage: Stage) -> None:
    row = stage.sent()
    stage.passes(3)
    heard = stage.hears_only(PlaceOrder)
    stage.says(event(row, "NEW"))
    stage.passes(3)

    assert [each.client_order_id for each in heard] == [row.client_order_id] * 4
    assert [each.may_be_known for each in heard] == [False, True, True, True]
    assert stage.hears() == []
    assert stage.row(row.uid).status == "NEW"


def test_an_order_names_what_its_venue_needs(stage: Stage) -> None:
    stage.sent(purpose="CLOSING", leg="EXIT", side="SELL")

    (heard,) = stage.hears_only(PlaceOrder)

    assert (heard.account, heard.is_live, heard.side, heard.reduce_only) == (ANNS_ACCOUNT, False, "SELL", True)
    assert (str(heard.quantity), str(heard.expected_price)) == ("2", "100")
    assert heard.instrument.symbol == "BTC-USDT"


def test_killed_between_intent_and_hearing_it_is_sent_at_the_next_start_as_perhaps_known(stage: Stage) -> None:
    """Fault T11."""
    row = stage.intend()
    stage.start()
    stage.desk.turn()

    (heard,) = stage.hears_only(PlaceOrder)

    assert (heard.client_order_id, heard.may_be_known) == (row.client_order_id, True)


@pytest.mark.parametrize("killed_after", [0, 1, 2, 3, 4])
def test_killed_at_any_step_it_ends_with_one_order_and_one_fill(stage: Stage, killed_after: int) -> None:
    """Fault T10."""
    row = stage.intend()
    life = [event(row, "NEW"), event(row, "PARTIALLY_FILLED", fill("1", "1"))]
    life += [event(row, "PARTIALLY_FILLED", fill("1", "1")), event(row, "FILLED", fill("1", "1"), fill("2", "1"))]
    for number, each in enumerate([None, *life]):
        if each is not None:
            stage.says(each)
        if number == killed_after:
            stage.start()
            stage.desk.turn()

    assert stage.row(row.uid).status == "FILLED"
    assert [len(stage.all_orders()), stage.executions()] == [1, 2]


def test_an_answer_that_a_broker_says_again_after_its_restart_changes_nothing(stage: Stage) -> None:
    """Fault T12."""
    row = stage.sent()
    done = event(row, "FILLED", fill("1"))
    stage.says(done)
    told = stage.told()
    stage.says(done, done)

    assert stage.executions() == 1
    assert stage.told() == told


def test_a_lost_answer_is_looked_up_and_told_after_ten_seconds_once(stage: Stage) -> None:
    """Fault T13."""
    row = stage.sent()
    stage.says(event(row, "UNKNOWN", reason="timeout"))
    stage.passes(9)
    early = stage.told()
    stage.passes(20)
    heard = stage.hears()

    assert early == []
    assert len(stage.told()) == 1
    assert "looked up" in stage.told()[0]
    assert 3 <= len([each for each in heard if isinstance(each, LookUpOrder)]) <= 8
    assert len([each for each in heard if isinstance(each, PlaceOrder)]) == 1


def test_what_was_lost_and_is_found_goes_on(stage: Stage) -> None:
    """Fault T13."""
    row = stage.sent()
    stage.says(event(row, "UNKNOWN"))
    stage.says(event(row, "FILLED", fill("1")))

    assert stage.row(row.uid).status == "FILLED"
    assert stage.executions() == 1
    assert [each.status for each in stage.desk.take_ended()] == ["FILLED"]


def test_an_order_that_the_venue_had_already_is_taken_as_placed(stage: Stage) -> None:
    """Fault T14."""
    row = stage.sent()
    stage.says(event(row, "NEW", code="duplicate client id"))

    assert stage.row(row.uid).broker_order_id == f"venue {row.id}"


def test_nowhere_on_paper_is_placed_again_under_the_same_name_and_not_as_perhaps_known(stage: Stage) -> None:
    """Fault T15."""
    row = stage.sent()
    stage.says(event(row, "UNKNOWN"))
    stage.hears()
    stage.says(event(row, "NOWHERE"))

    (heard,) = stage.hears_only(PlaceOrder)

    assert (heard.client_order_id, heard.may_be_known) == (row.client_order_id, False)
    assert stage.row(row.uid).status == "PENDING_NEW"


def test_nowhere_that_turns_out_to_be_there_is_one_order(stage: Stage) -> None:
    """Fault T15."""
    row = stage.sent()
    stage.says(event(row, "UNKNOWN"))
    stage.says(event(row, "NOWHERE"), event(row, "FILLED", fill("1")))

    assert stage.row(row.uid).status == "FILLED"
    assert len(stage.all_orders()) == 1


def test_elsewhere_what_is_nowhere_is_told_with_a_button_and_not_placed_again(stage: Stage) -> None:
    row = stage.sent()
    with work(stage.ledger) as unit:
        take(unit, event(row, "NOWHERE", reason="not found"), said_by=BROKER, rules={})

    assert stage.row(row.uid).status == "NOT_PLACED"
    assert stage.told() == [
        "BTC-USDT BUY 2 (paper) was not placed: not found.\nordered 2026-11-27 15:30:00 CET, not found 15:30:00"
    ]
    assert stage.buttons() == [[[{"text": "Place again", "data": f"place_again:{row.uid}"}]]]


def test_a_busy_venue_is_left_alone_for_as_long_as_it_wants(stage: Stage) -> None:
    row = stage.sent()
    stage.hears()
    stage.says(event(row, "NOWHERE", retry_after_s=5.0, reason="busy"))
    stage.passes(4)
    early = stage.hears()
    stage.passes(2)

    assert early == []
    assert len(stage.hears_only(PlaceOrder)) >= 1
    assert stage.row(row.uid).status == "PENDING_NEW"


def test_what_may_not_go_any_more_and_was_never_said_ends_at_once(stage: Stage) -> None:
    stage.desk.may_still_go = lambda _: Going(never="killed")
    row = stage.sent()

    assert stage.hears() == []
    assert (stage.row(row.uid).status, stage.row(row.uid).reason) == ("CANCELED", "killed")
    assert [each.reason for each in stage.desk.take_ended()] == ["killed"]


def test_what_may_not_go_any_more_and_may_have_been_heard_is_canceled_until_that_is_answered(stage: Stage) -> None:
    row = stage.sent()
    stage.desk.may_still_go = lambda _: Going(never="killed")
    stage.hears()
    stage.passes(4)
    heard = stage.hears()
    stage.says(event(row, "CANCELED"))

    assert {type(each) for each in heard} == {CancelOrder}
    assert stage.row(row.uid).status == "CANCELED"


def test_a_kill_is_asked_about_before_each_repetition(stage: Stage) -> None:
    asked: list[str] = []

    def note(whole: WholeOrder) -> Going:
        asked.append(whole.order.uid)
        return GOES

    stage.desk.may_still_go = note
    row = stage.sent()
    stage.passes(3)

    assert asked == [row.uid] * len(asked)
    assert len(asked) >= 4


def test_what_waits_for_its_market_is_told_once_and_goes_when_that_opens(stage: Stage) -> None:
    closed = Closed(NOW + timedelta(hours=60), NOW + timedelta(hours=66))
    row = stage.sent(purpose="CLOSING", leg="EXIT", side="SELL")
    stage.hears()
    stage.desk.may_still_go = lambda _: Going(closed=closed)
    stage.passes(100)
    waiting = stage.hears_only(PlaceOrder)
    stage.desk.may_still_go = lambda _: GOES
    stage.passes(3)

    assert waiting == []
    assert stage.hears_only(PlaceOrder)[0].may_be_known
    assert stage.told() == [
        "⏳ BTC-USDT SELL 2 (paper): the market is closed until 2026-11-30 03:30 CET. The order waits, and goes then. "
        f"/cancel {row.uid[:8]} drops it.\nordered 2026-11-27 15:30:00 CET",
        "BTC-USDT SELL 2 (paper): sent; the venue has not answered yet.\nordered 2026-11-27 15:30:00 CET",
    ]


def test_openings_are_in_the_air_until_answered_or_deaf(stage: Stage) -> None:
    """Fault T28."""
    row = stage.sent()
    said = stage.desk.openings_in_the_air()
    stage.says(event(row, "NEW"))

    assert said == {row.portfolio_id}
    assert stage.desk.openings_in_the_air() == frozenset()


def test_what_an_earlier_life_may_have_said_is_in_the_air_until_it_is_deaf(stage: Stage) -> None:
    """Fault T28."""
    row = stage.sent()
    stage.start()
    at_first = stage.desk.openings_in_the_air()
    stage.desk.may_still_go = lambda _: Going(never="killed")
    stage.passes(7)
    later = stage.desk.openings_in_the_air()
    stage.passes(10)

    assert at_first == later == {row.portfolio_id}
    assert stage.desk.openings_in_the_air() == frozenset()


def test_an_opening_that_the_venue_does_not_take_in_time_is_canceled(stage: Stage) -> None:
    row = stage.sent()
    stage.passes(31)

    assert stage.row(row.uid).status == "PENDING_CANCEL"


def test_an_order_that_rests_is_looked_up_now_and_then_since_its_fill_is_told_once(stage: Stage) -> None:
    row = stage.sent(purpose="CLOSING", leg="TAKE_PROFIT", side="SELL", type="LIMIT", price=Decimal(200))
    stage.says(event(row, "NEW"))
    stage.hears()
    stage.passes(30)
    early = stage.hears()
    stage.passes(100)

    assert not [each for each in early if isinstance(each, LookUpOrder)]
    assert 1 <= len([each for each in stage.hears() if isinstance(each, LookUpOrder)]) <= 2


def test_a_closing_is_sent_for_as_long_as_it_takes(stage: Stage) -> None:
    row = stage.sent(purpose="CLOSING", leg="EXIT", side="SELL")
    stage.passes(120)

    assert stage.row(row.uid).status == "PENDING_NEW"


def test_after_a_restore_unknown_orders_are_looked_up_and_not_placed(stage: Stage) -> None:
    row = stage.intend()
    with work(stage.ledger) as unit:
        unit.connection.execute(order_table.update().values(status="UNKNOWN"))
    stage.start()
    stage.passes(3)

    assert {type(each) for each in stage.hears()} == {LookUpOrder}
    assert stage.row(row.uid).status == "UNKNOWN"


def test_another_brokers_word_on_an_order_counts_for_nothing(stage: Stage) -> None:
    """Fault T33."""
    row = stage.sent()
    stage.desk.handle("broker-ibkr", event(row, "FILLED", fill("1")))
    stage.desk.turn()

    assert stage.row(row.uid).status == "PENDING_NEW"
    assert stage.executions() == 0


def test_a_word_on_nobodys_order_is_left_out(stage: Stage) -> None:
    row = stage.sent()
    stage.says(event(row, "NEW", client_order_id="nobody's", broker_order_id="none"))

    assert stage.row(row.uid).status == "PENDING_NEW"


def test_what_cannot_be_is_told_and_stops_nothing_else(stage: Stage) -> None:
    one, other = stage.sent(), stage.sent(key="other")
    stage.says(event(one, "FILLED", fill("1", side="SELL")), event(other, "FILLED", fill("2")))

    assert stage.row(other.uid).status == "FILLED"
    assert stage.row(one.uid).status == "PENDING_NEW"
    assert any("cannot be" in each for each in stage.told())


def test_orders_that_rest_are_looked_up_when_their_broker_comes_back(stage: Stage) -> None:
    row = stage.sent()
    stage.says(event(row, "NEW"))
    stage.hears()
    since = stage.time.now()
    stage.says(BrokerState(broker="broker-paper", boot="2", is_connected=True, since=since))

    assert [each.client_order_id for each in stage.hears_only(LookUpOrder)] == [row.client_order_id]
