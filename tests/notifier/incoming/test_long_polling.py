"""The long poll: whatever happens to it, it goes on, and sending does not notice."""

import pytest

from notifier.commands.table import help_text
from notifier.texts.line_wrap import fitted
from tests.notifier.harness import Harness, slot_round
from tests.running import wait_until

PAUSED = "cannot hear Telegram"


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "code", "code": "409"},
        {"kind": "code", "code": "401"},
        {"kind": "reset"},
        {"kind": "hang"},
    ],
    ids=lambda fault: " ".join(str(value) for value in fault.values()),
)
def test_while_nothing_is_heard_messages_still_go_out(harness: Harness, fault: dict[str, object]) -> None:
    """Faults 59 and 61."""
    harness.sandbox.fault("telegram", path="getUpdates", **fault)  # type: ignore[arg-type]
    with harness.notifier() as notifier:
        if fault["kind"] == "hang":
            wait_until(lambda: harness.polls() > 0, what="a poll")
        else:
            notifier.wait_for(PAUSED)
        harness.record(slot_round())
        harness.wait_for_states("sent")

    assert len(harness.sandbox.messages()) == 1


@pytest.mark.sampled(5)
@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "code", "code": "500"},
        {"kind": "code", "code": "429", "seconds": 1},
        {"kind": "html"},
        {"kind": "html", "status": 200},
        {"kind": "reset"},
        {"kind": "truncated"},
        {"kind": "garbage"},
        {"kind": "empty"},
        {"kind": "ok_false"},
        {"kind": "status", "status": 200, "body": "[]"},
        {"kind": "status", "status": 200, "body": '{"ok": true}'},
        {"kind": "status", "status": 200, "body": '{"ok": true, "result": {"update_id": 1}}'},
        {"kind": "status", "status": 200, "body": '{"ok": true, "result": [{"update_id": "1"}, 7]}'},
    ],
    ids=lambda fault: " ".join(str(value) for value in fault.values()),
)
def test_after_a_bad_answer_the_next_command_is_heard(harness: Harness, fault: dict[str, object]) -> None:
    """Fault 61: answers of all kinds."""
    harness.sandbox.fault("telegram", path="getUpdates", times=1, **fault)  # type: ignore[arg-type]
    harness.sandbox.type("/help")
    with harness.notifier() as notifier:
        notifier.wait_for(PAUSED)
        sent = harness.wait_for_texts(1)

    assert [each.text for each in sent] == [fitted(help_text("en"))]
    assert notifier.text().count("event=joined") == 1


def test_a_second_poller_is_named_in_the_log(harness: Harness) -> None:
    """Fault 61: 409."""
    harness.sandbox.fault("telegram", "code", code="409", path="getUpdates", times=1)
    with harness.notifier() as notifier:
        line = notifier.wait_for(PAUSED)

    assert "reason=Conflict" in line


def test_a_telegram_that_is_down_at_the_start_is_heard_once_it_is_there(harness: Harness) -> None:
    harness.sandbox.fault("telegram", "refuse")
    with harness.notifier() as notifier:
        notifier.wait_for(PAUSED)
        harness.sandbox.clear("telegram")
        notifier.wait_for("listening")
        harness.sandbox.type("/help")
        sent = harness.wait_for_texts(1)

    assert [each.text for each in sent] == [fitted(help_text("en"))]


def test_neither_token_nor_address_is_in_the_log(harness: Harness) -> None:
    harness.sandbox.fault("telegram", "reset", path="getUpdates", times=2)
    harness.sandbox.fault("telegram", "reset", path="sendMessage", times=1)
    harness.record(slot_round())
    with harness.notifier(LOG_LEVEL="DEBUG") as notifier:
        harness.wait_for_states("sent")
        notifier.wait_for("listening")
        said = notifier.text()

    assert "SANDBOX_TOKEN" not in said
    assert "getUpdates" not in said
