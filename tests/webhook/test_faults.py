"""What a webhook must survive: death, an inbox that cannot be written, floods, and senders without manners."""

import contextlib
import signal
import socket
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from bus.connection import memory_kb
from bus.messages.base import topic
from bus.messages.delivery import Alert, AlertStored
from tests.disks import mounted
from tests.running import hear, on_the_bus, wait_until
from tests.webhook.running import PATH, SECRET, Webhook, alert, let_in, make_inbox, webhook

QUICK_S = 2.5  # two seconds, and what a busy machine needs besides
SENT_AGAIN = 4
STRANGER = "127.0.0.2"


@pytest.mark.faults
@pytest.mark.parametrize(("when", "outcome"), [("before", "accepted"), ("inside", "accepted"), ("after", "duplicate")])
def test_an_alert_that_was_not_answered_is_one_signal_when_it_comes_again(place: Path, when: str, outcome: str) -> None:
    """Fault T1: killed before, inside and after its transaction."""
    said = alert("1")
    with webhook(place, "tests.webhook.dying", when) as first:
        with pytest.raises(ConnectionError):
            first.send(said)
        code = first.child.code()
        there = len(first.rows())
    with webhook(place) as second:
        answer = second.send(said)

        assert code == -signal.SIGKILL
        assert there == (when == "after")
        assert (answer.status, answer.json()["status"]) == (200, outcome)
        assert len(second.rows()) == 1


def status_of(found: Webhook, number: str) -> int:
    """Send an alert and return the answer's status."""
    return found.send(alert(number)).status


def timed(work: Callable[[], int]) -> tuple[int, float]:
    """Return what something returns, and how many seconds it took."""
    begun = time.monotonic()
    return work(), time.monotonic() - begun


