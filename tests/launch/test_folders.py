"""Where the system can live: what a path may hold, and folders that cannot be written, told before anything starts."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bus.settings import SettingsError
from bus.settings_change import WRITTEN
from launch.check import check
from launch.env_file import refuse_open_folders
from launch.folders import folder_faults, path_faults
from sandbox.control.client import Sandbox
from sandbox.system import prepare, running
from tests.launch.test_check import RIGHT, write_env

pytestmark = pytest.mark.usefixtures("home")
IS_ROOT = os.geteuid() == 0
NOBODY = 65534


def faults_here() -> list[str]:
    """Return what is wrong with the current folder's own folders."""
    return list(folder_faults(WRITTEN, is_hardened=False))


@pytest.fixture
def as_nobody(home: Path) -> Iterator[None]:
    """Be a user whom modes bind, in a home of that user's own."""
    if not IS_ROOT:
        yield
        return
    for path in (home, home / "run"):
        os.chown(path, NOBODY, -1)
    os.seteuid(NOBODY)
    yield
    os.seteuid(0)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("per%cent", "the project's folder has % in its path, which supervisord reads otherwise; move it to another"),
        ('a "b"', "the project's folder has \" in its path, which"),
        ("back\\slash", "the project's folder has \\ in its path, which"),
        (
            "caf\udce9",
            "the project's folder has signs in its path that are no UTF-8 text, or that nobody can see; move",
        ),
        (
            "two\nlines",
            "the project's folder has signs in its path that are no UTF-8 text, or that nobody can see; move",
        ),
        ("long" * 20, "the project's folder has a path of 81 bytes, and sockets in it can have 79 at most; move it to"),
        ("д" * 40, "the project's folder has a path of 81 bytes, and sockets in it can have 79 at most; move it to"),
    ],
)
def test_a_path_that_supervisord_cannot_work_in_is_refused_with_the_reason(name: str, line: str) -> None:
    """Fault P5: `%`, quotes, a path that is too long."""
    (fault,) = path_faults(Path("/", name))

    assert fault.startswith(line)


@pytest.mark.parametrize("name", ["plain", "with space", "папка", "it's", "a;b#c", "$HOME", "(1)&{2}", "l" * 78])
def test_any_other_path_is_taken(name: str) -> None:
    """Fault P5: a space, letters that are not ASCII's."""
    assert not list(path_faults(Path("/", name)))


def test_the_longest_path_that_is_taken_is_the_longest_in_which_supervisord_makes_its_socket() -> None:
    longest = "/" + "l" * 78

    assert not list(path_faults(Path(longest)))
    assert len(f"{longest}/run/supervisor.sock.4194304") == 107


@pytest.mark.sampled(1)
@pytest.mark.parametrize("name", ["with space", "папка пс", "it's;#$(1)"])
def test_the_system_runs_in_a_folder_with_a_name_as_people_give_them(home: Path, sandbox: Sandbox, name: str) -> None:
    """Fault P5: a space and letters that are not ASCII's, under a real supervisord and without a locale."""
    folder = home / name
    folder.mkdir(mode=0o700)
    (folder / "venv").symlink_to(Path(sys.prefix))
    prepare(folder, sandbox, prefix=Path("%(here)s/venv"))

    with running(folder, sandbox) as system:
        system.wait_for_log("hub", "forwarding")
        system.wait_for_log("clock", "joined")
        told = system.control("status", "core:hub")

        assert system.pid("hub")
    assert "core:hub" in told


def test_missing_folders_are_no_fault_where_they_can_be_made() -> None:
    assert not faults_here()


def test_what_stands_where_a_folder_belongs_is_told(home: Path) -> None:
    (home / "logs").write_text("no folder")

    assert faults_here() == ["logs is no folder; move it away, then one is made"]


@pytest.mark.usefixtures("as_nobody")
@pytest.mark.parametrize("name", ["run", "data", "logs", "backups", "data/state"])
def test_a_folder_that_may_not_be_written_is_told_with_the_command_that_opens_it(home: Path, name: str) -> None:
    (home / name).mkdir(parents=True, exist_ok=True)
    (home / name).chmod(0o500)

    (fault,) = faults_here()

    assert fault == f"{name} cannot be written: its mode does not let its owner; type: chmod u+rwX {name}"


@pytest.mark.usefixtures("as_nobody")
def test_a_folder_that_hides_what_is_in_it_is_told_too(home: Path) -> None:
    (home / "data" / "state").mkdir(parents=True)
    (home / "data").chmod(0o000)

    refuse_open_folders(WRITTEN, is_hardened=False)
    assert faults_here() == ["data cannot be written: its mode does not let its owner; type: chmod u+rwX data"]


@pytest.mark.usefixtures("as_nobody")
def test_a_folder_in_which_none_can_be_made_is_told_once(home: Path) -> None:
    (home / "run").rmdir()
    home.chmod(0o500)
    faults = faults_here()
    home.chmod(0o700)

    assert faults == ["run cannot be made: its mode does not let its owner; type: chmod u+rwX ."]


@pytest.mark.skipif(not IS_ROOT, reason="only root can give files away")
@pytest.mark.parametrize("name", ["data", "logs"])
def test_a_folder_of_somebody_else_is_told_with_both_ways_out(home: Path, name: str) -> None:
    (home / name).mkdir(mode=0o700)
    os.chown(home, NOBODY, -1)
    os.seteuid(NOBODY)
    try:
        (fault,) = folder_faults([Path(name)], is_hardened=False)
    finally:
        os.seteuid(0)

    cure = f"sudo chown -R {NOBODY} {name}, or start this as its owner"
    assert fault == f"{name} cannot be written: it belongs to somebody else; type: {cure}"


@pytest.mark.skipif(not IS_ROOT, reason="only root can give files away")
def test_a_file_that_a_start_as_root_has_left_behind_is_told(home: Path) -> None:
    (home / "data").mkdir(mode=0o700)
    (home / "data" / "portfolio.db").touch(0o600)
    (home / "data" / "authority.pem").touch(0o600)
    for path in (home, home / "run", home / "data"):
        os.chown(path, NOBODY, -1)
    os.seteuid(NOBODY)
    try:
        (fault,) = faults_here()
    finally:
        os.seteuid(0)

    assert fault.startswith("data cannot be written: portfolio.db in it is closed: it belongs to somebody else; type: ")


@pytest.mark.skipif(not IS_ROOT, reason="only root can mount")
def test_a_disk_that_is_mounted_read_only_is_told(home: Path) -> None:
    (home / "data").mkdir(mode=0o700)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "ro,mode=0700", "none", "data"], cwd=home, check=False)
    if mounted.returncode:
        pytest.skip("this machine lets nobody mount")
    try:
        faults = faults_here()
    finally:
        subprocess.run(["umount", "data"], cwd=home, check=True)

    assert faults == ["data cannot be written: its disk is mounted read-only; mount it for writing"]


def test_check_tells_of_folders_and_of_settings_at_once(home: Path) -> None:
    (home / "logs").write_text("no folder")
    write_env(RIGHT | {"TIMEZONE": "Paris"})

    with pytest.raises(SettingsError) as refused:
        check()
    assert [line.split()[0] for line in str(refused.value).splitlines()] == ["logs", "TIMEZONE"]
