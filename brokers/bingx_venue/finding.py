"""Finding orders of perpetuals: by BingX's number, by our name, or by the shape of what was sent; with all their fills.

    GET order ──▶ nothing filled ────────────────▶ what it is
              ──▶ filled ──▶ the list of fills ──▶ they add up: what it is
                                               ──▶ not yet: both again, some times, then UNKNOWN

An order is never FILLED before its fills add up, and none of them is told before: their names depend on all that were
before them. One look that finds nothing has asked twice.
"""

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

import msgspec

from brokers.bingx_venue.clock import Clock
from brokers.bingx_venue.fills import Fill, Fills, executions_of, total
from brokers.bingx_venue.legs import Legs
from brokers.bingx_venue.lists import Lists
from brokers.bingx_venue.orders_wire import ONLY_WHAT_WAS_HELD, Placed
from brokers.bingx_venue.remembered import Remembered
from brokers.venue import Busy, OrderName
from bus.messages.venues import OrderEvent

AGAIN_S: Final = 0.3
PAUSES_S: Final = (0.15, 0.3, 0.6)
SETTLED: Final = timedelta(seconds=10)
"""So long what BingX says of an order's end may be ahead of what it says that is filled of it."""


class Finding:
    """Finds orders, and tells them as the bus says them."""

    def __init__(self, lists: Lists, fills: Fills, legs: Legs, remembered: Remembered, *, clock: Clock) -> None:
        """Keep what is needed.

        Args:
            lists: Reads orders.
            fills: Reads fills.
            legs: Finds what bears no name.
            remembered: Knows which number is which order of ours.
            clock: BingX's.
        """
        self._lists = lists
        self._fills = fills
        self._legs = legs
        self._remembered = remembered
        self._clock = clock

    async def find(self, account: str, order: OrderName) -> OrderEvent | None:
        """Find an order, with all of its fills.

        Args:
            account: The account's uid.
            order: What names it.

        Returns:
            What is known of it; None where BingX has answered twice that it has none.

        Raises:
            VenueError: It could not be asked.
        """
        placed = await self.placed(order)
        if placed is None:
            await asyncio.sleep(AGAIN_S)
            placed = await self.placed(order)
        return None if placed is None else await self.event(account, placed)

    async def placed(self, order: OrderName) -> Placed | None:
        """Find an order as BingX has it.

        Args:
            order: What names it.

        Returns:
            The order; None where BingX has none of any of its names now.

        Raises:
            VenueError: It could not be asked.
        """
        name, symbol = order.client_order_id, order.instrument.symbol
        if order.broker_order_id and not self._remembered.number_of(name):
            self._remembered.learn(name, order.broker_order_id)
        number = self._remembered.number_of(name) or order.broker_order_id or ""
        placed = await self._lists.by_number(symbol, number) if number else None
        if placed is None and name:
            placed = await self._lists.by_name(symbol, name)
        sent = self._remembered.find(name)
        if placed is None and sent is not None and not number:
            placed = await self._legs.lost(sent)
        if placed is not None:
            self._remembered.learn(name, placed.broker_order_id)
            placed = self._remembered.ours(placed)
        return placed

    async def by_number(self, account: str, symbol: str, broker_order_id: str) -> OrderEvent | None:
        """Read an order again, whosever it is: the stream has said that something happened to it.

        Args:
            account: The account's uid.
            symbol: What it trades.
            broker_order_id: BingX's number.

        Returns:
            What is known of it; None where BingX has none of that number.

        Raises:
            VenueError: It could not be asked.
        """
        placed = await self._lists.by_number(symbol, broker_order_id)
        return None if placed is None else await self.event(account, placed)

    async def event(self, account: str, placed: Placed) -> OrderEvent:
        """Read an order's fills until they add up, and tell it.

        Args:
            account: The account's uid.
            placed: The order, as it was just read.

        Returns:
            What is known of it: UNKNOWN where its fills do not add up for now.

        Raises:
            VenueError: It could not be asked.
        """
        placed, fills, is_whole = await self.whole(placed)
        return self.told(account, placed, fills, is_whole=is_whole)

    async def whole(self, placed: Placed, listed: Iterable[Fill] = ()) -> tuple[Placed, tuple[Fill, ...], bool]:
        """Read an order and its fills until they agree.

        Args:
            placed: The order, as it was just read.
            listed: Fills that were just read, of any order.

        Returns:
            The order as it is then, its fills, and whether they add up.

        Raises:
            VenueError: It could not be asked.
        """
        if not placed.is_executed_told:
            placed = await self._counted(placed)
        fills = self._fills.arrange(placed, listed)
        if total(fills) == placed.executed:
            return placed, fills, True
        for pause_s in (*PAUSES_S, None):
            fills = await self._fills.of(placed)
            if total(fills) == placed.executed:
                return placed, fills, True
            if pause_s is not None:
                await asyncio.sleep(pause_s)
                placed = await self._lists.by_number(placed.symbol, placed.broker_order_id) or placed
        return placed, fills, False

    async def _counted(self, placed: Placed) -> Placed:
        """Return an order of which BingX does not say how much is filled with what its fills add up to, read twice."""
        before = total(await self._fills.of(placed))
        await asyncio.sleep(AGAIN_S)
        after = total(await self._fills.of(placed))
        if before != after:
            raise Busy("its fills are still being listed")
        return msgspec.structs.replace(placed, executed=after, is_executed_told=True)

    def told(self, account: str, placed: Placed, fills: tuple[Fill, ...], *, is_whole: bool) -> OrderEvent:
        """Tell an order as the bus says it.

        Args:
            account: The account's uid.
            placed: The order.
            fills: Its fills, oldest first.
            is_whole: Whether they add up to what the order says is filled.

        Returns:
            The event; UNKNOWN and without executions while they do not add up.
        """
        now = self._clock.now()
        is_ahead = placed.is_cut and not placed.is_shortened and now - placed.updated_at < SETTLED
        is_sure = is_whole and not is_ahead
        return OrderEvent(
            account=account,
            client_order_id=placed.client_order_id,
            broker_order_id=placed.broker_order_id,
            status=placed.status if is_sure else "UNKNOWN",
            at=now,
            executions=executions_of(placed, fills) if is_whole else (),
            filled_quantity=placed.executed,
            reason=ONLY_WHAT_WAS_HELD if is_sure and placed.is_cut else "",
        )
