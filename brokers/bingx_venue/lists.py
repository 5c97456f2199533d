"""Orders of perpetuals, asked for one by one or in lists.

Follows BingX's "Query order details", "Current all open orders", "Query order history" (read 2026-11).

Quirks: an order that BingX does not have is an error of its own, never an empty answer; history is told for seven days
at a time, at most a thousand orders of them.
"""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from brokers.bingx_venue.errors import NO_SUCH_ORDER
from brokers.bingx_venue.fills import windows
from brokers.bingx_venue.orders_wire import (
    ALL_ORDERS,
    OPEN_ORDERS,
    ORDER,
    SHORTENED,
    Placed,
    milliseconds,
    read_order,
    read_orders,
)
from brokers.bingx_venue.remembered import Remembered
from brokers.bingx_venue.rest import Rest
from brokers.venue import Malformed, VenueError
from bus import reasons

MOST_LISTED: Final = 1000
SHORTEST: Final = timedelta(seconds=1)


class Lists:
    """Reads orders; each with our name for it, where it is known to be ours."""

    def __init__(self, rest: Rest, remembered: Remembered) -> None:
        """Keep what is needed.

        Args:
            rest: Calls BingX.
            remembered: Knows which number is which order of ours.
        """
        self._rest = rest
        self._remembered = remembered

    async def by_number(self, symbol: str, broker_order_id: str) -> Placed | None:
        """Ask for an order by BingX's number.

        Args:
            symbol: What it trades.
            broker_order_id: The number.

        Returns:
            The order; None where BingX has none of that number.

        Raises:
            VenueError: It could not be asked.
        """
        return await self._one(symbol=symbol, orderId=broker_order_id)

    async def by_name(self, symbol: str, client_order_id: str) -> Placed | None:
        """Ask for an order by our name for it, also by that of one that was made smaller than asked.

        Args:
            symbol: What it trades.
            client_order_id: Our name.

        Returns:
            The order; None where BingX has none of that name.

        Raises:
            VenueError: It could not be asked.
        """
        for name in (client_order_id, f"{client_order_id}{SHORTENED}"):
            placed = await self._one(symbol=symbol, clientOrderId=name)
            if placed is not None and placed.client_order_id != client_order_id:
                raise Malformed(reasons.BAD_ANSWER, code="another order")
            if placed is not None:
                return placed
        return None

    def now(self) -> datetime:
        """Return the present moment, as BingX has it."""
        return self._rest.clock.now()

    async def working(self, symbol: str = "") -> tuple[Placed, ...]:
        """Ask for the orders that rest.

        Args:
            symbol: What they trade; empty for all.

        Returns:
            The orders, those of foreign hands too; empty means that BingX said so.

        Raises:
            VenueError: They could not be read whole.
        """
        orders = read_orders(await self._rest.get(OPEN_ORDERS, symbol=symbol))
        return tuple(self._remembered.ours(each) for each in orders if each.is_resting)

    async def history(self, since: datetime, symbol: str = "") -> tuple[Placed, ...]:
        """Ask for all orders since a moment, those that rest too.

        Args:
            since: Aware UTC.
            symbol: What they trade; empty for all.

        Returns:
            Each order once, as it was told last.

        Raises:
            VenueError: They could not be read whole.
        """
        wanted = windows(since, self._rest.clock.now() + SHORTEST)
        lists = await asyncio.gather(*(self._window(begins_at, ends_at, symbol) for begins_at, ends_at in wanted))
        by_number = newest(each for one in lists for each in one)
        return tuple(self._remembered.ours(each) for each in by_number.values())

    async def _window(self, begins_at: datetime, ends_at: datetime, symbol: str) -> tuple[Placed, ...]:
        """Ask for the orders of one window, in halves where they are too many."""
        span = {"startTime": milliseconds(begins_at), "endTime": milliseconds(ends_at)}
        orders = read_orders(await self._rest.get(ALL_ORDERS, symbol=symbol, limit=str(MOST_LISTED), **span))
        if len(orders) < MOST_LISTED or ends_at - begins_at < SHORTEST:
            return orders
        middle = begins_at + (ends_at - begins_at) / 2
        return (
            *await self._window(begins_at, middle, symbol),
            *await self._window(middle, ends_at, symbol),
        )

    async def _one(self, **wanted: str) -> Placed | None:
        """Ask for one order; None where BingX says that it has none."""
        try:
            return self._remembered.ours(read_order(await self._rest.get(ORDER, **wanted)))
        except VenueError as error:
            if error.code not in NO_SUCH_ORDER:
                raise
            return None


def newest(orders: Iterable[Placed]) -> dict[str, Placed]:
    """Return orders by their numbers; of one that was listed twice the later word counts.

    Args:
        orders: In any order.
    """
    return {each.broker_order_id: each for each in sorted(orders, key=lambda each: each.updated_at)}
