"""`make now` against a real notifier: it prints the message, or why there is none and what to do, as soon as known."""

import asyncio
import fcntl
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from bus.connection import Bus
from bus.messages.delivery import ChatOutcome, Outcome
from bus.messages.rounds import Snapshot
from notifier.instance_lock import alone, name_of
from notifier.now.__main__ import ANSWER_S, HEARD_WITHIN_S, PATIENCE_S, Known, conclude
from sandbox.telegram.chat import CHAT_ID, TOKEN
from tests.notifier.harness import OTHER_CHAT, Harness, manual_round, replace
from tests.running import Child, on_the_bus, running, wait_until

KEPT = "It is kept and goes out by itself as soon as that is possible.\n"
OTHER_TOKEN = "123456789:SANDBOX_TOKEN_new_456789abcdefghijk"
SOON_S = 30.0
"""Far less than the patience of ninety seconds, and enough for a busy machine."""


@pytest.fixture
def system_lock(home: Path) -> Iterator[None]:
    """Hold the system's lock, as supervisord does."""
    with (home / "run" / "system.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture
def aggregator(hub: Child) -> Iterator[Bus]:
    """Give a place on the bus that says what an aggregator would say."""
    with on_the_bus("aggregator", says=(Snapshot,)) as joined:
        yield joined


def now(home: Path) -> AbstractContextManager[Child]:
    """Run `make now`."""
    return running(home, "-m", "notifier.now")


def answer(harness: Harness, bus: Bus, child: Child) -> tuple[int, str]:
    """Close the round that is asked for; return how `make now` ended and what it printed."""
    wait_until(lambda: bool(harness.requests()), what="a stored request")
    snapshot = harness.record(manual_round(harness.requests()[0].id))
    bus.publish(snapshot)
    return child.code(within_s=SOON_S), child.text()


def test_the_message_is_printed_once_every_chat_has_it(harness: Harness, system_lock: None, aggregator: Bus) -> None:
    harness.chats = (str(CHAT_ID), str(OTHER_CHAT))
    with harness.notifier(), now(harness.home) as child:
        code, printed = answer(harness, aggregator, child)
    sent = harness.sandbox.messages()

    assert (code, {message.chat_id for message in sent}) == (0, {CHAT_ID, OTHER_CHAT})
    assert printed == f"{sent[0].text}\n"


def test_a_stopped_system_is_said_at_once_although_its_files_are_there(home: Path, hub: Child) -> None:
    (home / "run" / "system.lock").touch()
    with now(home) as child:
        code = child.code(within_s=SOON_S)

    assert (home / "run" / "bus.in").exists()
    assert (code, child.text()) == (1, "The system is not running here; start it with: make start\n")


def test_a_revoked_token_is_said_with_its_cure_also_before_the_next_try(
    harness: Harness, system_lock: None, aggregator: Bus
) -> None:
    harness.sandbox.set_state("telegram", token=OTHER_TOKEN)
    with harness.notifier():
        with now(harness.home) as child:
            code, printed = answer(harness, aggregator, child)
        with now(harness.home) as second:
            second_code = second.code(within_s=SOON_S)

    assert (code, second_code) == (1, 1)
    assert printed.startswith(f"Not delivered to chat {CHAT_ID} yet: token refused.\nSet TELEGRAM_BOT_TOKEN in .env")
    assert printed.endswith(KEPT)
    assert second.text() == printed


@pytest.mark.parametrize(
    ("state", "reason", "cure"),
    [
        ({"unknown_chats": [CHAT_ID]}, "Chat not found", "Check TELEGRAM_CHAT_ID in .env"),
        ({"blocked": [CHAT_ID]}, "Forbidden: bot was blocked by the user", "Unblock the bot in Telegram"),
    ],
    ids=["unknown", "blocked"],
)
def test_a_chat_that_can_have_no_message_is_said_with_its_cure(
    harness: Harness, system_lock: None, aggregator: Bus, state: dict[str, object], reason: str, cure: str
) -> None:
    harness.sandbox.set_state("telegram", **state)
    with harness.notifier(), now(harness.home) as child:
        code, printed = answer(harness, aggregator, child)

    assert code == 1
    assert printed.startswith(f"Not delivered to chat {CHAT_ID}: {reason}.\n{cure}")
    assert KEPT not in printed


def test_of_two_chats_the_one_that_fails_is_named_beside_the_message(
    harness: Harness, system_lock: None, aggregator: Bus
) -> None:
    harness.chats = (str(CHAT_ID), str(OTHER_CHAT))
    harness.sandbox.set_state("telegram", blocked=[OTHER_CHAT])
    with harness.notifier(), now(harness.home) as child:
        code, printed = answer(harness, aggregator, child)
    text = harness.sandbox.messages(CHAT_ID)[0].text

    assert code == 1
    assert text in printed
    assert f"Not delivered to chat {OTHER_CHAT}: Forbidden: bot was blocked by the user.\n" in printed
    assert f"chat {CHAT_ID}" not in printed


def test_a_telegram_that_cannot_be_reached_is_said_and_the_message_is_kept(
    harness: Harness, system_lock: None, aggregator: Bus
) -> None:
    harness.sandbox.fault("telegram", "refuse")
    with harness.notifier(), now(harness.home) as child:
        code, printed = answer(harness, aggregator, child)
        harness.sandbox.clear("telegram")
        harness.wait_for_texts(1)

    assert code == 1
    assert f"Not delivered to chat {CHAT_ID} yet: network: ConnectError.\nCheck this machine's network" in printed
    assert printed.endswith(KEPT)


def test_a_failure_that_passes_is_not_worth_a_word(harness: Harness, system_lock: None, aggregator: Bus) -> None:
    harness.sandbox.fault("telegram", "code", code="429", seconds=1, path="sendMessage", times=1)
    with harness.notifier(), now(harness.home) as child:
        code, printed = answer(harness, aggregator, child)

    assert (code, printed) == (0, f"{harness.sandbox.messages()[0].text}\n")


def test_a_group_that_is_a_supergroup_now_has_the_message_under_its_new_number(
    harness: Harness, system_lock: None, aggregator: Bus
) -> None:
    harness.chats = ("-5",)
    harness.sandbox.set_state("telegram", migrated={"-5": -1005})
    with harness.notifier():
        for _ in range(2):
            with now(harness.home) as child:
                code, printed = answer(harness, aggregator, child)

            assert code == 0
            assert "TOTAL (USD)" in printed


def test_without_a_ledger_the_message_is_delivered_and_says_so_itself(
    harness: Harness, system_lock: None, aggregator: Bus
) -> None:
    (harness.home / "data" / "portfolio.db").unlink()
    unrecorded = replace(manual_round(), recorded=False, not_recorded_because="the disk is full")
    with harness.notifier() as notifier:
        notifier.wait_for("listening", within_s=90)  # it waits for the ledger first
        with now(harness.home) as child:
            notifier.wait_for("asked from a terminal")
            aggregator.publish(unrecorded)
            code = child.code(within_s=SOON_S)

    assert code == 0
    assert child.text() == f"{harness.sandbox.messages()[0].text}\n"
    assert "⚠ Not recorded: the disk is full" in child.text()


@contextmanager
def another_speaker(bot: str) -> Iterator[None]:
    """Speak for a bot in this process, as a copy in another folder would."""
    speaking, enough = threading.Event(), threading.Event()

    async def speak() -> None:
        async with alone(bot):
            speaking.set()
            await asyncio.to_thread(enough.wait)

    thread = threading.Thread(target=lambda: asyncio.run(speak()))
    thread.start()
    speaking.wait()
    yield
    enough.set()
    thread.join()


def test_a_second_copy_that_stands_down_says_who_speaks_for_the_bot(harness: Harness, system_lock: None) -> None:
    with another_speaker(name_of(TOKEN, harness.sandbox.addresses["telegram"])), harness.notifier() as notifier:
        notifier.wait_for("standing down")
        with now(harness.home) as child:
            code = child.code(within_s=SOON_S)

    assert code == 1
    assert "The notifier here stands down: another copy speaks for this bot (pid " in child.text()
    assert harness.requests() == ()


def outcome(*chats: ChatOutcome, **fields: str) -> Outcome:
    """Return what a notifier may say."""
    return Outcome(id="now-1", chats=chats, **fields)


OPEN = ChatOutcome(chat="42")
WAITS = ChatOutcome(chat="42", state="waits", reason="timed out")


@pytest.mark.parametrize(
    ("known", "after_s"),
    [
        (Known(asked_at=0.0), HEARD_WITHIN_S),
        (Known(asked_at=0.0, outcome=outcome(OPEN)), ANSWER_S),
        (Known(asked_at=0.0, outcome=outcome(WAITS), waits_since=0.0), PATIENCE_S),
        (Known(asked_at=0.0, outcome=outcome(OPEN, WAITS), waits_since=0.0), ANSWER_S),
        (Known(asked_at=0.0, outcome=outcome(OPEN), text="TOTAL", taken_at=1.0), ANSWER_S),
    ],
    ids=["nobody answers", "nothing comes", "it waits", "one waits, one is open", "one of several has it"],
)
def test_what_may_still_come_is_waited_for_and_no_longer(known: Known, after_s: float) -> None:
    verdict = conclude(known, after_s + 0.1)

    assert conclude(known, after_s - 0.1) is None
    assert verdict is not None
    assert verdict.problem
    assert verdict.text == known.text


@pytest.mark.parametrize("reason", ["token refused", "Not enough rights to send text messages to the chat"])
def test_what_only_the_owner_can_mend_is_said_at_once(reason: str) -> None:
    chat = ChatOutcome(chat="42", state="waits", reason=reason)
    verdict = conclude(Known(asked_at=0.0, outcome=outcome(chat), waits_since=0.0), 0.1)

    assert verdict is not None
    assert reason in verdict.problem


def test_when_the_time_is_over_the_ledgers_trouble_is_told() -> None:
    verdict = conclude(Known(asked_at=0.0, outcome=outcome(trouble="the disk is full")), ANSWER_S + 0.1)

    assert verdict is not None
    assert "The ledger cannot be used: the disk is full." in verdict.problem


@pytest.mark.parametrize(
    ("known", "at_s", "says"),
    [
        (Known(asked_at=0.0, down={"notifier": "FATAL"}), 0.0, "Nobody has heard the request"),
        (Known(asked_at=0.0, down={"clock": "FATAL"}), 4.0, "Nobody has heard the request"),
        (Known(asked_at=0.0, down={"clock": "FATAL"}, outcome=outcome(OPEN)), 0.1, "The request is kept"),
    ],
    ids=["nobody hears", "nobody heard", "kept"],
)
def test_a_program_that_does_not_run_is_named(known: Known, at_s: float, says: str) -> None:
    verdict = conclude(known, at_s)

    assert verdict is not None
    assert "does not run (FATAL)" in verdict.problem
    assert says in verdict.problem
