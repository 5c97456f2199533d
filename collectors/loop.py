"""The loop of every collector: rounds in, one answer for each out.

The thread that owns the sockets never blocks. The platform is asked in one worker thread, one fetch at a time; a
reading answers every round whose tick came while it was fetched, a failure only those that have no time left. Answers
are kept for the last rounds and said again at each repetition of the tick, so whoever restarts in mid-round loses
nothing. A fetch that is still stuck when its round has closed makes the process leave: supervisord replaces it.
"""

import contextlib
import queue
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec

from bus import backoff, reasons
from bus.alerts import Alerts
from bus.connection import Bus
from bus.log import logger
from bus.messages.base import topic
from bus.messages.delivery import AlertStored
from bus.messages.operations import HealthRequested, KeyHealth
from bus.messages.rounds import Balance, Failure, Rate, Tick
from bus.process import join
from collectors.egress.allowlist import BLOCKED_CALLS, NotAllowed
from collectors.errors import Busy, Denied, Malformed, PlatformError
from collectors.notices import Notice, blocked_call_notice, key_notices
from collectors.source import Deadline, Keyed, RateReading, Reading, Source

CLOSE_MARGIN_S = 2.0
PREFETCH_S = 20.0
PREFETCH_RETRY_S = {Busy: 60.0, Denied: 600.0, Malformed: 600.0}
FIRST_PAUSE_S, LONGEST_PAUSE_S, JITTER = 0.5, 8.0, 0.5
LONGEST_HINT_S = 900.0
ROUNDS_KEPT = 8
MOST_TRIED = 20

Answer = Balance | Rate | Failure
Result = Reading | RateReading | float | PlatformError

log = logger(__name__)


def collect(name: str, source: Source) -> None:
    """Answer rounds until the process has to leave.

    Args:
        name: The platform, as its answers carry it.
        source: How to ask it.

    Raises:
        Stopped: SIGTERM came.
        SystemExit: A fetch is stuck past its round.
    """
    with join(name, topic(Tick), topic(HealthRequested), topic(AlertStored)) as bus:
        Collector(name, source, bus).run()


class Waiting(msgspec.Struct):
    """A round that waits for an answer: since when, and until when fetching may go on (monotonic seconds)."""

    since: float
    stop_at: float
    close_at: float
    tried: tuple[str, ...] = ()  # the reasons of the last MOST_TRIED attempts that failed, oldest first


