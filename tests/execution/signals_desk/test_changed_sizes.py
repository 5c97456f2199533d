"""Change under a question: another size is asked about, never ordered, and passes the same checks as any other."""

from decimal import Decimal

import pytest

from ledger.trading.errors import Invalid, Taken
from ledger.trading.flow import questions
from ledger.trading.flow.records import NewSize
from tests.execution.signals_desk.stage import BTC, Stage
from tests.ledger.trading.world import do


@pytest.fixture
def manual(stage: Stage) -> Stage:
    """Give desks whose strategy asks first."""
    stage.set_mode("manual")
    return stage


@pytest.mark.sampled(1)
@pytest.mark.parametrize(
    ("size", "quantity"), [({"quantity": "2.345"}, "2.34"), ({"amount": "250"}, "2.5"), ({"quantity": "15"}, "15")]
)
def test_another_size_is_asked_about_and_then_ordered_rounded_down(
    manual: Stage, size: dict[str, str], quantity: str
) -> None:
    uid = manual.arrives()
    manual.turn()
    first = manual.question()
    manual.changes(first, **size)
    manual.turn()
    second = manual.question()

    assert manual.made() == []
    assert manual.end(uid) == ("AWAITING_CONFIRMATION", None)
    assert second.uid != first.uid
    assert f"Buy {quantity} @ about 100" in second.text
    manual.answers(second)
    manual.turn()
    assert manual.end(uid) == ("DONE", None)
    assert [each.quantity for each in manual.made()] == [Decimal(quantity)]


def test_the_question_before_is_answered_and_can_order_nothing(manual: Stage) -> None:
    manual.arrives()
    manual.turn()
    first = manual.question()
    manual.changes(first, quantity="2")
    with pytest.raises(Taken):
        manual.answers(first)
    manual.turn()
    with pytest.raises(Taken):
        manual.answers(first)
    manual.turn()

    assert manual.made() == []


def test_what_cannot_be_ordered_is_said_and_the_size_before_is_asked_about(manual: Stage) -> None:
    uid = manual.arrives()
    manual.turn()
    manual.changes(manual.question(), quantity="0.001")
    manual.turn()
    second = manual.question()

    assert "Buy 10 @ about 100" in second.text
    assert "0.001" in second.text
    manual.answers(second)
    manual.turn()
    assert manual.end(uid) == ("DONE", None)
    assert [each.quantity for each in manual.made()] == [Decimal(10)]


def test_a_size_beyond_a_limit_is_refused_by_the_checks_at_execute(manual: Stage) -> None:
    uid = manual.arrives()
    manual.turn()
    manual.changes(manual.question(), amount="30000")
    manual.turn()
    manual.answers(manual.question())
    manual.turn()

    assert manual.end(uid) == ("REJECTED", "CASH")
    assert manual.made() == []


def test_a_changed_size_survives_a_restart_and_a_price_that_moves(manual: Stage) -> None:
    """Fault T27."""
    uid = manual.arrives()
    manual.turn()
    manual.changes(manual.question(), amount="500")
    manual.start()
    manual.turn()
    manual.venue.prices[BTC] = Decimal(125)
    manual.passes(6)
    manual.start()
    manual.answers(manual.question())
    manual.turn()
    third = manual.question()

    assert manual.made() == []
    assert "Buy 4 @ about 125" in third.text
    assert "asked at 100" in third.text
    manual.answers(third)
    manual.turn()
    assert manual.end(uid) == ("DONE", None)
    assert [each.quantity for each in manual.made()] == [Decimal(4)]


def test_a_strategy_that_trades_by_itself_meanwhile_asks_all_the_same(manual: Stage) -> None:
    manual.arrives()
    manual.turn()
    first = manual.question()
    manual.set_mode("auto")
    manual.changes(first, quantity="1")
    manual.turn()

    assert manual.made() == []
    assert "Buy 1 @" in manual.question().text


def test_a_closing_may_be_made_smaller_but_never_larger_than_what_is_held(manual: Stage) -> None:
    manual.set_mode("auto")
    manual.arrives()
    manual.turn()
    manual.set_mode("manual")
    uid = manual.arrives("sell")
    manual.turn()
    first = manual.question()
    manual.changes(first, quantity="99")
    manual.turn()
    whole = manual.question()
    manual.changes(whole, quantity="4")
    manual.turn()
    part = manual.question()
    manual.answers(part)
    manual.turn()

    assert first.details["changes"] == ["quantity"]
    assert "Close 10" in whole.text
    assert "Close 4" in part.text
    assert manual.end(uid) == ("DONE", None)
    assert manual.held() == [("BTC-USDT", Decimal(6))]


def test_what_must_end_flat_has_no_other_size(manual: Stage) -> None:
    manual.set_mode("auto")
    manual.arrives()
    manual.turn()
    manual.set_mode("manual")
    manual.arrives("sell", position="flat")
    manual.turn()
    first = manual.question()
    manual.changes(first, quantity="4")
    manual.turn()

    assert first.details["changes"] == []
    assert "Close 10" in manual.question().text


@pytest.mark.parametrize(
    "size", [NewSize(), NewSize(quantity=Decimal(0)), NewSize(quantity=Decimal(1), amount=Decimal(1))]
)
def test_a_change_names_one_size_above_zero_and_no_other_answer_names_any(manual: Stage, size: NewSize) -> None:
    manual.arrives()
    manual.turn()
    question = manual.question()
    with pytest.raises(Invalid):
        do(manual.ledger, questions.answer, manual.boss, question.uid, "change", instead=size)
    with pytest.raises(Invalid):
        do(manual.ledger, questions.answer, manual.boss, question.uid, "execute", instead=NewSize(quantity=Decimal(1)))

    assert manual.question() == question


def test_after_the_markets_close_another_size_is_asked_about_and_then_waits_for_it(manual: Stage) -> None:
    """Fault T27: after the market closed."""
    manual.time.move_on(3.4 * 3600)  # a half day: New York closes at 18:00 UTC
    uid = manual.arrives(symbol="AAPL")
    manual.turn()
    first = manual.question()
    manual.passes(420, step_s=60)
    manual.changes(first, quantity="2.9")
    manual.turn()
    second = manual.question()
    manual.answers(second)
    manual.turn()

    assert "Buy 2 @ about 200" in second.text
    assert manual.end(uid) == ("WAITING_FOR_MARKET", "MARKET_CLOSED")
    assert manual.made() == []
    manual.passes(68.5 * 3600 - 50, step_s=3600 * 4)  # just after the opening
    manual.passes(10)
    assert [each.quantity for each in manual.made()] == [Decimal(2)]


def test_after_its_time_a_question_has_no_other_size(manual: Stage) -> None:
    """Fault T27: after expiry."""
    uid = manual.arrives()
    manual.turn()
    question = manual.question()
    manual.passes(605, step_s=60)
    with pytest.raises(Invalid):
        manual.changes(question, quantity="1")

    assert manual.end(uid) == ("EXPIRED", "QUESTION_EXPIRED")
    assert manual.made() == []
