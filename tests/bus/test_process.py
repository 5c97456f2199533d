"""What every process does around its work: being the only one, leaving, telling why. Real processes, a real hub."""

import fcntl
import os
import signal
import time
from pathlib import Path

import pytest

from tests.running import Child, running, wait_until

WORKER = """
from bus import connection, process
from bus.process import join, run
process.LOCK_WITHIN_S = {lock_s}
connection.HEARD_WITHIN_S = {heard_s}

def main():
    with join("worker") as bus:
        while True:
            bus.receive(60)

run(main, name="worker")
"""


def worker(*, lock_s: float = 10, heard_s: float = 10) -> str:
    """Return the program of a process that waits so long for its lock, then for its hub, then for messages."""
    return WORKER.format(lock_s=lock_s, heard_s=heard_s)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_long_wait_at_once_and_leaves_with_0(home: Path, hub: Child, number: signal.Signals) -> None:
    with running(home, "-c", worker()) as child:
        child.wait_for("hub=heard")
        child.signal(number)

        assert child.code() == 0


def test_a_signal_ends_joining_too(home: Path) -> None:
    with running(home, "-c", worker(heard_s=60)) as child:
        wait_until((home / "run" / "worker.lock").exists, what="the worker holds its lock")
        wait_until(lambda: _catches_sigterm(child.pid), what="the worker has its handler")
        child.signal(signal.SIGTERM)

        assert child.code() == 0


def _catches_sigterm(pid: int) -> bool:
    rows = Path(f"/proc/{pid}/status").read_text().splitlines()
    caught = next(int(row.split()[1], 16) for row in rows if row.startswith("SigCgt"))
    return bool(caught >> (signal.SIGTERM - 1) & 1)


def test_a_second_instance_leaves_and_names_the_first(home: Path, hub: Child) -> None:
    """Fault 26."""
    with running(home, "-c", worker()) as first:
        first.wait_for("hub=heard")
        with running(home, "-c", worker(lock_s=0.3)) as second:
            assert second.code() == 1
            assert f'event="already running" pid={first.pid}' in second.text()
        assert first.process.poll() is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_second_instance_takes_over_when_the_first_leaves_in_time(
    home: Path, hub: Child, number: signal.Signals
) -> None:
    with running(home, "-c", worker()) as first, running(home, "-c", worker()) as second:
        wait_until(lambda: "joined" in first.text() + second.text(), what="one of them has the lock")
        one, other = (first, second) if "joined" in first.text() else (second, first)
        one.signal(number)
        other.wait_for("joined")

        assert int((home / "run" / "worker.lock").read_text()) == other.pid


ENDS = """
from bus.process import run
from bus.settings import NotConfigured, SettingsError, Variable
missing = Variable(name="OKX_API_KEY", alias="", field="okx_api_key", description="the key", required=True, default="",
                   type=str, secret=True)

def main():
    {end}

run(main, name="worker")
"""


@pytest.mark.parametrize(
    ("end", "code", "said"),
    [
        ("raise SettingsError('TIMEZONE is unknown; write an IANA name')", 2, 'cure="TIMEZONE is unknown; write'),
        ("raise NotConfigured([missing])", 3, 'event="not configured" variables=OKX_API_KEY'),
        ("raise ValueError('out of the blue')", 1, "event=crashed error=ValueError traceback="),
        ("raise SystemExit(1)", 1, ""),
        ("return", 0, ""),
    ],
)
def test_each_end_has_its_exit_code_and_its_line(home: Path, end: str, code: int, said: str) -> None:
    with running(home, "-c", ENDS.format(end=end)) as child:
        assert child.code() == code
        assert said in child.text()
        lines = [line for line in child.text().splitlines() if "event=started" not in line]
        assert len(lines) == int(bool(said))


def test_a_platform_without_its_variables_leaves_late_enough_to_count_as_started(home: Path) -> None:
    started = time.monotonic()
    with running(home, "-c", ENDS.format(end="raise NotConfigured([missing])")) as child:
        child.wait_for("not configured")

        assert child.code() == 3
        assert time.monotonic() - started > 1


def test_a_run_folder_that_others_can_enter_is_refused_with_the_command_that_closes_it(home: Path) -> None:
    """Fault 10."""
    (home / "run").chmod(0o755)
    with running(home, "-c", worker()) as child:
        assert child.code() == 2
        assert f"{home}/run can be read by others; type: chmod 700 {home}/run" in child.text()


def test_a_missing_run_folder_is_made_for_the_owner_alone(home: Path) -> None:
    """Fault 10."""
    (home / "run").rmdir()
    with running(home, "-c", worker(heard_s=0)) as child:
        child.wait_for("joined")

        assert (home / "run").stat().st_mode & 0o777 == 0o700
        assert (home / "run" / "worker.lock").stat().st_mode & 0o777 == 0o600


def test_a_process_leaves_when_its_parent_dies(home: Path) -> None:
    """Fault 22: each process for itself."""
    (home / "worker.py").write_text(worker(heard_s=0))
    parent = "import subprocess, sys; subprocess.run([sys.executable, 'worker.py'])"
    with running(home, "-c", parent) as child:
        child.wait_for("joined")
        lock = os.open(home / "run" / "worker.lock", os.O_RDWR)
        held = not _locks(lock)
        child.kill()
        wait_until(lambda: _locks(lock), what="the worker has left")
        os.close(lock)

    assert held


def _locks(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@pytest.mark.parametrize(("another", "code"), [(1, 1), (0, 3)])
def test_a_process_whose_parent_died_while_it_started_leaves(home: Path, another: int, code: int) -> None:
    """Fault 22: in the moment of the start."""
    environment = {"SUPERVISOR_PID": str(os.getpid() + another)}
    with running(home, "-c", ENDS.format(end="raise NotConfigured([missing])"), environment=environment) as child:
        assert child.code() == code
