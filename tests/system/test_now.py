"""`make now` on a whole system whose programs do not all run, or that was stopped."""

import subprocess
import sys

import pytest

from sandbox.control.client import Sandbox
from sandbox.system import System
from tests.system.asking import answers_after, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(400)]
SOON_S = 40
"""Far less than the patience of ninety seconds, and enough for a busy machine."""


def now(system: System) -> "subprocess.CompletedProcess[str]":
    """Run `make now`."""
    command = [sys.executable, "-m", "notifier.now"]
    return subprocess.run(command, cwd=system.home, capture_output=True, text=True, timeout=SOON_S, check=False)


def test_a_notifier_that_does_not_run_is_said_at_once(system: System, world: Sandbox) -> None:
    system.control("stop", "core:notifier")
    done = now(system)
    system.control("start", "core:notifier")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(
        "notifier does not run (STOPPED); its log says why: logs/notifier.log\nStart it with:"
    )
    assert done.stderr.endswith("Nobody has heard the request; type make now again then.\n")


def test_without_a_hub_nobody_waits_for_it(system: System, world: Sandbox) -> None:
    system.control("stop", "core:hub")
    done = now(system)
    system.control("start", "core:hub")

    assert done.returncode == 1
    assert done.stderr.startswith("hub does not run (STOPPED)")


def test_without_an_aggregator_the_request_is_kept_and_answered_once_it_runs(system: System, world: Sandbox) -> None:
    last = world.type("a word that is no command").message_id
    system.control("stop", "core:aggregator")
    done = now(system)
    quiet = answers_after(world, last) == []
    system.control("start", "core:aggregator")
    wait_until(lambda: len(answers_after(world, last)) == 1)

    assert quiet
    assert done.returncode == 1
    assert done.stderr.startswith("aggregator does not run (STOPPED)")
    assert done.stderr.endswith("The request is kept: its message comes by itself once that is mended.\n")


def test_after_a_stop_it_says_how_to_start(system: System, world: Sandbox) -> None:
    system.control("shutdown")
    wait_until(lambda: not (system.home / "run" / "supervisord.pid").exists())
    done = now(system)

    assert (system.home / "run" / "bus.in").exists()
    assert (done.returncode, done.stderr) == (1, "The system is not running here; start it with: make start\n")
