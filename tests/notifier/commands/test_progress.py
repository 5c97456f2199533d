"""`Working…` tells who has answered, and never gets in the way of the answer."""

from collections.abc import Sequence

import msgspec

from bus.connection import Bus
from bus.messages.base import topic
from bus.messages.rounds import Balance, Failure, Rate, RoundRequested
from notifier.commands.progress import COLUMNS, Progress
from notifier.texts.commands import WORDS
from tests.bus.samples import BALANCE, FAILURE, RATE, SNAPSHOT
from tests.notifier.harness import Harness, manual_round
from tests.running import hear, on_the_bus, wait_until

LABELS = {"tbank": "T‑Bank", "ibkr": "IBKR", "bybit": "Bybit", "okx": "OKX", "fx": "rate"}
PLATFORMS = msgspec.json.encode(
    [
        {"name": name, "label": label, "heading": "Crypto (USD)", "currency": "USD", "position": 1}
        for name, label in LABELS.items()
        if name != "fx"
    ]
).decode()
replace = msgspec.structs.replace


def test_before_the_first_answer_it_only_works(bus: Bus) -> None:
    assert Progress(LABELS, bus).text(WORDS["en"]) == "Working…"


def test_each_answer_gets_its_mark_and_no_line_is_wider_than_a_phone(bus: Bus) -> None:
    progress = Progress(LABELS, bus)
    for answer in (BALANCE, BALANCE, replace(FAILURE, platform="tbank"), RATE):
        progress.handle(answer)
    text = progress.text(WORDS["en"])

    assert text == "Working… 3 of 5 answered\n✗ T‑Bank  … IBKR  … Bybit  ✓ OKX\n✓ rate"
    assert all(len(line) <= COLUMNS for line in text.splitlines())


def test_a_closed_round_is_told_no_more_whatever_comes_late(bus: Bus) -> None:
    progress = Progress(LABELS, bus)
    progress.handle(BALANCE)
    progress.handle(SNAPSHOT)
    progress.handle(replace(BALANCE, platform="bybit"))

    assert progress.text(WORDS["en"]) == "Working…"


def test_the_line_shows_who_answered_and_becomes_the_snapshot(harness: Harness, bus: Bus) -> None:
    with (
        harness.notifier(PLATFORMS=PLATFORMS, LANGUAGE="ru"),
        on_the_bus("collectors", topic(RoundRequested), says=(Balance, Failure, Rate)) as collectors,
    ):
        harness.sandbox.type("/now")
        asked = hear(collectors, RoundRequested)
        working = harness.wait_for_texts(1)[0]
        answers = (replace(BALANCE, round_id=asked.id), replace(FAILURE, round_id=asked.id))
        wait_until(
            lambda: said_again(collectors, answers) and "ответили 2 из 5" in harness.sandbox.messages()[0].text,
            what="progress",
        )
        shown = harness.sandbox.messages()[0]
        bus.publish(harness.record(manual_round(asked.id)))
        harness.wait_for_states("sent")

    assert shown.message_id == working.message_id
    assert "✗ T‑Bank" in shown.text
    assert "✓ OKX" in shown.text
    assert [each.message_id for each in harness.sandbox.messages()] == [working.message_id]
    assert "TOTAL (USD)" in harness.sandbox.messages()[0].text


def test_an_edit_that_hangs_does_not_hold_the_answer_back_and_cannot_overwrite_it(harness: Harness, bus: Bus) -> None:
    with (
        harness.notifier(PLATFORMS=PLATFORMS),
        on_the_bus("collectors", topic(RoundRequested), says=(Balance, Failure, Rate)) as collectors,
    ):
        harness.sandbox.type("/now")
        asked = hear(collectors, RoundRequested)
        working = harness.wait_for_texts(1)[0]
        harness.sandbox.fault("telegram", "hang", path="editMessageText")
        answers = (replace(BALANCE, round_id=asked.id),)
        wait_until(
            lambda: said_again(collectors, answers) and len(harness.sandbox.attempts()) > 1, what="an attempt to edit"
        )
        bus.publish(harness.record(manual_round(asked.id)))
        harness.wait_for_states("sent")
        harness.sandbox.clear("telegram")  # now the edit would arrive
        wait_until(lambda: harness.sandbox.messages()[0].deleted, what="the end of the line")
    first, answer = harness.sandbox.messages()

    assert first.message_id == working.message_id
    assert "TOTAL (USD)" in answer.text
    assert not answer.edited


def said_again(collectors: Bus, answers: Sequence[Balance | Failure]) -> bool:
    """Say answers once more, as collectors do with every repetition of the tick."""
    for answer in answers:
        collectors.publish(answer)
    return True
