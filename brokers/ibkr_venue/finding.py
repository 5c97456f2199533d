"""Finding orders and executions at the gateway: by orderRef, in lists that are whole, or not at all.

    open orders of all clients ──▶ completed orders ──▶ executions      in this order: an order moves to the right only

Nobody reads "none" out of a list that did not come whole: that raises. Executions reach back to New York's midnight.
"""

import asyncio
import contextlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

import msgspec
from ib_async import ExecutionFilter, Trade

from brokers.ibkr_venue.connection import COMPLETED_ORDERS, OPEN_ORDERS
from brokers.ibkr_venue.contracts import Contracts
from brokers.ibkr_venue.executions import client_id_of, execution_of
from brokers.ibkr_venue.link import Link
from brokers.ibkr_venue.ordered import Placed, event_of, placed_of
from brokers.venue import OrderName
from bus.messages.venues import Execution, OrderEvent
from bus.time_source import TimeSource

LOOKS: Final = 2
SETTLED: Final = timedelta(seconds=5)
"""So long after it was sent an order may still come to show."""
EXECUTIONS_ALONE: Final = "only its executions are to be found"


class Whole(msgspec.Struct, frozen=True, kw_only=True):
    """What the gateway has of the account: all orders, the completed ones last, and the executions."""

    orders: tuple[Placed, ...]
    executions: tuple[Execution, ...]

    def named(self, order: OrderName) -> Placed | None:
        """Return an order by our name for it or by the gateway's, one that lives before one that is over."""
        found = [each for each in self.orders if is_named(order, client_id_of(each.ref), each.perm_id)]
        return min(reversed(found), key=lambda each: not each.is_alive, default=None)

    def executions_of(self, order: OrderName) -> tuple[Execution, ...]:
        """Return the executions of an order."""
        return tuple(
            each
            for each in self.executions
            if is_named(order, each.client_order_id or "", int(each.broker_order_id or 0))
        )


class Lists:
    """Reads the three lists; whoever asks while they are being read shares the next reading, never this one."""

    def __init__(self, link: Link, contracts: Contracts) -> None:
        """Have nothing read.

        Args:
            link: The link to the gateway.
            contracts: Names what is traded.
        """
        self._link = link
        self._contracts = contracts
        self._running: asyncio.Task[Whole] | None = None
        self._next: asyncio.Task[Whole] | None = None

    async def read(self) -> Whole:
        """Return the lists as they are from now on.

        Raises:
            VenueError: One of them did not come whole.
        """
        if self._next is None:
            self._next = asyncio.ensure_future(self._after(self._running))
            self._next.add_done_callback(_looked_at)
        return await asyncio.shield(self._next)

    async def executions(self) -> tuple[Execution, ...]:
        """Return the executions of the account since midnight.

        Raises:
            VenueError: They did not come whole.
        """
        wanted = ExecutionFilter(acctCode=self._link.number)
        fills = await self._link.ask("", lambda ib: ib.reqExecutionsAsync(wanted))
        first = {each.execution.execId: each.commissionReport for each in self._link.ib.fills()}
        mine = [each for each in fills if each.execution.acctNumber == self._link.number]
        await self._contracts.learn(each.contract for each in mine)
        return tuple(
            execution_of(each, first.get(each.execution.execId), self._contracts.traded(each.contract)) for each in mine
        )

    async def _after(self, before: "asyncio.Task[Whole] | None") -> Whole:
        """Read once the reading before has ended."""
        if before is not None:
            await asyncio.wait({before})
        self._running, self._next = self._next, None
        return await self._read()

    async def _read(self) -> Whole:
        """Read the three lists, one after another."""
        trades = await self._link.ask(OPEN_ORDERS, lambda ib: ib.reqAllOpenOrdersAsync())
        opened = self._mine(trades)
        completed = await self._link.ask(COMPLETED_ORDERS, lambda ib: ib.reqCompletedOrdersAsync(apiOnly=False))
        over = self._mine(completed)
        ended = {each.perm_id for each in over if each.perm_id}
        orders = tuple(each for each in opened if each.perm_id not in ended) + over
        return Whole(orders=orders, executions=await self.executions())

    def _mine(self, trades: Iterable[Trade]) -> tuple[Placed, ...]:
        """Return the account's orders of a list, as they are now."""
        return tuple(placed_of(each) for each in trades if self._is_mine(each))

    def _is_mine(self, trade: Trade) -> bool:
        """Tell whether an order is the account's."""
        return trade.order.account in {"", self._link.number}


class Finding:
    """Finds orders by our names for them."""

    def __init__(self, lists: Lists, *, time: TimeSource) -> None:
        """Keep what is needed.

        Args:
            lists: Reads the gateway's lists.
            time: The clocks.
        """
        self._lists = lists
        self._time = time

    async def find(self, account: str, order: OrderName) -> OrderEvent | None:
        """Find an order.

        Returns:
            What it is, with all of its executions; None where the gateway has none of that name now.

        Raises:
            VenueError: A list did not come whole.
        """
        event, whole = None, await self._lists.read()
        placed, executions = whole.named(order), whole.executions_of(order)
        if placed is None and executions:  # it may have come to show between the lists
            whole = await self._lists.read()
            placed, executions = whole.named(order), whole.executions_of(order)
        if placed is not None:
            event = event_of(account, placed, executions, at=self._time.now())
        elif executions:
            event = self._ended(account, executions)
        return event

    async def placed(self, order: OrderName) -> Placed | None:
        """Find an order as the gateway has it.

        Returns:
            Whose it is, and by which number it is cancelled; None where the gateway has none of that name now.

        Raises:
            VenueError: A list did not come whole.
        """
        return (await self._lists.read()).named(order)

    def _ended(self, account: str, executions: tuple[Execution, ...]) -> OrderEvent:
        """Return what is known of an order that is in no list any more: it is over, with what was filled."""
        last = executions[-1]
        gone = Placed(
            ref=last.client_order_id or "",
            perm_id=int(last.broker_order_id or 0),
            client_id=0,
            order_id=0,
            word="Cancelled",
            quantity=Decimal(0),
            filled=Decimal(0),
        )
        event = event_of(account, gone, executions, at=self._time.now())
        return msgspec.structs.replace(event, reason=EXECUTIONS_ALONE)


def is_surely_nowhere(*, placed_at: datetime, looked: int, now: datetime) -> bool:
    """Tell whether an order that was in none of the lists will never appear: looked for twice, and not at once.

    Args:
        placed_at: When it was last sent, aware UTC.
        looked: How many times in a row all lists were whole and did not have it.
        now: The moment, aware UTC.
    """
    return looked >= LOOKS and now - placed_at >= SETTLED


def is_named(order: OrderName, client_order_id: str, perm_id: int) -> bool:
    """Tell whether something at the gateway is of an order: by our name for it, else by its permId.

    Args:
        order: The order.
        client_order_id: Our name that it bears; empty for none.
        perm_id: The gateway's name; 0 is none.
    """
    if client_order_id:
        return client_order_id == order.client_order_id
    return bool(perm_id) and str(perm_id) == order.broker_order_id


def _looked_at(task: "asyncio.Task[Whole]") -> None:
    """Look at an error for which nobody waits any more."""
    with contextlib.suppress(asyncio.CancelledError):
        task.exception()
