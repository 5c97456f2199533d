"""What tests say and hear around a real aggregator: they play the clock and the collectors."""

import contextlib
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from sqlalchemy import Table, func, select

from bus.connection import Bus
from bus.messages.operations import Heartbeat
from bus.messages.rounds import Balance, Failure, Rate, ScheduleChanged, ScheduleState, Snapshot, Tick
from ledger.store import Ledger
from tests.golden_messages import PLATFORMS, SOURCES, answers
from tests.running import Child, hear, running

CHATS = ("42", "43")
REPEAT_S = 0.1
Answer = Balance | Rate | Failure
replace = msgspec.structs.replace


def tick(hours: int = 0, *, closes_in_s: float = 10.0, missed: tuple[datetime, ...] = ()) -> Tick:
    """Return the tick of the slot at the start of this hour, or of one so many hours away."""
    slot = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=hours)
    return Tick(
        round_id=f"{slot:%Y-%m-%dT%H:%MZ}",
        scheduled_for=slot,
        closes_in_s=closes_in_s,
        missed=missed,
        missed_count=len(missed),
    )


def answers_to(asked: Tick, *, without: tuple[str, ...] = (), at: datetime | None = None) -> list[Answer]:
    """Return what the sources of the example say to a tick, but for those left out; `at` is when, if not that day."""
    moment = {"fetched_at": at} if at else {}
    said = zip(SOURCES, answers(), strict=True)
    return [replace(answer, round_id=asked.round_id, **moment) for source, answer in said if source not in without]


class Harness:
    """The aggregator's surroundings."""

    def __init__(self, home: Path, ledger: Ledger, bus: Bus) -> None:
        """Take the pieces."""
        self.home = home
        self.ledger = ledger
        self.bus = bus

    @contextlib.contextmanager
    def aggregator(self, *program: str, **variables: str) -> Iterator[Child]:
        """Run a real aggregator for as long as the `with` lasts; it hears from the start what is said.

        Args:
            program: Python's arguments, if not the usual ones.
            variables: Replace the usual ones.

        Yields:
            The child. A State may still be there to be heard from an earlier one: it tells nothing of this one.
        """
        usual = {
            "TELEGRAM_CHAT_ID": ",".join(CHATS),
            "PLATFORMS": msgspec.json.encode(PLATFORMS).decode(),
            "LOG_LEVEL": "DEBUG",
        }
        with running(self.home, *(program or ("-m", "aggregator")), environment=usual | variables) as child:
            child.wait_for("hub=heard")
            yield child

    def say(self, *messages: Tick | Answer | ScheduleChanged) -> None:
        """Say messages once, in order."""
        for message in messages:
            self.bus.publish(message)

    def beat(self, *names: str) -> None:
        """Beat for collectors."""
        for name in names:
            self.bus.publish(Heartbeat(name=name, pid=os.getpid(), started_at=datetime.now(UTC)))

    def play(self, asked: Tick, said: list[Answer], *, beating: tuple[str, ...] = SOURCES) -> Snapshot:
        """Repeat a tick and its answers, as clock and collectors do, until the round's snapshot is heard.

        Raises:
            TimeoutError: It did not come.
        """
        ends_at = time.monotonic() + asked.closes_in_s + 30
        began = time.monotonic()
        while time.monotonic() < ends_at:
            self.beat(*beating)
            left_s = max(0.5, asked.closes_in_s - (time.monotonic() - began))
            self.say(replace(asked, closes_in_s=left_s), *said)
            again_at = time.monotonic() + REPEAT_S
            while (wait_s := again_at - time.monotonic()) > 0:
                message = self.bus.receive(wait_s)
                if isinstance(message, Snapshot) and message.round_id == asked.round_id:
                    return message
        raise TimeoutError(f"no snapshot of {asked.round_id}")

    def next_state(self) -> ScheduleState:
        """Return the next State heard."""
        return hear(self.bus, ScheduleState)

    def count(self, table: Table) -> int:
        """Count the rows of a table."""
        with self.ledger.reading() as connection:
            return connection.execute(select(func.count()).select_from(table)).scalar_one()
