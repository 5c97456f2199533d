"""A short run of `make chaos-trading`: whatever chance breaks, nothing is lost, ordered or booked twice."""

import re
import subprocess
import sys

import pytest

from sandbox.system import ROOT

SIGNALS, PER_SECOND, SEED = 60, 1.5, 2

pytestmark = [pytest.mark.faults, pytest.mark.timeout(660)]


@pytest.mark.parametrize("broker", ["pretend", "ibkr", "bingx"])
def test_after_a_minute_of_faults_by_chance_each_alert_has_ended_once_and_the_books_are_the_venues(broker: str) -> None:
    """Faults T1, T2, T3, T10 to T22 and T36: by chance; at IB and BingX with the real brokers."""
    command = [sys.executable, "-m", "tools.chaos.trading", "--broker", broker, "--signals", str(SIGNALS)]
    command += ["--per-second", str(PER_SECOND), "--seed", str(SEED)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=630, check=False)
    last = done.stdout.rstrip().rpartition("\n")[2]
    numbers = {name: int(number) for name, number in re.findall(r"(\w+)=(\d+)", last)}

    assert done.returncode == 0, done.stdout + done.stderr
    assert numbers["ordered"] + numbers["refused"] == numbers["accepted"] > 0
