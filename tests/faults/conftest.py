"""A system of its own for each test, with its ledger; files whose tests share one have fixtures of their own."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.false_clock import FalseClock
from tests.faults.ledger_stage import message_of
from tests.faults.machine import Machine, end, made, world_of
from tests.faults.missing import need_faketime


@pytest.fixture
def stopped() -> Iterator[Machine]:
    """Give a machine that is not started yet, in a folder with a short path."""
    need_faketime()
    home = Path(tempfile.mkdtemp(prefix="pb-", dir="/tmp"))
    clock = FalseClock(home / "clock")
    try:
        with world_of(home, clock) as world:
            machine = made(home, world, clock)
            yield machine
            with contextlib.suppress(RuntimeError):  # never started
                end(machine)
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def machine(stopped: Machine) -> Machine:
    """Give a machine that runs and has written a slot."""
    stopped.start()
    message_of(stopped, stopped.to_next_slot())
    return stopped
