"""A system for each test, with its ledger; or one that a file's tests share, which a file asks for by `shared`."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.false_clock import FalseClock
from tests.faults.ledger_stage import message_of
from tests.faults.machine import Machine, end, just_after_a_slot, made, running, world_of
from tests.faults.missing import need_faketime
from tests.system.asking import ask


@pytest.fixture
def stopped() -> Iterator[Machine]:
    """Give a machine that is not started yet, in a folder with a short path."""
    need_faketime()
    home = Path(tempfile.mkdtemp(prefix="pb-", dir="/tmp"))
    clock = FalseClock(home / "clock")
    clock.set_to(just_after_a_slot())
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


@pytest.fixture(scope="module")
def shared() -> Iterator[Machine]:
    """Run one system for a file; it has answered once."""
    need_faketime()
    home = Path(tempfile.mkdtemp(prefix="pb-", dir="/tmp"))
    with running(home) as machine:
        ask(machine.world)
        yield machine
    shutil.rmtree(home)


@pytest.fixture
def undisturbed(shared: Machine) -> Iterator[Machine]:
    """Give the file's system with everybody running and every service well."""
    shared.wait_until(lambda: 0 not in shared.pids().values(), what="everybody runs", within_s=60)
    yield shared
    shared.quick()
