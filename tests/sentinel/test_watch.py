"""What the sentinel concludes: who is killed, who is started, what the owner is told, and when it keeps quiet."""

from datetime import UTC, datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bus.alert_texts import alert_text
from bus.messages.operations import Heartbeat
from bus.silence import HUB_SILENT_AFTER_S, KILLED_AFTER_S
from sentinel.watch import HUB, Watch
from sentinel.watched import Action, Event, Kill, RaiseAlert, Start

BEAT_S = 4
ECHO_S = 4


def beat(name: str, pid: int) -> Heartbeat:
    """Return a beat."""
    return Heartbeat(name=name, pid=pid, started_at=datetime(2026, 2, 11, 8, 0, pid % 60, tzinfo=UTC), pss_kb=100 * pid)


class Life:
    """A watch and the world around it, second by second; everybody beats unless a test stops them.

    Attributes:
        at: The current second.
        beating: Who beats, by name, with the pid in the beat.
        hub_works: Whether any beat comes through, our own included.
    """

    def __init__(self) -> None:
        """Start at second 1000 with a running hub, bybit and fx."""
        self.at = 1000.0
        self.beating: dict[str, int] = {}
        self.hub_works = True
        self.watch = Watch("sentinel", 99, now=self.at)
        for pid, name in enumerate((HUB, "bybit", "fx"), start=100):
            self.runs(name, pid)

    def runs(self, name: str, pid: int) -> None:
        """Let supervisord report a running process that beats from then on."""
        self.event(name, "RUNNING", pid=pid)
        self.beating[name] = pid

    def event(self, name: str, state: str, *, pid: int = 0, expected: bool = False) -> None:
        """Let supervisord report a change of state."""
        self.watch.note_event(self.change(name, state, pid=pid, expected=expected), now=self.at)
        if state != "RUNNING":
            self.beating.pop(name, None)

    def change(self, name: str, state: str, *, pid: int = 0, expected: bool = False) -> Event:
        """Return a change of state that supervisord would report."""
        group = "core" if name == HUB else "collectors"
        return Event(state=state, process=name, group=group, pid=pid, expected=expected)

    def passes(self, seconds: int) -> list[Action]:
        """Let time pass, with a turn every second; return what was concluded."""
        concluded: list[Action] = []
        for _ in range(seconds):
            self.at += 1
            if self.hub_works and self.at % BEAT_S == 0:
                for name, pid in self.beating.items():
                    self.watch.note_heartbeat(beat(name, pid), now=self.at)
            if self.hub_works and self.at % ECHO_S == 0:
                self.watch.note_echo(beat("sentinel", 99), now=self.at)
            concluded += self.watch.turn(self.at)
        return concluded


def killed(actions: list[Action]) -> list[str]:
    """Return who was killed."""
    return [action.program.rpartition(":")[2] for action in actions if isinstance(action, Kill)]


def told(actions: list[Action]) -> list[str]:
    """Return what the owner was told."""
    return [action.alert_text.text for action in actions if isinstance(action, RaiseAlert)]


def test_nothing_is_done_while_everybody_beats() -> None:
    assert Life().passes(1000) == []


def test_a_silent_process_is_killed_by_its_pid_once_and_the_owner_told() -> None:
    life = Life()
    life.passes(500)
    del life.beating["bybit"]
    actions = life.passes(40)

    assert actions == [
        Kill("collectors:bybit", 101),
        RaiseAlert("bybit", alert_text("silent", program="bybit", seconds="30")),
    ]
    assert told(actions) == ["bybit was silent for 30 s and was killed"]


def test_a_silent_process_is_not_killed_before_half_a_minute() -> None:
    life = Life()
    del life.beating["bybit"]

    assert life.passes(30) == []


def test_one_that_stays_silent_is_killed_again_but_told_once() -> None:
    life = Life()
    del life.beating["bybit"]
    actions = life.passes(100)

    assert killed(actions) == ["bybit"] * 3
    assert len(told(actions)) == 1


def test_the_pid_that_is_killed_is_the_one_that_runs_now() -> None:
    life = Life()
    life.event("bybit", "EXITED")
    life.event("bybit", "RUNNING", pid=555)
    actions = life.passes(45)

    assert Kill("collectors:bybit", 555) in actions


def test_a_process_that_supervisord_does_not_run_is_nobodys_concern() -> None:
    life = Life()
    life.watch.note_heartbeat(beat("now-77", 77), now=life.at)

    assert life.passes(100) == []


