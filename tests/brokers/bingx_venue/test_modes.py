"""The position mode: asked for before orders, shared for a moment, and never guessed."""

import asyncio

import msgspec
import pytest

from brokers.bingx_venue.modes import Modes, position_side
from brokers.venue import Busy, Malformed
from bus.messages.venues import Side
from bus.time_source import SYSTEM_TIME
from tests.brokers.bingx_venue.perpetual import order
from tests.brokers.bingx_venue.pretend import called

DUAL = "/openApi/swap/v1/positionSide/dual"


@pytest.mark.parametrize("is_dual", [True, False])
def test_the_mode_is_asked_once_for_orders_of_one_moment_and_anew_when_it_is_doubted(is_dual: bool) -> None:
    async def run() -> None:
        async with called(is_dual=is_dual) as (bingx, rest):
            modes = Modes(rest, time=SYSTEM_TIME)
            answers = await asyncio.gather(*(modes.is_hedged() for _ in range(5)))
            bingx.service.change({"is_dual": not is_dual})
            modes.forget()

            assert answers == [is_dual] * 5
            assert await modes.is_hedged() is not is_dual
            assert bingx.asked(DUAL) == 2

    asyncio.run(run())


def test_a_mode_that_is_not_told_is_not_guessed() -> None:
    async def run() -> None:
        async with called() as (bingx, rest):
            modes = Modes(rest, time=SYSTEM_TIME)
            await bingx.fail("code", path=DUAL, code="100500")
            with pytest.raises(Busy):
                await modes.is_hedged()
            bingx.service.change({"omitted": ["dualSidePosition"]})
            with pytest.raises(Malformed):
                await modes.is_hedged()

    asyncio.run(run())


@pytest.mark.parametrize(
    ("side", "reduce_only", "expected"),
    [("BUY", False, "LONG"), ("SELL", False, "SHORT"), ("SELL", True, "LONG"), ("BUY", True, "SHORT")],
)
def test_the_side_of_a_position_follows_from_the_order(side: Side, reduce_only: bool, expected: str) -> None:
    wanted = msgspec.structs.replace(order(side=side), reduce_only=reduce_only)

    assert position_side(wanted, is_hedged=True) == expected
    assert position_side(wanted, is_hedged=False) == "BOTH"
