"""A short run of `make chaos-bridge`: whatever chance breaks, each event comes, and in its account's order."""

import re
import subprocess
import sys

import pytest

from sandbox.system import ROOT
from tests import rabbitmq

EVENTS, PER_SECOND, SEED = 600, 8, 3

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]


def test_after_a_minute_of_faults_by_chance_each_event_has_come_in_its_accounts_order() -> None:
    """Fault T38: by chance, the bridge killed too."""
    with rabbitmq.server():
        pass  # there is one that runs
    command = [sys.executable, "-m", "tools.chaos.bridge", "--events", str(EVENTS)]
    command += ["--per-second", str(PER_SECOND), "--seed", str(SEED)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=580, check=False)
    last = done.stdout.rstrip().rpartition("\n")[2]
    numbers = {name: int(number) for name, number in re.findall(r"(\w+)=(\d+)", last)}

    assert done.returncode == 0, done.stdout + done.stderr
    assert (numbers["lost"], numbers["out_of_order"]) == (0, 0)
    assert numbers["written"] >= EVENTS
