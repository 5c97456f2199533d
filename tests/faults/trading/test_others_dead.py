"""Trading while those are dead who only tell of it, or carry what is said."""

import shutil
import tempfile
import time
from pathlib import Path

import pytest

from sandbox.system import supervised
from tests.faults.trading.system import Stage, prepared

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]
ORDERS, FILLS = 20, 100
KILLS = 8


def test_orders_survive_a_hub_that_is_killed_every_second(stage: Stage) -> None:
    """Fault T34: twenty orders."""
    numbers = [f"t34 {number}" for number in range(ORDERS)]
    for number in numbers:
        stage.bring(number)
    for _ in range(KILLS):
        stage.kill("hub")
        next_s = time.monotonic() + 1.0
        stage.wait_until(lambda until_s=next_s: time.monotonic() >= until_s, what="a second passes")  # type: ignore[misc]
    stage.wait_done(*numbers)

    stage.must_be_right(numbers)


def test_trading_goes_on_without_those_who_tell_of_it_and_is_told_later_in_order(stage: Stage) -> None:
    """Fault T35: aggregator and notifier dead, then Telegram down."""
    stage.system.control("stop", "core:aggregator", "core:notifier")
    stage.bring("t35 bought")
    stage.wait_done("t35 bought")
    stage.bring("t35 sold", "sell")
    stage.wait_done("t35 sold")
    stage.world.fault("telegram", "refuse")
    stage.system.control("start", "core:aggregator", "core:notifier")
    stage.bring("t35 again")
    stage.wait_done("t35 again")
    silent = len(stage.texts())
    stage.world.clear("telegram")
    stage.wait_until(lambda: words(stage, silent).endswith("bought sold bought"), what="all is told", within_s=90)

    stage.must_be_right(["t35 bought", "t35 sold", "t35 again"])


def words(stage: Stage, after: int) -> str:
    """Return what was told of fills, in its order, beginning at a message."""
    told = " ".join(stage.texts()[after:]).split()
    return " ".join(word for word in told if word in {"bought", "sold"})


def test_an_answer_overtakes_the_notices_of_a_hundred_fills_which_are_folded(stage: Stage) -> None:
    """Fault T35a: in short."""
    stage.system.control("stop", "core:notifier")
    before = len(stage.texts())
    numbers = [f"t35a {number}" for number in range(FILLS)]
    for number in numbers:
        stage.bring(number)
    stage.wait_done(*numbers)
    stage.world.type("/positions")
    stage.system.control("start", "core:notifier")
    stage.wait_until(lambda: words(stage, before).count("bought") >= FILLS, what="all is told", within_s=90)
    told = stage.texts()[before:]
    last_fill = max(place for place, text in enumerate(told) if "bought" in text)
    answer = min(place for place, text in enumerate(told) if "bought" not in text and "ETH" in text)

    assert answer < last_fill
    assert len([text for text in told if "bought" in text]) < FILLS / 10
    stage.must_be_right(numbers)


def test_a_second_copy_on_the_same_ledger_stands_down_and_orders_nothing(stage: Stage) -> None:
    """Fault T36: on one ledger in SQLite."""
    home = Path(tempfile.mkdtemp(prefix="p2-", dir="/tmp"))
    ledger = stage.home / "data"
    urls = {
        "DATABASE_URL": f"sqlite:///{ledger}/portfolio.db",
        "INBOX_DATABASE_URL": f"sqlite:///{ledger}/inbox/inbox.db",
    }
    second = prepared(home, stage.world, **urls)
    try:
        with supervised(home, stage.world):
            second.wait_until(lambda: "standing down" in second.system.log("execution"), what="it stands down")
            second.wait_until(second.is_listening, what="its webhook listens")
            sent = second.bring("t36 second")
            stage.bring("t36 first")
            stage.wait_done("t36 first", "t36 second")
            is_working = "event=trading" in second.system.log("execution")
    finally:
        shutil.rmtree(home, ignore_errors=True)

    assert sent.status == 200
    assert not is_working
    stage.must_be_right(["t36 first", "t36 second"])
