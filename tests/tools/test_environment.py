"""The virtual environment knows its folder and its interpreter, and is made anew when it has others."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bus.version import commit

ROOT = Path(__file__).parent.parent.parent
COPIED = ("Makefile", "requirements.txt", "requirements-dev.txt", "tools/environment.py", "tools/precompile.py")
ANEW = "rm -rf .venv"


@pytest.fixture(params=["plain", "папка with space"])
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Make a folder as `make setup` leaves it, but for the packages."""
    made = tmp_path / str(request.param)
    (made / "tools").mkdir(parents=True)
    for name in COPIED:
        shutil.copy(ROOT / name, made / name)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", ".venv"], cwd=made, check=True)
    subprocess.run([".venv/bin/python", "-I", "tools/environment.py", "--claim"], cwd=made, check=True)
    for mark in (".set-up", ".set-up-dev"):
        (made / ".venv" / mark).touch()
    return made


def would_do(folder: Path, target: str) -> str:
    """Return the commands that make would run, without a locale."""
    command = ["make", "--dry-run", "--no-print-directory", target]
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True).stdout


@pytest.mark.sampled(3)
@pytest.mark.parametrize("target", ["setup", "check", "start", "demo"])
def test_an_environment_in_its_place_is_left_alone(folder: Path, target: str) -> None:
    did = would_do(folder, target)

    assert ANEW not in did
    assert "-m venv" not in did


@pytest.mark.sampled(3)
@pytest.mark.parametrize("target", ["setup", "check", "start", "demo", "test"])
def test_after_the_folder_was_moved_the_environment_is_made_anew(folder: Path, target: str) -> None:
    """Fault P7: the folder was moved."""
    moved = folder.rename(folder.with_name("moved"))

    did = would_do(moved, target)

    assert did.index(ANEW) < did.index("-m venv .venv") < did.index("requirements.txt") < did.index("--claim")


def test_after_python_got_a_new_minor_version_the_environment_is_made_anew(folder: Path) -> None:
    """Fault P7: packages that were installed for another Python than the one that runs."""
    installed = folder / ".venv" / "lib" / f"python3.{sys.version_info.minor}"
    installed.rename(installed.with_name(f"python3.{sys.version_info.minor - 1}"))

    assert ANEW in would_do(folder, "setup")


def test_an_environment_whose_python_is_gone_is_made_anew(folder: Path) -> None:
    """Fault P7: the old minor version was removed."""
    for path in (folder / ".venv" / "bin").glob("python*"):
        path.unlink()
        path.symlink_to("/nowhere/python")

    assert ANEW in would_do(folder, "setup")


def test_where_there_is_no_environment_one_is_made(folder: Path) -> None:
    shutil.rmtree(folder / ".venv")

    did = would_do(folder, "setup")

    assert ANEW not in did
    assert "-m venv .venv" in did


def test_the_projects_packages_are_found_from_any_folder_and_without_a_locale(folder: Path, tmp_path: Path) -> None:
    """Fault P5: letters that are not ASCII's, and LC_ALL=C."""
    (folder / "found.py").write_text("print('found')\n")
    command = [str(folder / ".venv" / "bin" / "python"), "-I", "-m", "found"]
    answer = subprocess.run(command, cwd=tmp_path, env={"LC_ALL": "C"}, capture_output=True, text=True, check=False)

    assert answer.stdout == "found\n", answer.stderr


def git(repository: Path, *arguments: str) -> str:
    """Run git in a repository, with an author; return what it prints."""
    author = ("-c", "user.name=Owner", "-c", "user.email=owner@example.org", "-c", "commit.gpgsign=false")
    return subprocess.run(
        ["git", *author, *arguments], cwd=repository, capture_output=True, text=True, check=True
    ).stdout.strip()


def commit_anew(repository: Path) -> str:
    """Make a commit without changes, as a pull would bring one; return its first digits."""
    git(repository, "commit", "--quiet", "--allow-empty", "--message", "Another version")
    return git(repository, "rev-parse", "HEAD")[:7]


def commit_after_set_up(folder: Path) -> str:
    """Type `make setup` in a folder; return the commit that its programs tell of then."""
    subprocess.run(["make", "setup"], cwd=folder, env={"PATH": os.environ["PATH"], "LC_ALL": "C"}, check=True)
    return commit(folder / ".venv" / "commit")


def test_set_up_notes_the_commit_and_follows_a_pull(folder: Path) -> None:
    git(folder, "init", "--quiet")

    for _ in range(2):
        cloned = commit_anew(folder)

        assert commit_after_set_up(folder) == cloned


def test_a_second_work_tree_tells_its_own_commit(folder: Path, tmp_path: Path) -> None:
    first = tmp_path / "first"
    first.mkdir()
    git(first, "init", "--quiet")
    cloned = commit_anew(first)
    second = tmp_path / "second"
    git(first, "worktree", "add", "--quiet", "--detach", str(second))
    (second / ".git").rename(folder / ".git")
    commit_anew(first)

    assert commit_after_set_up(folder) == cloned


def test_a_copy_without_git_tells_no_commit_even_inside_another_repository(folder: Path) -> None:
    git(folder.parent, "init", "--quiet")
    commit_anew(folder.parent)
    (folder / ".venv" / "commit").write_text("1234567\n")

    assert commit_after_set_up(folder) == ""


def test_before_anything_is_set_up_no_commit_is_told(tmp_path: Path) -> None:
    assert commit(tmp_path / "commit") == ""
