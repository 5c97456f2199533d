"""Further accounts whose broker runs on one machine and whose row is on another one, by the command itself."""

import subprocess
import sys
from pathlib import Path

import pytest

from bus import bus_key
from launch.whole_file import write_whole
from sandbox.system import clean_environment
from tests.launch.test_check import RIGHT, write_env

ELSEWHERE = ("ann", "--broker", "bingx", "--elsewhere")
KEY = Path("accounts/broker-bingx-ann.key")

pytestmark = pytest.mark.usefixtures("home")


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a command in the home, with nothing to read."""
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(
        command, env=clean_environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


def test_an_account_whose_broker_is_elsewhere_is_made_and_put_away_where_the_ledger_is() -> None:
    write_env(RIGHT | {"TRADING": "paper"})
    run("launch", "ledger", "add-user", "ben", "43")
    made = run("launch.account", *ELSEWHERE, "--owner", "ben", "--number", "VST77")
    has_key = KEY.exists()
    write_whole(Path("accounts/eve.env"), "BROKER=bingx\nBINGX_API_KEY=eves0key\nBINGX_API_SECRET=eves0secret0eves0\n")
    checked = run("launch", "--check")
    away = run("launch.account", *ELSEWHERE, "--remove")
    again = run("launch.account", *ELSEWHERE, "--remove")

    assert "ben has the paper account ann at BINGX, number VST77" in made.stdout
    assert has_key
    assert "further accounts: broker-bingx-eve\n" in checked.stdout, checked.stderr
    assert (away.returncode, away.stdout.splitlines()[0]) == (
        0,
        "The account ann is archived; its books stay, and can be read.",
    )
    assert not KEY.exists()
    assert (again.returncode, again.stdout.splitlines()[0]) == (
        0,
        "No account of the books is served by broker-bingx-ann.",
    )


def test_where_the_ledger_is_not_an_account_is_put_away_without_one_and_its_key_of_orders_goes() -> None:
    hub = {"HUB_HOST": "10.0.0.1", "HUB_PUBLIC": bus_key.public_of(bus_key.new_secret()), "MACHINE": "b"}
    write_env(hub | {"MACHINE_KEY": bus_key.new_secret(), "RUNS_HERE": "broker-bingx", "TRADING": "paper"})
    write_whole(Path("accounts/ann.env"), "BROKER=bingx\nBINGX_API_KEY=anns0key0anns0key\n")
    write_whole(KEY, "ab" * 32)
    away = run("launch.account", "ann", "--remove")

    assert away.returncode == 0, away.stderr
    assert "make account NAME=ann BROKER=bingx ELSEWHERE=1 REMOVE=1" in away.stdout
    assert [path.name for path in Path("accounts").iterdir()] == ["ann.removed"]
    assert not Path("data").exists()
