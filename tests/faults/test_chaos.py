"""A short run of `make chaos`: whatever chance breaks, nothing is lost, doubled without its mark, or wrong."""

import re
import subprocess
import sys

import pytest

from sandbox.system import ROOT

ROUNDS, SEED = 12, 5

pytestmark = [pytest.mark.faults, pytest.mark.timeout(480)]


def test_after_a_dozen_faults_by_chance_everything_owed_has_arrived_once_and_true() -> None:
    """Faults I1, I2 and I4: by chance."""
    command = [sys.executable, "-m", "tools.chaos", "--rounds", str(ROUNDS), "--seed", str(SEED)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=450, check=False)
    last = done.stdout.rstrip().rpartition("\n")[2]
    numbers = {name: float(number) for name, number in re.findall(r"(\w+)=([0-9.]+)", last)}

    assert done.returncode == 0, done.stdout + done.stderr
    assert (numbers["lost"], numbers["doubled"], numbers["wrong"]) == (0, 0, 0)
    assert numbers["received"] >= numbers["expected"] > 0
