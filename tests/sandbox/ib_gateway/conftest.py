"""Both server versions, and a log without a message that the client could not read."""

import asyncio
import logging
from collections.abc import Iterator
from typing import Protocol

import pytest

from tests.sandbox.ib_gateway.driving import Script, play


class Play(Protocol):
    """Runs a script against a gateway of its own."""

    def __call__(self, script: Script, *, is_connected: bool = True, **state: object) -> None:
        """Run it; `state` are fields that differ from the seed."""


@pytest.fixture(params=[178, 176])
def drive(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[Play]:
    """Give what runs scripts, for each server version; nothing that the gateway says may be unreadable."""
    caplog.set_level(logging.WARNING, "ib_async")

    def run(script: Script, *, is_connected: bool = True, **state: object) -> None:
        """Run a script."""
        asyncio.run(play(script, version=request.param, is_connected=is_connected, state=state))

    yield run
    unread = [each.getMessage() for each in caplog.records if "Error handling fields" in each.getMessage()]
    unread += [each.getMessage() for each in caplog.records if each.name.endswith("Decoder")]
    assert not unread
