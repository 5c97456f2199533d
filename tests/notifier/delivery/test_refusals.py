"""What becomes of a message that Telegram refuses or never sees: kept, moved or dead, never lost in silence."""

from datetime import UTC, datetime

import pytest

from bus.connection import Bus
from bus.messages.delivery import Alert, AlertStored
from sandbox.telegram.chat import CHAT_ID, TOKEN
from tests.notifier.harness import OTHER_CHAT, REPEAT, Harness, slot_round
from tests.running import flat, hear, wait_until

NEW_TOKEN = "123456789:SANDBOX_TOKEN_new_456789abcdefghijk"


def test_a_refused_connection_keeps_the_message_and_is_no_reason_for_a_mark(harness: Harness) -> None:
    """Faults 53 and I2."""
    harness.record(slot_round())
    harness.sandbox.fault("telegram", "refuse")
    with harness.notifier():
        wait_until(lambda: harness.rows()[0].attempts >= 2, what="a second attempt")
        kept = harness.rows()[0]
        harness.sandbox.clear("telegram")
        text = harness.wait_for_texts(1)[0].text
        harness.wait_for_states("sent")

    assert kept.unconfirmed == 0
    assert REPEAT not in text
    assert len(harness.sandbox.messages()) == 1


def test_after_a_refused_connection_the_next_attempt_waits(harness: Harness) -> None:
    """Fault 53."""
    harness.record(slot_round())
    harness.sandbox.fault("telegram", "refuse")
    with harness.notifier():
        wait_until(lambda: harness.rows()[0].next_attempt_at is not None, what="a failed attempt")
        row = harness.rows()[0]

    assert (row.state, row.reason) == ("pending", "network: ConnectError")
    assert row.next_attempt_at > row.first_attempt_at


def test_an_unknown_host_keeps_the_message_and_is_no_reason_for_a_mark(harness: Harness) -> None:
    """Fault 32: Telegram's name."""
    harness.record(slot_round())
    with harness.notifier(TELEGRAM_BASE_URL="https://telegram.invalid"):
        wait_until(lambda: harness.rows()[0].reason is not None, what="a failed attempt")
        row = harness.rows()[0]

    assert (row.state, row.unconfirmed) == ("pending", 0)


def test_flood_control_is_waited_for_and_other_chats_go_on(harness: Harness) -> None:
    """Fault 56: with two seconds."""
    harness.chats = (str(CHAT_ID), str(OTHER_CHAT))
    harness.record(slot_round())
    harness.sandbox.fault("telegram", "code", code="429", seconds=2, path="sendMessage", times=1)
    with harness.notifier():
        harness.wait_for_states("sent")
        harness.wait_for_states("sent", chat_id=OTHER_CHAT)
    attempts = harness.sandbox.attempts()
    refused = next(attempt for attempt in attempts if attempt.outcome.startswith("429"))
    other, later = (attempt for attempt in attempts if attempt.outcome == "accepted")

    assert other.chat_id != refused.chat_id == later.chat_id
    assert other.at_ms - refused.at_ms < 1500
    assert later.at_ms - refused.at_ms >= 2500
    assert [row.unconfirmed for row in (*harness.rows(), *harness.rows(OTHER_CHAT))] == [0, 0]


def test_flood_control_without_a_hint_is_no_reason_for_a_mark(harness: Harness) -> None:
    """Fault 56: without a pause."""
    harness.record(slot_round())
    harness.sandbox.fault("telegram", "code", code="429", path="sendMessage", times=1)
    with harness.notifier():
        text = harness.wait_for_texts(1)[0].text

    assert REPEAT not in text


def test_a_text_that_telegram_cannot_parse_goes_out_once_more_as_plain_text(harness: Harness) -> None:
    """Faults 46 and 58."""
    harness.alert("⚠ <b & i>")
    harness.sandbox.fault("telegram", "code", code="400", path="sendMessage", times=1)
    with harness.notifier():
        harness.wait_for_states("sent")
    sent = harness.sandbox.messages()

    assert [(each.text, each.html) for each in sent] == [("⚠ <b & i>", "⚠ <b & i>")]


