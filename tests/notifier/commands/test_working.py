"""`/now` in the chat: `Working…` while the round runs, then the answer in its place, whatever dies meanwhile."""

from sqlalchemy import select

from bus.connection import Bus
from bus.messages.delivery import Delivered
from bus.messages.rounds import RoundRequested
from ledger.portfolio import tables
from notifier.texts.commands import WORDS
from sandbox.telegram.chat import CHAT_ID
from tests.notifier.harness import OTHER_CHAT, REPEAT, Harness, manual_round, slot_round
from tests.running import hear, wait_until


def working_is_noted(harness: Harness) -> None:
    """Wait until `Working…` is in the chat and in the ledger."""

    def noted() -> bool:
        with harness.ledger.reading() as connection:
            return any(connection.execute(select(tables.askers.c.working_message_id)).scalars())

    wait_until(noted, what="a noted Working…")


def test_working_becomes_the_answer(harness: Harness, bus: Bus) -> None:
    with harness.notifier():
        harness.sandbox.type("/now")
        working_is_noted(harness)
        working = harness.sandbox.messages()
        asked = hear(bus, RoundRequested)
        bus.publish(harness.record(manual_round(asked.id)))
        told = hear(bus, Delivered)  # the row says "sent" before this is said: a notifier that ends between may not
    sent = harness.sandbox.messages()

    assert [each.text for each in working] == [WORDS["en"].working]
    assert [each.message_id for each in sent] == [working[0].message_id]
    assert "TOTAL (USD): $34,619.59" in sent[0].text
    assert told.id == asked.id


def test_an_answer_that_comes_at_once_needs_no_working(harness: Harness, bus: Bus) -> None:
    with harness.notifier():
        harness.sandbox.type("/now")
        asked = hear(bus, RoundRequested)
        bus.publish(harness.record(manual_round(asked.id)))
        harness.wait_for_states("sent")

    assert WORDS["en"].working not in [attempt.text for attempt in harness.sandbox.attempts()]


def test_working_survives_a_death_and_becomes_the_answer_after_it(harness: Harness, bus: Bus) -> None:
    with harness.notifier() as notifier:
        harness.sandbox.type("/now")
        working_is_noted(harness)
        asked = hear(bus, RoundRequested)
        notifier.kill()
    harness.record(manual_round(asked.id))
    with harness.notifier():
        harness.wait_for_states("sent")
    sent = harness.sandbox.messages()

    assert len(sent) == 1
    assert sent[0].edited
    assert "TOTAL (USD): $34,619.59" in sent[0].text


def test_an_answer_lost_after_the_edit_is_repeated_in_place_and_without_a_mark(harness: Harness, bus: Bus) -> None:
    with harness.notifier() as notifier:
        harness.sandbox.type("/now")
        working_is_noted(harness)
        asked = hear(bus, RoundRequested)
        harness.sandbox.fault("telegram", "accept_then_hang", path="editMessageText", times=1)
        bus.publish(harness.record(manual_round(asked.id)))
        wait_until(lambda: harness.sandbox.messages()[0].edited, what="the edit")
        notifier.kill()
    harness.sandbox.clear("telegram")
    with harness.notifier():
        harness.wait_for_states("sent")
    sent = harness.sandbox.messages()

    assert len(sent) == 1
    assert REPEAT not in sent[0].text


def test_a_deleted_working_leads_to_a_new_message(harness: Harness, bus: Bus) -> None:
    with harness.notifier(), harness.wire() as wire:
        harness.sandbox.type("/now")
        working_is_noted(harness)
        asked = hear(bus, RoundRequested)
        wire("deleteMessage", chat_id=CHAT_ID, message_id=harness.sandbox.messages()[0].message_id)
        bus.publish(harness.record(manual_round(asked.id)))
        harness.wait_for_states("sent")
    deleted, answer = harness.sandbox.messages()

    assert deleted.deleted
    assert "TOTAL (USD): $34,619.59" in answer.text
    assert REPEAT not in answer.text


def test_a_new_message_in_the_place_of_a_deleted_working_is_marked_when_it_is_repeated(
    harness: Harness, bus: Bus
) -> None:
    with harness.notifier(), harness.wire() as wire:
        harness.sandbox.type("/now")
        working_is_noted(harness)
        asked = hear(bus, RoundRequested)
        wire("deleteMessage", chat_id=CHAT_ID, message_id=harness.sandbox.messages()[0].message_id)
        harness.sandbox.fault("telegram", "reset_after", path="sendMessage", times=1)
        bus.publish(harness.record(manual_round(asked.id)))
        harness.wait_for_states("sent")
    _, first, second = harness.sandbox.messages()

    assert second.text == f"{REPEAT}\n\n{first.text}"


def test_many_requests_get_one_working_and_one_answer_in_each_chat(harness: Harness, bus: Bus) -> None:
    """Fault 62: the notifier alone."""
    harness.chats = (str(CHAT_ID), str(OTHER_CHAT))
    with harness.notifier():
        for chat_id in (CHAT_ID, OTHER_CHAT) * 20:
            harness.sandbox.type("/now", chat_id=chat_id)
        wait_until(lambda: len(harness.requests()) == 40, what="40 stored requests")
        harness.wait_for_texts(1)
        harness.wait_for_texts(1, OTHER_CHAT)
        working_is_noted(harness)
        bus.publish(harness.record(manual_round()))
        harness.wait_for_states("sent")
        harness.wait_for_states("sent", chat_id=OTHER_CHAT)
    sent = harness.sandbox.messages()

    assert sorted(each.chat_id for each in sent) == [CHAT_ID, OTHER_CHAT]
    assert all("TOTAL (USD): $34,619.59" in each.text for each in sent)
    assert harness.requests() == ()


def test_a_slots_message_answers_the_requests_that_came_meanwhile(harness: Harness, bus: Bus) -> None:
    """Fault 63: the notifier alone."""
    with harness.notifier():
        harness.sandbox.type("/now")
        hear(bus, RoundRequested)
        bus.publish(harness.record(slot_round()))
        harness.wait_for_states("sent")

    assert harness.requests() == ()
    assert sum("TOTAL (USD)" in each.text for each in harness.sandbox.messages()) == 1


def test_a_request_whose_round_was_folded_is_answered_by_the_newer_message(harness: Harness, bus: Bus) -> None:
    with harness.notifier() as notifier:
        harness.sandbox.type("/now")
        working_is_noted(harness)
        asked = hear(bus, RoundRequested)
        notifier.kill()
    harness.record(manual_round(asked.id))
    harness.record(slot_round())
    with harness.notifier():
        harness.wait_for_states("folded", "sent")
        told = hear(bus, Delivered)

    assert WORDS["en"].working not in [each.text for each in harness.sandbox.messages()]
    assert told.id == asked.id
