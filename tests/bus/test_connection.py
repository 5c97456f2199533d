"""A place on the bus: joining it, saying and hearing, beating, being woken. Real processes, a real hub."""

import os
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zmq

from bus import connection
from bus.codec import encode
from bus.connection import Bus
from bus.messages.base import topic
from bus.messages.delivery import Alert
from bus.messages.operations import Heartbeat
from bus.process import join
from tests.running import Child, hear, running, wait_until

NOW = datetime(2026, 2, 11, 9, 0, tzinfo=UTC)
WORKER = """
import sys
from bus import connection
from bus.process import join, run
connection.BEAT_S = 0.1

def main():
    with join("worker") as bus:
        bus.last_round = "2026-02-11T09:00Z"
        while True:
            bus.receive(0.3)
            if len(sys.argv) > 1:
                print("stuck", flush=True)
                sys.stdin.readline()

run(main, name="worker")
"""


def alert(text: str) -> Alert:
    """Return a message to send around."""
    return Alert(id=text, text=text, raised_at=NOW)


@pytest.fixture
def listener(hub: Child) -> Iterator[Bus]:
    """Give a place on the bus that hears alerts and beats."""
    with join("listener", topic(Alert), topic(Heartbeat), signals=False) as bus:
        yield bus


def test_what_is_said_right_after_joining_arrives(listener: Bus) -> None:
    said = [f"from {number}" for number in range(15)]
    heard = []
    for text in said:
        with join("speaker", signals=False) as speaker:
            speaker.publish(alert(text))
        heard.append(hear(listener, Alert).text)

    assert heard == said


def test_what_others_say_right_after_one_has_joined_is_heard(hub: Child) -> None:
    with join("speaker", topic(Alert), signals=False) as speaker:  # somebody wants alerts already
        for number in range(15):
            with join("joins late", topic(Alert), signals=False) as bus:
                speaker.publish(alert(f"to {number}"))

                assert hear(bus, Alert).text == f"to {number}"