def test_a_beat_with_another_ones_pid_is_nobodys_and_kills_nobody_else() -> None:
    """Fault P1: the conclusion."""
    life = Life()
    life.passes(8)
    life.beating["bybit"] = 4711
    actions = life.passes(int(KILLED_AFTER_S) + BEAT_S)
    life.watch.note_heartbeat(beat("bybit", 101), now=life.at)

    assert [action for action in actions if isinstance(action, Kill)] == [Kill("collectors:bybit", 101)]
    assert life.watch.health(life.at)[2].pid == 101


def test_a_foreign_beat_does_not_make_one_well_that_is_down_or_given_up() -> None:
    life = Life()
    life.event("bybit", "FATAL")
    life.beating["bybit"] = 4711
    actions = life.passes(15)

    assert Start("collectors:bybit") in actions
    assert told(actions) == ["bybit is down since 11 s"]


def test_a_death_that_is_repaired_within_ten_seconds_is_not_told() -> None:
    life = Life()
    life.event("bybit", "EXITED")
    life.passes(2)
    life.event("bybit", "STARTING")
    life.runs("bybit", 201)

    assert life.passes(700) == []


def test_a_process_that_does_not_beat_again_is_told_after_ten_seconds_and_once_more_when_it_is_well() -> None:
    life = Life()
    life.event("bybit", "EXITED")
    down = life.passes(15)
    life.runs("bybit", 201)
    well = life.passes(120)

    assert told(down) == ["bybit is down since 11 s"]
    assert told(well) == ["bybit is well again"]
    assert life.passes(1000) == []


def test_running_without_a_beat_is_still_down() -> None:
    life = Life()
    life.event("bybit", "EXITED")
    life.event("bybit", "RUNNING", pid=201)

    assert told(life.passes(15)) == ["bybit is down since 11 s"]


def test_the_third_death_in_ten_minutes_is_told_however_fast_each_is_repaired() -> None:
    life = Life()
    actions = []
    for pid in (201, 202, 203):
        life.event("bybit", "EXITED")
        life.runs("bybit", pid)
        actions += life.passes(100)

    assert told(actions) == ["bybit died 3 times in ten minutes", "bybit is well again"]


def test_three_deaths_in_more_than_ten_minutes_are_not_told() -> None:
    life = Life()
    actions = []
    for pid in (201, 202, 203):
        life.event("bybit", "EXITED")
        life.runs("bybit", pid)
        actions += life.passes(301)

    assert actions == []


def test_what_is_stopped_or_restarted_on_purpose_is_neither_told_nor_killed_nor_started() -> None:
    life = Life()
    for state in ("STOPPING", "STOPPED"):
        life.event("bybit", state)
    stopped = life.passes(100)
    for _ in range(5):
        life.runs("bybit", 201)
        life.event("bybit", "STOPPING")
        life.event("bybit", "STOPPED")
    life.runs("bybit", 202)

    assert stopped == life.passes(100) == []


def test_a_program_that_leaves_because_it_is_not_configured_is_left_alone() -> None:
    life = Life()
    life.event("bybit", "EXITED", expected=True)

    assert life.passes(1000) == []


def test_a_program_given_up_is_started_again_with_growing_pauses_for_ever() -> None:
    """Fault 15: the pauses."""
    life = Life()
    starts: list[float] = []
    for _ in range(8):
        life.event("bybit", "FATAL")
        given_up_at = life.at
        while not any(action == Start("collectors:bybit") for action in life.passes(1)):
            pass
        starts.append(life.at - given_up_at)

    assert starts == [10, 20, 40, 80, 160, 300, 300, 300]


def test_an_order_that_is_not_carried_out_is_given_again_with_growing_pauses_until_it_runs() -> None:
    """Fault P2: the conclusion."""
    life = Life()
    life.event("bybit", "FATAL")
    orders = [life.at for _ in range(1000) if Start("collectors:bybit") in life.passes(1)]
    life.event("bybit", "STARTING")
    life.runs("bybit", 201)

    assert [later - earlier for earlier, later in pairwise(orders)] == [20, 40, 80, 160, 300, 300]
    assert not [action for action in life.passes(1000) if isinstance(action, Start)]


def test_one_whose_launcher_waits_for_right_settings_is_not_killed_but_told_once_as_down() -> None:
    life = Life()
    for state in ("STOPPING", "STOPPED", "STARTING"):
        life.event("bybit", state)
    life.event("bybit", "RUNNING", pid=201)
    actions = []
    for _ in range(100):
        for process in life.watch.not_heard_yet():
            life.watch.note_waiting(process, now=life.at)
        actions += life.passes(2)
    life.beating["bybit"] = 201
    well = life.passes(100)

    assert killed(actions) == []
    assert told(actions) == ["bybit is down since 11 s"]
    assert told(well) == ["bybit is well again"]


