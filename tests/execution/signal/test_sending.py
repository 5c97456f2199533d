"""The test alert as the webhook sees it."""

import socket

import pytest

from execution.signal.sending import TRADINGVIEW, Alert, NotSent, Reply, Request, content_of, send
from tests.execution.signal.conftest import Webhook
from tests.ledger.trading.world import NOW

ALERT = Alert(symbol="BTCUSDT", action="buy", stop_loss="80000")
CONTENT = content_of(ALERT, "a secret of sixteen", name="test-1", now=NOW)


def test_an_alert_comes_as_tradingview_sends_it_through_a_proxy(webhook: Webhook) -> None:
    webhook.answer = lambda _: (200, {"status": "accepted", "id": "abc"})
    reply = send(webhook.port, Request(content=CONTENT))
    seen = webhook.seen[0]

    assert (reply.status, reply.said, reply.id) == (200, "accepted", "abc")
    assert (seen.peer, seen.headers["x-forwarded-for"]) == ("127.0.0.1", TRADINGVIEW)
    assert seen.headers["content-type"].startswith("application/json")
    assert seen.alert == {
        "secret": "a secret of sixteen",
        "id": "test-1",
        "symbol": "BTCUSDT",
        "action": "buy",
        "stop_loss": "80000",
        "time": "2026-11-27T14:30:00Z",
    }


def test_a_stranger_comes_from_another_address_of_this_machine(webhook: Webhook) -> None:
    send(webhook.port, Request(content=CONTENT, source="127.0.0.2"))

    assert webhook.seen[0].peer == "127.0.0.2"


def test_an_answer_that_is_no_json_is_a_text(webhook: Webhook) -> None:
    webhook.answer = lambda _: (502, {})
    reply = send(webhook.port, Request(content=CONTENT))

    assert reply == Reply(status=502, text="{}")


def test_a_webhook_that_does_not_listen_is_told_with_what_to_do() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        with pytest.raises(NotSent, match="make status"):
            send(held.getsockname()[1], Request(content=CONTENT))
