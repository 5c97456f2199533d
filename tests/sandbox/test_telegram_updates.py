"""Long polling, confirmation, conflicts and buttons of the pretend Telegram."""

import threading

import pytest

from sandbox.control.client import Sandbox
from sandbox.telegram.wire import Wire

KEYBOARD = '{"inline_keyboard":[[{"text":"Refresh","callback_data":"refresh"}]]}'


def test_an_update_stays_until_a_later_offset_confirms_it(wire: Wire, sandbox: Sandbox) -> None:
    first = sandbox.type("/now").update_id
    second = sandbox.type("hello", first_name="Bob", from_id=7).update_id

    assert wire.update_ids(offset=0) == [first, second]
    assert wire.update_ids(limit=1) == [first]
    assert wire.update_ids(offset=second) == [second]
    assert wire.update_ids() == [second]
    assert wire.update_ids(offset=second + 1) == []


def test_a_negative_offset_keeps_only_the_newest_updates(wire: Wire, sandbox: Sandbox) -> None:
    newest = [sandbox.type(text).update_id for text in "abc"][-1]

    assert wire.update_ids(offset=-1) == [newest]
    assert wire.update_ids() == [newest]


def test_a_typed_command_carries_its_entity(wire: Wire, sandbox: Sandbox) -> None:
    sandbox.type("😀 /now")
    updates = wire("getUpdates")["result"]
    assert isinstance(updates, list)
    message = updates[0]["message"]

    assert message["entities"] == [{"type": "bot_command", "offset": 3, "length": 4}]
    assert (message["from"]["first_name"], message["chat"]["type"]) == ("Ann", "private")


def test_a_long_poll_is_held_and_answered_when_something_comes(wire: Wire, sandbox: Sandbox) -> None:
    answers: list[list[int]] = []
    poller = threading.Thread(target=lambda: answers.append(wire.update_ids(timeout=30)))
    poller.start()
    while not sandbox.requests("telegram"):
        assert poller.is_alive()
    held = poller.is_alive()
    typed = sandbox.type("hello").update_id
    poller.join()

    assert held
    assert answers == [[typed]]


def test_a_long_poll_ends_empty_when_its_time_is_up(wire: Wire) -> None:
    assert wire("getUpdates", timeout=1)["result"] == []


def test_of_two_pollers_the_older_one_is_thrown_out(wire: Wire, sandbox: Sandbox) -> None:
    refusals: list[str] = []
    older = threading.Thread(target=lambda: refusals.append(wire.refusal("getUpdates", timeout=30)))
    older.start()
    while not sandbox.requests("telegram"):
        assert older.is_alive()
    newer = wire("getUpdates", timeout=0)
    while older.is_alive():  # what has been seen need not have begun to wait
        newer = wire("getUpdates", timeout=0)

    assert newer["ok"] is True
    assert refusals[0].startswith("409 Conflict: terminated by other getUpdates request")


def test_allowed_updates_keeps_out_what_was_not_asked_for(wire: Wire, sandbox: Sandbox) -> None:
    wire("getUpdates", allowed_updates='["callback_query"]')
    sandbox.type("hello")

    assert wire("getUpdates")["result"] == []


def test_polling_is_refused_while_a_webhook_is_set(wire: Wire, sandbox: Sandbox) -> None:
    sandbox.set_state("telegram", webhook_url="https://example.org/hook")
    refusal = wire.refusal("getUpdates")
    wire("deleteWebhook")

    assert refusal.startswith("409 Conflict: can't use getUpdates method while webhook is active")
    assert wire("getUpdates")["ok"] is True


def test_a_webhook_is_set_told_and_deleted(wire: Wire, sandbox: Sandbox) -> None:
    kinds = '["callback_query", "message"]'
    url = "https://example.org:8443/hook"
    answers = [wire("setWebhook", url=url, allowed_updates=kinds, secret_token="a-b_1") for _ in range(2)]
    sandbox.type("hello")
    told = wire("getWebhookInfo")["result"]
    deleted = [wire("setWebhook", url=""), wire("deleteWebhook")]

    assert [answer["description"] for answer in answers] == ["Webhook was set", "Webhook is already set"]
    assert told == {
        "url": url,
        "has_custom_certificate": False,
        "pending_update_count": 1,
        "max_connections": 40,
        "allowed_updates": ["callback_query", "message"],
    }
    assert [answer["description"] for answer in deleted] == ["Webhook was deleted", "Webhook is already deleted"]
    assert len(wire.update_ids()) == 1


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"url": "http://example.org"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        ({"url": "https://example.org:99"}, "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"),
        ({"url": "https://example.org:port"}, "invalid webhook URL specified"),
        ({"url": "https://example.org", "secret_token": "a b"}, "secret token contains unallowed characters"),
        ({"url": "https://example.org", "secret_token": "a" * 257}, "secret token is too long"),
    ],
    ids=["no TLS", "port", "no address", "secret", "long secret"],
)
def test_a_webhook_that_cannot_be_is_refused(wire: Wire, fields: dict[str, object], problem: str) -> None:
    assert wire.refusal("setWebhook", **fields) == f"400 Bad Request: {problem}"
    assert wire("getUpdates")["ok"] is True


def test_a_webhook_ends_the_poll_that_waits(wire: Wire, sandbox: Sandbox) -> None:
    refusals: list[str] = []
    poller = threading.Thread(target=lambda: refusals.append(wire.refusal("getUpdates", timeout=30)))
    poller.start()
    while poller.is_alive():  # what has been seen need not have begun to wait
        if sandbox.requests("telegram"):
            wire("setWebhook", url="https://example.org")
    poller.join()

    assert refusals[0].startswith("409 Conflict: ")


def test_a_pressed_button_is_answered_once(wire: Wire, sandbox: Sandbox) -> None:
    sent = wire("sendMessage", chat_id=42, text="Total", reply_markup=KEYBOARD)["result"]
    assert isinstance(sent, dict)
    sandbox.press(sent["message_id"], "refresh")
    updates = wire("getUpdates")["result"]
    assert isinstance(updates, list)
    query = updates[0]["callback_query"]

    assert (query["data"], query["message"]["text"]) == ("refresh", "Total")
    assert wire("answerCallbackQuery", callback_query_id=query["id"])["result"] is True
    assert "query is too old" in wire.refusal("answerCallbackQuery", callback_query_id=query["id"])


def test_commands_are_kept_and_checked(wire: Wire) -> None:
    commands = '[{"command":"now","description":"Fetch now"}]'

    assert wire("setMyCommands", commands=commands)["result"] is True
    assert wire("getMyCommands")["result"] == [{"command": "now", "description": "Fetch now"}]
    assert "BOT_COMMAND_INVALID" in wire.refusal("setMyCommands", commands=commands.replace("now", "Now"))
