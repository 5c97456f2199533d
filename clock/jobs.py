"""The jobs of trading: when each is due, announced until execution says that its row is written.

Pure, as `clock.schedule` is: the moment is a parameter. Only the newest instant of each job is announced, however long
nobody did it: what to do with one that is late is for execution to say. A job is named by its instant, so that whoever
computes it, whenever, means the same one.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cached_property

import msgspec

from bus.messages.trading import JobDone, JobDue
from bus.time_source import SYSTEM_TIME, TimeSource
from clock.schedule import Schedule, slots_between

REPEAT_S = 5.0
LOOKS_BACK = timedelta(days=8)
"""A job that comes on working days, or once a week, has been due within this time, over any weekend and holiday."""


class Job(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A job: `cron` in `zone`, and for how many seconds it is worth doing late."""

    name: str
    cron: str
    zone: str
    late_after_s: float

    @cached_property
    def schedule(self) -> Schedule:
        """When it is due."""
        return Schedule(
            timezone=self.zone, interval_minutes=720, window_start_hour=0, window_end_hour=0, cron=self.cron
        )

    def newest(self, now: datetime) -> datetime | None:
        """Return when it was last due, None where that is longer ago than `LOOKS_BACK`.

        Args:
            now: Aware.
        """
        found = slots_between(self.schedule, now - LOOKS_BACK, until=now, most=1)
        return found.newest[-1] if found.newest else None


NEW_YORK = "America/New_York"
HOUR_S = 3600.0
JOBS = (
    Job(name="day_start", cron="0 0 * * *", zone="UTC", late_after_s=24 * HOUR_S),
    Job(name="day_start_new_york", cron="0 0 * * *", zone=NEW_YORK, late_after_s=24 * HOUR_S),
    Job(name="market_open", cron="30 9 * * mon-fri", zone=NEW_YORK, late_after_s=0.5 * HOUR_S),
    Job(name="daily_report", cron="5 13,16 * * mon-fri", zone=NEW_YORK, late_after_s=12 * HOUR_S),
    Job(name="self_check", cron="30 4 * * *", zone="UTC", late_after_s=12 * HOUR_S),
    Job(name="retention", cron="10 3 * * *", zone="UTC", late_after_s=12 * HOUR_S),
    Job(name="login", cron="0 10 * * sun", zone=NEW_YORK, late_after_s=22 * HOUR_S),
    Job(name="nightly_sync", cron="50 3 * * *", zone="UTC", late_after_s=6 * HOUR_S),
)
"""What is to be done at an hour; what comes back every few hours or minutes, execution counts for itself.

The daily report follows the session, at 13:05 on half days and at 16:05 on whole ones: execution knows which it is.
"""


class JobBoard:
    """What has been announced, and what is done."""

    def __init__(self, jobs: Iterable[Job] = JOBS, *, time: TimeSource = SYSTEM_TIME) -> None:
        """Know nothing of what is done; execution says it once more.

        Args:
            jobs: The jobs.
            time: Says when one is due and when it is said again.
        """
        self._jobs = tuple(jobs)
        self._time = time
        self._done: dict[str, datetime] = {}
        self._repeat_s = 0.0

    def take(self, done: JobDone) -> None:
        """Note that a job's row is written.

        Args:
            done: Which.
        """
        known = self._done.get(done.job)
        if known is None or known < done.due_at:
            self._done[done.job] = done.due_at

    def due(self) -> tuple[JobDue, ...]:
        """Return what is to be said now: nothing, but every few seconds all that is not done."""
        if self._time.monotonic() < self._repeat_s:
            return ()
        self._repeat_s = self._time.monotonic() + REPEAT_S
        now = self._time.now()
        newest = ((job, job.newest(now)) for job in self._jobs)
        return tuple(
            JobDue(job=job.name, due_at=at, late_after_s=job.late_after_s)
            for job, at in newest
            if at is not None and self._done.get(job.name, at - LOOKS_BACK) < at
        )
