"""What is told of other machines: that one is silent, heard again, or that its clock is another one; each once."""

from datetime import UTC, datetime, timedelta

from bus.messages.operations import Heartbeat
from sentinel.machines import MACHINE_SILENT_AFTER_S, MOST_BEATS, MOST_MACHINES, STEADY_S, Machines

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
    for now, ahead_s in enumerate((0.0, 2.0, 7.0, 7.0, 0.0, -9.0)):
        machines.note_heartbeat(beat(ahead_s=ahead_s), now=float(now), at=NOW)
        told.append([(about, each.key, each.values["seconds"]) for about, each in machines.turn(float(now))])
    machines.note_heartbeat(beat(ahead_s=-9.0), now=5 + STEADY_S, at=NOW)

    assert told == [[], [], [("b", "machine_ahead", "7")], [], [], []]
    assert keys(machines, now=5 + STEADY_S) == ["machine_behind"]


def test_beats_that_a_broken_line_brings_late_are_no_clock_that_is_behind() -> None:
    machines = Machines("")
    for late_s in (30.0, 25.0, 20.0, 15.0, 10.0, 5.0, 0.0):
        machines.note_heartbeat(beat(ahead_s=-late_s), now=100.0, at=NOW)
    machines.note_heartbeat(beat(ahead_s=-30.0), now=100.0 + 2 * STEADY_S, at=NOW)

    assert keys(machines, now=100.0 + 2 * STEADY_S) == []


def test_who_speaks_under_ever_new_names_is_remembered_so_often_and_no_more() -> None:
    machines = Machines("")
    machines.note_heartbeat(beat("bybit@b"), now=0.0, at=NOW)
    for number in range(2 * MOST_BEATS):
        machines.note_heartbeat(beat(f"bybit@{number}"), now=0.0, at=NOW)
        machines.note_heartbeat(beat(f"bybit{number}@b"), now=0.0, at=NOW)
    machines.note_heartbeat(beat("bybit@b"), now=50.0, at=NOW)
    told = {about for about, _ in machines.turn(MACHINE_SILENT_AFTER_S + 1)}

    assert len(machines.health(1.0)) == MOST_BEATS
    assert len(told) == MOST_MACHINES - 1
    assert "b" not in told


def test_how_they_are_is_shown_by_their_beats_until_they_are_forgotten() -> None:
    machines = Machines("")
    machines.note_heartbeat(beat("bybit@b"), now=0.0, at=NOW)

    assert [(each.name, each.state, each.beat_age_s) for each in machines.health(3.0)] == [("bybit@b", "RUNNING", 3.0)]
    assert [each.state for each in machines.health(MACHINE_SILENT_AFTER_S + 1)] == ["EXITED"]
    assert machines.health(10_000.0) == ()
