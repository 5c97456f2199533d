"""Questions that are answered by typing: whose, once, in time; the button Change asks them here."""

from datetime import UTC, datetime, timedelta

from ledger.trading.tables.flow import bot_sessions
from tests.ledger.trading.world import ALICE, MALLORY, rows
from tests.notifier.trading.stage import GROUP, Stage, buttons
from tests.notifier.trading.test_changing import change
from tests.notifier.trading.test_questions import found, shown
from tests.running import flat, wait_until

ONLY_COMMANDS = "I understand commands only."


def expire(stage: Stage) -> None:
    """Let what is asked have been asked too long ago."""
    past = {"expires_at": datetime.now(UTC) - timedelta(seconds=1)}
    stage.do(lambda work: work.connection.execute(bot_sessions.update().values(past)))


def test_a_button_calls_it_off_and_what_is_typed_then_is_for_nobody(stage: Stage) -> None:
    question = stage.question()
    with stage.notifier():
        asked = change(stage, shown(stage, question), question)
        stage.press(asked)
        off = flat(stage.edited(asked))
        stage.press(asked, buttons(asked)[0][1])
        note = stage.toasts(3)[-1]
        told = flat(stage.answer("5").text)

    assert [label for label, _ in buttons(asked)] == ["Cancel"]
    assert off == "Called off. Nothing was done."
    assert note == "That is not asked any more, or not of you."
    assert told.startswith(ONLY_COMMANDS)
    assert found(stage, question).state == "OPEN"
    assert rows(stage.harness.ledger, bot_sessions) == []


def test_in_a_group_a_word_calls_it_off_since_a_forced_reply_has_no_buttons(stage: Stage) -> None:
    question = stage.question()
    with stage.notifier():
        asked = change(stage, shown(stage, question, GROUP), question)
        told = flat(stage.reply("Cancel", asked).text)

    assert buttons(asked) == []
    assert "cancel calls it off" in flat(asked.text)
    assert told == "Called off. Nothing was done."


def test_a_command_typed_instead_leaves_the_question_waiting(stage: Stage) -> None:
    question = stage.question()
    with stage.notifier():
        change(stage, shown(stage, question), question)
        stage.answer("/positions")
        stage.answer("5")

    assert found(stage, question).details["instead"] == {"quantity": "5"}


def test_too_late_an_answer_is_told_once_and_does_nothing(stage: Stage) -> None:
    question = stage.question()
    with stage.notifier():
        change(stage, shown(stage, question), question)
        expire(stage)
        late, after = flat(stage.answer("5").text), flat(stage.answer("5").text)

    assert late == "Too late: a question waits for 10 minutes. Nothing was done; begin anew."
    assert after.startswith(ONLY_COMMANDS)
    assert found(stage, question).state == "OPEN"


def test_a_reply_to_another_message_in_a_private_chat_is_no_answer(stage: Stage) -> None:
    question = stage.question()
    with stage.notifier():
        message = shown(stage, question)
        first = change(stage, message, question)
        second = change(stage, message, question)
        told = flat(stage.reply("5", first).text)
        stage.reply("6", second)

    assert told.startswith("That message asks for nothing any more.")
    assert found(stage, question).details["instead"] == {"quantity": "6"}


def test_the_button_of_another_persons_question_ends_nothing(stage: Stage) -> None:
    question = stage.question()
    with stage.notifier():
        asked = change(stage, shown(stage, question), question)
        stage.press(asked, by=MALLORY)
        note = stage.toasts(2)[-1]
        stage.answer("5")

    assert note == "This bot is private."
    assert found(stage, question).details["instead"] == {"quantity": "5"}


def test_an_answer_is_taken_once_however_fast_they_come(stage: Stage) -> None:
    question = stage.question()
    with stage.notifier():
        change(stage, shown(stage, question), question)
        for size in "567":
            stage.harness.sandbox.type(size, chat_id=ALICE)
        wait_until(lambda: found(stage, question).state == "ANSWERED", what="an answer")
        stage.answer("/positions")

    assert rows(stage.harness.ledger, bot_sessions) == []
