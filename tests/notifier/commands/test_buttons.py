"""Buttons: under each snapshot, pressed once or twice, on old messages, after a restart; their waiting always ends."""

import pytest

from bus.connection import Bus
from bus.messages.rounds import RoundRequested
from notifier.texts.commands import WORDS
from sandbox.telegram.chat import CHAT_ID, Sent
from tests.notifier.harness import OTHER_CHAT, Harness, manual_round, slot_round
from tests.running import hear, wait_until

REFRESHED = "Refreshed: "
ENDED = "answerCallbackQuery"


def labels(sent: Sent) -> list[str]:
    """Return what stands on a message's buttons."""
    rows = (sent.reply_markup or {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]  # type: ignore[attr-defined]


def answered_presses(harness: Harness) -> int:
    """Count the presses whose waiting was ended."""
    return sum(
        request.path.endswith(ENDED) and request.status == 200 for request in harness.sandbox.requests("telegram")
    )


def wait_for_ends(harness: Harness, count: int) -> None:
    """Wait until so many presses have ended."""
    wait_until(lambda: answered_presses(harness) >= count, what=f"{count} ended presses")


def refreshed(harness: Harness, count: int = 1) -> list[Sent]:
    """Wait until so many messages say that they were refreshed, and return them."""

    def found() -> list[Sent]:
        return [each for each in harness.sandbox.messages() if REFRESHED in each.text]

    wait_until(lambda: len(found()) >= count, what=f"{count} refreshed messages")
    return found()


def test_every_snapshot_has_its_buttons_and_an_alert_has_none(harness: Harness) -> None:
    harness.record(slot_round())
    harness.alert("⚠ hub is down")
    with harness.notifier():
        harness.wait_for_states("sent", "sent")
    snapshot, alert = harness.sandbox.messages()

    assert labels(snapshot) == ["↻ Refresh", "Why?", "Chart", "History"]
    assert labels(alert) == []


def test_refresh_edits_the_message_in_place_and_says_when(harness: Harness, bus: Bus) -> None:
    harness.record(slot_round())
    with harness.notifier():
        harness.wait_for_states("sent")
        first = harness.sandbox.messages()[0]
        harness.sandbox.press(first.message_id, "refresh")
        asked = hear(bus, RoundRequested)
        bus.publish(harness.record(manual_round(asked.id)))
        edited = refreshed(harness)
        harness.wait_for_states("sent", "sent")

    assert [each.message_id for each in harness.sandbox.messages()] == [first.message_id] == [edited[0].message_id]
    assert edited[0].text.startswith("T‑Bank (RUB)")
    assert labels(edited[0]) == labels(first)
    assert answered_presses(harness) == 1


def test_pressed_twice_it_is_one_round_and_one_message(harness: Harness, bus: Bus) -> None:
    harness.record(slot_round())
    with harness.notifier():
        harness.wait_for_states("sent")
        message_id = harness.sandbox.messages()[0].message_id
        for _ in range(2):
            harness.sandbox.press(message_id, "refresh")
        wait_until(lambda: len(harness.requests()) == 2, what="two stored requests")
        bus.publish(harness.record(manual_round()))
        refreshed(harness)
        harness.wait_for_states("sent", "sent")
        wait_for_ends(harness, 2)

    assert len(harness.sandbox.messages()) == 1
    assert harness.requests() == ()


def test_a_press_is_stored_and_answered_after_a_death(harness: Harness, bus: Bus) -> None:
    harness.record(slot_round())
    with harness.notifier() as notifier:
        harness.wait_for_states("sent")
        harness.sandbox.press(harness.sandbox.messages()[0].message_id, "refresh")
        asked = hear(bus, RoundRequested)
        notifier.kill()
    harness.record(manual_round(asked.id))
    with harness.notifier():
        refreshed(harness)

    assert len(harness.sandbox.messages()) == 1


def test_a_lost_answer_to_the_edit_is_repeated_in_place_without_a_mark(harness: Harness, bus: Bus) -> None:
    harness.record(slot_round())
    with harness.notifier() as notifier:
        harness.wait_for_states("sent")
        harness.sandbox.press(harness.sandbox.messages()[0].message_id, "refresh")
        asked = hear(bus, RoundRequested)
        harness.sandbox.fault("telegram", "accept_then_hang", path="editMessageText", times=1)
        bus.publish(harness.record(manual_round(asked.id)))
        refreshed(harness)
        notifier.kill()
    harness.sandbox.clear("telegram")
    with harness.notifier():
        harness.wait_for_states("sent", "sent")

    assert len(harness.sandbox.messages()) == 1
    assert "Repeat" not in harness.sandbox.messages()[0].text


def test_a_refresh_during_a_slot_gets_its_numbers_and_the_slot_is_a_message_of_its_own(
    harness: Harness, bus: Bus
) -> None:
    harness.record(slot_round(minutes_ago=1))
    with harness.notifier():
        harness.wait_for_states("sent")
        old = harness.sandbox.messages()[0]
        harness.sandbox.press(old.message_id, "refresh")
        hear(bus, RoundRequested)
        bus.publish(harness.record(slot_round()))
        edited = refreshed(harness)
        sent = harness.wait_for_texts(2)

    assert [each.message_id for each in edited] == [old.message_id]
    assert REFRESHED not in sent[1].text
    assert harness.states() == ["sent", "sent"]


def test_one_who_types_and_one_who_presses_get_each_their_own(harness: Harness, bus: Bus) -> None:
    harness.record(slot_round())
    with harness.notifier():
        harness.wait_for_states("sent")
        old = harness.sandbox.messages()[0]
        harness.sandbox.press(old.message_id, "refresh")
        harness.sandbox.type("/now")
        wait_until(lambda: len(harness.requests()) == 2, what="two stored requests")
        harness.wait_for_texts(2)  # the old one and `Working…`
        bus.publish(harness.record(manual_round()))
        edited = refreshed(harness)
        harness.wait_for_states("sent", "sent")
    _, answer = harness.sandbox.messages()

    assert [each.message_id for each in edited] == [old.message_id]
    assert answer.text.startswith("T‑Bank (RUB)")
    assert REFRESHED not in answer.text


def test_a_message_that_was_deleted_meanwhile_is_answered_by_a_new_one(harness: Harness, bus: Bus) -> None:
    harness.record(slot_round())
    with harness.notifier(), harness.wire() as wire:
        harness.wait_for_states("sent")
        old = harness.sandbox.messages()[0]
        harness.sandbox.press(old.message_id, "refresh")
        asked = hear(bus, RoundRequested)
        wire("deleteMessage", chat_id=CHAT_ID, message_id=old.message_id)
        bus.publish(harness.record(manual_round(asked.id)))
        harness.wait_for_states("sent", "sent")
    deleted, answer = harness.sandbox.messages()

    assert deleted.deleted
    assert "TOTAL (USD): $34,619.59" in answer.text


def test_a_refresh_in_one_chat_is_not_sent_to_another(harness: Harness, bus: Bus) -> None:
    harness.chats = (str(CHAT_ID), str(OTHER_CHAT))
    harness.record(slot_round())
    with harness.notifier():
        harness.wait_for_states("sent")
        harness.wait_for_states("sent", chat_id=OTHER_CHAT)
        harness.sandbox.press(harness.sandbox.messages(CHAT_ID)[0].message_id, "refresh")
        asked = hear(bus, RoundRequested)
        bus.publish(harness.record(manual_round(asked.id)))
        refreshed(harness)

    assert harness.states(OTHER_CHAT) == ["sent"]
    assert REFRESHED not in harness.sandbox.messages(OTHER_CHAT)[0].text


@pytest.mark.parametrize(("data", "said"), [("why", "2026-02-11 10:00"), ("history", "")])
def test_a_page_behind_a_button_comes_as_a_new_message(harness: Harness, data: str, said: str) -> None:
    round_id = harness.record(manual_round("now-20260211T090000Z-7")).round_id
    harness.record(slot_round())
    with harness.notifier():
        harness.wait_for_states("sent")
        old = harness.sandbox.messages()[0]
        harness.sandbox.press(old.message_id, f"{data}:{round_id}" if data == "why" else data)
        sent = harness.wait_for_texts(2)
        wait_for_ends(harness, 1)

    assert sent[0].text == old.text
    assert said in sent[1].text


def test_a_button_of_another_version_is_told_so(harness: Harness) -> None:
    harness.record(slot_round())
    with harness.notifier():
        harness.wait_for_states("sent")
        harness.sandbox.press(harness.sandbox.messages()[0].message_id, "sell:everything")
        wait_for_ends(harness, 1)

    assert len(harness.sandbox.messages()) == 1


def test_the_buttons_speak_the_chosen_language_and_the_message_does_not(harness: Harness) -> None:
    harness.record(slot_round())
    with harness.notifier(LANGUAGE="ru"):
        harness.wait_for_states("sent")
    sent = harness.sandbox.messages()[0]

    assert labels(sent)[0] == WORDS["ru"].refresh
    assert "TOTAL (USD): $34,619.59" in sent.text
