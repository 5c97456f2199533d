"""The aggregator: collects a round's answers and closes it, once, in one transaction.

    [program:aggregator]
    command=%(here)s/.venv/bin/python -m bus.launch aggregator

It alone writes snapshots and publishes State. What it knows of an open round it may forget: the next repetition of the
tick brings every answer again.
"""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime

from aggregator.round import FX, LastKnown, Round
from aggregator.settings import Settings
from bus.connection import Bus
from bus.log import logger
from bus.messages import Balance, Beat, Failure, Platform, Rate, Snapshot, Tick, topic
from bus.service import join, run
from bus.settings import take, take_platforms
from ledger import rounds
from ledger.store import Ledger, NotReady, open_ledger

NAME = "aggregator"
STATE_S = 2.0
STATE_READ_S = 10.0
MIGRATION_S = 300

log = logger(__name__)


def main() -> None:
    """Close rounds until told to leave."""
    settings = take(Settings, os.environ)
    platforms = take_platforms(os.environ)
    heard = (*(platform.name for platform in platforms), FX, "clock")
    topics = (topic(Tick), topic(Balance), topic(Failure), topic(Rate), *(topic(Beat, name) for name in heard))
    with open_ledger(settings.database_url) as ledger:
        bring_up_to_date(ledger, settings.database_url)
        rounds.begin_schedule(ledger, fingerprint(settings), datetime.now(UTC))
        with join(NAME, *topics) as bus:
            aggregator = Aggregator(settings, platforms, ledger=ledger, bus=bus)
            while True:
                aggregator.hear(bus.receive(aggregator.wait_s()))
                aggregator.turn()


def bring_up_to_date(ledger: Ledger, url: str) -> None:
    """Run the migrations in a child process when the ledger is not at this program's schema.

    Args:
        ledger: The open ledger.
        url: Its SQLAlchemy URL.

    Raises:
        NotReady: The ledger is still not at this schema.
    """
    try:
        ledger.check()
    except NotReady as error:
        log.info("migrating", because=error)
        environment = {**os.environ, "DATABASE_URL": url}
        subprocess.run([sys.executable, "-m", "ledger.migrate"], check=True, timeout=MIGRATION_S, env=environment)
        ledger.check()


def fingerprint(settings: Settings) -> str:
    """Return a text that changes when the schedule does."""
    return (
        f"{settings.timezone} {settings.schedule_cron or ''} {settings.poll_interval_minutes} "
        f"{settings.window_start_hour} {settings.window_end_hour}"
    )


class Aggregator:
    """The open rounds, and when each collector was last heard."""

    def __init__(self, settings: Settings, platforms: tuple[Platform, ...], *, ledger: Ledger, bus: Bus) -> None:
        """Start with no round open; ticks open them."""
        self._settings = settings
        self._platforms = platforms
        self._sources = (*(platform.name for platform in platforms), FX)
        self._ledger = ledger
        self._bus = bus
        self._open: dict[str, Round] = {}
        self._closed: dict[str, Snapshot] = {}
        self._listening_since = time.monotonic()
        self._heard_at: dict[str, float] = {}
        self._pids: dict[str, int] = {}
        self._state = rounds.read_state(ledger)
        self._state_at = 0.0
        self._state_read_at = 0.0
        self._ignored = 0

    def wait_s(self) -> float:
        """Return how long nothing will have to be done: until a deadline or the next State."""
        now_s = time.monotonic()
        return max(0.0, min([self._state_at, *(each.deadline_s for each in self._open.values())]) - now_s)

    def hear(self, message: object) -> None:
        """Take in a message."""
        if isinstance(message, Tick):
            self._open_or_repeat(message)
        elif isinstance(message, Balance | Rate | Failure):
            self._take(message)
        elif isinstance(message, Beat):
            self._heard_at[message.name] = time.monotonic()
            if self._pids.get(message.name) != message.pid:  # somebody new: it need not wait for the next State
                self._pids[message.name] = message.pid
                self._state_at = min(self._state_at, time.monotonic())

    def turn(self) -> None:
        """Close the rounds that are due and repeat the State."""
        for each in tuple(self._open.values()):
            if each.is_due(time.monotonic()):
                self._close(each)
        if time.monotonic() >= self._state_at:
            self._tell_state()

    def _tell_state(self) -> None:
        now_s = time.monotonic()
        if now_s >= self._state_read_at:  # what others change in the ledger they also say on the bus
            self._state = rounds.read_state(self._ledger)
            self._state_read_at = now_s + STATE_READ_S
        self._state_at = now_s + STATE_S
        self._bus.publish(self._state)

    def _open_or_repeat(self, tick: Tick) -> None:
        known = self._open.get(tick.round_id)
        if known is not None:
            known.missed, known.missed_count = tick.missed, tick.missed_count
            return
        snapshot = self._closed.get(tick.round_id) or rounds.find_snapshot(self._ledger, tick.round_id)
        if snapshot is not None:
            self._bus.publish(snapshot)
            return
        self._open[tick.round_id] = Round(tick, self._platforms, heard_at_s=time.monotonic())
        log.info("round opened", round=tick.round_id, closes_in_s=tick.closes_in_s)

    def _take(self, message: Balance | Rate | Failure) -> None:
        this_round = self._open.get(message.round_id)
        if this_round is None or not this_round.take(message):
            self._ignored += 1
            log.debug("answer ignored", round=message.round_id, ignored=self._ignored)

    def _close(self, this_round: Round) -> None:
        now_s = time.monotonic()
        untold = rounds.untold(self._ledger, this_round.missed)
        this_round.missed_count -= len(this_round.missed) - len(untold)
        this_round.missed = untold
        without = this_round.without_number()
        known = LastKnown(
            balances=rounds.last_balances(self._ledger, without),
            rate=rounds.last_rate(self._ledger) if FX in without else None,
            max_age_hours=self._settings.last_known_max_age_hours,
        )
        silent_for_s = {name: now_s - self._heard_at.get(name, self._listening_since) for name in self._sources}
        snapshot = this_round.close(datetime.now(UTC), now_s=now_s, last_known=known, silent_for_s=silent_for_s)
        snapshot = rounds.record(self._ledger, snapshot, self._settings.telegram_chat_id.ids)
        self._bus.publish(snapshot)
        self._bus.last_round = snapshot.round_id
        self._closed = {snapshot.round_id: snapshot}
        del self._open[this_round.round_id]
        self._state_at = self._state_read_at = now_s
        self._report(snapshot)

    def _report(self, snapshot: Snapshot) -> None:
        took = {part.platform.name: (part.balance or part.failure) for part in snapshot.parts}
        each = {
            name: f"{answer.took_ms}ms" if isinstance(answer, Balance) else f"failed({answer.reason})"
            for name, answer in took.items()
            if answer is not None
        }
        fx = "none"
        if snapshot.rate is not None:
            fx = f"{(snapshot.closed_at - snapshot.rate.fetched_at).total_seconds() / 60:.0f}min"
        log.info("round closed", round=snapshot.round_id, took_ms=snapshot.took_ms, fx_age=fx, **each)


if __name__ == "__main__":
    run(main, name=NAME)
