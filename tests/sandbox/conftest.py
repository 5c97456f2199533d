"""The pretend outside world as a real child process, one per test worker, and back at its seed for each test."""

from collections.abc import Iterator

import httpx
import pytest

from sandbox.control import Sandbox, start
from sandbox.telegram_wire import Wire


@pytest.fixture(scope="session")
def running_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Run `python -m sandbox.serve` for the whole session."""
    with start(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running_sandbox: Sandbox) -> Sandbox:
    """Give the running sandbox, everything in it at its seed."""
    running_sandbox.reset()
    return running_sandbox


@pytest.fixture
def wire(sandbox: Sandbox) -> Iterator[Wire]:
    """Give a client of the pretend Bot API."""
    with httpx.Client(timeout=5, trust_env=False) as client:
        yield Wire(sandbox, client)
