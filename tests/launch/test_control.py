"""Start, stop, restart and status from a terminal, with the real programs: what they do, and what they say instead."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from bus.settings_change import is_waiting
from bus.supervisord.client import Supervisord
from launch.programs import supervised
from sandbox.control.client import Sandbox, start
from sandbox.system import ROOT, System, clean_environment, prepare
from tests.running import flat, wait_until
from tools.security.running import PROGRAMS

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]
NOT_RUNNING = "Not running; start it with: make start"
WITHIN_S = 90.0
TRIES = 3


def control(home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Do what `make` does."""
    command = [sys.executable, "-m", "launch.control", *arguments]
    return subprocess.run(
        command, cwd=home, env=clean_environment(), capture_output=True, text=True, timeout=WITHIN_S, check=False
    )


@contextlib.contextmanager
def stopped_at_last(home: Path, sandbox: Sandbox) -> Iterator[System]:
    """Prepare a home, and leave nothing running there."""
    prepare(home, sandbox)
    try:
        yield System(home, sandbox)
    finally:
        control(home, "stop")


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    """Run the pretend world."""
    with start(tmp_path) as running:
        yield running


def all_run(system: System, programs: Iterable[str] = PROGRAMS) -> None:
    """Wait until every program runs as itself."""
    wait_until(
        lambda: all(system.pid(name) and "event=joined" in system.log(name) for name in programs),
        what="everybody runs",
        within_s=WITHIN_S,
    )


def leave_traces(home: Path) -> None:
    """Leave behind what a power cut does: a socket that nobody serves, a pid that is now another process's, a lock."""
    with socket.socket(socket.AF_UNIX) as left_behind:
        left_behind.bind(os.fspath(home / "run" / "supervisor.sock"))
    (home / "run" / "supervisord.pid").write_text(f"{os.getpid()}\n")
    (home / "run" / "system.lock").write_text("2026-01-01 00:00 UTC\n")


def test_what_does_not_run_is_said_plainly_whatever_a_power_cut_has_left_behind(home: Path, sandbox: Sandbox) -> None:
    prepare(home, sandbox)
    for is_left_behind in (False, True):
        if is_left_behind:
            leave_traces(home)
        status, stop, restart = (control(home, verb) for verb in ("status", "stop", "restart"))

        assert (status.returncode, status.stdout.splitlines()[0]) == (3, NOT_RUNNING)
        assert (stop.returncode, stop.stdout) == (0, "Not running; nothing to stop.\n")
        assert (restart.returncode, restart.stdout) == (3, f"{NOT_RUNNING}\n")
        assert status.stderr + stop.stderr + restart.stderr == ""


def test_a_day_of_the_system_from_a_terminal(home: Path, sandbox: Sandbox) -> None:
    with stopped_at_last(home, sandbox) as system:
        leave_traces(home)
        started = control(home, "start")
        all_run(system)
        well, second = control(home, "status"), control(home, "start")
        before = {name: system.pid(name) for name in PROGRAMS}
        unknown = control(home, "restart", "bitfinex")
        one = control(home, "restart", "collectors:bybit")
        after_one = {name: system.pid(name) for name in PROGRAMS}
        everybody = control(home, "restart")
        all_run(system)
        after_all = {name: system.pid(name) for name in PROGRAMS}
        system.control("stop", "collectors:okx")
        wrong = control(home, "status")
        (home / "run" / "supervisor.sock").unlink()  # as a tidy machine might: then there is nobody to ask
        deaf = control(home, "status")
        stopped, again = control(home, "stop"), control(home, "stop")
        supervisords = system.log("supervisord")

    assert (started.returncode, started.stdout) == (0, "Started; see: make status, make logs\n")
    assert well.returncode == 0, well.stdout
    assert "collectors:bybit RUNNING pid " in flat(well.stdout)
    assert "Outbox: " in well.stdout
    assert second.returncode == 2
    assert second.stdout.startswith("Not started: already running, pid ")
    assert (unknown.returncode, "There is no program bitfinex; there are: " in unknown.stdout) == (1, True)
    assert "collectors:okx" in unknown.stdout
    assert (one.returncode, one.stdout) == (0, "Restarted: collectors:bybit\n")
    assert {name for name in PROGRAMS if before[name] != after_one[name]} == {"bybit"}
    assert everybody.returncode == 0, everybody.stdout
    assert not set(after_one.values()) & set(after_all.values())
    assert (wrong.returncode, "collectors:okx STOPPED" in flat(wrong.stdout)) == (1, True)
    assert (deaf.returncode, deaf.stdout.startswith("Not done: supervisord does not answer")) == (1, True)
    assert (stopped.returncode, stopped.stdout) == (0, "Stopped.\n")
    assert (again.returncode, again.stdout) == (0, "Not running; nothing to stop.\n")
    assert "No file matches via include" not in supervisords


