"""Canceling orders of perpetuals; what an order is then is read, never taken from the answer.

Follows BingX's "Cancel order" of perpetuals (read 2026-11).

Quirks: the answer may still call the order resting. An order that has filled is refused as one that does not exist: it
is looked for, and its fill wins.
"""

import asyncio
from typing import Final

from brokers.bingx_venue.errors import NO_SUCH_ORDER
from brokers.bingx_venue.finding import Finding
from brokers.bingx_venue.lists import Lists
from brokers.bingx_venue.orders_wire import ORDER, Placed
from brokers.bingx_venue.remembered import Remembered
from brokers.bingx_venue.rest import Rest
from brokers.venue import OrderName, Refused, Unknown, VenueError
from bus.messages.venues import OrderEvent

CANCELED_S: Final = (0.0, 0.15, 0.3, 0.6, 1.2)
"""How long a cancel gets to be done, looked at after each of these pauses."""
NOT_CONFIRMED: Final = "the cancel is not confirmed"


class Cancelling:
    """Cancels orders, and reads what they are then."""

    def __init__(self, rest: Rest, lists: Lists, finding: Finding, remembered: Remembered) -> None:
        """Keep what is needed.

        Args:
            rest: Calls BingX.
            lists: Reads orders.
            finding: Finds orders, and tells them.
            remembered: Knows BingX's numbers.
        """
        self._rest = rest
        self._lists = lists
        self._finding = finding
        self._remembered = remembered

    async def cancel(self, account: str, order: OrderName) -> OrderEvent:
        """Cancel an order.

        Args:
            account: The account's uid.
            order: What names it.

        Returns:
            What it is then: a fill that crosses the cancel wins.

        Raises:
            VenueError: Unknown where it may be canceled all the same; any other one means that it surely is not.
        """
        symbol = order.instrument.symbol
        number = self._remembered.number_of(order.client_order_id) or order.broker_order_id
        wanted = {"orderId": number} if number else {"clientOrderId": order.client_order_id}
        try:
            await self._rest.change("DELETE", ORDER, symbol=symbol, **wanted)
        except Refused as error:
            placed = await self._finding.placed(order)
            if placed is None:
                raise
            if placed.is_resting and (error.code not in NO_SUCH_ORDER or placed.broker_order_id == number):
                raise
            if placed.is_resting:
                await self._rest.change("DELETE", ORDER, symbol=symbol, orderId=placed.broker_order_id)
            else:
                return await self._finding.event(account, placed)
        return await self._ended(account, order)

    async def remove(self, placed: Placed) -> bool:
        """Cancel an order that bears no name of ours and is not wanted as it is.

        Args:
            placed: The order.

        Returns:
            Whether it has gone without a fill.

        Raises:
            VenueError: Unknown where it may be canceled all the same; any other one means that it surely is not.
        """
        symbol, number = placed.symbol, placed.broker_order_id
        try:
            await self._rest.change("DELETE", ORDER, symbol=symbol, orderId=number)
        except Refused as error:
            if error.code not in NO_SUCH_ORDER:
                raise
        for pause_s in CANCELED_S:
            await asyncio.sleep(pause_s)
            found = await self._lists.by_number(symbol, number)
            if found is None or found.status in {"CANCELED", "EXPIRED", "REJECTED", "FILLED"}:
                return found is None or (found.is_executed_told and not found.executed)
        raise Unknown(NOT_CONFIRMED)

    async def _ended(self, account: str, order: OrderName) -> OrderEvent:
        """Return what an order is whose cancel was taken, once it is over."""
        try:
            for pause_s in CANCELED_S:
                await asyncio.sleep(pause_s)
                placed = await self._finding.placed(order)
                if placed is not None and not placed.is_resting:
                    return await self._finding.event(account, placed)
        except VenueError as error:
            raise Unknown(error.reason, code=error.code) from None
        raise Unknown(NOT_CONFIRMED)
