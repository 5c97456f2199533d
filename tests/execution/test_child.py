"""Long work in a child process: one at a time, not again at once, and its address kept from others' eyes."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from execution.child import AGAIN_S, Child
from tests.faults.false_time import FalseTime
from tests.ledger.trading.world import NOW
from tests.running import wait_until

URL = "postgresql+psycopg://somebody:a-passw0rd@127.0.0.1:1/nowhere"
WORK = """
import os, pathlib, sys, time
import msgspec
from bus.settings import take
from ledger.settings import DatabaseUrl
class Settings(msgspec.Struct):
    database_url: DatabaseUrl
seen = URL in " ".join([*sys.argv, *os.environ.values()])
told = take(Settings, os.environ).database_url.reveal() == URL
done = pathlib.Path("done.txt")
with done.open("a") as file:
    file.write(f"{sys.argv[1]} told={told} seen={seen}\\n")
while not pathlib.Path("may_end").exists():
    time.sleep(0.01)
pathlib.Path("ended").touch()
"""
TOLD = f"{NOW.isoformat()} told=True seen=False"


@pytest.fixture
def time() -> FalseTime:
    """Give a time that the test moves."""
    return FalseTime(NOW)


@pytest.fixture
def child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, time: FalseTime) -> Child:
    """Give a child whose work notes what it was told, in the current folder."""
    (tmp_path / "noting.py").write_text(f"URL = {URL!r}\n{WORK}")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{Path.cwd()}")
    monkeypatch.chdir(tmp_path)
    return Child("noting", URL, time=time)


def lines(count: int) -> Callable[[], bool]:
    """Return a condition: so many children have begun."""
    return lambda: Path("done.txt").exists() and len(Path("done.txt").read_text().splitlines()) == count


def let_it_end(child: Child) -> None:
    """Let the child that runs end, and wait for that."""
    Path("may_end").touch()
    wait_until(lambda: not child.is_running, what="the child ends")


def test_it_is_told_its_moment_and_its_address_that_nobody_else_sees(child: Child) -> None:
    child.begin(NOW)
    wait_until(lines(1), what="it runs")
    let_it_end(child)

    assert Path("done.txt").read_text().splitlines() == [TOLD]


def test_while_it_runs_no_other_one_is_started(child: Child, time: FalseTime) -> None:
    child.begin(NOW)
    wait_until(lines(1), what="it runs")
    time.move_on(AGAIN_S + 1)
    child.begin(NOW)
    child.begin(NOW + timedelta(days=1))
    let_it_end(child)

    assert Path("done.txt").read_text().splitlines() == [TOLD]


def test_it_is_tried_again_for_the_same_moment_after_a_pause_and_for_another_one_at_once(
    child: Child, time: FalseTime
) -> None:
    Path("may_end").touch()
    begins = [(NOW, 0.0), (NOW, AGAIN_S - 1), (NOW, 1.0), (NOW + timedelta(days=1), 0.0)]
    for number, (moment, passed_s) in enumerate(begins):
        time.move_on(passed_s)
        Path("ended").unlink(missing_ok=True)
        child.begin(moment)
        if number != 1:  # which comes too early, and starts nothing
            wait_until(Path("ended").exists, what="it does its work")
        wait_until(lambda: not child.is_running, what="it has ended")
    moments = [line.split()[0] for line in Path("done.txt").read_text().splitlines()]

    assert moments == [each.isoformat() for each in (NOW, NOW, NOW + timedelta(days=1))]
