"""The aggregator: collects a round's answers and closes it, once, in one transaction.

    [program:aggregator]
    command="%(here)s/.venv/bin/python" -m launch aggregator

It alone writes snapshots and publishes ScheduleState, and maintains the ledger: migrations, backups, the history file.
What it knows of an open round it may forget: the next repetition of the tick brings every answer again.
"""

import os

from aggregator.backup_job import BackupJob
from aggregator.history_export import HistoryExport
from aggregator.round import Round
from aggregator.round_store import PATIENCE_S, RoundStore
from aggregator.sentinel_watchdog import SENTINEL, SentinelWatchdog, kill
from aggregator.settings import Settings
from bus.alert_texts import AlertText
from bus.alerts import Alerts
from bus.connection import Bus
from bus.log import logger
from bus.machine import program_of
from bus.messages.base import topic
from bus.messages.delivery import AlertStored, Delivered
from bus.messages.operations import Heartbeat
from bus.messages.rounds import Balance, Failure, Platform, Rate, ScheduleChanged, Snapshot, Tick
from bus.process import join, run
from bus.settings import take, take_platforms
from bus.sources import FX
from bus.time_source import SYSTEM_TIME, TimeSource
from ledger.store import open_ledger

NAME = "aggregator"
STATE_S = 2.0
STATE_READ_S = 10.0
OPENING_WAIT_S = 0.05

log = logger(__name__)


def main(*, patience_s: float = PATIENCE_S) -> None:
    """Close rounds until told to leave.

    Args:
        patience_s: For how many seconds rounds wait for a ledger that is being made ready.
    """
    settings = take(Settings, os.environ)
    platforms = take_platforms(os.environ)
    heard = (*(platform.name for platform in platforms), FX, "clock", SENTINEL)
    answers = (topic(Tick), topic(Balance), topic(Failure), topic(Rate), *(topic(Heartbeat, name) for name in heard))
    with open_ledger(settings.database_url.reveal()) as ledger:
        round_store = RoundStore(ledger, settings, patience_s=patience_s)
        with join(NAME, *answers, topic(Delivered), topic(ScheduleChanged), topic(AlertStored)) as bus:
            aggregator = Aggregator(settings, platforms, round_store=round_store, bus=bus)
            for message in wait_for_ledger(round_store, bus):
                aggregator.handle(message)
            while True:
                aggregator.handle(bus.receive(aggregator.wait_s()))
                aggregator.turn()


def wait_for_ledger(round_store: RoundStore, bus: Bus) -> list[object]:
    """Beat until the ledger is open, or known to be slow.

    Returns:
        The messages heard by then, not handled yet: only the ledger tells which of them are new.
    """
    messages: list[object] = []
    while round_store.must_wait:
        messages.append(bus.receive(OPENING_WAIT_S))
        round_store.recover()
    return messages


