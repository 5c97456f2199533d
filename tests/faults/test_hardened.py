"""The hardened installation, with real users that are removed again: a killed program, the owner's commands."""

import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.asking import wait_until
from tools.security.hardened import python_for_all, running
from tools.security.running import Demo, works_well

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can make users"),
    pytest.mark.timeout(240),
]
SILENCE_S = 90.0


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    """Run a hardened system that has answered once."""
    with (
        tempfile.TemporaryDirectory(prefix="pb-python-", dir="/tmp") as folder,
        running(python_for_all(Path(folder))) as (system, _),
    ):
        works_well(system)
        yield system


def test_the_sentinel_still_kills_who_is_silent_and_the_next_round_is_whole(demo: Demo) -> None:
    stopped = demo.system.pid("bybit")
    os.kill(stopped, signal.SIGSTOP)
    wait_until(lambda: demo.system.pid("bybit") not in {0, stopped}, timeout_s=SILENCE_S)

    assert "ERROR" not in demo.ask()


@pytest.mark.parametrize("program", ["aggregator", "notifier", "execution"])
def test_whoever_opens_the_ledger_first_the_others_can_use_it(demo: Demo, program: str) -> None:
    keepers = ("core:aggregator", "core:notifier", "trading:execution")
    for each in keepers:
        demo.system.control("stop", each)
    assert not list((demo.system.home / "data").glob("*.db-*"))
    for each in sorted(keepers, key=lambda name: program not in name):
        demo.system.control("start", each)

    assert "ERROR" not in demo.ask()


def test_the_owners_commands_for_the_ledger_work_and_leave_it_usable(demo: Demo) -> None:
    made = demo.launch("ledger", "backup")
    refused = demo.launch("ledger", "restore", str(next((demo.system.home / "backups").glob("portfolio-*"))))

    assert made.stdout.startswith("Made backups/")
    assert "Not done: the system runs; first: make stop" in refused.stderr
    assert "Outbox: 0 waiting" in demo.launch("ledger", "outbox").stdout
    assert "ERROR" not in demo.ask()


def test_make_check_says_that_every_program_has_a_user_of_its_own(demo: Demo) -> None:
    assert "privileges: own users pb" in demo.launch("--check").stdout
