"""What the owner changes from the chat: kept in the ledger, told to everybody, and refused with the cure."""

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from bus.connection import Bus
from bus.messages.base import topic
from bus.messages.operations import HealthRequested, Restarted, RestartRequested
from bus.messages.rounds import NextSlot, ScheduleChanged
from ledger.portfolio.rounds import read_state
from ledger.portfolio.schedule_overrides import Schedule, read_schedule
from notifier.texts.commands import WORDS
from sandbox.telegram.chat import Sent
from tests.notifier.commands.test_buttons import labels
from tests.notifier.harness import Harness, manual_round, slot_round
from tests.running import flat, hear, on_the_bus, wait_until

EN = WORDS["en"]


def last_text(harness: Harness, count: int) -> str:
    """Return the newest of so many messages, once it says more than that it works."""
    wait_until(lambda: harness.wait_for_texts(count)[-1].text != EN.working, what="an answer")
    return flat(harness.wait_for_texts(count)[-1].text)


def restart_question(harness: Harness, name: str) -> Sent:
    """Ask for a restart, and return the question with its buttons."""
    harness.sandbox.type(f"/restart {name}")
    return harness.wait_for_texts(1)[0]


def test_frequency_is_changed_from_the_next_slot_on_until_default(harness: Harness, bus: Bus) -> None:
    before = datetime.now(UTC)
    with (
        harness.notifier(),
        on_the_bus("listener", topic(ScheduleChanged), topic(HealthRequested), says=(NextSlot,)) as clock,
    ):
        harness.sandbox.type("/frequency 60")
        hear(clock, ScheduleChanged)
        asked = hear(clock, HealthRequested)
        next_slot = datetime(2026, 2, 11, 10, 0, tzinfo=UTC)
        clock.publish(NextSlot(id=asked.id, next_slot=next_slot - timedelta(hours=1), interval_minutes=120))  # not yet
        clock.publish(NextSlot(id=asked.id, next_slot=next_slot, interval_minutes=60))
        told = last_text(harness, 1)
        state = read_state(harness.ledger)
        harness.sandbox.type("/frequency default")
        default = last_text(harness, 2)

    assert told == flat(f"{EN.frequency_set.format(minutes=60)}\n{EN.next_slot.format(at='2026-02-11 11:00')}")
    assert state.interval_minutes == 60
    assert state.due_since >= before
    assert default.startswith(flat(EN.frequency_default))
    assert read_schedule(harness.ledger) == Schedule()


def test_without_a_number_it_tells_the_present_one_and_gives_buttons(harness: Harness) -> None:
    with harness.notifier():
        harness.sandbox.type("/frequency")
        sent = harness.wait_for_texts(1)[0]
        harness.sandbox.press(sent.message_id, "frequency:30")
        wait_until(lambda: harness.sandbox.messages()[0].edited, what="an edit")
        edited = harness.sandbox.messages()[0]

    assert flat(sent.text) == flat(f"{EN.frequency_from_env.format(minutes=120)}\n{EN.frequency_choose}")
    assert labels(sent) == ["30", "60", "120", "240", EN.default]
    assert flat(edited.text).startswith(EN.frequency_set.format(minutes=30))
    assert labels(edited) == []
    assert read_schedule(harness.ledger).interval_minutes == 30


@pytest.mark.sampled(2)
@pytest.mark.parametrize("written", ["0", "721", "-5", "often", "1.5", "٣٠", "99999999999999999999"])
def test_a_frequency_that_makes_no_sense_changes_nothing_and_is_told_what_to_write(
    harness: Harness, written: str
) -> None:
    with harness.notifier():
        harness.sandbox.type(f"/frequency {written}")
        told = last_text(harness, 1)

    assert told == flat(EN.frequency_bad.format(least=1))
    assert read_schedule(harness.ledger) == Schedule()


def test_a_frequency_shorter_than_a_round_may_take_is_refused(harness: Harness) -> None:
    with harness.notifier(COLLECT_DEADLINE_SECONDS="300"):
        harness.sandbox.type("/frequency 5")
        told = last_text(harness, 1)

    assert told == flat(EN.frequency_short.format(deadline=300, least=6))
    assert read_schedule(harness.ledger) == Schedule()


def test_a_pause_survives_a_restart_and_is_told_at_each_now_until_it_is_over(harness: Harness, bus: Bus) -> None:
    with harness.notifier():
        harness.sandbox.type("/pause")
        paused = last_text(harness, 1)
    with harness.notifier():
        harness.sandbox.type("/now")
        wait_until(lambda: len(harness.requests()) == 1, what="a stored request")
        bus.publish(harness.record(manual_round("now-1")))
        harness.wait_for_states("sent")
        harness.sandbox.type("/resume")
        wait_until(lambda: not read_schedule(harness.ledger).paused, what="the end of the pause")
        harness.sandbox.type("/now")
        wait_until(lambda: len(harness.requests()) == 1, what="a stored request")
        bus.publish(harness.record(manual_round("now-2")))
        harness.wait_for_states("sent", "sent")
    first, second = (row.text for row in harness.rows())

    assert paused == flat(EN.pause)
    assert first.endswith(f"\n\n{EN.paused_footer}")
    assert EN.paused_footer not in second


