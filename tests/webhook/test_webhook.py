"""A running webhook: who may send, what is kept, what is answered (faults T3, T3a, T4, T8, T9)."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bus.messages.base import topic
from bus.messages.delivery import Alert, AlertStored
from bus.messages.operations import Heartbeat
from bus.messages.trading import BrokerHealth, SignalArrived, TradingState
from tests.running import hear, on_the_bus, wait_until
from tests.webhook.running import (
    API_TOKEN,
    OTHER_SECRET,
    PATH,
    SECRET,
    TREND,
    Webhook,
    alert,
    free_port,
    let_in,
    stop,
    webhook,
)

BEARER = {"Authorization": f"Bearer {API_TOKEN}"}
STRANGER = "127.0.0.2"


def test_the_same_alert_four_times_is_one_signal_and_three_duplicates_with_its_id(running_webhook: Webhook) -> None:
    """Fault T3: byte for byte."""
    body = json.dumps(alert("7")).encode()
    answers = [running_webhook.send(body) for _ in range(4)]
    [(uid,)] = running_webhook.rows("uid")

    assert [each.status for each in answers] == [200] * 4
    assert [each.json()["status"] for each in answers] == ["accepted", *["duplicate"] * 3]
    assert {each.json()["id"] for each in answers} == {uid}


def test_an_id_that_comes_again_after_an_hour_is_refused_and_told_with_the_cure(running_webhook: Webhook) -> None:
    """Fault T3: the same id again."""
    running_webhook.send(alert("7"))
    inbox = running_webhook.inbox()
    with inbox.writing() as connection:  # an hour passes
        an_hour_ago = (datetime.now(UTC) - timedelta(hours=1)).isoformat(timespec="microseconds")
        connection.exec_driver_sql("UPDATE inbox_signals SET received_at = ?", (an_hour_ago,))
    inbox.close()
    with on_the_bus("test", topic(Alert), says=[AlertStored]) as bus:
        answer = running_webhook.send(alert("7"))
        told = hear(bus, Alert)

    assert (answer.status, answer.json()["code"], answer.json()["field"]) == (422, "REPEATED_ID", "id")
    assert "{{timenow}}" in str(answer.json()["cure"])
    assert (told.key, told.values) == ("webhook_repeated_id", {"strategy": TREND, "count": "1"})
    assert "{{timenow}}" in told.text


@pytest.mark.parametrize("differing", [{"action": "sell"}, {"qty": "4"}, {"position_size": "2"}, {"symbol": "MSFT"}])
def test_two_orders_of_one_second_with_one_id_are_two_signals(
    running_webhook: Webhook, differing: dict[str, object]
) -> None:
    """Fault T3a: all of it."""
    said = alert("same", position_size="1")
    answers = [running_webhook.send(each).json()["status"] for each in (said, said | differing)]

    assert answers == ["accepted", "accepted"]


def test_alerts_without_an_id_are_told_apart_by_their_time(running_webhook: Webhook) -> None:
    """Fault T4: those that are equal are tried where the inbox's clock can be chosen."""
    early = f"{datetime.now(UTC) - timedelta(seconds=30):%Y-%m-%dT%H:%M:%SZ}"
    answers = [running_webhook.send(alert(time=at)).json()["status"] for at in (early, ..., early)]

    assert answers == ["accepted", "accepted", "duplicate"]


def test_a_secret_may_stand_in_path_body_or_header(running_webhook: Webhook) -> None:
    """Fault T9: in each place."""
    header = {"X-TRADINGVIEW-TOKEN": OTHER_SECRET}
    answers = [
        running_webhook.send(alert("path")),
        running_webhook.send(alert("body", secret=SECRET), token=None),
        running_webhook.send(alert("header"), token=None, headers=header),
    ]

    assert [each.status for each in answers] == [200] * 3
    assert [uid for (uid,) in running_webhook.rows("strategy_uid")] == ["uid-of-trend", "uid-of-trend", "uid-of-swing"]


@pytest.mark.parametrize("token", ["wrong", SECRET[:-1], SECRET.upper(), SECRET + "x", "%00", "a" * 300])
def test_a_wrong_secret_is_refused_wherever_it_stands(running_webhook: Webhook, token: str) -> None:
    """Fault T9: a wrong one."""
    answers = [
        running_webhook.send(alert(), token=token),
        running_webhook.send(alert(secret=token), token=None),
        running_webhook.send(alert(), token=None, headers={"X-TRADINGVIEW-TOKEN": token}),
        running_webhook.send(alert(), token=None),
    ]

    assert [(each.status, each.json()["code"]) for each in answers] == [(401, "SECRET")] * 4
    assert not running_webhook.rows()


def test_a_secret_that_was_rotated_is_worth_nothing_at_once(running_webhook: Webhook) -> None:
    """Fault T9: rotated."""
    before = running_webhook.send(alert("1")).status
    let_in(running_webhook.home, {TREND: "another-secret-of-trend"})
    after = [running_webhook.send(alert("2"), token=each).status for each in (SECRET, "another-secret-of-trend")]

    assert (before, after) == (200, [401, 200])