def test_a_locked_inbox_is_answered_within_two_seconds_and_what_comes_again_is_kept(running_webhook: Webhook) -> None:
    """Fault T2: locked."""
    holder = sqlite3.connect(running_webhook.home / "data/inbox/inbox.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with on_the_bus("test", topic(Alert), says=[AlertStored]) as bus, ThreadPoolExecutor(10) as together:
        sending = [together.submit(timed, partial(status_of, running_webhook, str(n))) for n in range(10)]
        others = timed(lambda: running_webhook.ask("GET", "/none").status)
        locked = [each.result() for each in sending]
        health = running_webhook.ask("GET", "/health")
        told = hear(bus, Alert)
    holder.execute("ROLLBACK")
    holder.close()
    again = [running_webhook.send(alert(str(n))).status for n in range(10)]

    assert {status for status, _ in locked} == {503}
    assert max(took_s for _, took_s in locked) < QUICK_S
    assert others[1] < QUICK_S / 2
    assert (health.status, health.json()["status"]) == (503, "fail")
    assert told.key == "webhook_not_kept"
    assert again == [200] * 10
    assert running_webhook.ask("GET", "/health").status == 200
    assert len(running_webhook.rows()) == 10


@pytest.mark.faults
def test_a_full_disk_and_one_that_is_read_only_lose_nothing(home: Path, hub: object) -> None:
    """Fault T2: read-only, disk full."""
    (home / "data").mkdir(mode=0o700)
    with mounted(home / "data") as disk:
        make_inbox(home)
        with webhook(home) as found:
            found.send(alert("0"))
            disk.fill()
            full = timed(lambda: found.send(alert("1", comment="x" * 12_000)).status)
            disk.empty()
            large = alert("1", comment="x" * 12_000)
            wait_until(lambda: found.send(large).status == 200, what="it is kept", within_s=5)
        disk.make_read_only()
        with webhook(home) as found:
            read_only = timed(lambda: found.send(alert("2")).status)
            disk.make_writable()
            wait_until(lambda: found.send(alert("2")).status == 200, what="it is kept", within_s=5)
            rows = found.rows("external_id")

    assert (full[0], read_only[0]) == (503, 503)
    assert max(full[1], read_only[1]) < QUICK_S
    assert rows == [(each,) for each in "012"]


def test_a_locked_or_damaged_ledger_changes_nothing(running_webhook: Webhook) -> None:
    """Fault T2: the ledger."""
    (running_webhook.home / "data" / "portfolio.db").write_bytes(b"no database")

    assert running_webhook.send(alert()).status == 200


def test_an_inbox_that_is_taken_away_is_made_anew(running_webhook: Webhook) -> None:
    running_webhook.send(alert("1"))
    for path in (running_webhook.home / "data/inbox").iterdir():
        path.unlink()
    lost = running_webhook.send(alert("2")).status
    wait_until(lambda: running_webhook.send(alert("2")).status == 401, what="there is an inbox, without secrets")
    let_in(running_webhook.home, {"trend": SECRET})

    assert lost == 503
    assert running_webhook.send(alert("2")).status == 200


@pytest.mark.faults
def test_a_thousand_alerts_at_once_are_all_kept_once_by_the_rules_of_who_sends_them(running_webhook: Webhook) -> None:
    """Fault T5: from allowed addresses; how long that takes is measured by `make bench-trading`."""
    waiting = [request(number) for number in range(1000)]
    seen = set()
    for _ in range(SENT_AGAIN):
        answers = [answer.split()[1] for answer, _ in burst(running_webhook, waiting)]
        seen |= set(answers)
        waiting = [each for each, status in zip(waiting, answers, strict=True) if status != b"200"]

    assert b"200" in seen
    assert seen <= {b"200", b"503"}  # a busy machine's: TradingView then sends it again
    assert waiting == []
    assert len(running_webhook.rows()) == 1000


@pytest.mark.faults
def test_ten_thousand_strangers_are_refused_counted_and_told_of_once(running_webhook: Webhook) -> None:
    """Fault T5: from strangers."""
    before_kb = memory_kb(running_webhook.child.pid)
    with on_the_bus("test", topic(Alert), says=[AlertStored]) as bus:
        for _ in range(20):
            answers = burst(running_webhook, [request(number) for number in range(500)], source=STRANGER)
            assert {answer.split()[1] for answer, _ in answers} == {b"403"}

        told = hear(bus, Alert)
        bus.publish(AlertStored(id=told.id))
    lines = running_webhook.child.text().splitlines()

    assert told.key == "webhook_strangers"
    assert len([line for line in lines if "may not send" in line]) == 1
    assert len(lines) < 20
    assert memory_kb(running_webhook.child.pid) - before_kb < 20_000
    assert running_webhook.send(alert()).status == 200


def request(number: int) -> bytes:
    """Return the bytes of a request with an alert."""
    body = f'{{"symbol": "AAPL", "action": "buy", "qty": "1", "id": "{number}"}}'
    head = f"POST {PATH}/{SECRET} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    return (head + body).encode()


def burst(found: Webhook, requests: list[bytes], *, source: str = "127.0.0.1") -> list[tuple[bytes, float]]:
    """Make requests over as many connections, all of which are open before the first one is made.

    Returns:
        The answers, each with the seconds since all were sent off.
    """
    opened = [found.connect(source) for _ in requests]
    begun = time.monotonic()
    for connection, content in zip(opened, requests, strict=True):
        connection.sendall(content)
    return [(_all_of(connection), time.monotonic() - begun) for connection in opened]


def _all_of(connection: socket.socket) -> bytes:
    with connection:
        parts = []
        with contextlib.suppress(ConnectionResetError):
            while part := connection.recv(65_536):
                parts.append(part)
        return b"".join(parts)


HEAD = f"POST {PATH}/{SECRET} HTTP/1.1\r\nHost: x\r\n"


def drip(connection: socket.socket, *, every_s: float, within_s: float) -> bytes:
    """Send a byte every now and then until the other side answers, and return its answer."""
    ends_at = time.monotonic() + within_s
    connection.settimeout(every_s)
    while time.monotonic() < ends_at:
        try:
            connection.send(b" ")
            if answer := connection.recv(65_536):
                return answer
        except TimeoutError:
            continue
    raise TimeoutError("no answer")


def test_a_body_that_comes_byte_by_byte_is_cut_while_others_are_served(running_webhook: Webhook) -> None:
    """Fault T6: a slow body."""
    with running_webhook.connect() as slow:
        slow.sendall(f"{HEAD}Content-Length: 1000\r\n\r\n".encode())
        meanwhile = timed(lambda: running_webhook.send(alert()).status)
        answer = drip(slow, every_s=0.2, within_s=20)

    assert answer.startswith(b"HTTP/1.1 408")
    assert b"connection: close" in answer
    assert meanwhile[0] == 200
    assert meanwhile[1] < QUICK_S


@pytest.mark.parametrize("head", ["Content-Length: 1073741824", "Transfer-Encoding: chunked"])
def test_a_body_without_end_is_cut_and_never_in_memory(running_webhook: Webhook, head: str) -> None:
    """Fault T6: a body of a gigabyte, one in chunks without end."""
    before_kb = memory_kb(running_webhook.child.pid)
    part = b"x" * 65_536
    part = b"%x\r\n%s\r\n" % (len(part), part) if "chunked" in head else part
    with running_webhook.connect() as sender:
        sender.sendall(f"{HEAD}{head}\r\n\r\n".encode())
        sent = 0
        with contextlib.suppress(ConnectionError):
            while sent < 2**30:
                sender.sendall(part)
                sent += len(part)

    assert sent < 2**28
    assert memory_kb(running_webhook.child.pid) - before_kb < 10_000
    assert running_webhook.send(alert()).status == 200


def test_a_body_that_is_too_long_is_refused(running_webhook: Webhook) -> None:
    """Fault T6: a body beyond the limit."""
    longest, longer = (running_webhook.send(b'{"a": "' + b"x" * size + b'"}') for size in (16_000, 17_000))

    assert (longest.status, longer.status, longer.headers["connection"]) == (422, 413, "close")


def test_ten_thousand_headers_are_refused(running_webhook: Webhook) -> None:
    """Fault T6: headers."""
    with running_webhook.connect() as sender:
        with contextlib.suppress(ConnectionError):
            sender.sendall(HEAD.encode() + b"X: y\r\n" * 10_000)
        answer = _all_of(sender)

    assert not answer or answer.startswith(b"HTTP/1.1 400")
    assert running_webhook.send(alert()).status == 200


@pytest.mark.faults
def test_a_connection_on_which_no_request_comes_is_ended(running_webhook: Webhook) -> None:
    """Fault T6: slow headers, idle connections."""
    with running_webhook.connect() as idle, running_webhook.connect() as slow:
        slow.sendall(HEAD.encode())
        ended = [_all_of(each) for each in (idle, slow)]

    assert ended == [b"", b""]


def test_an_old_protocol_is_served(running_webhook: Webhook) -> None:
    """Fault T6: HTTP/1.0."""
    [(answer, _)] = burst(running_webhook, [request(1).replace(b"HTTP/1.1", b"HTTP/1.0")])

    assert b" 200 " in answer.splitlines()[0]


def test_requests_that_come_in_a_row_are_answered_in_a_row(running_webhook: Webhook) -> None:
    """Fault T6: pipelining."""
    row = b"".join(request(number).replace(b"Connection: close\r\n", b"") for number in range(3))
    [(answer, _)] = burst(running_webhook, [row + request(4)])

    assert answer.count(b"HTTP/1.1 200") == 4
    assert [each for (each,) in running_webhook.rows("external_id")] == ["0", "1", "2", "4"]


@pytest.mark.parametrize("rubbish", [b"\x16\x03\x01\x02\x00\x01\x00", b"GET\r\n\r\n", b"\x00" * 100])
def test_what_is_no_http_is_refused_without_a_word_in_the_log(running_webhook: Webhook, rubbish: bytes) -> None:
    with running_webhook.connect() as sender:
        sender.sendall(rubbish + b"\r\n\r\n")
        sender.shutdown(socket.SHUT_WR)
        answer = _all_of(sender)

    assert not answer or answer.startswith(b"HTTP/1.1 400")
    assert "Invalid" not in running_webhook.child.text()
