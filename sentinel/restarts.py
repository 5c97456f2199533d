"""Restarts that the owner asks for: of collectors alone, once for each question, each with its answer; pure.

A restart is over when the new process runs and has beaten, has left because it is not configured, or waits for right
settings, or after twenty seconds. An answer is kept and given again as often as its question is put.
"""

from collections.abc import Iterator

import msgspec

from bus.messages import Restarted, RestartRequested
from sentinel.watch import COLLECTORS, Seen, Watch

BACK_WITHIN_S = 20.0
ANSWERS_KEPT = 100
UNKNOWN = "unknown program"
NOT_BACK = f"did not come back within {BACK_WITHIN_S:.0f} s"
NOT_CONFIGURED = "it is not configured"
WAITS = "its settings are wrong; make check says how"


class Restart(msgspec.Struct, frozen=True, tag=True):
    """Ask supervisord to restart a program, `group:process`."""

    program: str


class Wanted(msgspec.Struct):
    """A restart that is not over; `began_at` (monotonic seconds) is None while it has not begun."""

    id: str
    program: str
    began_at: float | None = None
    old_pid: int = 0


class Restarts:
    """What was asked, and what was answered."""

    def __init__(self) -> None:
        """Nothing was asked yet."""
        self._wanted: dict[str, Wanted] = {}
        self._answers: dict[str, Restarted] = {}

    @property
    def are_wanted(self) -> bool:
        """Whether any is not over."""
        return bool(self._wanted)

    def hear(self, asked: RestartRequested) -> Restarted | None:
        """Take in a question; return its answer where it has one.

        Args:
            asked: The question; the same one may come again.
        """
        if asked.id not in self._answers and asked.id not in self._wanted:
            self._wanted[asked.id] = Wanted(id=asked.id, program=asked.program)
        return self._answers.get(asked.id)

    def turn(self, watch: Watch, *, now: float) -> Iterator[Restart | Restarted]:
        """Conclude what is to be done now.

        Args:
            watch: Whom supervisord runs, complete as far as it can be.
            now: Monotonic seconds.

        Yields:
            Restarts to begin, and answers.
        """
        for wanted in tuple(self._wanted.values()):
            seen = watch.find(wanted.program)
            if wanted.began_at is None and seen is not None and seen.group == COLLECTORS:
                yield from self._begin(wanted, seen, now)
                continue
            answer = _answer(wanted, seen, now)
            if answer is not None:
                self._keep(answer)
                yield answer

    def _begin(self, wanted: Wanted, seen: Seen, now: float) -> Iterator[Restart]:
        """Begin, unless another restart of the same program is under way."""
        if not any(other.began_at is not None and other.program == wanted.program for other in self._wanted.values()):
            wanted.began_at, wanted.old_pid = now, seen.pid
            yield Restart(seen.program)

    def _keep(self, answer: Restarted) -> None:
        del self._wanted[answer.id]
        self._answers[answer.id] = answer
        while len(self._answers) > ANSWERS_KEPT:
            del self._answers[next(iter(self._answers))]


def _answer(wanted: Wanted, seen: Seen | None, now: float) -> Restarted | None:
    """Return how a restart ended, None while it is under way."""
    if seen is None or wanted.began_at is None:
        return Restarted(id=wanted.id, program=wanted.program, problem=UNKNOWN)
    if seen.running and seen.pid != wanted.old_pid and seen.beat is not None:
        return Restarted(id=wanted.id, program=wanted.program, pid=seen.pid)
    if seen.left_at is not None and seen.left_at >= wanted.began_at:
        return Restarted(id=wanted.id, program=wanted.program, problem=NOT_CONFIGURED)
    if seen.running and seen.pid != wanted.old_pid and seen.waits:
        return Restarted(id=wanted.id, program=wanted.program, problem=WAITS)
    if now - wanted.began_at > BACK_WITHIN_S:
        return Restarted(id=wanted.id, program=wanted.program, problem=NOT_BACK)
    return None
