"""A second user's account at BingX, added while everything runs: nobody else is restarted, both trade, each alone."""

import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.bingx.second import API_KEY, API_SECRET
from sandbox.bingx.state import UID as FIRST_UID
from sandbox.telegram.chat import CHAT_ID
from tests.faults.trading.bingx_system import ETH, BingxStage, at_bingx
from tests.faults.trading.further import BEN, NAME, NUMBER, PATH, PROGRAM, Ben, account, keys, pids
from tests.running import flat

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]
RIGHTS = ["enableReading", "enableFutures"]
MAKE = (NAME, "--broker", "bingx", "--owner", "ben")


@pytest.fixture(scope="module")
def stage() -> Iterator[BingxStage]:
    """Run one system with two users, of whom the first has an account at BingX."""
    home = Path(tempfile.mkdtemp(prefix="fa-", dir="/tmp"))
    try:
        with at_bingx(home) as made:
            made.world.introduce(BEN, "Ben")
            made.command("add-user", "ben", str(BEN))
            yield made
    finally:
        shutil.rmtree(home, ignore_errors=True)


def kept(stage: BingxStage) -> list[str]:
    """Return the names of all files of further accounts."""
    return sorted(path.name for path in (stage.home / "accounts").glob("[!_]*"))


def test_keys_that_the_venue_does_not_let_in_are_not_kept(stage: BingxStage) -> None:
    done = account(stage, *MAKE, told=keys(stage) | {"BINGX_API_SECRET": "anotherSecret000000000000000000000"})

    assert done.returncode == 1
    assert "nothing is kept" in done.stderr
    assert not kept(stage)


def test_keys_that_may_move_money_away_are_not_kept(stage: BingxStage) -> None:
    stage.world.set_state("bingx", rights=[*RIGHTS, "enableWithdrawals"])
    try:
        done = account(stage, *MAKE, told=keys(stage))
    finally:
        stage.world.set_state("bingx", rights=RIGHTS)

    assert "switch off Withdraw" in done.stderr
    assert not kept(stage)


def test_an_owner_who_is_not_there_leaves_nothing_behind(stage: BingxStage) -> None:
    done = account(stage, NAME, "--broker", "bingx", "--owner", "nobody", told=keys(stage))

    assert "there is no user nobody" in done.stderr
    assert not kept(stage)


def test_the_key_of_the_default_account_is_refused_as_another_ones(stage: BingxStage) -> None:
    env = dict(line.split("=", 1) for line in (stage.home / ".env").read_text().splitlines())
    first = {name: env[name].strip("'") for name in ("BINGX_API_KEY", "BINGX_API_SECRET")}
    done = account(stage, *MAKE, told=keys(stage) | first)

    assert "BINGX_API_KEY is in .env too" in done.stderr
    assert first["BINGX_API_SECRET"] not in done.stderr + done.stdout
    assert not kept(stage)


def test_an_account_is_added_beside_all_that_runs_and_both_users_trade_alone(stage: BingxStage) -> None:
    before = pids(stage)
    done = account(stage, *MAKE, told=keys(stage))

    assert done.returncode == 0, done.stderr
    assert f"The account is {NUMBER}, paper." in done.stdout
    assert API_KEY not in done.stdout + done.stderr

    stage.wait_until(lambda: stage.system.pid(PROGRAM) != 0, what="its broker runs")
    stage.system.wait_for_log(PROGRAM, "connected")
    ben = Ben(stage)
    stage.wait_until(lambda: "connected" in ben.asks("/accounts"), what="execution serves it", within_s=60)
    ben.asks("/portfolio ben-bingx")
    made = ben.asks("/strategy new swing")
    path = PATH.search(made)
    assert path is not None, made
    ben.asks("/mode swing auto")
    ben.brings("ben 1", "buy", ETH, path=path[0])
    stage.opened("ann 1")
    stage.wait_done("ben 1")

    assert pids(stage) == before
    assert [each.symbol for each in stage.bingx().positions] == ["BTC-USDT"]
    assert [each.symbol for each in ben.bingx().positions] == ["ETH-USDT"]
    assert not [text for text in ben.texts() if "BTC" in text or FIRST_UID in text]
    anns = [flat(each.text) for each in stage.world.messages(CHAT_ID)]
    assert not [text for text in anns if "ETH" in text or NUMBER in text or NAME in text]
    assert "BINGX ben-bingx: connected" in ben.asks("/status")
    stage.command("verify-books")


def test_its_files_are_its_owners_alone_and_its_keys_stand_in_no_other(stage: BingxStage) -> None:
    folder = stage.home / "accounts"
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.glob(f"*{NAME}*")}
    elsewhere = [
        path
        for path in stage.home.rglob("*")
        if path.is_file() and path.parent != folder and API_SECRET.encode() in path.read_bytes()
    ]

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert modes == {f"{NAME}.env": 0o600, f"{NAME}.conf": 0o600}
    assert not elsewhere


def test_making_it_again_changes_nothing_and_goes_on(stage: BingxStage) -> None:
    before, process = (stage.home / f"accounts/{NAME}.env").read_bytes(), stage.system.pid(PROGRAM)
    done = account(stage, *MAKE)

    assert done.returncode == 0, done.stderr
    assert "stays as it is" in done.stdout
    assert (stage.home / f"accounts/{NAME}.env").read_bytes() == before
    assert stage.system.pid(PROGRAM) == process


def test_an_account_with_a_position_is_not_removed_and_an_idle_one_is(stage: BingxStage) -> None:
    before, ben = pids(stage), Ben(stage)
    refused = account(stage, NAME, "--remove")
    still = stage.system.pid(PROGRAM)
    path = PATH.search(ben.asks("/strategy rotate swing"))
    assert path is not None
    ben.brings("ben 2", "sell", ETH, path=path[0])
    stage.wait_done("ben 2")
    removed = account(stage, NAME, "--remove")

    assert "position" in refused.stderr
    assert still
    assert removed.returncode == 0, removed.stderr
    assert not ben.bingx().positions
    assert stage.system.pid(PROGRAM) == 0
    assert kept(stage) == [f"{NAME}.removed"]
    assert pids(stage) == before
