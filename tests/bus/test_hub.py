"""The hub: forwards for everybody, survives what one of them does wrong, and says why it cannot start."""

import signal
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zmq

from bus.codec import MOST_BYTES, encode
from bus.connection import Bus
from bus.hub import MOST_FRAME_BYTES
from bus.messages.base import topic
from bus.messages.delivery import Alert
from bus.messages.operations import Heartbeat
from bus.process import join
from tests.running import Child, hear, running, wait_until


def alert(text: str) -> Alert:
    """Return a message to send around."""
    return Alert(id=text[:10], text=text, raised_at=datetime(2026, 2, 11, 9, 0, tzinfo=UTC))


def arrives(stranger: "zmq.Socket[bytes]", listener: Bus, text: str) -> Callable[[], bool]:
    """Return a question that says a text and tells whether it is heard at once."""

    def said() -> bool:
        stranger.send_multipart(encode(alert(text)))
        message = listener.receive(0.05)
        return isinstance(message, Alert) and message.text == text

    return said


def test_a_frame_too_large_cuts_nobody_off_not_even_its_sender(hub: Child) -> None:
    """Fault 50."""
    with (
        join("listener", topic(Alert), signals=False) as listener,
        join("speaker", signals=False) as speaker,
        zmq.Context() as context,
        context.socket(zmq.PUB) as stranger,
    ):
        stranger.setsockopt(zmq.LINGER, 0)
        stranger.connect("ipc://run/bus.in")
        wait_until(arrives(stranger, listener, "before"), what="the stranger is heard")
        stranger.send_multipart([b"alert.", b"x" * (MOST_FRAME_BYTES + 1)])
        speaker.publish(alert("another's"))
        heard = hear(listener, Alert, where=lambda message: message.text != "before")
        wait_until(arrives(stranger, listener, "after"), what="the stranger is heard again")

    assert heard == alert("another's")


def test_the_largest_message_that_a_sender_may_send_gets_through(hub: Child) -> None:
    with join("both", topic(Alert), signals=False) as both:
        both.publish(alert("x" * (MOST_BYTES - 100)))

        assert hear(both, Alert).text == "x" * (MOST_BYTES - 100)


def test_everybody_hears_what_they_asked_for_and_only_that(hub: Child) -> None:
    with (
        join("first", topic(Alert), signals=False) as first,
        join("second", topic(Alert), signals=False) as second,
        join("deaf", signals=False) as deaf,
        join("speaker", signals=False) as speaker,
    ):
        speaker.publish(alert("to all"))
        heard = [hear(bus, Alert) for bus in (first, second)]

        assert heard == [alert("to all")] * 2
        assert deaf.receive(0.1) is None


def test_the_hub_beats_through_itself(hub: Child) -> None:
    with join("listener", topic(Heartbeat, "hub"), signals=False) as listener:
        beat = hear(listener, Heartbeat)

    assert (beat.name, beat.pid) == ("hub", hub.pid)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_hub_at_once(hub: Child, number: signal.Signals) -> None:
    hub.wait_for("joined")
    hub.signal(number)

    assert hub.code() == 0


def test_its_sockets_are_its_owners_alone(home: Path, hub: Child) -> None:
    modes = {name: (home / "run" / name).stat().st_mode & 0o077 for name in ("bus.in", "bus.out", "hub.lock")}

    assert modes == {"bus.in": 0, "bus.out": 0, "hub.lock": 0}


@pytest.mark.parametrize("name", ["bus.in", "bus.out"])
def test_a_folder_in_the_place_of_a_socket_is_told(home: Path, name: str) -> None:
    """Fault 9: the folder."""
    (home / "run" / name).mkdir()
    with running(home, "-m", "bus.hub") as child:
        assert child.code() == 1
        assert f"{home}/run/{name} is a folder; remove it: the hub puts its socket there" in child.text()


def test_a_file_that_a_killed_hub_left_behind_is_no_obstacle(home: Path) -> None:
    """Fault 9: the stale socket."""
    with running(home, "-m", "bus.hub") as first:
        first.wait_for("forwarding")
        first.kill()
    left_behind = sorted(path.name for path in (home / "run").glob("bus.*"))
    with running(home, "-m", "bus.hub") as second:
        second.wait_for("joined")

    assert left_behind == ["bus.in", "bus.out"]
