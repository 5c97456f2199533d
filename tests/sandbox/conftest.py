"""A bare client of the pretend Bot API."""

from collections.abc import Iterator

import httpx
import pytest

from sandbox.control.client import Sandbox
from sandbox.telegram.wire import Wire


@pytest.fixture
def wire(sandbox: Sandbox) -> Iterator[Wire]:
    """Give a client of the pretend Bot API."""
    with httpx.Client(timeout=5, trust_env=False) as client:
        yield Wire(sandbox, client)
