"""The jobs of trading: the clock says that one is due, again and again; a row says that it was done, once.

A job whose instant is longer ago than it is worth is not done, and told as missed, unless it has never been done: then
nobody has waited for it. What a job does must bear being done twice: a process that dies between the work and its row
does it again.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bus.connection import Bus
from bus.log import logger
from bus.messages.trading import JobDone, JobDue
from bus.time_source import SYSTEM_TIME, TimeSource
from execution.watching.reminders import tell_missed
from ledger.store import Ledger
from ledger.trading.enumerations import JobState
from ledger.trading.flow import jobs as rows
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work

Task = Callable[[datetime], Mapping[str, object] | None]
"""Does a job that was due at a moment; what it returns is kept in its row, without floats. None: it is under way, and
writes its row itself."""
ENDED: tuple[JobState, ...] = ("DONE", "FAILED", "MISSED")
KEPT = 50

log = logger(__name__)


class Jobs:
    """Does each job once, whoever dies."""

    def __init__(self, ledger: Ledger, bus: Bus, tasks: Mapping[str, Task], *, time: TimeSource = SYSTEM_TIME) -> None:
        """Know what each job does.

        Args:
            ledger: Has the rows.
            bus: Where the clock hears that one is done.
            tasks: By name; a job that is not here is answered as done: it only wakes.
            time: Says how late it is.
        """
        self._ledger = ledger
        self._bus = bus
        self._tasks = dict(tasks)
        self._time = time
        self._done: dict[tuple[str, datetime], JobState] = {}

    def handle(self, message: object) -> None:
        """Do what is due, unless it is done.

        Args:
            message: Anything from the bus.

        Raises:
            LedgerUnavailable: The ledger cannot be used now; the clock says it again.
        """
        if not isinstance(message, JobDue):
            return
        key = (message.job, message.due_at)
        if key not in self._done:
            while len(self._done) >= KEPT:
                del self._done[next(iter(self._done))]
            state = self._settle(message)
            if state is None:
                return
            self._done[key] = state
        self._bus.publish(JobDone(job=message.job, due_at=message.due_at, state=self._done[key]))

    def _settle(self, due: JobDue) -> JobState | None:
        """Return what has become of a job, doing it where nothing has; None while it is under way."""
        with self._ledger.reading() as connection:
            known = rows.state_of(connection, due.job, due.due_at)
        if known in ENDED:
            return known
        if self._time.now() - due.due_at > timedelta(seconds=due.late_after_s):
            log.warning("job missed", job=due.job, due_at=due.due_at)
            return self._finish(due, "MISSED", {})
        task = self._tasks.get(due.job)
        result = {} if task is None else task(due.due_at)
        if result is None:
            return None
        log.info("job done", job=due.job, due_at=due.due_at)
        return self._finish(due, "DONE", result)

    def _finish(self, due: JobDue, state: JobState, result: Mapping[str, object]) -> JobState:
        """Write a job's row, unless its task has written one, and return its state."""
        with self._ledger.writing() as connection:
            known = rows.state_of(connection, due.job, due.due_at)
            if known in ENDED:
                return known
            work = Work(connection, self._time.now())
            if state == "MISSED" and due.job in self._tasks and rows.was_ever_over(connection, due.job):
                tell_missed(work, due.job, due.due_at)
            rows.finish(SYSTEM, work, due.job, due.due_at, state, result)
        return state
