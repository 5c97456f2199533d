"""Restarts that the owner asks for: of collectors alone, once for each question, each with its answer; pure.

A restart is over when the new process runs and has beaten, has left because it is not configured, or waits for right
settings, or after twenty seconds. An answer is kept and given again as often as its question is put.
"""

from collections.abc import Iterator

import msgspec

from bus.messages.operations import Restarted, RestartRequested
from sentinel.watch import COLLECTORS, Watch
from sentinel.watched import WatchedProcess

RESTARTED_WITHIN_S = 20.0
ANSWERS_KEPT = 100
UNKNOWN = "unknown program"
NOT_BACK = f"did not come back within {RESTARTED_WITHIN_S:.0f} s"
NOT_CONFIGURED = "it is not configured"
WAITS = "its settings are wrong; make check says how"


class Restart(msgspec.Struct, frozen=True, tag=True):
    """Ask supervisord to restart a program, `group:process`."""

    program: str


class PendingRestart(msgspec.Struct):
    """A restart that is not over; `began_at` (monotonic seconds) is None while it has not begun."""

    id: str
    program: str
    began_at: float | None = None
    old_pid: int = 0


class Restarts:
    """What was asked, and what was answered."""

    def __init__(self) -> None:
        """Begin with no question."""
        self._pending: dict[str, PendingRestart] = {}
        self._answers: dict[str, Restarted] = {}

    @property
    def are_pending(self) -> bool:
        """Whether any is not over."""
        return bool(self._pending)

    def handle(self, asked: RestartRequested) -> Restarted | None:
        """Take in a question; return its answer where it has one.

        Args:
            asked: The question; the same one may come again.
        """
        if asked.id not in self._answers and asked.id not in self._pending:
            self._pending[asked.id] = PendingRestart(id=asked.id, program=asked.program)
        return self._answers.get(asked.id)

    def turn(self, watch: Watch, *, now: float) -> Iterator[Restart | Restarted]:
        """Conclude what is to be done now.

        Args:
            watch: Whom supervisord runs, complete as far as it can be.
            now: Monotonic seconds.

        Yields:
            Restarts to begin, and answers.
        """
        for pending in tuple(self._pending.values()):
            process = watch.find(pending.program)
            if pending.began_at is None and process is not None and process.group == COLLECTORS:
                yield from self._begin(pending, process, now)
                continue
            answer = _answer(pending, process, now)
            if answer is not None:
                self._keep(answer)
                yield answer

    def _begin(self, pending: PendingRestart, process: WatchedProcess, now: float) -> Iterator[Restart]:
        """Begin, unless another restart of the same program is under way."""
        if not any(other.began_at is not None and other.program == pending.program for other in self._pending.values()):
            pending.began_at, pending.old_pid = now, process.pid
            yield Restart(process.program)

    def _keep(self, answer: Restarted) -> None:
        """Keep an answer for whoever puts its question again."""
        del self._pending[answer.id]
        self._answers[answer.id] = answer
        while len(self._answers) > ANSWERS_KEPT:
            del self._answers[next(iter(self._answers))]


def _answer(pending: PendingRestart, process: WatchedProcess | None, now: float) -> Restarted | None:
    """Return how a restart ended, None while it is under way."""
    if process is None or pending.began_at is None:
        return Restarted(id=pending.id, program=pending.program, problem=UNKNOWN)
    if process.running and process.pid != pending.old_pid and process.beat is not None:
        return Restarted(id=pending.id, program=pending.program, pid=process.pid)
    if process.left_at is not None and process.left_at >= pending.began_at:
        return Restarted(id=pending.id, program=pending.program, problem=NOT_CONFIGURED)
    if process.running and process.pid != pending.old_pid and process.awaits_settings:
        return Restarted(id=pending.id, program=pending.program, problem=WAITS)
    if now - pending.began_at > RESTARTED_WITHIN_S:
        return Restarted(id=pending.id, program=pending.program, problem=NOT_BACK)
    return None
