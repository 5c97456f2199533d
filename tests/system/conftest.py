"""A whole system under a real supervisord, and the pretend world it looks at; one pair for a file's tests."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.control.client import Sandbox, start
from sandbox.system import System, running
from tests.looks import looks
from tests.system.asking import ask

SETTINGS = {"COLLECT_DEADLINE_SECONDS": "40"}
"""A deadline that a busy machine keeps too, when a program has to start again in mid-round."""
STARTED_S = 200.0
NOT_RECORDED = "Not recorded"


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Give a short path: a socket's may have 107 bytes."""
    path = Path(tempfile.mkdtemp(prefix="pb-", dir="/tmp"))
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def world(folder: Path) -> Iterator[Sandbox]:
    """Run the pretend world."""
    with start(folder) as sandbox:
        sandbox.set_state("ibkr", polls_before_ready=0)
        yield sandbox


@pytest.fixture(scope="module")
def extra_settings() -> dict[str, str]:
    """Return what a file's system is told besides; a test file overrides it."""
    return {}


@pytest.fixture(scope="module")
def system(folder: Path, world: Sandbox, extra_settings: dict[str, str]) -> Iterator[System]:
    """Run the system and wait until it has answered once, with its ledger; several may start at once, beside others."""
    with running(folder, world, SETTINGS | extra_settings) as running_system:
        running_system.wait_for_log("notifier", "event=listening", timeout_s=STARTED_S)
        for _ in looks(STARTED_S):
            if NOT_RECORDED not in ask(world, timeout_s=STARTED_S).text:
                break
        yield running_system


@pytest.fixture
def undisturbed(world: Sandbox) -> Iterator[None]:
    """Take every fault and delay away when a test has ended."""
    yield
    for name in ("bybit", "okx", "tbank", "ibkr", "cbr", "frankfurter", "erapi", "telegram"):
        world.clear(name)
        world.settings(name, latency_s=0.0, skew_s=0.0)
