"""`/now` in the chat: `Working…` while the round runs, then the answer in its place, whatever dies meanwhile."""

from sqlalchemy import select

from bus.connection import Bus
from bus.messages import Delivered, RoundRequested
from ledger.portfolio import tables
from notifier.texts.commands import WORDS
from sandbox.telegram.chat import CHAT_ID
from tests.notifier.harness import OTHER_CHAT, REPEAT, Stage, manual_round, slot_round
from tests.running import hear, wait_until


def working_is_noted(stage: Stage) -> None:
    """Wait until `Working…` is in the chat and in the ledger."""

    def noted() -> bool:
        with stage.ledger.reading() as connection:
            return any(connection.execute(select(tables.askers.c.working_message_id)).scalars())

    wait_until(noted, what="a noted Working…")


def test_working_becomes_the_answer(stage: Stage, bus: Bus) -> None:
    with stage.notifier():
        stage.sandbox.type("/now")
        working_is_noted(stage)
        working = stage.sandbox.messages()
        asked = hear(bus, RoundRequested)
        bus.publish(stage.record(manual_round(asked.id)))
        stage.wait_for_states("sent")
    sent = stage.sandbox.messages()

    assert [each.text for each in working] == [WORDS["en"].working]
    assert [each.message_id for each in sent] == [working[0].message_id]
    assert "TOTAL (USD): $34,619.59" in sent[0].text
    assert hear(bus, Delivered).id == asked.id


def test_an_answer_that_comes_at_once_needs_no_working(stage: Stage, bus: Bus) -> None:
    with stage.notifier():
        stage.sandbox.type("/now")
        asked = hear(bus, RoundRequested)
        bus.publish(stage.record(manual_round(asked.id)))
        stage.wait_for_states("sent")

    assert WORDS["en"].working not in [attempt.text for attempt in stage.sandbox.attempts()]


def test_working_survives_a_death_and_becomes_the_answer_after_it(stage: Stage, bus: Bus) -> None:
    with stage.notifier() as notifier:
        stage.sandbox.type("/now")
        working_is_noted(stage)
        asked = hear(bus, RoundRequested)
        notifier.kill()
    stage.record(manual_round(asked.id))
    with stage.notifier():
        stage.wait_for_states("sent")
    sent = stage.sandbox.messages()

    assert len(sent) == 1
    assert sent[0].edited
    assert "TOTAL (USD): $34,619.59" in sent[0].text


def test_an_answer_lost_after_the_edit_is_repeated_in_place_and_without_a_mark(stage: Stage, bus: Bus) -> None:
    with stage.notifier() as notifier:
        stage.sandbox.type("/now")
        working_is_noted(stage)
        asked = hear(bus, RoundRequested)
        stage.sandbox.fault("telegram", "accept_then_hang", path="editMessageText", times=1)
        bus.publish(stage.record(manual_round(asked.id)))
        wait_until(lambda: stage.sandbox.messages()[0].edited, what="the edit")
        notifier.kill()
    stage.sandbox.clear("telegram")
    with stage.notifier():
        stage.wait_for_states("sent")
    sent = stage.sandbox.messages()

    assert len(sent) == 1
    assert REPEAT not in sent[0].text


def test_a_deleted_working_leads_to_a_new_message(stage: Stage, bus: Bus) -> None:
    with stage.notifier(), stage.wire() as wire:
        stage.sandbox.type("/now")
        working_is_noted(stage)
        asked = hear(bus, RoundRequested)
        wire("deleteMessage", chat_id=CHAT_ID, message_id=stage.sandbox.messages()[0].message_id)
        bus.publish(stage.record(manual_round(asked.id)))
        stage.wait_for_states("sent")
    deleted, answer = stage.sandbox.messages()

    assert deleted.deleted
    assert "TOTAL (USD): $34,619.59" in answer.text
    assert REPEAT not in answer.text


def test_a_new_message_in_the_place_of_a_deleted_working_is_marked_when_it_is_repeated(stage: Stage, bus: Bus) -> None:
    with stage.notifier(), stage.wire() as wire:
        stage.sandbox.type("/now")
        working_is_noted(stage)
        asked = hear(bus, RoundRequested)
        wire("deleteMessage", chat_id=CHAT_ID, message_id=stage.sandbox.messages()[0].message_id)
        stage.sandbox.fault("telegram", "reset_after", path="sendMessage", times=1)
        bus.publish(stage.record(manual_round(asked.id)))
        stage.wait_for_states("sent")
    _, first, second = stage.sandbox.messages()

    assert second.text == f"{REPEAT}\n\n{first.text}"


def test_many_wishes_get_one_working_and_one_answer_in_each_chat(stage: Stage, bus: Bus) -> None:
    """Fault 62: the notifier alone."""
    stage.chats = (str(CHAT_ID), str(OTHER_CHAT))
    with stage.notifier():
        for chat_id in (CHAT_ID, OTHER_CHAT) * 20:
            stage.sandbox.type("/now", chat_id=chat_id)
        wait_until(lambda: len(stage.requests()) == 40, what="40 stored wishes")
        stage.wait_for_texts(1)
        stage.wait_for_texts(1, OTHER_CHAT)
        working_is_noted(stage)
        bus.publish(stage.record(manual_round()))
        stage.wait_for_states("sent")
        stage.wait_for_states("sent", chat_id=OTHER_CHAT)
    sent = stage.sandbox.messages()

    assert sorted(each.chat_id for each in sent) == [CHAT_ID, OTHER_CHAT]
    assert all("TOTAL (USD): $34,619.59" in each.text for each in sent)
    assert stage.requests() == ()


def test_a_slots_message_answers_the_wishes_that_came_meanwhile(stage: Stage, bus: Bus) -> None:
    """Fault 63: the notifier alone."""
    with stage.notifier():
        stage.sandbox.type("/now")
        hear(bus, RoundRequested)
        bus.publish(stage.record(slot_round()))
        stage.wait_for_states("sent")

    assert stage.requests() == ()
    assert sum("TOTAL (USD)" in each.text for each in stage.sandbox.messages()) == 1


def test_a_wish_whose_round_was_folded_is_answered_by_the_newer_message(stage: Stage, bus: Bus) -> None:
    with stage.notifier() as notifier:
        stage.sandbox.type("/now")
        working_is_noted(stage)
        asked = hear(bus, RoundRequested)
        notifier.kill()
    stage.record(manual_round(asked.id))
    stage.record(slot_round())
    with stage.notifier():
        stage.wait_for_states("folded", "sent")
        told = hear(bus, Delivered)

    assert WORDS["en"].working not in [each.text for each in stage.sandbox.messages()]
    assert told.id == asked.id
