"""Commands that waited at Telegram while the bot was down."""

from bus.connection import Bus
from ledger.portfolio.schedule_overrides import Schedule, read_schedule
from notifier.commands.table import help_text
from notifier.texts.commands import WORDS
from notifier.texts.line_wrap import fitted
from tests.notifier.harness import Harness, manual_round, slot_round
from tests.running import flat, wait_until

HOURS_AGO_S = -3 * 3600.0


def test_those_without_effect_are_answered_once_each(harness: Harness) -> None:
    harness.sandbox.settings("telegram", skew_s=HOURS_AGO_S)
    for text in ("/help", "/help", "/HELP", "/version", "/help"):
        harness.sandbox.type(text)
    harness.sandbox.settings("telegram", skew_s=0)
    with harness.notifier():
        harness.sandbox.type("/start")
        texts = [each.text for each in harness.wait_for_texts(3)]

    assert texts.count(fitted(help_text("en"))) == 1
    assert sum("Portfolio bot" in text for text in texts) == 1


def test_those_with_an_effect_are_not_done_and_say_so(harness: Harness) -> None:
    harness.sandbox.settings("telegram", skew_s=HOURS_AGO_S)
    for text in ("/pause", "/frequency 30"):
        harness.sandbox.type(text)
    with harness.notifier():
        texts = {flat(each.text) for each in harness.wait_for_texts(2)}

    assert texts == {WORDS["en"].too_old.format(command=name) for name in ("/pause", "/frequency")}
    assert read_schedule(harness.ledger) == Schedule()


def test_a_wrong_clock_makes_nothing_late_that_was_heard_at_once(harness: Harness) -> None:
    with harness.notifier() as notifier:
        notifier.wait_for("listening")
        harness.sandbox.type("/version")
        harness.wait_for_texts(1)
        harness.sandbox.settings("telegram", skew_s=HOURS_AGO_S)  # as good as our own clock three hours ahead
        harness.sandbox.type("/pause")
        wait_until(lambda: read_schedule(harness.ledger).paused, what="a pause")


def test_more_than_one_poll_can_bring_are_late_all_the_same(harness: Harness) -> None:
    harness.sandbox.settings("telegram", skew_s=HOURS_AGO_S)
    for number in range(101):
        harness.sandbox.type(f"/frequency {60 + number}")
    harness.sandbox.set_state("telegram", flood_control=False)
    with harness.notifier():
        harness.wait_for_texts(101)

    assert read_schedule(harness.ledger) == Schedule()


def test_many_old_requests_are_one_answer(harness: Harness, bus: Bus) -> None:
    harness.sandbox.settings("telegram", skew_s=HOURS_AGO_S)
    for _ in range(7):
        harness.sandbox.type("/now")
    with harness.notifier():
        wait_until(lambda: len(harness.requests()) == 7, what="stored requests")
        bus.publish(harness.record(manual_round()))
        harness.wait_for_states("sent")

    assert sum("TOTAL (USD)" in each.text for each in harness.sandbox.messages()) == 1
    assert harness.requests() == ()


def test_a_button_pressed_long_ago_changes_nothing_and_says_so(harness: Harness) -> None:
    harness.record(slot_round())
    with harness.notifier(), harness.wire() as wire:
        harness.wait_for_states("sent")
        harness.sandbox.type("/frequency")
        question = harness.wait_for_texts(2)[1]
        refusal = "Bad Request: query is too old and response timeout expired or query ID is invalid"
        harness.sandbox.fault("telegram", "code", code="400", body=refusal, path="answerCallbackQuery")
        harness.sandbox.press(question.message_id, "frequency:30")
        wait_until(lambda: harness.sandbox.messages()[1].edited, what="an edit")
        assert wire("getMe")["ok"]

    assert flat(harness.sandbox.messages()[1].text) == WORDS["en"].too_old.format(command="/frequency")
    assert read_schedule(harness.ledger) == Schedule()
