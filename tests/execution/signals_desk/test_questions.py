"""Questions before a signal becomes an order: asked once, answered once, and worth nothing when things have changed."""

import json
from decimal import Decimal

import pytest

from ledger.portfolio.tables import outbox
from ledger.trading.errors import Invalid, NotAllowed, NotFound, Taken
from ledger.trading.flow import questions
from ledger.trading.flow.halts import halt
from ledger.trading.people import users
from ledger.trading.principal import SYSTEM
from tests.execution.signals_desk.stage import AAPL, BTC, Stage
from tests.ledger.trading.world import ALICE, BOSS, VERA, ask, do, let_in, rows, uid_of


@pytest.fixture
def manual(stage: Stage) -> Stage:
    """Give desks whose strategy asks first."""
    stage.set_mode("manual")
    return stage


def test_a_question_has_three_buttons_and_names_what_it_would_do(manual: Stage) -> None:
    uid = manual.arrives()
    manual.turn()
    question = manual.question()
    buttons = [each["buttons_json"] for each in rows(manual.ledger, outbox)][-1]

    assert manual.end(uid) == ("AWAITING_CONFIRMATION", None)
    assert manual.made() == []
    assert "Buy 10 @ about 100 = 1000 USDT" in question.text
    for answer in "xcr":
        assert f"q:{question.uid}:{answer}" in json.dumps(buttons)


def test_execute_orders_once(manual: Stage) -> None:
    """Fault T27."""
    uid = manual.arrives()
    manual.turn()
    question = manual.question()
    manual.answers(question)
    with pytest.raises(Taken):
        manual.answers(question)
    manual.turn()

    assert manual.end(uid) == ("DONE", None)
    assert len(manual.made()) == 1


def test_reject_orders_nothing(manual: Stage) -> None:
    uid = manual.arrives()
    manual.turn()
    manual.answers(manual.question(), "reject")
    manual.turn()

    assert manual.end(uid) == ("REJECTED", "REJECTED_BY_PERSON")
    assert manual.made() == []


def test_a_price_that_has_moved_is_asked_about_again(manual: Stage) -> None:
    """Fault T27."""
    uid = manual.arrives()
    manual.turn()
    first = manual.question()
    manual.venue.prices[BTC] = Decimal(105)
    manual.passes(6)
    manual.answers(first)
    manual.turn()
    second = manual.question()

    assert manual.end(uid) == ("AWAITING_CONFIRMATION", None)
    assert second.uid != first.uid
    assert "asked at 100" in second.text

    manual.answers(second)
    manual.turn()

    assert manual.end(uid) == ("DONE", None)
    assert len(manual.made()) == 1


def test_nobody_else_may_answer(manual: Stage) -> None:
    """Fault T27."""
    alice, vera = let_in(manual.ledger, ALICE), let_in(manual.ledger, VERA, "viewer")
    manual.arrives()
    manual.turn()
    question = manual.question()

    with pytest.raises(NotFound):
        manual.answers(question, who=alice)
    with pytest.raises(NotAllowed):
        manual.answers(question, who=vera)


def test_after_its_time_a_question_is_worth_nothing(manual: Stage) -> None:
    """Fault T27."""
    uid = manual.arrives()
    manual.turn()
    question = manual.question()
    manual.passes(605, step_s=60)
    with pytest.raises(Invalid):
        manual.answers(question)

    assert manual.end(uid) == ("EXPIRED", "QUESTION_EXPIRED")
    assert manual.in_inbox(uid).state == "EXPIRED"


def test_an_answer_survives_a_restart(manual: Stage) -> None:
    """Fault T27."""
    uid = manual.arrives()
    manual.turn()
    manual.answers(manual.question())
    manual.start()
    manual.turn()

    assert manual.end(uid) == ("DONE", None)


def test_execute_after_the_market_has_closed_waits_for_it(manual: Stage) -> None:
    """Fault T27."""
    manual.venue.prices[AAPL] = Decimal(200)
    manual.time.move_on(3.4 * 3600)  # a half day: New York closes at 18:00 UTC
    uid = manual.arrives(symbol="AAPL")
    manual.turn()
    question = manual.question()
    manual.passes(420, step_s=60)
    manual.answers(question)
    manual.turn()

    assert manual.end(uid) == ("WAITING_FOR_MARKET", "MARKET_CLOSED")
    assert manual.made() == []


def test_what_nobody_quotes_while_its_market_is_closed_waits_for_that_and_is_asked_about_then(manual: Stage) -> None:
    """Fault T32."""
    price = manual.venue.prices.pop(AAPL)
    manual.time.move_on(4 * 3600)
    uid = manual.arrives(symbol="AAPL")
    manual.passes(10)
    waits = manual.end(uid)
    told = manual.told()[-1]
    manual.venue.prices[AAPL] = price
    manual.passes(68 * 3600, step_s=3600 * 4)
    manual.passes(10)

    assert waits == ("WAITING_FOR_MARKET", "MARKET_CLOSED")
    assert "the market opens 2026-11-30" in told
    assert manual.end(uid)[0] == "AWAITING_CONFIRMATION"


