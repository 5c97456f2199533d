"""One migrated ledger to copy, one process that starts notifiers, and a stage for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bus.connection import Bus
from bus.messages.base import topic
from bus.messages.delivery import Alert, AlertStored, Delivered
from bus.messages.rounds import RoundRequested, Snapshot
from ledger.store import DEFAULT_URL, open_ledger
from sandbox.control.client import Sandbox
from tests.notifier.harness import Harness
from tests.running import Child, on_the_bus


@pytest.fixture
def harness(home: Path, hub: Child, sandbox: Sandbox, empty_ledger: Path) -> Iterator[Harness]:
    """Give a home with a ledger and a hub, and the pretend Telegram."""
    (home / "data").mkdir(mode=0o700)
    shutil.copy(empty_ledger, home / "data" / "portfolio.db")
    with open_ledger(DEFAULT_URL) as ledger:
        yield Harness(home, ledger, sandbox=sandbox)


@pytest.fixture
def bus(hub: Child) -> Iterator[Bus]:
    """Give a place on the bus that hears what the notifier says."""
    with on_the_bus(
        "probe", topic(Delivered), topic(AlertStored), topic(RoundRequested), says=(Snapshot, Alert)
    ) as joined:
        yield joined
