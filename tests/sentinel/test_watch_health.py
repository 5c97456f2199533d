"""What the sentinel knows of everybody, from events, beats and supervisord's list."""

from datetime import UTC, datetime

from bus.messages import Program
from sentinel.watch import Event, Listed, Watch
from tests.sentinel.test_watch import Life, beat

LIST = (
    Listed(process="hub", group="core", state="RUNNING"),
    Listed(process="bybit", group="collectors", state="STOPPED"),
    Listed(process="fx", group="collectors", state="RUNNING"),
    Listed(process="okx", group="collectors", state="EXITED"),
    Listed(process="sentinel", group="sentinel", state="RUNNING"),
)


def states(watch: Watch) -> dict[str, str]:
    """Return everybody's state."""
    return {program.name: program.state for program in watch.health(0.0)}


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

    assert life.watch.health(life.at)[2] == Program(name="bybit", state="RUNNING", pid=201)


def test_a_beat_before_the_event_of_its_own_process_counts() -> None:
    life = Life()
    life.event("bybit", "STARTING")
    life.watch.hear_beat(beat("bybit", 201), now=life.at)
    life.event("bybit", "RUNNING", pid=201)

    assert life.watch.health(life.at)[2].beat_age_s == 0.0


def test_a_watch_that_came_later_is_complete_once_supervisord_has_listed_everybody() -> None:
    watch = Watch("sentinel", 99, now=0.0)
    for name in ("hub", "fx", "bybit", "stray"):
        watch.hear_event(Event(state="RUNNING", process=name, pid=1), now=0.0)
    watch.hear_event(Event(state="STARTING", process="bybit", group="collectors"), now=1.0)
    before = watch.is_complete
    watch.hear_list(LIST)

    assert (before, watch.is_complete) == (False, True)
    assert states(watch) == {
        "hub": "RUNNING",
        "sentinel": "RUNNING",
        "stray": "RUNNING",
        "bybit": "STARTING",  # what was heard is newer than the list
        "fx": "RUNNING",
        "okx": "EXITED",
    }


def test_a_watch_from_the_beginning_is_complete_by_the_events() -> None:
    assert Life().watch.is_complete


def test_a_list_is_no_event_nobody_is_told_or_started_for_it() -> None:
    life = Life()
    life.watch.hear_list((*LIST, Listed(process="ibkr", group="collectors", state="FATAL")))

    assert life.passes(1000) == []