class Collector:
    """One collector: the rounds that wait for an answer, the last answers, and the worker."""

    def __init__(self, name: str, source: Source, bus: Bus) -> None:
        """Start idle, with the source's prefetch due at once.

        Args:
            name: The platform, as its answers carry it.
            source: How to ask it.
            bus: This process's place on the bus.
        """
        self._name = name
        self._source = source
        self._bus = bus
        self._alerts = Alerts(bus)
        self._waiting: dict[str, Waiting] = {}
        self._answers: OrderedDict[str, Answer] = OrderedDict()
        self._worker = Worker(bus.wake)
        self._next_fetch = 0.0
        self._next_prefetch = 0.0
        self._busy: list[Busy] = []
        self._stuck_at: float | None = None

    def run(self) -> None:
        """Receive, work, answer; every step is short."""
        while True:
            message = self._bus.receive(self._wait_s())
            if isinstance(message, Tick):
                self._on_tick(message)
            elif isinstance(message, HealthRequested):
                self._publish_key_health(message)
            self._alerts.handle(message)
            result = self._worker.result()
            if result is not None:
                self._stuck_at = None
                self._handle_result(result)
                self._check_key()
            self._answer_late_rounds()
            self._start_work()
            self._report_blocked_calls()
            self._alerts.repeat()

    def _wait_s(self) -> float:
        """Return the seconds until the loop has something to do, if no message comes before."""
        now = time.monotonic()
        marks = [waiting.stop_at for waiting in self._waiting.values()]
        if self._stuck_at is not None:
            marks.append(self._stuck_at)
        elif self._waiting:
            marks.append(self._next_fetch)
        else:
            marks.append(self._next_prefetch)
        return max(0.0, min(min(marks) - now, self._alerts.due_in_s()))

    def _on_tick(self, tick: Tick) -> None:
        """Say a kept answer again, or let a new round wait; fetching for it stops shortly before it closes."""
        if tick.round_id in self._answers:
            self._bus.publish(self._answers[tick.round_id])
        elif tick.round_id not in self._waiting:
            now = time.monotonic()
            margin_s = min(CLOSE_MARGIN_S, tick.closes_in_s / 5)
            close_at = now + tick.closes_in_s
            self._waiting[tick.round_id] = Waiting(since=now, stop_at=close_at - margin_s, close_at=close_at)
            log.debug("tick heard", round=tick.round_id, closes_in_s=tick.closes_in_s)

    def _start_work(self) -> None:
        """Give the idle worker a fetch if a round waits and no pause is on, else a prefetch if one is due."""
        now = time.monotonic()
        if self._worker.busy:
            return
        if self._waiting and now < self._next_fetch:
            self._give_up_on_rounds_before(self._next_fetch)
        elif self._waiting:
            budget_s = max(waiting.stop_at for waiting in self._waiting.values()) - now
            self._stuck_at = max(waiting.close_at for waiting in self._waiting.values()) + CLOSE_MARGIN_S
            self._worker.start(lambda: self._source.fetch(Deadline(budget_s)))
        elif now >= self._next_prefetch:
            self._stuck_at = now + 2 * PREFETCH_S
            self._worker.start(lambda: self._source.prefetch(Deadline(PREFETCH_S)), prefetching=True)

    def _handle_result(self, result: Result) -> None:
        """Answer the rounds that wait; after a prefetch note when the next one is due."""
        if isinstance(result, float | int):  # a type checker lets a whole number of seconds pass as a float
            self._next_prefetch = time.monotonic() + result
            self._busy.clear()  # what was fetched ahead may be all that the rounds wait for
            self._next_fetch = 0.0
        elif isinstance(result, PlatformError) and self._worker.prefetching:
            self._next_prefetch = time.monotonic() + PREFETCH_RETRY_S[type(result)]
            log.warning("prefetch failed", reason=result.reason, code=result.code)
        elif isinstance(result, PlatformError):
            self._handle_failure(result)
        else:
            self._busy.clear()
            for round_id in tuple(self._waiting):
                self._answer(round_id, result)

    def _handle_failure(self, error: PlatformError) -> None:
        """Answer the rounds with an error; after a Busy only those that cannot wait for the next attempt."""
        if not isinstance(error, Busy):
            self._busy.clear()
            for round_id in tuple(self._waiting):
                self._answer(round_id, error)
            return
        self._busy.append(error)
        pause_s = self._backoff_s() if error.retry_after_s is None else min(error.retry_after_s, LONGEST_HINT_S)
        self._next_fetch = time.monotonic() + pause_s
        log.info("again later", reason=error.reason, code=error.code, pause_s=pause_s)
        self._give_up_on_rounds_before(self._next_fetch)
        for waiting in self._waiting.values():
            waiting.tried = (*waiting.tried, error.reason)[-MOST_TRIED:]

    def _give_up_on_rounds_before(self, next_fetch: float) -> None:
        """Answer with the last Busy each round that must stop fetching before the next attempt."""
        for round_id, waiting in tuple(self._waiting.items()):
            if next_fetch >= waiting.stop_at:
                self._answer(round_id, self._busy[-1])

    def _backoff_s(self) -> float:
        """Return the pause after a Busy that names none, in seconds; longer after each one in a row."""
        earlier = len(self._busy) - 1
        return backoff.pause_s(earlier, first_s=FIRST_PAUSE_S, longest_s=LONGEST_PAUSE_S, jitter=JITTER)

    def _answer_late_rounds(self) -> None:
        """Answer rounds whose time is over with a timeout; leave the process if the fetch is stuck."""
        now = time.monotonic()
        for round_id, waiting in tuple(self._waiting.items()):
            if now >= waiting.stop_at:
                self._answer(round_id, Busy(reasons.TIMEOUT, code="no answer in time"))
        if self._stuck_at is not None and now >= self._stuck_at:
            log.error("fetch is stuck, leaving", platform=self._name)
            raise SystemExit(1)

    def _answer(self, round_id: str, result: Reading | RateReading | PlatformError) -> None:
        """Publish a round's answer, and keep it for repetitions of its tick."""
        waiting = self._waiting.pop(round_id)
        took_ms = round((time.monotonic() - waiting.since) * 1000)
        answer = msgspec.structs.replace(self._as_message(round_id, result), took_ms=took_ms, tried=waiting.tried)
        self._bus.publish(answer)
        self._bus.last_round = round_id
        self._answers[round_id] = answer
        while len(self._answers) > ROUNDS_KEPT:
            self._answers.popitem(last=False)
        if isinstance(answer, Failure):
            log.warning("failed", round=round_id, reason=answer.reason, code=answer.code, took_ms=took_ms)
        else:
            log.info("answered", round=round_id, took_ms=took_ms)

    def _as_message(self, round_id: str, result: Reading | RateReading | PlatformError) -> Answer:
        """Return a result as the message that carries it: balance, rate or failure."""
        if isinstance(result, PlatformError):
            return Failure(round_id=round_id, platform=self._name, reason=result.reason, code=result.code)
        fields = msgspec.structs.asdict(result)
        if isinstance(result, RateReading):
            return Rate(round_id=round_id, **fields)
        return Balance(round_id=round_id, platform=self._name, **fields)

    def _publish_key_health(self, asked: HealthRequested) -> None:
        """Tell what is known of the key, if the source has one."""
        if isinstance(self._source, Keyed):
            state = msgspec.structs.asdict(self._source.key.state)
            self._bus.publish(KeyHealth(id=asked.id, platform=self._name, **state))

    def _check_key(self) -> None:
        """Raise the alerts that the key's rights and end give cause for."""
        if isinstance(self._source, Keyed):
            for notice in key_notices(self._name, self._source.key, datetime.now(UTC)):
                self._raise_alert(notice)

    def _report_blocked_calls(self) -> None:
        """Raise an alert for each call that the egress gate has blocked since the last turn."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._raise_alert(blocked_call_notice(self._name, BLOCKED_CALLS.get_nowait(), datetime.now(UTC)))

    def _raise_alert(self, notice: Notice) -> None:
        """Hand a notice to the alerts, which repeat it until it is stored."""
        self._alerts.tell(notice.about, notice.wording.key, once=notice.once, **notice.wording.values)


class Worker:
    """One thread that does one thing at a time and wakes the loop when it is done; it dies with the process."""

    def __init__(self, wake: Callable[[], None]) -> None:
        """Start the thread, idle.

        Args:
            wake: Wakes the loop; called from the thread after each job.
        """
        self.busy = False
        self.prefetching = False
        self._jobs: queue.SimpleQueue[Callable[[], Reading | RateReading | float]] = queue.SimpleQueue()
        self._results: queue.SimpleQueue[Result] = queue.SimpleQueue()
        self._wake = wake
        threading.Thread(target=self._work, name="worker", daemon=True).start()

    def start(self, job: Callable[[], Reading | RateReading | float], *, prefetching: bool = False) -> None:
        """Give the idle worker a job.

        Args:
            job: What to do; it may raise PlatformError.
            prefetching: Whether the job is a prefetch, and no fetch for a round.
        """
        self.busy, self.prefetching = True, prefetching
        self._jobs.put(job)

    def result(self) -> Result | None:
        """Return what the job gave or the error it raised, None while it runs."""
        try:
            result = self._results.get_nowait()
        except queue.Empty:
            return None
        self.busy = False
        return result

    def _work(self) -> None:
        """Do one job after the other, for ever; whatever a job raises becomes its result."""
        while True:
            job = self._jobs.get()
            try:
                result: Result = job()
            except PlatformError as error:
                result = error
            except NotAllowed:  # logged by the gate; the loop alerts
                result = Malformed(reasons.BAD_ANSWER, code="not allowed")
            except Exception as error:  # noqa: BLE001 - the outermost loop of this thread: logged, answered as a failure
                log.crash("unexpected", error)
                result = Malformed(reasons.BAD_ANSWER, code=type(error).__name__)
            self._results.put(result)
            self._wake()
