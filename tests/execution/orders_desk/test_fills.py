"""What venues say of fills, in any order, and what is told of it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from execution.orders_desk.records import GOES, Going
from ledger.trading.hours import Closed
from ledger.trading.tables.people import users
from tests.execution.orders_desk.stage import CancelOrder, LookUpOrder, Stage, event, fill
from tests.ledger.trading.world import NOW, work

D = Decimal


def test_a_fill_is_booked_and_told_in_one_message(stage: Stage) -> None:
    row = stage.sent()
    stage.says(event(row, "FILLED", fill("1", price="100.5")))

    assert stage.held() == [D(2)]
    assert stage.told() == [
        "BTC-USDT: bought 2 @ 100.5 USD (paper)\nExpected 100, slippage +0.5 (+0.5 %)\nFee 1 USD\nPosition 2 @ 100.5\n"
        "ordered 2026-11-27 15:30:00 CET, filled 15:30:01"
    ]
    assert stage.desk.take_told()
    assert not stage.desk.take_told()


def test_a_closing_tells_what_it_realized(stage: Stage) -> None:
    stage.says(event(stage.sent(), "FILLED", fill("1")))
    row = stage.sent(purpose="CLOSING", leg="EXIT", side="SELL")
    stage.says(event(row, "FILLED", fill("2", price="110", side="SELL")))

    assert stage.told()[-1] == (
        "BTC-USDT: sold 2 @ 110 USD (paper)\n"
        "Expected 100, slippage -10 (-10 %)\n"
        "Fee 1 USD\n"
        "Position flat\n"
        "Realized +20 USD\n"
        "ordered 2026-11-27 15:30:00 CET, filled 15:30:02"
    )


def test_a_user_who_reads_russian_is_told_in_russian(stage: Stage) -> None:
    with work(stage.ledger) as unit:
        unit.connection.execute(users.update().values(language="ru"))
    stage.says(event(stage.sent(), "FILLED", fill("1")))

    assert stage.told()[0].startswith("BTC-USDT: куплено 2 @ 100 USD (демо)")


def test_an_execution_before_the_acknowledgement_counts(stage: Stage) -> None:
    """Fault T16."""
    row = stage.sent()
    stage.says(event(row, "PARTIALLY_FILLED", fill("1", "1"), broker_order_id=None), event(row, "NEW"))

    after = stage.row(row.uid)

    assert (after.status, after.filled_quantity, after.broker_order_id) == (
        "PARTIALLY_FILLED",
        D(1),
        f"venue {row.id}",
    )


def test_executions_twice_and_in_the_wrong_order_count_once(stage: Stage) -> None:
    """Fault T16."""
    row = stage.sent()
    late, early = fill("2", "1", price="102"), fill("1", "1")
    stage.says(event(row, "PARTIALLY_FILLED", late), event(row, "FILLED", late, early), event(row, "FILLED", early))

    after = stage.row(row.uid)

    assert (after.status, after.average_price) == ("FILLED", D(101))
    assert stage.executions() == 2


def test_an_execution_after_the_cancel_is_booked_and_told(stage: Stage) -> None:
    """Fault T16."""
    row = stage.sent()
    stage.desk.cancel(row.uid)
    stage.says(event(row, "CANCELED"))
    stage.says(event(row, "CANCELED", fill("1", "1")))

    assert stage.row(row.uid).status == "CANCELED"
    assert stage.held() == [D(1)]
    assert "bought 1 of 2 @ 100" in stage.told()[-1]


def test_what_a_market_order_leaves_unfilled_is_canceled_in_time_and_told(stage: Stage) -> None:
    """Fault T17."""
    row = stage.sent()
    stage.says(event(row, "PARTIALLY_FILLED", fill("1", "1")))
    stage.hears()
    stage.passes(31)
    heard = stage.hears_only(CancelOrder)
    stage.says(event(row, "CANCELED", fill("1", "1")))

    assert heard
    assert stage.row(row.uid).status == "CANCELED"
    assert stage.held() == [D(1)]
    assert stage.told()[-1] == (
        "BTC-USDT: bought 1 of 2 (paper)\nThe rest, 1, is not filled: it was not filled in time."
    )


def test_an_order_that_its_venue_has_filled_is_not_canceled_for_taking_too_long(stage: Stage) -> None:
    row = stage.sent()
    stage.says(event(row, "FILLED", filled_quantity=D(2)))
    stage.hears()
    stage.passes(40)

    assert stage.row(row.uid).status == "NEW"
    assert not stage.hears_only(CancelOrder)


def test_a_closing_that_its_venue_holds_until_the_market_opens_waits_and_is_told_once(stage: Stage) -> None:
    """Fault T31: closed though no calendar knows it."""
    stage.says(event(stage.sent(), "FILLED", fill("1")))
    row = stage.sent(purpose="CLOSING", leg="EXIT", side="SELL")
    for _ in range(4):
        stage.says(event(row, "NEW", reason="held until the market opens"))
        stage.passes(20)
    waits = [each for each in stage.told() if each.startswith("⏳")]

    assert stage.row(row.uid).status == "NEW"
    assert not stage.hears_only(CancelOrder)
    assert len(waits) == 1
    assert "the market is closed until a day that nobody knows" in waits[0]


def test_a_closing_whose_market_closes_under_it_waits_and_has_its_time_once_that_opens(stage: Stage) -> None:
    """Fault T31."""
    stage.says(event(stage.sent(), "FILLED", fill("1")))
    row = stage.sent(purpose="CLOSING", leg="EXIT", side="SELL")
    stage.says(event(row, "NEW"))
    stage.desk.may_still_go = lambda _: Going(closed=Closed(NOW + timedelta(hours=60), NOW + timedelta(hours=66)))
    stage.passes(100)
    closed = stage.row(row.uid).status
    stage.desk.may_still_go = lambda _: GOES
    stage.passes(20)
    open_ = stage.row(row.uid).status
    stage.passes(40)

    assert (closed, open_, stage.row(row.uid).status) == ("NEW", "NEW", "PENDING_CANCEL")


def test_an_opening_that_its_venue_holds_is_canceled_in_time_with_why(stage: Stage) -> None:
    """Fault T31: at the next opening it would be bought at any price, and nobody would have looked at it anew."""
    row = stage.sent()
    stage.says(event(row, "NEW", reason="held until the market opens"))
    stage.passes(31)
    stage.says(event(row, "CANCELED"))

    assert stage.told()[-1].startswith(
        "BTC-USDT BUY 2 (paper) is canceled: the venue held it until its market opens; the price of then is not known."
    )


def test_a_closings_rest_is_told_with_a_button(stage: Stage) -> None:
    """Fault T17."""
    stage.says(event(stage.sent(), "FILLED", fill("1")))
    row = stage.sent(purpose="CLOSING", leg="EXIT", side="SELL")
    stage.says(event(row, "NEW"))
    stage.passes(31)
    stage.says(event(row, "CANCELED", fill("2", "1", side="SELL")))

    assert stage.buttons()[-1] == [[{"text": "Retry", "data": f"retry:{row.uid}"}]]
    assert "The rest, 1, is not filled" in stage.told()[-1]


def test_a_fill_that_crosses_the_cancel_wins(stage: Stage) -> None:
    """Fault T18."""
    row = stage.sent()
    stage.says(event(row, "NEW"))
    stage.desk.cancel(row.uid)
    stage.says(event(row, "FILLED", fill("1"), reply_to="cancelorder"), event(row, "CANCELED"))

    assert stage.row(row.uid).status == "FILLED"
    assert len(stage.all_orders()) == 1
    assert [each.status for each in stage.desk.take_ended()] == ["FILLED"]


def test_a_cancel_is_repeated_until_it_is_answered_even_after_a_restart(stage: Stage) -> None:
    """Fault T18."""
    row = stage.sent()
    stage.says(event(row, "NEW"))
    stage.desk.cancel(row.uid)
    stage.says(event(row, "NEW", reply_to="cancelorder"))
    stage.start()
    stage.passes(5)

    assert len(stage.hears_only(CancelOrder)) >= 2
    assert stage.row(row.uid).status == "PENDING_CANCEL"


def test_a_cancel_that_is_not_answered_is_told_after_ten_seconds_once(stage: Stage) -> None:
    row = stage.sent()
    stage.says(event(row, "NEW"))
    stage.desk.cancel(row.uid)
    stage.passes(9)
    early = stage.told()
    stage.passes(60)

    assert early == []
    assert stage.told() == [
        "BTC-USDT BUY 2 (paper): the venue has not answered the cancel yet. It is asked again until it does.\n"
        "ordered 2026-11-27 15:30:00 CET, cancel asked for 15:30:00"
    ]


def test_a_corrected_execution_takes_the_place_of_the_old_one_and_is_told(stage: Stage) -> None:
    """Fault T19."""
    row = stage.sent()
    first = fill("1.01", execution="1")
    stage.says(event(row, "FILLED", first))
    stage.says(event(row, "FILLED", first, fill("1.02", price="101", execution="1", revision=1)))

    assert stage.row(row.uid).average_price == D(101)
    assert stage.held() == [D(2)]
    assert "corrected" in stage.told()[-1]


def test_a_busted_execution_is_taken_back(stage: Stage) -> None:
    """Fault T19."""
    row = stage.sent()
    first = fill("1.01", execution="1")
    stage.says(event(row, "FILLED", first))
    stage.says(event(row, "FILLED", first, fill("1.02", "0", execution="1", revision=1), filled_quantity=D(0)))

    assert stage.held() == [D(0)]
    assert stage.row(row.uid).status == "NEW"
    assert stage.told()[-1] == "BTC-USDT: bought 0 of 2 (paper)\nThe venue has corrected a fill."
    assert stage.told()[-2].startswith("BTC-USDT: bought 0 of 2 (paper)\nThe venue has corrected a fill.\nordered ")


def test_an_order_that_is_filled_by_its_venues_word_alone_is_looked_up_until_the_fills_come(stage: Stage) -> None:
    row = stage.sent()
    stage.says(event(row, "FILLED", filled_quantity=D(2)))
    stage.hears()
    stage.passes(3)
    heard = stage.hears_only(LookUpOrder)
    stage.says(event(row, "FILLED", fill("1")))

    assert heard
    assert stage.row(row.uid).status == "FILLED"


def test_a_canceled_order_whose_fills_are_missing_has_not_ended_yet(stage: Stage) -> None:
    row = stage.sent()
    stage.says(event(row, "CANCELED", filled_quantity=D(1)))
    before = stage.row(row.uid).status
    stage.says(event(row, "CANCELED", fill("1", "1")))

    assert before == "NEW"
    assert (stage.row(row.uid).status, stage.held()) == ("CANCELED", [D(1)])


def test_a_rejection_is_told_with_the_venues_words(stage: Stage) -> None:
    row = stage.sent()
    stage.says(event(row, "REJECTED", broker_order_id=None, reason="not enough funds"))

    assert stage.told() == [
        "BTC-USDT BUY 2 (paper) is rejected: not enough funds.\nordered 2026-11-27 15:30:00 CET, rejected 15:30:00"
    ]
    assert [each.status for each in stage.desk.take_ended()] == ["REJECTED"]


@pytest.mark.parametrize("number", [100])
def test_many_events_that_come_together_are_written_together(stage: Stage, number: int) -> None:
    sent = [stage.sent(key=f"k{each}", quantity=D(1)) for each in range(number)]
    for each in sent:
        stage.desk.handle("broker-paper", event(each, "FILLED", fill(str(each.id), "1")))
    stage.desk.turn()

    assert stage.held() == [D(number)]
    assert {each.status for each in stage.all_orders()} == {"FILLED"}


def test_the_first_revision_of_a_fill_is_no_correction_whatever_its_number(stage: Stage) -> None:
    row = stage.sent()
    stage.says(event(row, "FILLED", fill("1.01", execution="1", revision=1)))
    corrected = fill("1.02", price="99", execution="1", revision=2)
    stage.says(event(row, "FILLED", corrected), event(row, "FILLED", fill("1.01", execution="1", revision=1)))

    assert ["corrected" in text for text in stage.told()] == [False, True, True]  # the message, and aloud


def test_a_correction_is_told_though_another_fill_came_with_it(stage: Stage) -> None:
    row = stage.sent()
    first = fill("1.01", "1", execution="1", revision=1)
    corrected = fill("1.02", "1", price="99", execution="1", revision=2)
    stage.says(event(row, "PARTIALLY_FILLED", first))
    stage.passes(3)
    stage.says(event(row, "FILLED", corrected, fill("2.01", "1", execution="2", revision=1)))

    assert ["corrected" in text for text in stage.told()] == [False, True, True]


def test_a_fill_that_comes_after_its_own_correction_is_told_no_more(stage: Stage) -> None:
    row = stage.sent()
    stage.says(event(row, "FILLED", fill("1.02", price="99", execution="1", revision=2)))
    stage.says(event(row, "FILLED", fill("1.01", execution="1", revision=1)))

    assert len(stage.told()) == 1
    assert stage.executions() == 2