def test_what_is_not_configured_is_not_started_until_it_is(home: Path, sandbox: Sandbox) -> None:
    with stopped_at_last(home, sandbox) as system:
        path = home / ".env"
        everything = path.read_text()
        path.write_text("\n".join(line for line in everything.splitlines() if not line.startswith("BYBIT_API")))
        control(home, "start")
        others = [name for name in PROGRAMS if name != "bybit"]
        all_run(system, others)
        status = control(home, "status")
        again = control(home, "restart", "collectors")
        alone = control(home, "restart", "bybit")
        never_launched = not (home / "logs" / "bybit.log").exists()
        path.write_text(everything)
        taken_up = control(home, "restart")
        all_run(system)

    assert (status.returncode, status.stderr) == (0, "")
    assert "collectors:bybit STOPPED not configured" in flat(status.stdout)
    assert (again.returncode, again.stdout) == (
        0,
        "Restarted: collectors:fx, collectors:ibkr, collectors:okx, collectors:tbank\n",
    )
    assert (alone.returncode, alone.stdout) == (
        1,
        "Not configured, so not started: collectors:bybit; write its keys into .env\n",
    )
    assert never_launched
    assert taken_up.stdout.startswith("Restarted: collectors:bybit, ")


def test_wrong_settings_are_said_once_by_each_program_and_waited_out(home: Path, sandbox: Sandbox) -> None:
    """Fault 69: a misspelled name and a raw restart of everybody; one line each, and all run once it is mended."""
    with stopped_at_last(home, sandbox) as system:
        control(home, "start")
        all_run(system)
        right = (home / ".env").read_text()
        lines = {name: len(system.log(name).splitlines()) for name in PROGRAMS}
        (home / ".env").write_text(right.replace("BYBIT_API_KEY", "BYBIT_API_KYE"))
        raw = [sys.executable, "-m", "supervisor.supervisorctl", "-c", "supervisord.conf"]
        subprocess.run([*raw, "restart", "all"], cwd=home, capture_output=True, timeout=WITHIN_S, check=False)
        seen = {name: waiting_pid(home, name) for name in PROGRAMS}
        for _ in range(TRIES):  # each takes its time
            status = control(home, "status")
        wrong = {name: wrong_lines(system, name, lines[name]) for name in PROGRAMS}
        still = {name: waiting_pid(home, name) for name in PROGRAMS}
        (home / ".env").write_text(right)
        wait_until(
            lambda: all(system.pid(name) not in {0, seen[name]} for name in PROGRAMS),
            what="everybody runs again by itself",
            within_s=WITHIN_S,
        )

    assert wrong == dict.fromkeys(PROGRAMS, 1)
    assert still == seen
    assert status.returncode == 1
    assert status.stdout.count("waits until .env is right; make check says what is wrong") == len(supervised())
    assert "did you mean BYBIT_API_KEY?" in status.stdout
    assert "make restart does nothing until that is right" in status.stdout


def wrong_lines(system: System, name: str, before: int) -> int:
    """Return how many lines a program has logged about its settings since then."""
    return sum('"wrong settings"' in line for line in system.log(name).splitlines()[before:])


def waiting_pid(home: Path, name: str) -> int:
    """Return the process that waits in a program's place, once it does."""
    supervisord = Supervisord(home / "run" / "supervisor.sock", within_s=WITHIN_S)
    found: list[int] = []

    def waits() -> bool:
        found[:] = [each.pid for each in supervisord.processes() if each.name == name and is_waiting(each.pid)]
        return bool(found)

    wait_until(waits, what=f"{name} waits", within_s=WITHIN_S)
    return found[0]


def test_a_changed_configuration_is_taken_up_and_a_broken_one_changes_nothing(home: Path, sandbox: Sandbox) -> None:
    with stopped_at_last(home, sandbox) as system:
        control(home, "start")
        all_run(system)
        path = home / "supervisord.conf"
        text = path.read_text()
        path.write_text(text.replace("startretries=10", "startretries=ten"))
        before = {name: system.pid(name) for name in PROGRAMS}
        broken = control(home, "restart")
        untouched = {name: system.pid(name) for name in PROGRAMS} == before
        path.write_text(text.replace("programs=bybit,okx,tbank,ibkr,fx", "programs=bybit,okx,tbank,fx"))
        hinted = control(home, "restart", "bybit")
        taken_up = control(home, "restart")
        status = control(home, "status")

    assert broken.returncode == 1
    assert broken.stdout.startswith("Not done: supervisord refuses: CANT_REREAD")
    assert untouched
    assert "supervisord.conf has changed; to take that up: make restart, without WHAT" in hinted.stdout
    assert "supervisord.conf has changed: collectors" in taken_up.stdout
    assert "collectors:ibkr" not in status.stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another user")
@pytest.mark.parametrize("verb", ["status", "stop", "restart", "start"])
def test_another_user_is_told_whose_it_is(home: Path, verb: str) -> None:
    (home / "run" / "system.lock").touch(0o600)
    home.chmod(0o755)
    as_nobody = (
        "import os, sys; from launch import control; os.setresuid(65534, 65534, 65534);"
        f"sys.argv[1:] = [{verb!r}]; control.main()"
    )
    told = subprocess.run([sys.executable, "-c", as_nobody], cwd=home, capture_output=True, text=True, check=False)

    assert (told.returncode, told.stderr) == (4, "")
    assert told.stdout == "Not done: this folder is the user root's; type it as that user\n"


@pytest.mark.parametrize("verb", ["stop", "status", "restart"])
def test_in_a_folder_that_was_never_set_up_make_says_so(tmp_path: Path, verb: str) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    command = ["make", "--no-print-directory", verb]  # which make would print where another make runs the tests
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=WITHIN_S, check=False)

    assert told.returncode == 2
    assert told.stdout == "Not running: nothing is set up in this folder; type: make setup\n"
    assert not (tmp_path / ".venv").exists()
