"""What is told of other machines: that one is silent, heard again, or that its clock is another one; each once."""

from datetime import UTC, datetime, timedelta

from bus.messages.operations import Heartbeat
from sentinel.machines import MACHINE_SILENT_AFTER_S, Machines

NOW = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)


def beat(name: str = "sentinel@b", *, ahead_s: float = 0.0) -> Heartbeat:
    """Return a beat of a machine whose clock is ahead."""
    return Heartbeat(name=name, pid=7, started_at=NOW, said_at=NOW + timedelta(seconds=ahead_s))


def keys(machines: Machines, *, now: float) -> list[str]:
    """Return what is told now, by its key."""
    return [told.key for _, told in machines.turn(now)]


def test_a_machine_that_is_silent_is_told_once_and_once_more_when_it_is_heard_again() -> None:
    machines = Machines("")
    machines.note_heartbeat(beat(), now=0.0, at=NOW)
    before = keys(machines, now=MACHINE_SILENT_AFTER_S - 1)
    silent = [keys(machines, now=MACHINE_SILENT_AFTER_S + 1 + each) for each in range(3)]
    machines.note_heartbeat(beat("bybit@b"), now=100.0, at=NOW)

    assert before == []
    assert silent == [["machine_silent"], [], []]
    assert keys(machines, now=100.0) == ["machine_heard"]
    assert keys(machines, now=101.0) == []


def test_programs_of_the_own_machine_are_no_other_one() -> None:
    unnamed, named = Machines(""), Machines("b")

    assert not unnamed.note_heartbeat(beat("bybit"), now=0.0, at=NOW)
    assert not named.note_heartbeat(beat("bybit@b"), now=0.0, at=NOW)
    assert named.note_heartbeat(beat("hub"), now=0.0, at=NOW)


def test_silence_is_counted_anew_after_we_heard_nobody_ourselves() -> None:
    machines = Machines("")
    machines.note_heartbeat(beat(), now=0.0, at=NOW)
    machines.begin_anew(50.0)

    assert keys(machines, now=MACHINE_SILENT_AFTER_S + 1) == []
    assert keys(machines, now=50 + MACHINE_SILENT_AFTER_S + 1) == ["machine_silent"]


def test_a_clock_that_is_off_is_told_once_until_it_was_right_again() -> None:
    machines = Machines("")
    told = []
    for ahead_s in (0.0, 2.0, 7.0, 7.0, 0.0, -9.0):
        machines.note_heartbeat(beat(ahead_s=ahead_s), now=0.0, at=NOW)
        told.append([(about, each.key, each.values["seconds"]) for about, each in machines.turn(0.0)])

    assert told == [[], [], [("b", "machine_ahead", "7")], [], [], [("b", "machine_behind", "9")]]


def test_how_they_are_is_shown_by_their_beats_until_they_are_forgotten() -> None:
    machines = Machines("")
    machines.note_heartbeat(beat("bybit@b"), now=0.0, at=NOW)

    assert [(each.name, each.state, each.beat_age_s) for each in machines.health(3.0)] == [("bybit@b", "RUNNING", 3.0)]
    assert [each.state for each in machines.health(MACHINE_SILENT_AFTER_S + 1)] == ["EXITED"]
    assert machines.health(10_000.0) == ()
