"""Five hundred orders filled in a minute: what a person waits for comes at once, and nothing of them is lost."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from bus.connection import Bus
from bus.messages.rounds import RoundRequested
from bus.messages.trading import OutboxFilled
from ledger.portfolio.outbox import add_notice
from ledger.portfolio.subjects import NewForm, add_form
from ledger.trading.work import Work
from sandbox.telegram.chat import CHAT_ID
from tests.notifier.harness import manual_round, slot_round
from tests.notifier.trading.stage import Stage
from tests.running import hear, wait_until

ORDERS = 500
A_SECOND = 60
"""A minute's fills come within eight seconds, so that the test is quick; nothing else is made easier by that."""


def form(number: int, text: str) -> NewForm:
    """Return a form of an order's message."""
    return NewForm(subject=f"order-{number}", name=f"order-{number}", text=f"order {number}: {text}\nFee 1 USD")


def write(stage: Stage, wire: Bus, number: int) -> None:
    """Write that one order works and that another one is filled, as execution does."""

    def both(work: Work) -> None:
        connection, now = work.connection, work.now
        if number < ORDERS:
            add_form(connection, form(number, "working"), chat_id=str(CHAT_ID), now=now)
        if number >= 10:
            add_form(connection, form(number - 10, "filled"), chat_id=str(CHAT_ID), now=now)

    stage.do(both)
    wire.publish(OutboxFilled())


@contextmanager
def fills(stage: Stage, wire: Bus) -> Iterator[threading.Event]:
    """Let the orders work and be filled meanwhile; say when half of them have been."""
    half = threading.Event()

    def run() -> None:
        began = time.monotonic()
        for number in range(ORDERS + 10):
            write(stage, wire, number)
            if number == ORDERS // 2:
                half.set()
            time.sleep(max(0.0, began + number / A_SECOND - time.monotonic()))

    running = threading.Thread(target=run)
    running.start()
    try:
        yield half
    finally:
        running.join()


def texts(stage: Stage) -> list[str]:
    """Return what stands in the chat now."""
    return [each.text for each in stage.harness.sandbox.messages(CHAT_ID)]


def count(stage: Stage, word: str) -> int:
    """Count the messages that have a word in them."""
    return sum(word in each for each in texts(stage))


def until(true: Callable[[], bool], *, what: str) -> float:
    """Wait for a condition; return after how many seconds."""
    began = time.monotonic()
    wait_until(true, what=what, within_s=120)
    return time.monotonic() - began


def settled(stage: Stage) -> bool:
    """Tell whether everything was told."""
    return set(stage.harness.states(CHAT_ID)) == {"sent", "folded"}


def ask(work: Work) -> None:
    """Ask a question, as execution does."""
    add_notice(work.connection, "question-1", "buy?", chat_id=str(CHAT_ID), now=work.now)


@pytest.mark.thorough
def test_a_slot_an_answer_and_a_question_come_at_once_beside_five_hundred_fills(
    stage: Stage, wire: Bus, bus: Bus
) -> None:
    """Fault T35a."""
    sandbox = stage.harness.sandbox
    sandbox.set_state("telegram", flood_control=True)
    seconds = {}
    with stage.notifier():
        stage.answer("/version", by=CHAT_ID)
        with fills(stage, wire) as half:
            half.wait(60)
            bus.publish(stage.harness.record(slot_round()))
            seconds["slot"] = until(lambda: count(stage, "TOTAL (USD)") == 1, what="the slot")
            sandbox.type("/now", chat_id=CHAT_ID)
            began = time.monotonic()
            asked = hear(bus, RoundRequested)
            bus.publish(stage.harness.record(manual_round(asked.id)))
            until(lambda: count(stage, "TOTAL (USD)") == 2, what="the answer")
            seconds["now"] = time.monotonic() - began
            stage.do(ask)
            seconds["question"] = until(lambda: count(stage, "buy?") == 1, what="the question")
        seconds["rest"] = until(lambda: settled(stage), what="all of them settled")
    said = "\n".join(texts(stage))
    refused = [each for each in sandbox.attempts() if each.outcome != "accepted"]

    assert all(f"order {number}: filled" in said for number in range(ORDERS))
    assert max(seconds["slot"], seconds["now"], seconds["question"]) < 6, seconds
    assert refused == []
    assert len(sandbox.attempts()) < ORDERS / 10
