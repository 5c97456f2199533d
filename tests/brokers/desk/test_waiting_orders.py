"""An order that waits for its turn at the venue is obeyed for as long as its envelope lives, and no longer."""

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from brokers.desk.orders import Orders
from brokers.desk.standing import Standing
from bus.messages.venues import OrderEvent, PlaceOrder, Traded
from tests.faults.false_time import FalseTime

NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)


class SlowVenue:
    """A venue whose calls take until the test lets them end."""

    def __init__(self, time: FalseTime) -> None:
        self.placed: list[str] = []
        self.begun, self.may_end = asyncio.Event(), asyncio.Event()
        self._time = time

    async def place(self, order: PlaceOrder) -> OrderEvent:
        """Take an order, slowly."""
        self.placed.append(order.client_order_id)
        self.begun.set()
        await self.may_end.wait()
        return OrderEvent(
            account=order.account,
            client_order_id=order.client_order_id,
            broker_order_id="1",
            status="NEW",
            at=self._time.now(),
        )


def buy(name: str) -> PlaceOrder:
    """Return an order that its venue has surely not seen."""
    return PlaceOrder(
        account="paper",
        is_live=False,
        client_order_id=name,
        instrument=Traded(symbol="BTC-USDT", asset_type="CRYPTO", currency="USDT"),
        side="BUY",
        type="MARKET",
        time_in_force="GTC",
        quantity=Decimal(1),
    )


async def play(waits_s: float) -> tuple[list[str], list[OrderEvent]]:
    """Let a second order, with four seconds left, wait behind a slow first one; return what was placed, and said."""
    time, said, tasks = FalseTime(NOW), list[OrderEvent](), list[asyncio.Task[None]]()
    venue, standing = SlowVenue(time), Standing(time=time)
    standing.connected(None)

    def start(call: Coroutine[Any, Any, None]) -> None:
        """Run a call beside the others."""
        tasks.append(asyncio.ensure_future(call))

    orders = Orders(venue, standing, say=said.append, start=start, boot="life")  # type: ignore[arg-type]  # all that is called
    orders.place(buy("first"), within_s=5, is_doubtful=False)
    await venue.begun.wait()
    orders.place(buy("second"), within_s=4, is_doubtful=False)
    time.move_on(waits_s)
    venue.may_end.set()
    while pending := [task for task in tasks if not task.done()]:
        await asyncio.wait(pending, timeout=10)
    return venue.placed, [each for each in said if each.client_order_id == "second"]


@pytest.mark.parametrize(("waits_s", "placed"), [(3.9, ["first", "second"]), (4.1, ["first"])])
def test_an_order_is_placed_within_its_envelopes_life_or_not_at_all(waits_s: float, placed: list[str]) -> None:
    """Fault T28."""
    found, said = asyncio.run(play(waits_s))

    assert found == placed
    assert [(each.status, each.retry_after_s) for each in said] == (
        [("NEW", None)] if len(placed) == 2 else [("NOWHERE", 0.0)]
    )
