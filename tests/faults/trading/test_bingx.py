"""Faults at BingX in a whole system: one order for each intent, legs as it is filled, books as BingX has it."""

import shutil
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from sandbox.bingx_scene import SERVICE
from tests.faults.trading.bingx_system import (
    BROKER,
    BTC,
    ETH,
    LEVERAGE,
    PLACED,
    SOL,
    BingxStage,
    at_bingx,
)

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]
BACK_S = 10.0
BELOW_STOP, ABOVE_TARGET = "79000", "91000"


@pytest.fixture(scope="module")
def shared() -> Iterator[BingxStage]:
    """Run one system."""
    home = Path(tempfile.mkdtemp(prefix="bx-", dir="/tmp"))
    try:
        with at_bingx(home) as made:
            yield made
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def stage(shared: BingxStage) -> Iterator[BingxStage]:
    """Give the system with everybody alive; nothing is held before and after."""
    shared.wait_well()
    yield shared
    shared.system.control("start", "all")
    shared.flatten()


@pytest.fixture(params=[True, False], ids=["hedge", "one-way"])
def either(stage: BingxStage, request: pytest.FixtureRequest) -> Iterator[BingxStage]:
    """Give the system in either position mode."""
    stage.world.set_state(SERVICE, is_dual=request.param)
    yield stage
    stage.flatten()
    stage.world.set_state(SERVICE, is_dual=True)


def test_an_opening_has_its_legs_at_bingx_the_moment_it_is_filled_and_one_row_for_each(either: BingxStage) -> None:
    number = f"legs {either.port} {len(either.bingx().orders)}"
    before = len(either.bingx().orders)
    either.bring(number, symbol=BTC, stop_loss="80000", take_profit="90000")
    either.wait_until(lambda: bool(either.bingx().positions), what="it is filled")
    at_once = either.bingx().legs()
    either.wait_done(number)
    either.wait_protected(number)

    assert [kind for _, kind, _ in at_once] == ["STOP_LOSS", "TAKE_PROFIT"]
    assert either.legs(number) == at_once
    assert len(either.bingx().placed(before=before)) == 1
    either.must_agree()


@pytest.mark.parametrize("moment", ["place after", "said"])
def test_a_broker_that_dies_around_the_placing_has_one_order_with_its_legs(stage: BingxStage, moment: str) -> None:
    """Fault T12: after sending and before the answer, after the answer."""
    number, before = f"t12 {moment}", len(stage.bingx().orders)
    stage.die(BROKER, moment)
    stage.bring(number, symbol=BTC, stop_loss="80000", take_profit="90000")
    stage.wait_until(lambda: stage.has_died(BROKER), what=f"the broker dies: {moment}")
    stage.wait_done(number)
    stage.wait_protected(number)

    assert stage.openings(number) == ["FILLED"]
    assert len(stage.bingx().placed(before=before)) == 1
    stage.must_agree()


@pytest.mark.parametrize("is_late", [False, True], ids=["lost", "lost and shown late"])
def test_an_order_whose_answer_was_lost_is_looked_up_and_placed_once(stage: BingxStage, is_late: bool) -> None:
    """Faults T13 and T15: the connection is reset; nothing knows of the order for seconds."""
    number, before = f"t13 {is_late}", len(stage.bingx().orders)
    stage.fault("after", path=PLACED, times=1)
    if is_late:
        stage.fault("forget", path=PLACED, seconds=3, times=1)
    stage.opened(number)

    assert stage.openings(number) == ["FILLED"]
    assert len(stage.bingx().placed(before=before)) == 1
    stage.must_agree()


def test_of_a_part_and_then_silence_the_rest_is_canceled_and_the_legs_are_as_large_as_the_part(
    stage: BingxStage,
) -> None:
    """Faults T17 and T17a: the parent is filled in part and then canceled."""
    stage.fault("partly", path=PLACED, times=1)
    stage.bring("t17", symbol=BTC, stop_loss="80000", take_profit="90000")
    told = stage.said("is not filled")
    stage.wait_protected("t17")
    held = stage.held()["BTC-USDT"]

    assert "The rest" in told
    assert stage.openings("t17") == ["CANCELED"]
    assert [quantity for _, _, quantity in stage.legs("t17")] == [held, held]
    stage.must_agree()


