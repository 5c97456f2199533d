"""Refusals that a person or Telegram can undo: nothing is lost by them, nothing is doubled, and somebody is told."""

import pytest
from telegram.error import BadRequest, Forbidden

from ledger.portfolio import dead_letters
from notifier.delivery.refusals import Verdict, verdict_on
from sandbox.telegram.chat import CHAT_ID
from tests.notifier.harness import OTHER_CHAT, REPEAT, Stage, slot_round
from tests.running import flat, wait_until

NO_RIGHTS = "Bad Request: not enough rights to send text messages to the chat"


def refuse(stage: Stage, description: str) -> None:
    """Let every message be refused."""
    stage.sandbox.fault("telegram", "code", code="400", body=description, path="sendMessage")


def attempts(stage: Stage) -> list[int]:
    """Return how often each row was tried."""
    return [row.attempts for row in stage.rows()]


@pytest.mark.parametrize(
    "description",
    [
        NO_RIGHTS,
        "Bad Request: have no rights to send a message",
        "Bad Request: need administrator rights in the channel chat",
        "Bad Request: CHAT_WRITE_FORBIDDEN",
        "Bad Request: TOPIC_CLOSED",
        "Bad Request: something that nobody has heard of",
    ],
)
def test_slots_that_were_refused_for_now_are_told_in_the_next_message_that_goes_through(
    stage: Stage, description: str
) -> None:
    """Fault D1: rights taken and given back."""
    refuse(stage, description)
    with stage.notifier():
        stage.record(slot_round(240))
        wait_until(lambda: attempts(stage) == [1], what="a refusal")
        stage.wait_for_states("pending")
        stage.record(slot_round(120))
        wait_until(lambda: attempts(stage) == [1, 1], what="another one")
        stage.wait_for_states("pending", "pending")
        stage.sandbox.clear("telegram")
        stage.record(slot_round())
        stage.wait_for_states("folded", "folded", "sent")
    (message,) = stage.sandbox.messages()

    assert [line.count("$34,619.59") for line in message.text.splitlines()[:2]] == [1, 1]
    assert REPEAT not in message.text


def test_a_slot_that_was_refused_for_now_goes_out_by_itself_and_says_that_it_is_late(stage: Stage) -> None:
    """Fault D1: alone."""
    stage.record(slot_round(5))
    stage.sandbox.fault("telegram", "code", code="400", body=NO_RIGHTS, path="sendMessage", times=1)
    with stage.notifier():
        stage.wait_for_states("sent")
    (message,) = stage.sandbox.messages()

    assert "delivered late at" in message.text
    assert attempts(stage) == [2]


def test_a_refusal_outlives_a_restart_and_the_order_of_the_chat_is_kept(stage: Stage) -> None:
    """Fault D1: alerts between the slots."""
    refuse(stage, NO_RIGHTS)
    stage.alert("⚠ first")
    stage.record(slot_round(120))
    with stage.notifier():
        wait_until(lambda: attempts(stage)[0] == 1, what="a refusal")
        stage.wait_for_states("pending", "pending")
    stage.alert("⚠ second")
    stage.sandbox.clear("telegram")
    with stage.notifier():
        stage.wait_for_states("sent", "sent", "sent")
    first, slot, second = stage.sandbox.messages()

    assert (first.text, second.text) == ("⚠ first", "⚠ second")
    assert "TOTAL (USD)" in slot.text


def test_what_nobody_knows_the_reason_of_holds_up_nothing_behind_it(stage: Stage) -> None:
    """Fault D1: an error that no list knows."""
    stage.alert("⚠ first")
    stage.alert("⚠ second")
    stage.sandbox.fault("telegram", "code", code="400", body="Bad Request: what now", path="sendMessage", times=1)
    with stage.notifier():
        stage.wait_for_states("pending", "sent")
        stage.wait_for_states("sent", "sent")

    assert [each.text for each in stage.sandbox.messages()] == ["⚠ second", "⚠ first"]


def test_the_other_chat_is_told_once_that_one_takes_nothing(stage: Stage) -> None:
    """Fault D1: an alert."""
    stage.chats = (str(CHAT_ID), str(OTHER_CHAT))
    stage.sandbox.set_state("telegram", blocked=[CHAT_ID])
    with stage.notifier():
        for minutes in (240, 120):
            stage.record(slot_round(minutes))
            stage.wait_for_states(*["dead"] * (1 if minutes == 240 else 2))
        stage.wait_for_states("sent", "sent", "sent", chat_id=OTHER_CHAT)
    told = [flat(each.text) for each in stage.sandbox.messages(OTHER_CHAT)]

    assert sum(text.startswith(f"⚠ Chat {CHAT_ID} takes no messages: Forbidden") for text in told) == 1


def test_slots_that_died_while_the_bot_was_blocked_are_told_in_the_first_message_after_it(stage: Stage) -> None:
    """Fault D1: a chat that had thrown the bot out takes messages again."""
    stage.sandbox.set_state("telegram", blocked=[CHAT_ID])
    with stage.notifier():
        for count, minutes in enumerate((360, 240), start=1):
            stage.record(slot_round(minutes))
            stage.wait_for_states(*["dead"] * count)
        listed = [row.state for row in dead_letters.unsent(stage.ledger)]
        stage.sandbox.set_state("telegram", blocked=[])
        stage.record(slot_round())
        stage.wait_for_states("folded", "folded", "sent")
        stage.record(slot_round(60))  # another one even where a minute has ended meanwhile
        stage.wait_for_states("folded", "folded", "sent", "sent")
    first, second = (each.text for each in stage.sandbox.messages())

    assert listed == ["dead", "dead"]
    assert [line.count("$34,619.59") for line in first.splitlines()[:2]] == [1, 1]
    assert second.count("TOTAL (USD)") == second.count("$34,619.59") == 1


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (BadRequest("Message is too long"), Verdict.MESSAGE),
        (BadRequest("Can't parse entities: unsupported start tag"), Verdict.MESSAGE),
        (BadRequest("Message text is empty"), Verdict.MESSAGE),
        (BadRequest("Button_data_invalid"), Verdict.MESSAGE),
        (BadRequest("Chat not found"), Verdict.CHAT),
        (Forbidden("Forbidden: bot was blocked by the user"), Verdict.CHAT),
        (Forbidden("Forbidden: bot was kicked from the supergroup chat"), Verdict.CHAT),
        (Forbidden("Forbidden: bot is not a member of the channel chat"), Verdict.CHAT),
        (Forbidden("Forbidden: CHAT_WRITE_FORBIDDEN"), Verdict.RIGHTS),
        (BadRequest("Not enough rights to send text messages to the chat"), Verdict.RIGHTS),
        (BadRequest("Chat_send_plain_forbidden"), Verdict.RIGHTS),
        (BadRequest("Topic_closed"), Verdict.RIGHTS),
        (BadRequest("Nobody knows"), Verdict.UNKNOWN),
    ],
)
def test_only_what_is_surely_for_ever_is_dead(error: BadRequest | Forbidden, verdict: Verdict) -> None:
    """Fault D1: each list of errors."""
    assert verdict_on(error) is verdict