def test_no_secret_is_found_in_any_log_row_or_answer(place: Path) -> None:
    """Fault T9: never in any log, row, answer."""
    secrets = (SECRET, OTHER_SECRET, API_TOKEN, "owners-own-secret-of-a-test", "wrong-secret-of-a-test")
    with webhook(place, API_TOKEN=API_TOKEN, WEBHOOK_SECRET=secrets[3], LOG_LEVEL="DEBUG") as found:
        wanted = (alert("1"), alert(qty="NaN"), b"{", b'{"secret": "' + SECRET.encode())
        answers = [found.send(each, token=token) for each in wanted for token in secrets]
        answers += [found.send(alert(comment=f"it is {each}"), token=each) for each in secrets]
        answers += [found.send(alert(secret=each), token=None) for each in secrets]
        answers += [found.ask(method, f"{PATH}/{SECRET}?secret={SECRET}") for method in ("GET", "PUT", "HEAD")]
        answers += [found.ask("GET", "/signals", headers=BEARER), found.ask("POST", f"/x/{SECRET}")]
        stop(found)
        said = [found.child.text().encode(), *(each.body for each in answers)]
        said += [path.read_bytes() for path in place.rglob("*") if path.is_file()]

    assert not [each for each in said for secret in secrets if secret.encode() in each]
    assert {each.status for each in answers} >= {200, 400, 401, 422, 404, 405}


def test_a_stranger_is_refused_whatever_it_sends_and_told_of(running_webhook: Webhook) -> None:
    with on_the_bus("test", topic(Alert), says=[AlertStored]) as bus:
        answer = running_webhook.send(alert("1"), source=STRANGER)
        told = hear(bus, Alert)

    assert (answer.status, answer.headers["connection"]) == (403, "close")
    assert told.values == {"count": "1", "sender": STRANGER}
    assert not running_webhook.rows()


def test_a_forged_forwarding_changes_nothing(running_webhook: Webhook) -> None:
    """Fault T8: from outside."""
    forged = {"X-Forwarded-For": "127.0.0.1", "Forwarded": "for=127.0.0.1", "X-Real-IP": "127.0.0.1"}

    assert running_webhook.send(alert(), headers=forged, source=STRANGER).status == 403


def test_behind_a_proxy_the_address_that_it_saw_decides(place: Path) -> None:
    """Fault T8: a proxy in front."""
    variables = {"WEBHOOK_TRUSTED_PROXIES": "127.0.0.1", "WEBHOOK_ALLOWED_IPS": "52.89.214.238"}
    with webhook(place, **variables) as found:
        seen = ("52.89.214.238", "203.0.113.9", "52.89.214.238, 203.0.113.9", "203.0.113.9, 52.89.214.238", "")
        answers = [found.send(alert(str(n)), headers={"X-Forwarded-For": each}).status for n, each in enumerate(seen)]
        peers = found.rows("peer")

    assert answers == [200, 403, 403, 200, 403]
    assert peers == [("52.89.214.238",)] * 2


def test_the_owners_own_secret_is_sent_again_until_a_strategy_has_it(place: Path) -> None:
    own = "owners-own-secret-of-a-test"
    with webhook(place, WEBHOOK_SECRET=own) as found:
        before = found.send(alert("1"), token=own)
        let_in(place, {"default": own})
        after = found.send(alert("1"), token=own)

    assert (before.status, after.status) == (503, 200)
    assert before.headers["connection"] == "close"  # what comes again never meets one that ends just then
    assert "connection" not in after.headers


def test_what_is_refused_for_its_content_is_told_with_strategy_field_and_cure(running_webhook: Webhook) -> None:
    with on_the_bus("test", topic(Alert), says=[AlertStored]) as bus:
        answer = running_webhook.send(alert(qty="1,5"))
        told = hear(bus, Alert)

    assert (answer.status, answer.json()["field"]) == (422, "qty")
    assert told.values == {"strategy": TREND, "count": "1", "field": "qty", "cure": answer.json()["cure"]}


@pytest.mark.parametrize("kind", ["text/plain; charset=utf-8", "application/json", "image/png", ""])
def test_an_alert_is_read_as_json_whatever_its_content_type_says(running_webhook: Webhook, kind: str) -> None:
    """Fault T7: text/plain."""
    assert running_webhook.send(alert(), headers={"Content-Type": kind}).status == 200


def test_whoever_trades_is_woken_by_a_new_signal(running_webhook: Webhook) -> None:
    with on_the_bus("test", topic(SignalArrived), says=[AlertStored]) as bus:
        uid = running_webhook.send(alert("1")).json()["id"]

        assert hear(bus, SignalArrived).uid == uid


def test_an_inbox_that_is_missing_is_made(home: Path, hub: object) -> None:
    with webhook(home, WEBHOOK_SECRET="owners-own-secret-of-a-test") as found:
        wait_until((home / "data/inbox/inbox.db").exists, what="the inbox is made")
        wait_until(lambda: found.send(alert(), token="nobodys").status == 401, what="the inbox is asked")


