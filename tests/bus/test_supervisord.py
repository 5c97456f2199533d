"""Asking a real supervisord: whom it runs, and to kill, start and restart one."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from bus.supervisord.client import BAD_NAME, NotThere, Refused, Supervisord
from bus.supervisord.state import Process
from tests.running import wait_until
from tests.sentinel.supervised import Supervised, supervised


def ordered(home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Have an order carried out as a process would."""
    command = [sys.executable, "-m", "bus.supervisord.child", *arguments]
    return subprocess.run(command, cwd=home, capture_output=True, text=True, timeout=60, check=False)


def supervisord_of(system: Supervised) -> Supervisord:
    """Return whom to ask."""
    return Supervisord(system.home / "run" / "supervisor.sock", within_s=60)


def test_everybody_is_listed_killed_by_its_own_pid_alone_and_started(home: Path) -> None:
    with supervised(home, ["steady"]) as system:
        system.wait_for_log("steady", "joined")
        supervisord = supervisord_of(system)
        wait_until(
            lambda: all(each.state == "RUNNING" for each in supervisord.processes()),
            what="everybody runs",
        )
        listed = {each.program: each.pid for each in supervisord.processes()}
        as_json = msgspec.json.decode(ordered(home, "list").stdout, type=tuple[Process, ...])
        pid = system.pid("steady")
        another = ordered(home, "kill", "collectors:steady", str(system.pid("hub")))
        untouched = system.pid("steady") == pid and system.pid("hub") == listed["hub"]
        killed = ordered(home, "kill", "collectors:steady", str(pid))
        after_kill = system.wait_for_pid("steady", other_than=pid)
        wait_until(
            lambda: {each.name: each.state for each in supervisord.processes()}["steady"] == "RUNNING",
            what="steady runs again",
        )
        restarted = ordered(home, "restart", "collectors:steady")
        after_restart = system.wait_for_pid("steady", other_than=after_kill)

    assert set(listed) == {"collectors:steady", "hub", "mayfly", "sentinel"}
    assert listed["collectors:steady"] == pid
    assert {each.program: each.pid for each in as_json} == listed
    assert (another.returncode, another.stdout) == (0, "gone already\n")
    assert untouched
    assert (killed.returncode, killed.stdout) == (0, "killed\n")
    assert (restarted.returncode, restarted.stdout) == (0, "started\n")
    assert len({pid, after_kill, after_restart}) == 3


def test_what_is_unknown_is_refused_in_supervisords_own_words(home: Path) -> None:
    with supervised(home) as system:
        told = ordered(home, "start", "nobody")
        with pytest.raises(Refused) as refused:
            supervisord_of(system).start("nobody")

    assert (told.returncode, told.stdout) == (1, "BAD_NAME: nobody\n")
    assert refused.value.code == BAD_NAME


def test_a_socket_that_is_not_there_or_left_behind_or_silent_is_told_in_one_sentence(home: Path) -> None:
    path = home / "run" / "supervisor.sock"
    with pytest.raises(NotThere, match="FileNotFoundError"):
        Supervisord(path).processes()
    with socket.socket(socket.AF_UNIX) as left_behind:
        left_behind.bind(os.fspath(path))
        with pytest.raises(NotThere, match="ConnectionRefusedError"):
            Supervisord(path).processes()
        left_behind.listen()
        with pytest.raises(NotThere, match="TimeoutError"):
            Supervisord(path, within_s=0.2).processes()

    told = ordered(home, "list")

    assert (told.returncode, told.stderr) == (1, "")
    assert told.stdout == "supervisord does not answer: ConnectionRefusedError\n"
