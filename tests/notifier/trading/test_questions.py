"""Questions about signals: answered by the presser, once, in time, and shown with who decided what."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from bus.connection import Bus
from bus.messages.trading import OutboxFilled, TradingRequested
from ledger.portfolio.outbox import Button, add_notice
from ledger.trading.flow import questions
from ledger.trading.flow.records import Question
from ledger.trading.principal import SYSTEM
from sandbox.telegram.chat import Sent
from tests.ledger.trading.world import ALICE, BOSS, MALLORY, VERA
from tests.notifier.trading.stage import GROUP, Stage, buttons
from tests.running import flat, hear, wait_until


def shown(stage: Stage, question: Question, chat: int = ALICE) -> Sent:
    """Put a question into the outbox as execution does, and return it as it stands in the chat."""
    line = tuple(
        Button(text, f"q:{question.uid}:{said}") for text, said in (("Execute", "x"), ("Change", "c"), ("Reject", "r"))
    )
    name = f"question-{question.uid}"
    stage.do(
        lambda work: add_notice(
            work.connection, name, question.text, chat_id=str(chat), now=datetime.now(UTC), buttons=(line,)
        )
    )
    return stage.harness.wait_for_texts(1, chat)[0]


def found(stage: Stage, question: Question) -> Question:
    """Return a question as it is in the ledger."""
    with stage.harness.ledger.reading() as connection:
        return questions.find(SYSTEM, connection, question.uid)


@pytest.mark.parametrize(("place", "answer", "told"), [(0, "execute", "✓ Execute"), (2, "reject", "✗ Reject")])
def test_an_answer_is_a_row_and_the_message_shows_who_decided(
    stage: Stage, wire: Bus, place: int, answer: str, told: str
) -> None:
    """Fault T27."""
    question = stage.question()
    with stage.notifier():
        message = shown(stage, question)
        stage.press(message, buttons(message)[place][1])
        text = flat(stage.edited(message))
        woken = hear(wire, TradingRequested)
        left = buttons(stage.harness.sandbox.messages(ALICE)[0])

    answered = found(stage, question)
    assert [label for label, _ in buttons(message)] == ["Execute", "Change", "Reject"]
    assert (answered.state, answered.answer, woken.uid) == ("ANSWERED", answer, question.uid)
    assert text.startswith(f"Buy ETH <1>? {told} – user{ALICE}, ")
    assert left == []


def test_a_second_press_is_told_what_the_first_one_said_also_after_a_restart(stage: Stage) -> None:
    """Fault T27: pressed twice, and after a restart."""
    question = stage.question()
    with stage.notifier():
        message = shown(stage, question)
        stage.press(message, f"q:{question.uid}:x")
        stage.edited(message)
    with stage.notifier():
        stage.press(message, f"q:{question.uid}:r")
        notes = stage.toasts(2)

    assert notes[1] == "this question has been answered already: execute"
    assert found(stage, question).answer == "execute"


def test_a_viewer_another_trader_and_a_stranger_decide_nothing_also_in_a_group(stage: Stage) -> None:
    """Fault T27: by others."""
    question = stage.question()
    with stage.notifier():
        message = shown(stage, question, GROUP)
        for count, who in enumerate((VERA, MALLORY, 4711), start=1):
            stage.press(message, f"q:{question.uid}:x", by=who)
            notes = stage.toasts(count)

    assert found(stage, question).state == "OPEN"
    assert "viewer changes nothing" in notes[0]
    assert notes[1].startswith("there is no question")
    assert "you are none here" in notes[2]


def test_an_admin_may_decide_for_anybody(stage: Stage) -> None:
    question = stage.question()
    with stage.notifier():
        message = shown(stage, question, GROUP)
        stage.press(message, f"q:{question.uid}:r", by=BOSS)
        text = stage.edited(message)

    assert f"user{BOSS}" in text
    assert found(stage, question).answer == "reject"


def test_after_its_time_a_question_decides_nothing(stage: Stage) -> None:
    """Fault T27: after its time."""
    question = stage.question(lasts=timedelta(seconds=0.3))
    with stage.notifier():
        message = shown(stage, question)
        wait_until(lambda: time.time() > question.expires_at.timestamp(), what="the end of its time")
        stage.press(message, f"q:{question.uid}:x")
        notes = stage.toasts(1)

    assert notes == ["this question has expired; nothing was done"]
    assert found(stage, question).answer is None


def test_a_button_of_another_kind_leaves_the_question_open(stage: Stage) -> None:
    question = stage.question()
    with stage.notifier():
        message = shown(stage, question)
        stage.press(message, "q:nonsense")
        notes = stage.toasts(1)

    assert notes == ["This button is of an older version."]
    assert found(stage, question).state == "OPEN"


def test_the_outbox_is_looked_at_as_soon_as_execution_has_filled_it(stage: Stage, wire: Bus) -> None:
    with stage.notifier():
        stage.answer("/version")
        stage.do(
            lambda work: add_notice(
                work.connection, "trade-1", "bought", chat_id=str(ALICE), now=datetime.now(UTC), level="silent"
            )
        )
        wire.publish(OutboxFilled())
        told = stage.harness.wait_for_texts(2, ALICE)[-1].text

    assert told == "bought"