class Aggregator:
    """The open rounds, and when each collector was last heard."""

    def __init__(
        self,
        settings: Settings,
        platforms: tuple[Platform, ...],
        *,
        round_store: RoundStore,
        bus: Bus,
        time: TimeSource = SYSTEM_TIME,
    ) -> None:
        """Start with no round open; ticks open them.

        Args:
            settings: The aggregator's.
            platforms: Every configured platform.
            round_store: Where closed rounds are kept.
            bus: The aggregator's place on the bus.
            time: Says when rounds open and close; the backups and the history file go by it too.
        """
        self._time = time
        self._platforms = platforms
        self._names = tuple(platform.name for platform in platforms)
        self._round_store = round_store
        self._bus = bus
        self._alerts = Alerts(bus, time=time)
        self._backup_job = BackupJob(settings.database_url.reveal(), keep_days=settings.backup_keep_days, time=time)
        self._history_export = HistoryExport(round_store, settings.database_url.reveal(), time=time)
        self._watchdog = SentinelWatchdog()
        self._open: dict[str, Round] = {}
        self._listening_since = time.monotonic()
        self._heard_at: dict[str, float] = {}
        self._pids: dict[str, int] = {}
        self._state_at = 0.0
        self._refresh_at = 0.0
        self._ignored = 0

    def wait_s(self) -> float:
        """Return how long nothing will have to be done: until a deadline or the next ScheduleState."""
        now_s = self._time.monotonic()
        return max(0.0, min([self._state_at, *(each.deadline_s for each in self._open.values())]) - now_s)

    def handle(self, message: object) -> None:
        """Take in a message."""
        if isinstance(message, Tick):
            self._open_or_repeat(message)
        elif isinstance(message, Balance | Rate | Failure):
            self._take(message)
        elif isinstance(message, Heartbeat):
            self._heard_at[program_of(message.name)] = self._time.monotonic()
            self._watchdog.note_heartbeat(message.name, now_s=self._time.monotonic())
            if self._pids.get(message.name) != message.pid:  # somebody new: it need not wait for the next ScheduleState
                self._pids[message.name] = message.pid
                self._state_at = min(self._state_at, self._time.monotonic())
        elif isinstance(message, ScheduleChanged):
            self._round_store.refresh()
            self._bus.publish(self._round_store.state)
        else:
            self._round_store.handle(message)
            self._alerts.handle(message)

    def turn(self) -> None:
        """Close the rounds that are due, repeat the ScheduleState, and maintain the ledger while no round is open."""
        for each in tuple(self._open.values()):
            if each.round_id in self._open and each.is_due(self._time.monotonic()):
                self._close(each)
        if self._time.monotonic() >= self._state_at:
            self._state_at = self._time.monotonic() + STATE_S
            self._maintain_ledger()
            self._check_sentinel()
            self._bus.publish(self._round_store.state)
            for snapshot in self._round_store.unrecorded():
                self._bus.publish(snapshot)
        self._alerts.repeat()

    def _maintain_ledger(self) -> None:
        """Give the ledger, the backup and the history file their turn while no round is open; tell what went wrong."""
        if not self._open:
            self._round_store.recover()
            self._backup_job.turn()
            self._history_export.turn()
            if self._time.monotonic() >= self._refresh_at:
                self._refresh_at = self._time.monotonic() + STATE_READ_S
                self._round_store.refresh()  # what others change in the ledger
        for part in (self._round_store, self._backup_job, self._history_export):
            self._raise_alerts("ledger", part.alert_texts)

    def _check_sentinel(self) -> None:
        """Kill the sentinel when it has been silent for too long, and tell the owner."""
        if self._watchdog.turn(self._time.monotonic()):
            self._watchdog.note_kill(done=kill())
        self._raise_alerts(SENTINEL, self._watchdog.alert_texts)

    def _raise_alerts(self, about: str, alert_texts: list[AlertText]) -> None:
        """Raise an alert of each sentence, and take it off the list."""
        while alert_texts:
            alert = alert_texts.pop(0)
            self._alerts.tell(about, alert.key, **alert.values)

    def _open_or_repeat(self, tick: Tick) -> None:
        """Open a round at its first tick; for one that is closed already, publish its snapshot again."""
        known = self._open.get(tick.round_id)
        if known is not None:
            known.take_missed(tick)
            return
        snapshot = self._round_store.find(tick.round_id)
        if snapshot is not None:
            self._bus.publish(snapshot)
            return
        self._open[tick.round_id] = Round(tick, self._platforms, heard_at_s=self._time.monotonic())
        log.info("round opened", round=tick.round_id, closes_in_s=tick.closes_in_s)

    def _take(self, message: Balance | Rate | Failure) -> None:
        """Take an answer into its open round; one that is too late, or is not the first, is counted."""
        this_round = self._open.get(message.round_id)
        if this_round is None or not this_round.take(message):
            self._ignored += 1
            log.debug("answer ignored", round=message.round_id, ignored=self._ignored)

    def _close(self, this_round: Round) -> None:
        """Close a round, publish and log its snapshot; an open round that this one tells as missed closes first."""
        for earlier in tuple(self._open.values()):
            if earlier.scheduled_for in this_round.missed:  # a clock that has begun anew knows nothing of it
                self._close(earlier)
        now_s = self._time.monotonic()
        silent_for_s = {name: now_s - self._heard_at.get(name, self._listening_since) for name in (*self._names, FX)}
        snapshot = self._round_store.close(this_round, now_s=now_s, silent_for_s=silent_for_s)
        del self._open[this_round.round_id]
        self._bus.publish(snapshot)
        self._bus.last_round = snapshot.round_id
        self._state_at = now_s
        self._report(snapshot)

    def _report(self, snapshot: Snapshot) -> None:
        """Log how each platform answered, how old the rate is, and why an amount is missing."""
        took = {part.platform.name: (part.balance or part.failure) for part in snapshot.parts}
        each = {
            name: f"{answer.took_ms}ms" if isinstance(answer, Balance) else f"failed({answer.reason})"
            for name, answer in took.items()
            if answer is not None
        }
        fx = "none"
        if snapshot.rate is not None:
            fx = f"{(snapshot.closed_at - snapshot.rate.fetched_at).total_seconds() / 60:.0f}min"
        for part in snapshot.parts:
            if part.failure is not None and part.failure.code:
                log.info("no balance", source=part.platform.name, reason=part.failure.reason, code=part.failure.code)
            for account in part.balance.accounts if part.balance is not None else ():
                if account.amount is None:
                    log.info("account missing", source=part.platform.name, reason=account.reason, code=account.code)
        log.info("round closed", round=snapshot.round_id, took_ms=snapshot.took_ms, fx_age=fx, **each)


if __name__ == "__main__":
    run(main, name=NAME)
