"""One system that trades for all tests of the folder; each test finds everybody alive, and leaves nobody killed."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.trading.system import Stage, trading


@pytest.fixture(scope="session")
def shared_stage() -> Iterator[Stage]:
    """Run one system."""
    home = Path(tempfile.mkdtemp(prefix="pt-", dir="/tmp"))
    try:
        with trading(home) as stage:
            yield stage
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def stage(shared_stage: Stage) -> Iterator[Stage]:
    """Give the system, once it is well."""
    shared_stage.wait_well()
    yield shared_stage
    shared_stage.world.clear("telegram")
    shared_stage.system.control("start", "all")
