"""What the sentinel knows of everybody, from events, beats and supervisord's list."""

from datetime import UTC, datetime

from bus.messages.operations import Program
from bus.silence import KILLED_AFTER_S, NOT_RUNNING_AFTER_S
from bus.supervisord.state import Process
from sentinel.watch import Watch
from sentinel.watched import Event, Kill, RaiseAlert, Start
from tests.sentinel.test_watch import Life, beat

LIST = (
    Process(name="hub", group="core", state="RUNNING", pid=100),
    Process(name="bybit", group="collectors", state="STOPPED", started=1),
    Process(name="fx", group="collectors", state="RUNNING", pid=102),
    Process(name="okx", group="collectors", state="EXITED", exitstatus=3),
    Process(name="sentinel", group="sentinel", state="RUNNING", pid=99),
)


def states(watch: Watch) -> dict[str, str]:
    """Return everybody's state, long after their start."""
    return {program.name: program.state for program in watch.health(10_000.0)}


def test_who_runs_is_known_by_its_last_beat_and_the_collectors_come_last() -> None:
    life = Life()
    life.passes(10)  # they beat at every fourth second, the last time two seconds ago
    found = life.watch.health(life.at)

    assert [program.name for program in found] == ["hub", "sentinel", "bybit", "fx"]
    assert found[2] == Program(
        name="bybit",
        state="RUNNING",
        pid=101,
        started_at=datetime(2026, 2, 11, 8, 0, 41, tzinfo=UTC),
        beat_age_s=2.0,
        pss_kb=10_100,
    )


def test_who_is_dead_has_neither_a_process_nor_memory() -> None:
    life = Life()
    life.passes(8)
    life.event("bybit", "EXITED", pid=101)
    life.event("fx", "STOPPED")
    dead, stopped = life.watch.health(life.at)[2:]

    assert dead == Program(name="bybit", state="EXITED", beat_age_s=0.0)
    assert stopped == Program(name="fx", state="STOPPED")


def test_a_new_process_has_not_the_beat_of_the_old_one() -> None:
    life = Life()
    life.passes(8)
    life.event("bybit", "EXITED", pid=101)
    life.event("bybit", "RUNNING", pid=201)

    assert life.watch.health(life.at)[2] == Program(name="bybit", state="STARTING", pid=201)


def test_who_runs_without_a_beat_is_starting_at_first_and_then_is_what_supervisord_says() -> None:
    life = Life()
    life.event("bybit", "RUNNING", pid=201)
    life.beating["bybit"] = 4711  # another process's
    at_first = life.watch.health(life.at)[2]
    life.passes(int(NOT_RUNNING_AFTER_S) - 1)
    still = life.watch.health(life.at)[2]
    life.passes(1)

    assert at_first == still == Program(name="bybit", state="STARTING", pid=201)
    assert life.watch.health(life.at)[2] == Program(name="bybit", state="RUNNING", pid=201)


def test_who_has_beaten_once_is_not_starting_however_soon_it_was() -> None:
    life = Life()
    life.runs("bybit", 201)
    life.passes(4)

    assert life.watch.health(life.at)[2].state == "RUNNING"


def test_a_beat_before_the_event_of_its_own_process_counts() -> None:
    life = Life()
    life.event("bybit", "STARTING")
    life.watch.note_heartbeat(beat("bybit", 201), now=life.at)
    life.event("bybit", "RUNNING", pid=201)

    assert life.watch.health(life.at)[2].beat_age_s == 0.0


def test_a_watch_that_came_later_is_complete_once_supervisord_has_listed_everybody() -> None:
    watch = Watch("sentinel", 99, now=0.0)
    for name in ("hub", "fx", "bybit", "stray"):
        watch.note_event(Event(state="RUNNING", process=name, pid=1), now=0.0)
    watch.note_event(Event(state="STARTING", process="bybit", group="collectors"), now=1.0)
    before = watch.is_complete
    watch.note_list(LIST, now=1.0)

    assert (before, watch.is_complete) == (False, True)
    assert states(watch) == {
        "hub": "RUNNING",
        "sentinel": "RUNNING",
        "stray": "RUNNING",
        "bybit": "STARTING",  # what was heard is newer than the list
        "fx": "RUNNING",
        "okx": "EXITED",
    }


def test_whoever_has_changed_before_the_list_came_is_as_the_event_said() -> None:
    life = Life()
    life.watch.note_list(LIST, now=life.at)

    assert states(life.watch)["bybit"] == "RUNNING"
    assert life.passes(1000) == []


def test_who_was_given_up_before_the_sentinel_came_is_told_and_started() -> None:
    life = Life()
    life.watch.note_list((*LIST, Process(name="ibkr", group="collectors", state="FATAL")), now=life.at)
    actions = life.passes(11)

    assert [type(action) for action in actions] == [Start, RaiseAlert]
    assert actions[0] == Start("collectors:ibkr")


def test_who_fell_silent_before_the_sentinel_came_is_killed_by_the_pid_that_is_listed() -> None:
    life = Life()
    life.watch.note_list((*LIST, Process(name="ibkr", group="collectors", state="RUNNING", pid=105)), now=life.at)
    actions = life.passes(int(KILLED_AFTER_S) + 1)

    assert Kill("collectors:ibkr", 105) in actions


def test_the_sentinel_never_watches_itself_from_the_list() -> None:
    life = Life()
    life.watch.note_list(LIST, now=life.at)

    assert life.passes(1000) == []
