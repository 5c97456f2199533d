"""Refusals that a person or Telegram can undo: nothing is lost by them, nothing is doubled, and somebody is told."""

import pytest
from telegram.error import BadRequest, Forbidden

from ledger.portfolio import dead_letters
from notifier.delivery.refusals import Verdict, verdict_on
from sandbox.telegram.chat import CHAT_ID
from tests.notifier.harness import OTHER_CHAT, REPEAT, Harness, slot_round
from tests.running import flat, wait_until

NO_RIGHTS = "Bad Request: not enough rights to send text messages to the chat"


def refuse(harness: Harness, description: str) -> None:
    """Let every message be refused."""
    harness.sandbox.fault("telegram", "code", code="400", body=description, path="sendMessage")


def attempts(harness: Harness) -> list[int]:
    """Return how often each row was tried."""
    return [row.attempts for row in harness.rows()]


@pytest.mark.sampled(2)
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
    harness: Harness, description: str
) -> None:
    """Fault D1: rights taken and given back."""
    refuse(harness, description)
    with harness.notifier():
        harness.record(slot_round(240))
        wait_until(lambda: attempts(harness) == [1], what="a refusal")
        harness.wait_for_states("pending")
        harness.record(slot_round(120))
        wait_until(lambda: attempts(harness) == [1, 1], what="another one")
        harness.wait_for_states("pending", "pending")
        harness.sandbox.clear("telegram")
        harness.record(slot_round())
        harness.wait_for_states("folded", "folded", "sent")
    (message,) = harness.sandbox.messages()

    assert [line.count("$34,619.59") for line in message.text.splitlines()[:2]] == [1, 1]
    assert REPEAT not in message.text


def test_a_slot_that_was_refused_for_now_goes_out_by_itself_and_says_that_it_is_late(harness: Harness) -> None:
    """Fault D1: alone."""
    harness.record(slot_round(5))
    harness.sandbox.fault("telegram", "code", code="400", body=NO_RIGHTS, path="sendMessage", times=1)
    with harness.notifier():
        harness.wait_for_states("sent")
    (message,) = harness.sandbox.messages()

    assert "delivered late at" in message.text
    assert attempts(harness) == [2]


def test_a_refusal_outlives_a_restart_and_the_order_of_the_chat_is_kept(harness: Harness) -> None:
    """Fault D1: alerts between the slots."""
    refuse(harness, NO_RIGHTS)
    harness.alert("⚠ first")
    harness.record(slot_round(120))
    with harness.notifier():
        wait_until(lambda: attempts(harness)[0] == 1, what="a refusal")
        harness.wait_for_states("pending", "pending")
    harness.alert("⚠ second")
    harness.sandbox.clear("telegram")
    with harness.notifier():
        harness.wait_for_states("sent", "sent", "sent")
    first, slot, second = harness.sandbox.messages()

    assert (first.text, second.text) == ("⚠ first", "⚠ second")
    assert "TOTAL (USD)" in slot.text


def test_what_nobody_knows_the_reason_of_holds_up_nothing_behind_it(harness: Harness) -> None:
    """Fault D1: an error that no list knows."""
    harness.alert("⚠ first")
    harness.alert("⚠ second")
    harness.sandbox.fault("telegram", "code", code="400", body="Bad Request: what now", path="sendMessage", times=1)
    with harness.notifier():
        harness.wait_for_states("pending", "sent")
        harness.wait_for_states("sent", "sent")

    assert [each.text for each in harness.sandbox.messages()] == ["⚠ second", "⚠ first"]


def test_the_other_chat_is_told_once_that_one_takes_nothing(harness: Harness) -> None:
    """Fault D1: an alert."""
    harness.chats = (str(CHAT_ID), str(OTHER_CHAT))
    harness.sandbox.set_state("telegram", blocked=[CHAT_ID])
    with harness.notifier():
        for minutes in (240, 120):
            harness.record(slot_round(minutes))
            harness.wait_for_states(*["dead"] * (1 if minutes == 240 else 2))
        harness.wait_for_states("sent", "sent", "sent", chat_id=OTHER_CHAT)
    told = [flat(each.text) for each in harness.sandbox.messages(OTHER_CHAT)]

    assert sum(text.startswith(f"⚠ Chat {CHAT_ID} takes no messages: Forbidden") for text in told) == 1


def test_slots_that_died_while_the_bot_was_blocked_are_told_in_the_first_message_after_it(harness: Harness) -> None:
    """Fault D1: a chat that had thrown the bot out takes messages again."""
    harness.sandbox.set_state("telegram", blocked=[CHAT_ID])
    with harness.notifier():
        for count, minutes in enumerate((360, 240), start=1):
            harness.record(slot_round(minutes))
            harness.wait_for_states(*["dead"] * count)
        listed = [row.state for row in dead_letters.unsent(harness.ledger)]
        harness.sandbox.set_state("telegram", blocked=[])
        harness.record(slot_round())
        harness.wait_for_states("folded", "folded", "sent")
        harness.record(slot_round(60))  # another one even where a minute has ended meanwhile
        harness.wait_for_states("folded", "folded", "sent", "sent")
    first, second = (each.text for each in harness.sandbox.messages())

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