def test_a_text_that_telegram_takes_in_no_form_is_dead_and_those_behind_it_go_out(harness: Harness) -> None:
    """Fault 58."""
    harness.alert("⚠ first")
    harness.alert("⚠ second")
    harness.sandbox.fault("telegram", "code", code="400", path="sendMessage", times=2)
    with harness.notifier() as notifier:
        harness.wait_for_states("dead", "sent")
        notifier.wait_for("message is dead")

    assert harness.rows()[0].reason.startswith("Can't parse entities")
    assert [each.text for each in harness.sandbox.messages()] == ["⚠ second"]


def test_a_text_that_is_too_long_is_dead_at_once(harness: Harness) -> None:
    """Fault 58: too long."""
    harness.alert("x" * 4097)
    with harness.notifier():
        harness.wait_for_states("dead")

    assert harness.rows()[0].reason == "Message is too long"
    assert len(harness.sandbox.attempts()) == 1


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ({"blocked": [CHAT_ID]}, "Forbidden: bot was blocked by the user"),
        ({"unknown_chats": [CHAT_ID]}, "Chat not found"),
    ],
)
def test_a_chat_that_is_gone_is_dead_and_the_other_gets_its_message_and_the_news(
    harness: Harness, state: dict[str, list[int]], reason: str
) -> None:
    """Fault 60."""
    harness.chats = (str(CHAT_ID), str(OTHER_CHAT))
    harness.sandbox.set_state("telegram", **state)
    harness.record(slot_round())
    with harness.notifier():
        harness.wait_for_states("dead")
        harness.wait_for_states("sent", "sent", chat_id=OTHER_CHAT)
    message, alert = harness.sandbox.messages()

    assert harness.rows()[0].reason == reason
    assert [message.chat_id, alert.chat_id] == [OTHER_CHAT, OTHER_CHAT]
    assert flat(alert.text).startswith(f"⚠ Chat {CHAT_ID} takes no messages: {reason}.")


@pytest.mark.parametrize("status", [400, 403])
def test_a_proxys_page_that_looks_like_a_refusal_kills_no_message(harness: Harness, status: int) -> None:
    """Fault 57: other statuses."""
    harness.record(slot_round())
    harness.sandbox.fault("telegram", "html", status=status, path="sendMessage", times=1)
    with harness.notifier():
        harness.wait_for_states("sent")

    assert len(harness.sandbox.messages()) == 1


def test_a_group_that_became_a_supergroup_is_followed(harness: Harness) -> None:
    harness.chats = ("-5",)
    harness.sandbox.set_state("telegram", migrated={-5: -1005})
    harness.record(slot_round())
    with harness.notifier():
        harness.wait_for_states("sent", "sent", chat_id=-1005)
        harness.record(slot_round(60))  # another one even where a minute has ended meanwhile
        harness.wait_for_states("sent", "sent", "sent", chat_id=-1005)
    sent = harness.sandbox.messages()

    assert [each.chat_id for each in sent] == [-1005, -1005, -1005]
    assert REPEAT not in sent[0].text
    assert flat(sent[1].text) == "⚠ This group has a new number: write -1005 in place of -5 into TELEGRAM_CHAT_ID"


def test_a_refused_token_keeps_everything_until_the_right_one_is_there(harness: Harness, bus: Bus) -> None:
    """Fault 59."""
    harness.chats = (str(CHAT_ID), str(OTHER_CHAT))
    harness.sandbox.set_state("telegram", token=NEW_TOKEN)
    harness.alert("⚠ first")
    harness.alert("⚠ second")
    with harness.notifier(TELEGRAM_BOT_TOKEN=TOKEN) as notifier:
        notifier.wait_for("Telegram refuses the bot's token")
        notifier.wait_for("cannot hear Telegram")
        wait_until(lambda: harness.states(OTHER_CHAT) == harness.states() == ["pending", "pending"], what="all kept")
        bus.publish(Alert(id="third", text="⚠ third", raised_at=datetime.now(UTC)))
        hear(bus, AlertStored)
        said = notifier.text()
    with harness.notifier(TELEGRAM_BOT_TOKEN=NEW_TOKEN):
        harness.wait_for_states("sent", "sent", "sent")
        harness.wait_for_states("sent", "sent", "sent", chat_id=OTHER_CHAT)

    assert said.count("Telegram refuses the bot's token") == 1
    assert TOKEN not in said
    assert [each.text for each in harness.sandbox.messages(CHAT_ID)] == ["⚠ first", "⚠ second", "⚠ third"]
    assert [row.unconfirmed for row in harness.rows()] == [0, 0, 0]