def test_a_hub_whose_launcher_waits_is_not_killed_for_a_missing_echo() -> None:
    life = Life()
    life.event(HUB, "RUNNING", pid=201)
    life.hub_works = False
    for _ in range(100):
        for process in life.watch.not_heard_yet():
            life.watch.note_waiting(process, now=life.at)

        assert killed(life.passes(1)) == []


def test_a_program_given_up_is_told_once_and_once_more_when_it_is_well() -> None:
    life = Life()
    actions = []
    for _ in range(3):
        life.event("bybit", "FATAL")
        actions += life.passes(50)
    life.runs("bybit", 201)
    actions += life.passes(100)

    assert told(actions) == ["bybit is down since 11 s", "bybit is well again"]


def test_after_it_was_well_the_pauses_begin_anew() -> None:
    life = Life()
    for _ in range(4):
        life.event("bybit", "FATAL")
        life.passes(200)
    life.runs("bybit", 201)
    life.passes(100)
    life.event("bybit", "FATAL")

    assert Start("collectors:bybit") in life.passes(11)


def test_a_given_up_program_that_beats_by_itself_is_not_started() -> None:
    life = Life()
    life.event("bybit", "FATAL")
    life.runs("bybit", 201)

    assert not [action for action in life.passes(400) if isinstance(action, Start)]


def test_a_missing_echo_replaces_the_hub_and_nobody_else() -> None:
    """Fault 7: the conclusion."""
    life = Life()
    life.passes(9)
    life.hub_works = False
    actions = life.passes(60)

    assert set(killed(actions)) == {HUB}
    assert "hub forwarded nothing and was killed" in told(actions)


def test_once_the_hub_works_again_everybody_has_half_a_minute_anew() -> None:
    life = Life()
    life.hub_works = False
    life.passes(100)
    life.hub_works = True
    del life.beating["bybit"]

    assert "bybit" not in killed(life.passes(20))
    assert "bybit" in killed(life.passes(20))


def test_a_replaced_hub_is_well_again_a_minute_after_it_forwards() -> None:
    life = Life()
    life.passes(500)
    life.hub_works = False
    replaced = life.passes(30)
    life.hub_works = True
    well = life.passes(120)

    assert killed(replaced) == [HUB] * 2
    assert told(replaced) == ["hub forwarded nothing and was killed"]
    assert told(well) == ["hub is well again"]


def test_a_hub_that_does_not_run_is_not_killed() -> None:
    life = Life()
    life.event(HUB, "EXITED")
    life.hub_works = False

    assert killed(life.passes(100)) == []


def test_a_sentinel_that_stood_still_blames_nobody_for_it() -> None:
    life = Life()
    life.passes(10)
    life.at += 300

    assert life.watch.turn(life.at) == []
    assert life.passes(100) == []


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 70)), max_size=12))
def test_nobody_who_beats_is_killed_whatever_the_hub_does(phases: list[tuple[bool, int]]) -> None:
    life = Life()
    actions = []
    for works, seconds in phases:
        life.hub_works = works
        actions += life.passes(seconds)

    assert set(killed(actions)) <= {HUB}


@given(st.lists(st.sampled_from(["bybit", "fx"]), unique=True), st.integers(0, 40), st.integers(1, 300))
def test_nobody_but_the_hub_is_killed_while_the_echo_is_missing(silent: list[str], before: int, seconds: int) -> None:
    life = Life()
    for name in silent:
        del life.beating[name]
    life.passes(before)
    life.hub_works = False
    life.passes(round(HUB_SILENT_AFTER_S) + 1)

    assert set(killed(life.passes(seconds))) <= {HUB}


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["RUNNING", "EXITED", "BACKOFF", "FATAL", "STOPPING", "STOPPED", "STARTING", "UNKNOWN"]),
            st.booleans(),
            st.integers(0, 120),
        ),
        max_size=20,
    )
)
def test_only_a_running_process_is_killed_and_only_a_given_up_one_started(
    story: list[tuple[str, bool, int]],
) -> None:
    life = Life()
    state = "RUNNING"
    for state, expected, seconds in story:
        life.event("bybit", state, pid=7, expected=expected)
        actions = [action for action in life.passes(seconds) if not isinstance(action, RaiseAlert)]

        assert all(isinstance(action, Start) for action in actions) or state not in {"FATAL", "EXITED", "STOPPED"}
        assert all(isinstance(action, Kill) for action in actions) or state != "RUNNING"
