"""Faults in Telegram's own words, and what the control port tells about them."""

import httpx
import pytest

from sandbox.control.client import Sandbox
from sandbox.telegram.wire import Wire


@pytest.mark.parametrize("code", ["400", "401", "403", "409", "500"])
def test_a_code_fault_answers_with_that_status(wire: Wire, sandbox: Sandbox, code: str) -> None:
    sandbox.fault("telegram", "code", code=code, path="sendMessage", times=1)

    assert wire.refusal("sendMessage", chat_id=42, text="a").startswith(code)
    assert wire("sendMessage", chat_id=42, text="a")["ok"] is True


@pytest.mark.parametrize(("seconds", "parameters"), [(37, {"retry_after": 37}), (0, None)])
def test_a_429_fault_has_its_hint_or_none(
    wire: Wire, sandbox: Sandbox, seconds: int, parameters: dict[str, int] | None
) -> None:
    sandbox.fault("telegram", "code", code="429", seconds=seconds)

    assert wire("sendMessage", chat_id=42, text="a").get("parameters") == parameters


def test_an_accepted_message_whose_answer_never_comes_is_there(wire: Wire, sandbox: Sandbox) -> None:
    sandbox.fault("telegram", "accept_then_hang")
    wire.client.timeout = httpx.Timeout(0.3)
    with pytest.raises(httpx.ReadTimeout):
        wire("sendMessage", chat_id=42, text="stored")

    assert [message.text for message in sandbox.messages()] == ["stored"]
    assert wire("getMe")["ok"] is True


def test_a_message_whose_connection_is_cut_after_acceptance_is_there(wire: Wire, sandbox: Sandbox) -> None:
    sandbox.fault("telegram", "reset_after", times=1)
    with pytest.raises(httpx.ReadError):
        wire("sendMessage", chat_id=42, text="stored")

    assert [message.text for message in sandbox.messages()] == ["stored"]
    assert [attempt.outcome for attempt in sandbox.attempts()] == ["accepted"]


def test_an_attempt_that_a_fault_ate_is_known_and_not_accepted(wire: Wire, sandbox: Sandbox) -> None:
    sandbox.fault("telegram", "html", times=1)
    answer = wire.post("sendMessage", {"chat_id": 42, "text": "lost"})

    assert answer.status_code == 502
    assert sandbox.messages() == []
    assert [(attempt.text, attempt.outcome) for attempt in sandbox.attempts()] == [("lost", "unheard")]


def test_ids_keep_growing_over_a_reset(wire: Wire, sandbox: Sandbox) -> None:
    before = sandbox.type("hello")
    sandbox.reset()
    after = sandbox.type("hello")

    assert after.update_id > before.update_id
    assert after.message_id > before.message_id
    assert wire.update_ids() == [after.update_id]