@pytest.mark.parametrize("price", [BELOW_STOP, ABOVE_TARGET])
def test_a_leg_that_fills_takes_its_sibling_with_it_and_nothing_is_held(either: BingxStage, price: str) -> None:
    """Fault T17a: the stop fills, the target fills."""
    number = f"t17a {price} {len(either.bingx().orders)}"
    either.opened(number)
    either.costs("BTC-USDT", price)
    either.wait_until(lambda: not either.held(), what="the books are flat")
    either.wait_until(lambda: not either.bingx().legs(), what="the sibling is gone")
    either.wait_until(
        lambda: (
            {*either.leg_states(number, "STOP_LOSS"), *either.leg_states(number, "TAKE_PROFIT")}
            == {"FILLED", "CANCELED"}
        ),
        what="one leg is filled, the other canceled",
    )

    assert not either.bingx().positions
    either.must_agree()


def test_a_stop_that_fills_while_execution_is_away_ends_in_the_books_of_its_opening(stage: BingxStage) -> None:
    """Fault T17a: the opening and its stop fill before a row of the stop is written."""
    number, before = "t17a away", len(stage.bingx().orders)
    stage.world.set_state(SERVICE, hold_fills=True)
    stage.bring(number, symbol=BTC, stop_loss="80000", take_profit="90000")
    stage.wait_until(lambda: bool(stage.bingx().placed(before=before)), what="BingX has the opening")
    stage.system.control("stop", "trading:execution")
    stage.world.set_state(SERVICE, hold_fills=False)
    stage.wait_until(lambda: bool(stage.bingx().positions), what="the opening is filled")
    stage.costs("BTC-USDT", BELOW_STOP)
    stage.wait_until(lambda: not stage.bingx().positions, what="the stop is filled")
    stage.system.control("start", "trading:execution")
    stage.wait_until(lambda: stage.openings(number) == ["FILLED"], what="the opening is booked")
    stage.wait_until(lambda: not stage.held(), what="the books are flat")

    assert stage.leg_states(number, "STOP_LOSS") == ["FILLED"]
    stage.must_agree()


def test_what_is_traded_by_hand_is_told_as_not_ours_and_left(stage: BingxStage) -> None:
    """Fault T23: a position made by hand."""
    stage.order_bingx("trade", symbol="SOL-USDT", quantity="2", side="LONG")
    told = stage.said("SOL-USDT: the books hold 0, the venue 2")
    stage.sell("t23", symbol=SOL)
    stage.wait_state("REJECTED", "t23")

    assert "was not made here" in told
    assert [(each.symbol, each.position_amt) for each in stage.bingx().positions] == [("SOL-USDT", Decimal(2))]
    assert "SOL-USDT" not in stage.held()


def test_a_liquidation_is_booked_and_told(stage: BingxStage) -> None:
    """Fault T23: a position closed by the venue itself."""
    stage.bring("liquidated", symbol=ETH)
    stage.wait_done("liquidated")
    stage.order_bingx("liquidate", symbol="ETH-USDT")
    told = stage.said("LIQUIDATION by the venue: ETH-USDT")
    stage.wait_until(lambda: not stage.held(), what="the books are flat")

    assert "SELL" in told.upper()


@pytest.mark.parametrize("kind", ["stream_silent", "stream_garbage"])
def test_a_stream_that_is_silent_or_talks_rubbish_costs_nothing_but_seconds(stage: BingxStage, kind: str) -> None:
    """Fault T25: silence that stays connected; bytes that are no gzip."""
    stage.fault(kind, path="/swap-market")
    stage.opened(kind)
    stage.costs("BTC-USDT", BELOW_STOP)
    stage.wait_until(lambda: not stage.held(), what="the books are flat")
    stage.wait_until(lambda: not stage.bingx().legs(), what="the sibling is gone")

    stage.must_agree()


def test_a_leverage_that_is_refused_half_way_is_set_back_and_told(stage: BingxStage) -> None:
    """Fault T26: the margin mode is set, the leverage refused."""
    before = stage.bingx()
    stage.fault("code", path=LEVERAGE, code="101209", times=1)
    stage.pressed(f"/margin {ETH} cross 3")
    told = stage.said("not set to cross 3×")
    after = stage.bingx()

    assert "It is " in told
    assert after.margin_modes == before.margin_modes
    assert after.leverages == before.leverages
