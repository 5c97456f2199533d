"""The clock: announces each round until it hears the round's snapshot, and each job of trading until it is done.

    [program:clock]
    command="%(here)s/.venv/bin/python" -m launch clock

It keeps nothing: which slots are due follows from the schedule and from the ScheduleState that the aggregator repeats,
so a clock that was killed goes on where it stopped. Wall time says which slot it is; how long a round is open is
counted on the monotonic clock, because wall clocks step. A step of more than ten minutes is told to the owner: set
forward across a slot and back again, a clock makes that slot early, and nothing here can tell.
"""

import os
from datetime import UTC, datetime, timedelta

import msgspec

from bus.alerts import Alerts
from bus.connection import Bus
from bus.log import logger
from bus.messages.base import topic
from bus.messages.delivery import AlertStored
from bus.messages.operations import HealthRequested
from bus.messages.rounds import NextSlot, RoundRequested, ScheduleState, Snapshot, Tick
from bus.messages.trading import JobDone
from bus.process import join, run
from bus.settings import take
from bus.time_source import SYSTEM_TIME, TimeSource
from clock.jobs import JobBoard
from clock.schedule import Schedule, due, next_slot, round_id
from clock.settings import Settings

NAME = "clock"
REPEAT_S = 0.5
LONGEST_WAIT_S = 1.0
STEP_S = 2.0
ALERT_STEP_S = 600.0
CLOSED_KEPT = 32

log = logger(__name__)


class OpenRound(msgspec.Struct):
    """A round that is being announced; `counted_from` and `repeat_at` are monotonic seconds."""

    tick: Tick
    counted_from: float
    repeat_at: float


def main(*, time: TimeSource = SYSTEM_TIME) -> None:
    """Announce rounds until told to leave.

    Args:
        time: Says when slots come.
    """
    settings = take(Settings, os.environ)
    heard = (ScheduleState, Snapshot, RoundRequested, HealthRequested, AlertStored, JobDone)
    with join(NAME, *(topic(kind) for kind in heard)) as bus:
        clock = Clock(settings, bus, time=time)
        while True:
            clock.handle(bus.receive(clock.wait_s()))
            clock.turn()


