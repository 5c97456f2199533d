"""When a restart begins, how it ends, and that each question has one answer."""

from bus.messages.operations import Restarted, RestartRequested
from sentinel.restarts import ANSWERS_KEPT, RESTARTED_WITHIN_S, Restart, Restarts
from tests.sentinel.test_watch import Life


class Desk:
    """Restarts, and the life that they are in."""

    def __init__(self) -> None:
        """Ask nothing yet."""
        self.life = Life()
        self.restarts = Restarts()

    def ask(self, name: str = "one", program: str = "bybit") -> Restarted | None:
        """Put a question."""
        return self.restarts.handle(RestartRequested(id=name, program=program))

    def turn(self, seconds: int = 0) -> list[Restart | Restarted]:
        """Let time pass, then see what is concluded."""
        self.life.passes(seconds)
        return list(self.restarts.turn(self.life.watch, now=self.life.at))

    def stops(self) -> None:
        """Let supervisord stop bybit."""
        self.life.event("bybit", "STOPPING", pid=101)
        self.life.event("bybit", "STOPPED", pid=101)
        self.life.event("bybit", "STARTING")


def test_a_restart_is_over_when_the_new_process_runs_and_has_beaten() -> None:
    desk = Desk()
    desk.ask()
    begun = desk.turn()
    desk.stops()
    stopped = desk.turn(1)
    desk.life.runs("bybit", 201)
    running = desk.turn()
    beating = desk.turn(4)

    assert begun == [Restart("collectors:bybit")]
    assert stopped == running == []
    assert beating == [Restarted(id="one", program="bybit", pid=201)]


def test_a_late_beat_of_the_old_process_is_not_the_new_one() -> None:
    desk = Desk()
    desk.ask()
    desk.turn()
    for state in ("STOPPING", "STOPPED", "STARTING"):
        desk.life.watch.note_event(desk.life.change("bybit", state), now=desk.life.at)
    late = desk.turn(4)
    desk.life.watch.note_event(desk.life.change("bybit", "RUNNING", pid=201), now=desk.life.at)

    assert late == desk.turn() == []


def test_an_answered_question_is_answered_again_and_nothing_is_done() -> None:
    desk = Desk()
    first = desk.ask()
    desk.turn()
    meanwhile = desk.ask()
    desk.stops()
    desk.life.runs("bybit", 201)
    answers = desk.turn(4)

    assert first is meanwhile is None
    assert [desk.ask()] == answers
    assert desk.turn(4) == []


def test_a_hundred_answers_are_remembered() -> None:
    desk = Desk()
    for number in range(ANSWERS_KEPT + 1):
        desk.ask(f"{number}", "nobody")
    desk.turn()

    assert desk.ask("1") == Restarted(id="1", program="nobody", problem="unknown program")
    assert desk.ask("0") is None


def test_one_that_does_not_come_back_in_time_is_told() -> None:
    desk = Desk()
    desk.ask()
    desk.turn()
    desk.stops()
    waiting = desk.turn(int(RESTARTED_WITHIN_S))

    assert waiting == []
    assert desk.turn(1) == [Restarted(id="one", program="bybit", problem="did not come back within 20 s")]


def test_one_that_is_not_configured_is_told_however_it_was_before() -> None:
    desk = Desk()
    desk.life.event("bybit", "EXITED", expected=True)
    desk.life.passes(1)
    desk.ask()
    begun, before = desk.turn(), desk.turn(1)
    desk.life.event("bybit", "STARTING")
    desk.life.event("bybit", "RUNNING", pid=201)
    desk.life.event("bybit", "EXITED", expected=True)

    assert (begun, before) == ([Restart("collectors:bybit")], [])
    assert desk.turn() == [Restarted(id="one", program="bybit", problem="it is not configured")]


def test_only_collectors_are_restarted() -> None:
    desk = Desk()
    for program in ("hub", "nobody", "sentinel", "collectors:bybit"):
        desk.ask(program, program)

    assert desk.turn() == [
        Restarted(id=program, program=program, problem="unknown program")
        for program in ("hub", "nobody", "sentinel", "collectors:bybit")
    ]


def test_a_second_question_about_the_same_program_waits_for_the_first() -> None:
    desk = Desk()
    desk.ask("one")
    desk.ask("two")
    desk.ask("three", "fx")
    begun = desk.turn()
    desk.stops()
    desk.life.runs("bybit", 201)
    answered = desk.turn(4)

    assert begun == [Restart("collectors:bybit"), Restart("collectors:fx")]
    assert answered == [Restarted(id="one", program="bybit", pid=201), Restart("collectors:bybit")]


def test_one_that_waits_for_right_settings_is_told_so() -> None:
    desk = Desk()
    desk.ask()
    desk.turn()
    desk.stops()
    desk.life.watch.note_event(desk.life.change("bybit", "RUNNING", pid=201), now=desk.life.at)
    for process in desk.life.watch.not_heard_yet():
        desk.life.watch.note_waiting(process, now=desk.life.at)

    assert desk.turn() == [Restarted(id="one", program="bybit", problem="its settings are wrong; make check says how")]
