"""The kill switch while orders are in the queue, and signed but not heard: after its answer nothing opens."""

import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.trading.system import Stage

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]
LOCKED_S = 5.0
NUMBERS = ("one", "two", "three")
OPEN = {"PENDING_NEW", "NEW", "PARTIALLY_FILLED", "PENDING_CANCEL", "UNKNOWN"}


@pytest.fixture
def jammed(stage: Stage) -> Iterator[Stage]:
    """Give a system whose broker stands still with the next order in its ears; it goes on and trades afterwards."""
    stage.die("broker-paper", "hears")
    yield stage
    (stage.home / "deaths" / "broker-paper").unlink(missing_ok=True)
    stage.kill("broker-paper", signal.SIGCONT)
    stage.command("unkill")


def answer(stage: Stage, asked: int) -> str:
    """Wait for the answer to /kill, and return it."""
    sent = stage.world.wait_for_message(lambda each: each.message_id > asked and "Killed" in each.text, timeout_s=60)
    return sent.text


def passes(stage: Stage, seconds: float) -> None:
    """Let time pass."""
    until_s = time.monotonic() + seconds
    stage.wait_until(lambda: time.monotonic() >= until_s, what="seconds pass")


def in_chat(stage: Stage) -> str:
    """Type /kill, and return the answer."""
    return answer(stage, stage.world.type("/kill").message_id)


def in_chat_while_the_ledger_is_locked(stage: Stage) -> str:
    """Type /kill while nobody can write the ledger at first, and return the answer."""
    with stage.locked():
        asked = stage.world.type("/kill").message_id
        passes(stage, LOCKED_S)
    return answer(stage, asked)


def late_in_chat(stage: Stage) -> str:
    """Type /kill while the bot cannot reach Telegram, and return the answer that comes once it can."""
    stage.world.fault("telegram", "refuse")
    asked = stage.world.type("/kill").message_id
    passes(stage, LOCKED_S)
    stage.world.clear("telegram")
    return answer(stage, asked)


def in_terminal(stage: Stage) -> str:
    """Type `make kill` while the ledger is locked at first, and return what it prints."""
    with ThreadPoolExecutor(1) as beside:
        with stage.locked():
            typed = beside.submit(stage.command, "kill")
            passes(stage, LOCKED_S)
        return typed.result(60)


def in_terminal_while_telegram_is_down(stage: Stage) -> str:
    """Type `make kill` while the bot cannot reach Telegram, and return what it prints."""
    stage.world.fault("telegram", "refuse")
    said = stage.command("kill")
    stage.world.clear("telegram")
    return said


KILLS = (in_chat, in_chat_while_the_ledger_is_locked, late_in_chat, in_terminal, in_terminal_while_telegram_is_down)


@pytest.mark.parametrize("kill", KILLS)
def test_after_the_answer_to_a_kill_nothing_opens_whatever_was_on_its_way(
    jammed: Stage, kill: Callable[[Stage], str]
) -> None:
    """Fault T28: from the chat and a terminal, while the ledger is locked, while Telegram is down, and late."""
    numbers = [f"t28 {kill.__name__} {each}" for each in NUMBERS]
    for number in numbers:
        jammed.bring(number)
    jammed.wait_until(lambda: jammed.has_died("broker-paper"), what="an order has come to the broker")
    said = kill(jammed)
    before = jammed.executions()
    jammed.kill("broker-paper", signal.SIGCONT)
    jammed.wait_until(
        lambda: all(jammed.state(each) == "REJECTED" for each in numbers[1:]), what="the queue is refused"
    )
    jammed.wait_until(lambda: not set(jammed.orders(numbers[0])) & OPEN, what="what was said is over")
    for program in ("execution", "notifier", "webhook", "hub"):
        jammed.kill(program)
    late = jammed.bring(f"{numbers[0]} late")
    jammed.wait_state("REJECTED", f"{numbers[0]} late")
    after = jammed.executions()
    jammed.command("unkill")
    jammed.bring(f"{numbers[0]} free")
    jammed.wait_done(f"{numbers[0]} free")

    assert "illed" in said
    assert late.status == 200
    assert after == before
    jammed.must_be_right([f"{numbers[0]} free"])