def test_somebody_elses_beat_is_not_taken_for_an_echo(
    home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(connection, "HEARD_WITHIN_S", 0.5)
    done = threading.Event()

    def forward_to_us_but_not_from_us() -> None:
        with zmq.Context() as context, context.socket(zmq.PUB) as outgoing:
            outgoing.bind("ipc://run/bus.out")
            while not done.wait(0.01):
                outgoing.send_multipart(encode(Heartbeat(name="okx", pid=os.getpid(), started_at=NOW)))

    thread = threading.Thread(target=forward_to_us_but_not_from_us)
    thread.start()
    try:
        with caplog.at_level("INFO"), join("listener", topic(Heartbeat), signals=False):
            pass
    finally:
        done.set()
        thread.join()

    assert "hub=silent" in caplog.text


def test_without_a_hub_a_process_starts_all_the_same(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEARD_WITHIN_S", 0.2)
    with join("alone", topic(Alert), signals=False) as bus:
        bus.publish(alert("heard by nobody"))

        assert bus.receive(0.05) is None


def test_a_process_that_started_before_its_hub_hears_and_is_heard_once_it_comes(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "HEARD_WITHIN_S", 0.2)
    with join("early", topic(Alert), signals=False) as early, running(home, "-m", "bus.hub") as hub:
        hub.wait_for("forwarding")

        assert_heard(early, early)


def assert_heard(speaker: Bus, listener: Bus) -> None:
    """Say something every tenth of a second until it is heard."""
    ends_at = time.monotonic() + 45
    heard = None
    while heard is None and time.monotonic() < ends_at:
        speaker.publish(alert("are you there?"))
        message = listener.receive(0.1)
        heard = message if isinstance(message, Alert) else None

    assert heard == alert("are you there?")


def test_after_the_hub_was_killed_and_replaced_messages_flow_again(home: Path) -> None:
    """Fault 5: both directions."""
    with running(home, "-m", "bus.hub") as first:
        first.wait_for("forwarding")
        with join("listener", topic(Alert), signals=False) as listener, join("speaker", signals=False) as speaker:
            assert_heard(speaker, listener)
            first.kill()
            with running(home, "-m", "bus.hub") as second:
                second.wait_for("forwarding")

                assert_heard(speaker, listener)


def test_beats_say_who_lives_since_when_and_what_was_done_last(listener: Bus, home: Path) -> None:
    with running(home, "-c", WORKER) as child:
        beat = hear(listener, Heartbeat, where=lambda beat: beat.name == "worker" and beat.last_round != "")

    assert (beat.pid, beat.last_round) == (child.pid, "2026-02-11T09:00Z")
    assert 0 <= (datetime.now(UTC) - beat.started_at).total_seconds() < 60
    assert 3_000 < beat.pss_kb < 60_000


def test_a_process_that_is_stuck_in_its_work_falls_silent(listener: Bus, home: Path) -> None:
    with running(home, "-c", WORKER, "gets stuck") as child:
        child.wait_for("stuck")
        while listener.receive(0.3) is not None:  # what was said before
            pass
        silence = [message for message in (listener.receive(0.2) for _ in range(4)) if _is_of_worker(message)]
        assert child.process.stdin is not None
        child.process.stdin.write(b"go on\n")
        child.process.stdin.flush()
        hear(listener, Heartbeat, where=_is_of_worker)

        assert not silence


def _is_of_worker(message: object) -> bool:
    return isinstance(message, Heartbeat) and message.name == "worker"


def test_messages_that_cannot_be_read_are_logged_without_their_content_and_skipped(
    listener: Bus, caplog: pytest.LogCaptureFixture
) -> None:
    """Fault 49."""
    garbage = [
        [b"alert.", b""],
        [b"alert.s3cret"],
        [b"alert.", b"s3cret"],
        [b"alert.", b"\x82\xa4kind\xa5alert\xa2id\xa1\xff"],
        [b"alert.", b"\x82\xa4kind\xa5alert\xa7unknown" + b"\x91" * 100_000],
        [b"alert.", encode(Heartbeat(name="a", pid=1, started_at=NOW))[1][:-1]],
        [b"alert.", b"\x81\xa4kind\xa7another"],
    ]
    with zmq.Context() as context, context.socket(zmq.PUB) as stranger:
        stranger.connect("ipc://run/bus.in")
        wait_until(lambda: _said(stranger, listener), what="the stranger is connected")
        for frames in garbage:
            stranger.send_multipart(frames)
        stranger.send_multipart(encode(alert("readable")))
        found = hear(listener, Alert, where=lambda heard: heard.text == "readable")

    assert found == alert("readable")
    assert caplog.text.count("unreadable message") == len(garbage)
    assert "s3cret" not in caplog.text


def _said(stranger: "zmq.Socket[bytes]", listener: Bus) -> bool:
    stranger.send_multipart(encode(alert("are you there?")))
    return isinstance(listener.receive(0.05), Alert)


def test_another_thread_can_end_a_wait(listener: Bus) -> None:
    started = time.monotonic()
    timer = threading.Timer(0.1, listener.wake)
    timer.start()
    while time.monotonic() < started + 0.1:  # beats of the hub may end a wait as well
        listener.receive(30)
    timer.join()

    assert time.monotonic() - started < 5


def test_a_wake_before_the_wait_is_not_forgotten(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEARD_WITHIN_S", 0.0)
    with join("alone", signals=False) as bus:
        for _ in range(100_000):  # more than the socket pair holds
            bus.wake()
        started = time.monotonic()
        bus.receive(30)
        once = time.monotonic() - started
        bus.receive(0.2)

    assert once < 5
    assert time.monotonic() - started >= 0.2


def test_a_wait_lasts_as_long_as_it_was_asked_to(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEARD_WITHIN_S", 0.0)
    with join("alone", signals=False) as bus:
        started = time.monotonic()
        bus.receive(0.25)

        assert 0.25 <= time.monotonic() - started < 2
