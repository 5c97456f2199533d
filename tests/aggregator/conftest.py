"""A real aggregator's surroundings: a home, a hub, a migrated ledger, and a place on the bus to play everybody else."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bus.messages.base import topic
from bus.messages.operations import Heartbeat
from bus.messages.rounds import Balance, Failure, Rate, ScheduleChanged, ScheduleState, Snapshot, Tick
from ledger.store import DEFAULT_URL, open_ledger
from tests.aggregator.harness import Harness
from tests.running import Child, on_the_bus


@pytest.fixture
def harness(home: Path, hub: Child, empty_ledger: Path) -> Iterator[Harness]:
    """Give a home with a ledger and a hub, and a place on the bus."""
    (home / "data").mkdir(mode=0o700)
    shutil.copy(empty_ledger, home / "data" / "portfolio.db")
    says = (Tick, Balance, Failure, Rate, Heartbeat, ScheduleChanged)
    with (
        open_ledger(DEFAULT_URL) as ledger,
        on_the_bus("probe", topic(Snapshot), topic(ScheduleState), says=says) as bus,
    ):
        yield Harness(home, ledger, bus)
