"""The pretend world for programs that others wrote; run by `make test-clients`, in an environment without ours."""

from collections.abc import Iterator

import pytest

from sandbox.control.client import Sandbox, start


@pytest.fixture(scope="session")
def running_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Run the pretend outside world until the tests end."""
    with start(tmp_path_factory.mktemp("sandbox"), timeout_s=60) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running_sandbox: Sandbox) -> Sandbox:
    """Give the pretend outside world at its seed, without faults."""
    running_sandbox.reset()
    return running_sandbox