class Clock:
    """What the clock knows between two messages."""

    def __init__(self, settings: Settings, bus: Bus, *, time: TimeSource = SYSTEM_TIME) -> None:
        """Start without a state: nothing is due before the aggregator has spoken.

        Args:
            settings: The clock's.
            bus: The clock's place on the bus.
            time: Says when slots come and how long rounds are open.
        """
        self._time = time
        self._settings = settings
        self._bus = bus
        self._alerts = Alerts(bus, time=time)
        self._schedule = settings.schedule()
        self._jobs = JobBoard(time=time) if settings.trading != "off" else None
        self._state: ScheduleState | None = None
        self._open: dict[str, OpenRound] = {}
        self._closed: dict[str, None] = {}
        self._next_slot_at = datetime.max.replace(tzinfo=UTC)
        self._wall_minus_monotonic_s = self._measure_wall_minus_monotonic_s()

    def wait_s(self) -> float:
        """Return how long nothing has to be done: until a repetition, the next slot, or a check of the wall clock."""
        now_s = self._time.monotonic()
        wait_s = min((each.repeat_at - now_s for each in self._open.values()), default=LONGEST_WAIT_S)
        return max(0.0, min(wait_s, LONGEST_WAIT_S, (self._next_slot_at - self._time.now()).total_seconds()))

    def handle(self, message: object) -> None:
        """Take in a message."""
        if isinstance(message, ScheduleState):
            self._take_state(message)
        elif isinstance(message, Snapshot):
            self._close(message.round_id)
        elif isinstance(message, RoundRequested) and not self._open and message.id not in self._closed:
            # With any round open there is no need for another: whoever asks is answered by the next one that closes.
            self._announce(Tick(round_id=message.id, scheduled_for=None, closes_in_s=self._deadline_s))
        elif isinstance(message, HealthRequested):
            self._bus.publish(self._next_slot_message(message.id))
        elif isinstance(message, JobDone) and self._jobs is not None:
            self._jobs.take(message)
        self._alerts.handle(message)

    def turn(self) -> None:
        """Announce what is due and repeat what is open."""
        wall_minus_monotonic_s = self._measure_wall_minus_monotonic_s()
        step_s = wall_minus_monotonic_s - self._wall_minus_monotonic_s
        if abs(step_s) > STEP_S:
            self._wall_minus_monotonic_s = wall_minus_monotonic_s
            self._note_step(step_s)
            self._announce_due_slot()
        elif self._time.now() >= self._next_slot_at:
            self._announce_due_slot()
        for each in tuple(self._open.values()):
            if self._time.monotonic() >= each.repeat_at:
                self._repeat(each)
        for due_job in self._jobs.due() if self._jobs is not None else ():
            self._bus.publish(due_job)
        self._alerts.repeat()

    def _measure_wall_minus_monotonic_s(self) -> float:
        """Return what stays the same until the wall clock steps."""
        return self._time.now().timestamp() - self._time.monotonic()

    @property
    def _deadline_s(self) -> float:
        """How long a round is open, in seconds."""
        return self._settings.collect_deadline_seconds

    @property
    def _grace(self) -> timedelta:
        """How old a slot may be and still be announced."""
        return timedelta(minutes=self._settings.slot_grace_minutes)

    def _take_state(self, state: ScheduleState) -> None:
        """Take in the aggregator's state if it is another one, and announce what is due by it."""
        if state == self._state:
            return
        if self._state is None or state.interval_minutes != self._state.interval_minutes:
            self._schedule = self._schedule_of(state.interval_minutes)
        if self._state is None and state.last_slot is not None and state.last_slot > self._time.now():
            self._note_last_slot_to_come(state.last_slot)
        self._state = state
        self._announce_due_slot()

    def _schedule_of(self, interval_minutes: int | None) -> Schedule:
        """Return the schedule that the owner's interval makes; with one that makes no sense, that of `.env` stands."""
        try:
            return self._settings.schedule(interval_minutes)
        except ValueError as error:
            log.error("interval refused, the schedule of .env stands", because=error)
            return self._settings.schedule()

    def _next_slot_message(self, question: str) -> NextSlot:
        """Name the next slot that would come, paused or not; none comes before the newest one that is closed."""
        marks = [self._time.now()]
        if self._state is not None:
            marks += [mark for mark in (self._state.last_slot, self._state.due_since) if mark is not None]
        interval = self._schedule.interval_minutes if self._schedule.cron is None else None
        return NextSlot(id=question, next_slot=next_slot(self._schedule, max(marks)), interval_minutes=interval)

    def _note_step(self, step_s: float) -> None:
        """Tell the owner of a large step; slots that were closed stay closed, and those skipped are told as missed."""
        log.warning("wall clock stepped", by_s=step_s)
        if step_s > ALERT_STEP_S:
            self._alerts.tell(NAME, "clock_ahead", span=_span(step_s))
        elif step_s < -ALERT_STEP_S:
            self._alerts.tell(NAME, "clock_set_back", span=_span(-step_s))

    def _note_last_slot_to_come(self, last_slot: datetime) -> None:
        """Tell the owner at the start that the newest slot of the ledger is in the future."""
        ahead_s = (last_slot - self._time.now()).total_seconds()
        log.warning("last slot is in the future", by_s=ahead_s)
        if ahead_s > ALERT_STEP_S:
            self._alerts.tell(NAME, "clock_behind", span=_span(ahead_s))

    def _announce_due_slot(self) -> None:
        """Announce the newest slot that is due, unless its round is open or closed already."""
        now = self._time.now()
        self._next_slot_at = next_slot(self._schedule, now)
        if self._state is None or self._state.paused:
            return
        found = due(
            self._schedule,
            last_slot=self._state.last_slot,
            due_since=self._state.due_since,
            now=now,
            grace=self._grace,
        )
        if found.announce is None:
            return
        identifier = round_id(found.announce)
        if identifier in self._open or identifier in self._closed:
            return
        missed = tuple(slot for slot in found.missed if round_id(slot) not in self._open.keys() | self._closed.keys())
        self._announce(
            Tick(
                round_id=identifier,
                scheduled_for=found.announce,
                closes_in_s=self._deadline_s,
                missed=missed,
                missed_count=found.missed_count - (len(found.missed) - len(missed)),
            )
        )

    def _announce(self, tick: Tick) -> None:
        """Open a round: publish its tick and begin to count its time."""
        now_s = self._time.monotonic()
        self._open[tick.round_id] = OpenRound(tick=tick, counted_from=now_s, repeat_at=now_s + REPEAT_S)
        self._bus.publish(tick)
        log.info("round opened", round=tick.round_id, missed=tick.missed_count)

    def _repeat(self, each: OpenRound) -> None:
        """Say a round's tick again; past its deadline count anew, or abandon it once its slot is too old."""
        tick, now_s = each.tick, self._time.monotonic()
        if now_s >= each.counted_from + self._deadline_s + REPEAT_S:
            if tick.scheduled_for is None or self._time.now() - tick.scheduled_for >= self._grace:
                log.warning("round abandoned", round=tick.round_id)
                del self._open[tick.round_id]
                return
            log.warning("no snapshot in time, deadline restarted", round=tick.round_id)
            each.counted_from = now_s
        each.repeat_at = now_s + REPEAT_S
        left_s = max(REPEAT_S, each.counted_from + self._deadline_s - now_s)
        self._bus.publish(msgspec.structs.replace(tick, closes_in_s=left_s))

    def _close(self, identifier: str) -> None:
        """Forget an open round, and keep its id so that it is not announced again."""
        if self._open.pop(identifier, None) is not None:
            log.info("round closed", round=identifier)
        self._closed[identifier] = None
        self._bus.last_round = identifier
        while len(self._closed) > CLOSED_KEPT:
            del self._closed[next(iter(self._closed))]


def _span(length_s: float) -> str:
    """Word a length of time, to the minute."""
    hours, minutes = divmod(round(length_s / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


if __name__ == "__main__":
    run(main, name=NAME)
