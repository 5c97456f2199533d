"""The pretend venue and the pretend market data, a bus, and execution's place on it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from bus.connection import Bus
from bus.messages.base import topic
from bus.messages.delivery import Alert
from bus.messages.venues import Signed
from sandbox.control.client import Sandbox
from tests.running import Child, on_the_bus, wait_until

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def running_venue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Run the pretend venue until the worker ends."""
    file = tmp_path_factory.mktemp("venue") / "addresses"
    command = [sys.executable, "-m", "sandbox.pretend_venue", "--addresses", str(file)]
    with subprocess.Popen(command, cwd=ROOT) as process:
        try:
            wait_until(file.exists, what="the pretend venue listens")
            yield Sandbox(msgspec.json.decode(file.read_bytes(), type=dict[str, str]))
        finally:
            process.kill()


@pytest.fixture
def venue(running_venue: Sandbox) -> Sandbox:
    """Give the pretend venue at its seed, without faults."""
    running_venue.reset()
    return running_venue


@pytest.fixture
def bus(hub: Child) -> Iterator[Bus]:
    """Give execution's place on the bus, which hears alerts too."""
    with on_the_bus("execution", topic(Signed, "execution"), topic(Alert), says=(Signed,)) as joined:
        yield joined
