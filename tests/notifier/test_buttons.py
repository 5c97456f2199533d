"""Buttons: under each snapshot, pressed once or twice, on old messages, after a restart; their waiting always ends."""

import pytest

from bus.connection import Bus
from bus.messages import RoundRequested
from notifier.texts.commands import WORDS
from sandbox.telegram.chat import CHAT_ID, Sent
from tests.notifier.harness import OTHER_CHAT, Stage, manual_round, slot_round
from tests.running import hear, wait_until

REFRESHED = "Refreshed: "
ENDED = "answerCallbackQuery"


def labels(sent: Sent) -> list[str]:
    """Return what stands on a message's buttons."""
    rows = (sent.reply_markup or {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]  # type: ignore[attr-defined]


def answered_presses(stage: Stage) -> int:
    """Count the presses whose waiting was ended."""
    return sum(request.path.endswith(ENDED) and request.status == 200 for request in stage.sandbox.requests("telegram"))


def wait_for_ends(stage: Stage, count: int) -> None:
    """Wait until so many presses have ended."""
    wait_until(lambda: answered_presses(stage) >= count, what=f"{count} ended presses")


def refreshed(stage: Stage, count: int = 1) -> list[Sent]:
    """Wait until so many messages say that they were refreshed, and return them."""

    def found() -> list[Sent]:
        return [each for each in stage.sandbox.messages() if REFRESHED in each.text]

    wait_until(lambda: len(found()) >= count, what=f"{count} refreshed messages")
    return found()


def test_every_snapshot_has_its_buttons_and_an_alert_has_none(stage: Stage) -> None:
    stage.record(slot_round())
    stage.alert("⚠ hub is down")
    with stage.notifier():
        stage.wait_for_states("sent", "sent")
    snapshot, alert = stage.sandbox.messages()

    assert labels(snapshot) == ["↻ Refresh", "Why?", "Chart", "History"]
    assert labels(alert) == []


def test_refresh_edits_the_message_in_place_and_says_when(stage: Stage, bus: Bus) -> None:
    stage.record(slot_round())
    with stage.notifier():
        stage.wait_for_states("sent")
        first = stage.sandbox.messages()[0]
        stage.sandbox.press(first.message_id, "refresh")
        asked = hear(bus, RoundRequested)
        bus.publish(stage.record(manual_round(asked.id)))
        edited = refreshed(stage)
        stage.wait_for_states("sent", "sent")

    assert [each.message_id for each in stage.sandbox.messages()] == [first.message_id] == [edited[0].message_id]
    assert edited[0].text.startswith("T‑Bank (RUB)")
    assert labels(edited[0]) == labels(first)
    assert answered_presses(stage) == 1


def test_pressed_twice_it_is_one_round_and_one_message(stage: Stage, bus: Bus) -> None:
    stage.record(slot_round())
    with stage.notifier():
        stage.wait_for_states("sent")
        message_id = stage.sandbox.messages()[0].message_id
        for _ in range(2):
            stage.sandbox.press(message_id, "refresh")
        wait_until(lambda: len(stage.requests()) == 2, what="two stored wishes")
        bus.publish(stage.record(manual_round()))
        refreshed(stage)
        stage.wait_for_states("sent", "sent")
        wait_for_ends(stage, 2)

    assert len(stage.sandbox.messages()) == 1
    assert stage.requests() == ()


def test_a_press_is_stored_and_answered_after_a_death(stage: Stage, bus: Bus) -> None:
    stage.record(slot_round())
    with stage.notifier() as notifier:
        stage.wait_for_states("sent")
        stage.sandbox.press(stage.sandbox.messages()[0].message_id, "refresh")
        asked = hear(bus, RoundRequested)
        notifier.kill()
    stage.record(manual_round(asked.id))
    with stage.notifier():
        refreshed(stage)

    assert len(stage.sandbox.messages()) == 1


def test_a_lost_answer_to_the_edit_is_repeated_in_place_without_a_mark(stage: Stage, bus: Bus) -> None:
    stage.record(slot_round())
    with stage.notifier() as notifier:
        stage.wait_for_states("sent")
        stage.sandbox.press(stage.sandbox.messages()[0].message_id, "refresh")
        asked = hear(bus, RoundRequested)
        stage.sandbox.fault("telegram", "accept_then_hang", path="editMessageText", times=1)
        bus.publish(stage.record(manual_round(asked.id)))
        refreshed(stage)
        notifier.kill()
    stage.sandbox.clear("telegram")
    with stage.notifier():
        stage.wait_for_states("sent", "sent")

    assert len(stage.sandbox.messages()) == 1
    assert "Repeat" not in stage.sandbox.messages()[0].text


def test_a_refresh_during_a_slot_gets_its_numbers_and_the_slot_is_a_message_of_its_own(stage: Stage, bus: Bus) -> None:
    stage.record(slot_round(minutes_ago=1))
    with stage.notifier():
        stage.wait_for_states("sent")
        old = stage.sandbox.messages()[0]
        stage.sandbox.press(old.message_id, "refresh")
        hear(bus, RoundRequested)
        bus.publish(stage.record(slot_round()))
        edited = refreshed(stage)
        sent = stage.wait_for_texts(2)

    assert [each.message_id for each in edited] == [old.message_id]
    assert REFRESHED not in sent[1].text
    assert stage.states() == ["sent", "sent"]


def test_one_who_types_and_one_who_presses_get_each_their_own(stage: Stage, bus: Bus) -> None:
    stage.record(slot_round())
    with stage.notifier():
        stage.wait_for_states("sent")
        old = stage.sandbox.messages()[0]
        stage.sandbox.press(old.message_id, "refresh")
        stage.sandbox.type("/now")
        wait_until(lambda: len(stage.requests()) == 2, what="two stored wishes")
        stage.wait_for_texts(2)  # the old one and `Working…`
        bus.publish(stage.record(manual_round()))
        edited = refreshed(stage)
        stage.wait_for_states("sent", "sent")
    _, answer = stage.sandbox.messages()

    assert [each.message_id for each in edited] == [old.message_id]
    assert answer.text.startswith("T‑Bank (RUB)")
    assert REFRESHED not in answer.text


def test_a_message_that_was_deleted_meanwhile_is_answered_by_a_new_one(stage: Stage, bus: Bus) -> None:
    stage.record(slot_round())
    with stage.notifier(), stage.wire() as wire:
        stage.wait_for_states("sent")
        old = stage.sandbox.messages()[0]
        stage.sandbox.press(old.message_id, "refresh")
        asked = hear(bus, RoundRequested)
        wire("deleteMessage", chat_id=CHAT_ID, message_id=old.message_id)
        bus.publish(stage.record(manual_round(asked.id)))
        stage.wait_for_states("sent", "sent")
    deleted, answer = stage.sandbox.messages()

    assert deleted.deleted
    assert "TOTAL (USD): $34,619.59" in answer.text


def test_a_refresh_in_one_chat_is_not_sent_to_another(stage: Stage, bus: Bus) -> None:
    stage.chats = (str(CHAT_ID), str(OTHER_CHAT))
    stage.record(slot_round())
    with stage.notifier():
        stage.wait_for_states("sent")
        stage.wait_for_states("sent", chat_id=OTHER_CHAT)
        stage.sandbox.press(stage.sandbox.messages(CHAT_ID)[0].message_id, "refresh")
        asked = hear(bus, RoundRequested)
        bus.publish(stage.record(manual_round(asked.id)))
        refreshed(stage)

    assert stage.states(OTHER_CHAT) == ["sent"]
    assert REFRESHED not in stage.sandbox.messages(OTHER_CHAT)[0].text


@pytest.mark.parametrize(("data", "said"), [("why", "2026-02-11 10:00"), ("history", "")])
def test_a_page_behind_a_button_comes_as_a_new_message(stage: Stage, data: str, said: str) -> None:
    round_id = stage.record(manual_round("now-20260211T090000Z-7")).round_id
    stage.record(slot_round())
    with stage.notifier():
        stage.wait_for_states("sent")
        old = stage.sandbox.messages()[0]
        stage.sandbox.press(old.message_id, f"{data}:{round_id}" if data == "why" else data)
        sent = stage.wait_for_texts(2)
        wait_for_ends(stage, 1)

    assert sent[0].text == old.text
    assert said in sent[1].text


def test_a_button_of_another_version_is_told_so(stage: Stage) -> None:
    stage.record(slot_round())
    with stage.notifier():
        stage.wait_for_states("sent")
        stage.sandbox.press(stage.sandbox.messages()[0].message_id, "sell:everything")
        wait_for_ends(stage, 1)

    assert len(stage.sandbox.messages()) == 1


def test_the_buttons_speak_the_chosen_language_and_the_message_does_not(stage: Stage) -> None:
    stage.record(slot_round())
    with stage.notifier(LANGUAGE="ru"):
        stage.wait_for_states("sent")
    sent = stage.sandbox.messages()[0]

    assert labels(sent)[0] == WORDS["ru"].refresh
    assert "TOTAL (USD): $34,619.59" in sent.text
