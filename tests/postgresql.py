"""A PostgreSQL of the tests' own."""

import contextlib
import os
from collections.abc import Iterator

import pytest

from tools.private_postgresql import NoServer, Server, serve

__all__ = ["Server", "server"]
SETTINGS = ("fsync=off", "shared_buffers=16MB", "max_connections=30", "autovacuum=off")


@contextlib.contextmanager
def server() -> Iterator[Server]:
    """Run a server; skips where there is none to run, and fails there in CI."""
    try:
        with serve(*SETTINGS) as running:
            yield running
    except NoServer as error:
        if os.environ.get("CI") == "true":
            pytest.fail(str(error))
        pytest.skip(str(error))
