"""A ledger that is long in being made ready: the aggregator beats and closes rounds, and its child ends with it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from aggregator.round_store import OPENING
from bus.messages.base import topic
from bus.messages.delivery import Alert
from bus.messages.operations import Heartbeat
from bus.messages.rounds import ScheduleState, Snapshot
from ledger.portfolio import rounds
from ledger.store import DEFAULT_URL, open_ledger
from tests.aggregator.harness import Harness, answers_to, tick
from tests.running import Child, hear, wait_until

LEDGER = Path("data/portfolio.db")
BEATS = 12
"""Half a minute and more of beats, where they come a hundred times as often."""
OFTEN = """
import os
from aggregator.__main__ import main
from bus import connection
from bus.process import run

connection.BEAT_S = 0.05
patience_s = float(os.environ.pop("PATIENCE_S"))
run(lambda: main(patience_s=patience_s), name="aggregator")
"""


@contextmanager
def migration_held_up() -> Iterator[None]:
    """Let every migration wait, as one that takes long: another one seems to be under way."""
    descriptor = os.open(LEDGER.parent, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(descriptor)


@pytest.fixture
def harness(harness: Harness) -> Harness:
    """Give the surroundings, with no ledger yet, so that there is something to migrate."""
    LEDGER.unlink()
    harness.bus.listen(topic(Heartbeat, "aggregator"), topic(Alert))
    return harness


def children(of: Child) -> list[int]:
    """Return the processes that a process has started."""
    found = Path(f"/proc/{of.pid}/task").glob("*/children")
    return [int(pid) for path in found for pid in path.read_text(encoding="ascii").split()]


@pytest.mark.thorough
def test_a_migration_that_takes_long_silences_nobody_and_rounds_are_written_when_it_is_over(harness: Harness) -> None:
    """Fault P3: the migration, longer than the sentinel would wait."""
    asked = tick()
    with harness.aggregator("-c", OFTEN, PATIENCE_S="0.2") as aggregator:
        with migration_held_up():
            aggregator.wait_for("migrating")
            beats = [hear(harness.bus, Heartbeat, where=lambda beat: beat.name == "aggregator") for _ in range(BEATS)]
            told = hear(harness.bus, Alert)
            unrecorded = harness.play(asked, answers_to(asked))
        aggregator.wait_for("recorded late")
    with open_ledger(DEFAULT_URL) as ledger:
        written = rounds.find_snapshot(ledger, asked.round_id)

    assert len({beat.pid for beat in beats}) == 1
    assert told.values == {"reason": OPENING}
    assert (unrecorded.recorded, unrecorded.not_recorded_because) == (False, OPENING)
    assert written is not None
    assert written.usd == unrecorded.usd


def test_what_is_said_while_the_ledger_opens_is_heard_when_it_is_open_and_no_state_is_told_before(
    harness: Harness,
) -> None:
    asked = tick(closes_in_s=30)
    with harness.aggregator("-c", OFTEN, PATIENCE_S="600") as aggregator:
        with migration_held_up():
            aggregator.wait_for("migrating")
            harness.say(asked, *answers_to(asked))
            beats = [harness.bus.receive(0.5) for _ in range(BEATS)]
        snapshot = hear(harness.bus, Snapshot)

    assert not [each for each in beats if isinstance(each, ScheduleState)]
    assert snapshot.recorded


def test_a_migration_ends_with_the_aggregator_that_began_it(harness: Harness) -> None:
    """Fault P3: a killed aggregator leaves nobody behind who writes."""
    with migration_held_up(), harness.aggregator() as aggregator:
        aggregator.wait_for("migrating")
        wait_until(lambda: len(children(aggregator)) == 1, what="a child that migrates")
        (child,) = children(aggregator)
        wait_until(lambda: b"ledger.migrate" in Path(f"/proc/{child}/cmdline").read_bytes(), what="its own program")
        aggregator.kill()
        wait_until(lambda: not Path(f"/proc/{child}").exists() or _is_over(child), what="the end of the child")


def _is_over(pid: int) -> bool:
    """Tell whether a process has ended, waited for by nobody."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"