def test_it_leaves_when_told_to_although_a_sender_is_in_the_middle_of_its_alert(running_webhook: Webhook) -> None:
    with running_webhook.connect() as slow:
        slow.sendall(f"POST {PATH}/{SECRET} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{{".encode())

        assert stop(running_webhook) == 0


def test_a_port_that_is_taken_is_said_so(place: Path) -> None:
    port = str(free_port())
    with (
        webhook(place, WEBHOOK_PORT=port) as first,
        webhook(place, "tests.webhook.second", WEBHOOK_PORT=port) as second,
    ):
        second.child.wait_for("cannot listen")

        assert first.send(alert()).status == 200


def test_the_health_page_says_how_everything_is(running_webhook: Webhook) -> None:
    since = datetime(2026, 11, 27, 9, tzinfo=UTC)
    lost = BrokerHealth(name="X", state="lost", reason="nobody listens", code="refused", attempts=7)
    brokers = (BrokerHealth(name="PAPER", state="connected", since=since), lost)
    with on_the_bus("test", says=[TradingState]) as bus:
        state = TradingState(mode="paper", killed="", waiting=3, oldest_at=datetime.now(UTC), brokers=brokers)

        def knows() -> bool:
            bus.publish(state)
            return "venue:connection" in str(running_webhook.ask("GET", "/health").json())

        wait_until(knows, what="the webhook hears how trading is")
        wait_until(lambda: _status(running_webhook, "bus:heard") == "pass", what="the webhook hears itself")
        bus.publish(state)
        answer = running_webhook.ask("GET", "/health")
    checks = answer.json()["checks"]
    assert isinstance(checks, dict)

    assert (answer.status, answer.json()["status"]) == (200, "warn")
    assert answer.headers["content-type"] == "application/health+json"
    assert {name: [each["status"] for each in found] for name, found in checks.items()} == {
        "inbox:write": ["pass"],
        "inbox:queue": ["pass"],
        "bus:heard": ["pass"],
        "execution:state": ["pass"],
        "venue:connection": ["pass", "warn"],
        "signals:waiting": ["pass"],
        "signals:oldest": ["pass"],
    }
    assert checks["signals:waiting"][0]["observedValue"] == 3
    assert checks["venue:connection"][1]["output"] == "nobody listens; refused; 7 attempts"


def _status(found: Webhook, check: str) -> str:
    checks = found.ask("GET", "/health").json()["checks"]
    assert isinstance(checks, dict)
    return str(checks[check][0]["status"])


def test_whoever_asks_from_outside_learns_only_whether_it_is_well(running_webhook: Webhook) -> None:
    through_proxy = running_webhook.ask("GET", "/health", headers={"X-Forwarded-For": "203.0.113.9"}).json()

    assert list(through_proxy) == ["status"]


def test_it_beats_from_the_loop_that_serves(running_webhook: Webhook) -> None:
    with on_the_bus("test", topic(Heartbeat), says=[AlertStored]) as bus:
        beat = hear(bus, Heartbeat, where=lambda beat: beat.name == "webhook")

    assert beat.pid == running_webhook.child.pid


def test_signals_are_listed_for_whoever_has_the_secret(running_webhook: Webhook) -> None:
    for number in range(5):
        running_webhook.send(alert(str(number), symbol="AAPL" if number % 2 else "MSFT"))
    first = running_webhook.ask("GET", "/signals?symbol=MSFT&limit=2", headers=BEARER).json()
    second = running_webhook.ask("GET", f"/signals?symbol=MSFT&before={first['following']}", headers=BEARER).json()

    assert [each["external_id"] for page in (first, second) for each in page["signals"]] == ["4", "2", "0"]  # type: ignore[attr-defined]
    assert second["following"] is None


@pytest.mark.parametrize(
    "query", ["state=NEW", "limit=0", "limit=201", "since=2026-11-27T09:00:00", "before=-1", "x=1"]
)
def test_a_wrong_parameter_is_refused_with_what_to_write(running_webhook: Webhook, query: str) -> None:
    answer = running_webhook.ask("GET", f"/signals?{query}", headers=BEARER)

    assert answer.status == 422
    assert answer.json()["cure"]


@pytest.mark.parametrize("header", ["", API_TOKEN, f"Basic {API_TOKEN}", f"Bearer {API_TOKEN}x", "Bearer"])
@pytest.mark.parametrize("path", ["/signals", "/openapi.json"])
def test_without_the_secret_nothing_is_listed(running_webhook: Webhook, path: str, header: str) -> None:
    assert running_webhook.ask("GET", path, headers={"Authorization": header}).status == 401


def test_the_interface_is_described_for_whoever_has_the_secret(running_webhook: Webhook) -> None:
    described = running_webhook.ask("GET", "/openapi.json", headers=BEARER).json()

    assert set(described["paths"]) == {PATH, PATH + "/{token}", "/health", "/signals"}  # type: ignore[call-overload]


def test_without_a_secret_of_its_own_there_is_nothing_to_read(place: Path) -> None:
    with webhook(place) as found:
        answers = [found.ask("GET", path).status for path in ("/signals", "/openapi.json", "/docs", "/redoc")]

    assert answers == [404] * 4
