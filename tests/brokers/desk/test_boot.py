"""What an order's `boot` tells the broker: whether any other life of it can have placed the order."""

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from brokers.desk.known import Known, Memory, Name
from brokers.desk.orders import Orders
from brokers.desk.standing import Standing
from brokers.venue import OrderName
from bus.messages.venues import OrderEvent, PlaceOrder
from tests.brokers.desk.test_waiting_orders import buy
from tests.faults.false_time import FalseTime

NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)


class CarefulVenue:
    """A venue at which one look is never enough, and which has nothing."""

    def __init__(self) -> None:
        self.placed: list[str] = []
        self.looks = 0

    async def place(self, order: PlaceOrder) -> OrderEvent:
        """Take an order."""
        self.placed.append(order.client_order_id)
        name = order.client_order_id
        return OrderEvent(account=order.account, client_order_id=name, broker_order_id="1", status="NEW", at=NOW)

    async def find(self, account: str, order: OrderName) -> OrderEvent | None:  # noqa: ARG002
        """Find nothing."""
        self.looks += 1
        return None

    def is_surely_nowhere(self, *, placed_at: datetime, looked: int, now: datetime) -> bool:  # noqa: ARG002
        """Want a second look."""
        return looked > 1


async def play(*orders: PlaceOrder, most: int = 10) -> CarefulVenue:
    """Say orders to a broker whose life is called `this`, one after another."""
    time, venue, tasks = FalseTime(NOW), CarefulVenue(), list[asyncio.Task[None]]()
    standing = Standing(time=time)
    standing.connected(None)

    def start(call: Coroutine[Any, Any, None]) -> None:
        """Run a call beside the others."""
        tasks.append(asyncio.ensure_future(call))

    desk = Orders(venue, standing, say=lambda _: None, start=start, boot="this")  # type: ignore[arg-type]
    desk._memory = Memory(most)
    for order in orders:
        desk.place(order, is_doubtful=False)
        while pending := [task for task in tasks if not task.done()]:
            await asyncio.wait(pending, timeout=10)
    return venue


def repeated(name: str, boot: str) -> PlaceOrder:
    """Return an order as execution says it again, written for a life."""
    return msgspec.structs.replace(buy(name), may_be_known=True, boot=boot)


@pytest.mark.parametrize(("boot", "placed", "looks"), [("this", ["a"], 0), ("another", [], 3), ("", [], 3)])
def test_only_an_order_of_this_very_life_is_placed_without_a_look(boot: str, placed: list[str], looks: int) -> None:
    venue = asyncio.run(play(repeated("a", boot)))

    assert (venue.placed, venue.looks) == (placed, looks)


def test_once_orders_were_forgotten_an_order_of_this_life_is_looked_up_again() -> None:
    """Else an order that was placed, answered and forgotten would be placed twice."""
    venue = asyncio.run(play(buy("a"), buy("b"), repeated("a", "this"), most=1))

    assert venue.placed == ["a", "b"]
    assert venue.looks


def test_a_memory_says_that_it_has_forgotten() -> None:
    memory = Memory(1)
    before = memory.has_forgotten
    for name in ("a", "b"):
        order = buy(name)
        named = Name(client_order_id=name, broker_order_id=None, instrument=order.instrument)
        memory.add(Known(account="paper", name=named, placed_at=NOW))

    assert (before, memory.has_forgotten) == (False, True)