def test_what_nobody_quotes_while_its_market_is_open_is_refused(manual: Stage) -> None:
    """Fault T30."""
    del manual.venue.prices[AAPL]
    uid = manual.arrives(symbol="AAPL")
    manual.passes(61)

    assert manual.end(uid) == ("REJECTED", "NOT_KNOWN")


def test_what_is_quoted_while_its_market_is_closed_is_asked_about_at_once(manual: Stage) -> None:
    manual.time.move_on(4 * 3600)
    uid = manual.arrives(symbol="AAPL")
    manual.passes(10)

    assert manual.end(uid)[0] == "AWAITING_CONFIRMATION"


def test_the_risk_checks_are_made_anew_at_execute(manual: Stage) -> None:
    uid = manual.arrives()
    manual.turn()
    do(manual.ledger, halt, SYSTEM, kind="PAUSE", scope="ALL", reason="lunch")
    manual.answers(manual.question())
    manual.turn()

    assert manual.end(uid) == ("REJECTED", "PAUSED")


def test_a_blocked_users_question_orders_nothing(manual: Stage) -> None:
    """Fault T39."""
    let_in(manual.ledger, ALICE, "admin")
    uid = manual.arrives()
    manual.turn()
    manual.answers(manual.question())
    do(manual.ledger, users.block, SYSTEM, uid_of(manual.ledger, BOSS))
    manual.turn()

    assert manual.end(uid) == ("REJECTED", "USER_BLOCKED")
    assert manual.made() == []


def test_what_is_asked_about_is_ordered_by_the_version_it_came_with(manual: Stage) -> None:
    """Fault T39."""
    uid = manual.arrives()
    manual.turn()
    manual.set_params(amount="500")
    manual.answers(manual.question())
    manual.turn()

    assert manual.end(uid) == ("DONE", None)
    assert [each.quantity for each in manual.made()] == [Decimal(10)]


def test_a_question_of_a_user_who_was_blocked_orders_nothing_though_nobody_answers_it(manual: Stage) -> None:
    """Fault T39."""
    let_in(manual.ledger, ALICE, "admin")
    uid = manual.arrives()
    manual.turn()
    do(manual.ledger, users.block, SYSTEM, uid_of(manual.ledger, BOSS))
    manual.passes(605, step_s=60)

    assert manual.end(uid) == ("REJECTED", "USER_BLOCKED")
    assert ask(manual.ledger, questions.open_questions, SYSTEM) == ()
    assert manual.made() == []


def test_a_closing_is_asked_about_too(manual: Stage) -> None:
    manual.set_mode("auto")
    manual.arrives()
    manual.turn()
    manual.set_mode("manual")
    uid = manual.arrives("sell")
    manual.turn()

    assert "Close 10" in manual.question().text

    manual.answers(manual.question())
    manual.turn()

    assert manual.end(uid) == ("DONE", None)
    assert manual.held() == []


def test_the_life_of_an_order_goes_on_in_the_message_of_its_question(manual: Stage) -> None:
    manual.arrives()
    manual.turn()
    manual.answers(manual.question())
    manual.turn()
    kept = [each for each in rows(manual.ledger, outbox) if each["subject"] is not None]

    assert len({each["subject"] for each in kept}) == 1
    assert kept[0]["text"].startswith("❓ buy BTC")
    assert kept[-1]["text"].startswith("BTC-USDT: bought 10 @ 100 USDT (paper)")
    assert ", Execute (" in kept[-1]["text"].split("\n")[-1]
    assert kept[-1]["buttons_json"] is None


def test_a_question_that_nobody_answers_becomes_why_nothing_was_ordered(manual: Stage) -> None:
    """Fault T27."""
    manual.arrives()
    manual.turn()
    manual.passes(605, step_s=60)
    kept = [each for each in rows(manual.ledger, outbox) if "buy BTC" in each["text"]]

    assert [each["subject"] == kept[0]["subject"] for each in kept] == [True, True, False]
    assert kept[1]["text"].startswith("⌛ buy BTC")
    assert "\nasked 2026-" in kept[1]["text"]
    assert kept[2]["text"].startswith("⌛ buy BTC")
    assert kept[1]["buttons_json"] is None


def test_once_an_order_goes_on_in_it_a_signals_message_is_left_alone(manual: Stage) -> None:
    manual.set_mode("auto")
    manual.arrives()
    manual.turn()
    told = [(each["subject"], each["text"].partition("\n")[0]) for each in rows(manual.ledger, outbox)]

    assert [text for subject, text in told if subject is not None] == ["BTC-USDT: bought 10 @ 100 USDT (paper)"]