def test_what_is_so_already_is_told_and_no_slot_is_dropped_for_it(harness: Harness) -> None:
    with harness.notifier():
        harness.sandbox.type("/resume")
        first = last_text(harness, 1)
        harness.sandbox.type("/pause")
        harness.wait_for_texts(2)
        harness.sandbox.type("/pause")
        third = last_text(harness, 3)

    assert first == flat(EN.not_paused)
    assert third == flat(EN.paused_already)


def test_what_cannot_be_written_is_not_done_and_says_why(harness: Harness) -> None:
    with harness.notifier() as notifier:
        notifier.wait_for("listening")
        holder = sqlite3.connect(harness.home / "data" / "portfolio.db", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        harness.sandbox.type("/pause")
        told = last_text(harness, 1)
        holder.execute("ROLLBACK")
        holder.close()

    assert told.startswith("Nothing was changed: ")
    assert not read_schedule(harness.ledger).paused


def test_a_restart_is_done_after_a_question_and_its_end_is_told(harness: Harness) -> None:
    with (
        harness.notifier(PLATFORMS=BYBIT),
        on_the_bus("sentinel", topic(RestartRequested), says=(Restarted,)) as sentinel,
    ):
        question = restart_question(harness, "Bybit")
        harness.sandbox.press(question.message_id, "restart:bybit")
        asked = hear(sentinel, RestartRequested)
        sentinel.publish(Restarted(id=asked.id, program="bybit", pid=7))
        wait_until(lambda: "restarted" in harness.sandbox.messages()[0].text, what="the end")

    assert question.text == "Restart Bybit?"
    assert labels(question) == ["Restart Bybit", "Cancel"]
    assert asked.program == "bybit"
    assert flat(harness.sandbox.messages()[0].text) == EN.restarted.format(name="Bybit")
    assert labels(harness.sandbox.messages()[0]) == []


def test_the_button_pressed_twice_is_one_question_to_the_sentinel(harness: Harness) -> None:
    with (
        harness.notifier(PLATFORMS=BYBIT),
        on_the_bus("sentinel", topic(RestartRequested), says=(Restarted,)) as sentinel,
    ):
        question = restart_question(harness, "bybit")
        for _ in range(2):
            harness.sandbox.press(question.message_id, "restart:bybit")
        ids = {hear(sentinel, RestartRequested).id for _ in range(4)}
        sentinel.publish(Restarted(id=min(ids), program="bybit", pid=7))
        wait_until(lambda: "restarted" in harness.sandbox.messages()[0].text, what="the end")

    assert len(ids) == 1


def test_a_restart_can_be_cancelled_and_an_unknown_one_is_told_the_names(harness: Harness) -> None:
    with harness.notifier(PLATFORMS=BYBIT):
        question = restart_question(harness, "bybit")
        harness.sandbox.press(question.message_id, "restart-cancel")
        wait_until(lambda: harness.sandbox.messages()[0].edited, what="an edit")
        harness.sandbox.type("/restart <b>kraken")
        unknown = last_text(harness, 2)
        harness.sandbox.type("/restart")
        which = harness.wait_for_texts(3)[-1]
        harness.sandbox.press(which.message_id, "restart-ask:fx")
        wait_until(lambda: harness.sandbox.messages()[2].edited, what="a question")

    assert flat(harness.sandbox.messages()[0].text) == EN.cancelled
    assert unknown == flat("There is no collector <b>kraken. There are: bybit, fx.")
    assert labels(which) == ["Bybit", "rate"]
    assert harness.sandbox.messages()[2].text == "Restart rate?"


def test_where_nobody_answers_the_restart_is_told_as_not_done(harness: Harness) -> None:
    with (
        harness.notifier(PLATFORMS=BYBIT),
        on_the_bus("sentinel", topic(RestartRequested), says=(Restarted,)) as sentinel,
    ):
        question = restart_question(harness, "bybit")
        harness.sandbox.press(question.message_id, "restart:bybit")
        asked = hear(sentinel, RestartRequested)
        sentinel.publish(Restarted(id=asked.id, program="bybit", problem="did not come back within 20 s"))
        wait_until(lambda: "not restarted" in harness.sandbox.messages()[0].text, what="the end")

    assert flat(harness.sandbox.messages()[0].text) == "Bybit was not restarted: did not come back within 20 s."


BYBIT = '[{"name":"bybit","label":"Bybit","heading":"Crypto (USD)","currency":"USD","position":30,"grouped":true}]'


def test_the_schedule_of_a_slot_says_nothing_of_a_pause(harness: Harness) -> None:
    with harness.notifier():
        harness.sandbox.type("/pause")
        harness.wait_for_texts(1)
        harness.record(slot_round())  # one that was open when the pause began
        harness.wait_for_states("sent")

    assert EN.paused_footer not in harness.rows()[0].text
