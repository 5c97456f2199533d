"""One sandbox for each pytest worker, at its seed before each test."""

from collections.abc import Iterator

import pytest

from sandbox.control import Sandbox, start


@pytest.fixture(scope="session")
def running_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Run the pretend platforms until the worker ends."""
    with start(tmp_path_factory.mktemp("sandbox"), timeout_s=20) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running_sandbox: Sandbox) -> Sandbox:
    """Give the pretend platforms without faults, with the example's figures."""
    running_sandbox.reset()
    return running_sandbox
