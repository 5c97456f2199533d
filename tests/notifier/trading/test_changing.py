"""Change under a question: another size is typed, the question is answered with it, and nothing else is done."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from bus.connection import Bus
from bus.messages.trading import TradingRequested
from ledger.trading.flow import questions
from ledger.trading.flow.records import NewQuestion, Question
from ledger.trading.principal import SYSTEM
from sandbox.telegram.chat import Sent
from tests.ledger.trading.world import ALICE, MALLORY, VERA
from tests.notifier.trading.stage import GROUP, Stage
from tests.notifier.trading.test_questions import found, shown
from tests.running import flat, hear, wait_until


def change(stage: Stage, message: Sent, question: Question) -> Sent:
    """Let Alice press Change; return what she is asked."""
    return stage.asked(message, f"q:{question.uid}:c")


@pytest.mark.sampled(1)
@pytest.mark.parametrize(
    ("typed", "instead"),
    [
        ("2.5", {"quantity": "2.5"}),
        (" 500 usd ", {"amount": "500"}),
        ("$250", {"amount": "250"}),
    ],
)
def test_a_size_that_is_typed_answers_the_question_and_wakes_execution(
    stage: Stage, wire: Bus, typed: str, instead: dict[str, str]
) -> None:
    question = stage.question()
    with stage.notifier():
        message = shown(stage, question)
        asked = change(stage, message, question)
        told = flat(stage.answer(typed).text)
        woken = hear(wire, TradingRequested)
        decided = flat(stage.edited(message))

    answered = found(stage, question)
    assert flat(asked.text).startswith("Another size instead of 10, for: Buy ETH <1>? Write a quantity")
    assert (answered.state, answered.answer, woken.uid) == ("ANSWERED", "change", question.uid)
    assert answered.details["instead"] == instead
    assert told.startswith("Taken: ")
    assert f"– user{ALICE}, " in decided
    assert stage.requests() == ()


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("1,000", "1,000 is no size. Write a quantity"),
        ("0", "0 is no size"),
        ("-5", "-5 is no size"),
        ("1e3", "1e3 is no size"),
        ("a <b>lot", "a <b>lot is no size"),
        ("500 EUR", "An amount is in USD"),
    ],
)
def test_what_is_no_size_is_asked_for_again_with_what_to_write(stage: Stage, typed: str, told: str) -> None:
    question = stage.question()
    with stage.notifier():
        change(stage, shown(stage, question), question)
        again = flat(stage.answer(typed).text)
        stage.answer("3")

    assert again.startswith(told)
    assert found(stage, question).details["instead"] == {"quantity": "3"}


def test_a_question_that_was_answered_or_has_expired_meanwhile_is_not_changed(stage: Stage) -> None:
    """Fault T27: pressed twice, and after its time."""
    question, short = stage.question(), stage.question(lasts=timedelta(seconds=4))
    with stage.notifier():
        message = shown(stage, question)
        change(stage, message, question)
        stage.press(message, f"q:{question.uid}:r")
        wait_until(lambda: found(stage, question).answer == "reject", what="the answer")
        too_late = flat(stage.answer("3").text)
        stage.press(message, f"q:{question.uid}:c")
        note = stage.toasts(3)[-1]
        change(stage, message, short)
        wait_until(lambda: time.time() > short.expires_at.timestamp(), what="the end of its time")
        over = flat(stage.answer("3").text)

    assert too_late == note == "this question has been answered already: reject"
    assert over == "this question has expired; nothing was done"
    assert found(stage, short).answer is None


def test_others_change_nothing_in_a_group_and_only_a_reply_of_who_was_asked_counts(stage: Stage) -> None:
    """Fault T27: by a viewer, by another user."""
    question = stage.question()
    with stage.notifier():
        message = shown(stage, question, GROUP)
        for count, who in enumerate((VERA, MALLORY), start=1):
            stage.press(message, f"q:{question.uid}:c", by=who)
            notes = stage.toasts(count)
        asked = change(stage, message, question)
        for who in (VERA, MALLORY, 4711):
            stage.say("9", asked, by=who)
        stage.harness.sandbox.type("8", chat_id=GROUP, from_id=ALICE)
        stage.say("7", message)
        told = flat(stage.reply("2", asked).text)

    assert "viewer changes nothing" in notes[0]
    assert notes[1].startswith("there is no question")
    assert asked.force_reply is not None
    assert asked.force_reply.selective
    assert f"tg://user?id={ALICE}" in asked.html
    assert told == "Taken: 2. You are asked again in a moment."
    assert found(stage, question).details["instead"] == {"quantity": "2"}


def test_the_size_may_be_typed_after_a_restart(stage: Stage) -> None:
    """Fault T27: after a restart."""
    question = stage.question()
    with stage.notifier():
        change(stage, shown(stage, question), question)
    with stage.notifier():
        stage.answer("4")

    assert found(stage, question).details["instead"] == {"quantity": "4"}


def test_what_has_no_other_size_says_so(stage: Stage) -> None:
    uid = stage.signal()
    new = NewQuestion(signal=uid, text="Close?", details={"quantity": "1"}, expires_at=datetime.now(UTC) + timedelta(1))
    question: Question = stage.do(lambda work: questions.ask(SYSTEM, work, new))
    with stage.notifier():
        stage.press(shown(stage, question), f"q:{question.uid}:c")
        notes = stage.toasts(1)

    assert notes == ["This one has no other size: reject it, or send the signal anew."]
    assert found(stage, question).state == "OPEN"
