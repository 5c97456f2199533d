"""Placing and cancelling: a frame goes out, and what became of it is heard, looked up, or not known.

    sent ──▶ a status or a fill ────────────▶ what it is; a market order gets a moment to fill, and its fees to come
         ──▶ an error that names it ────────▶ looked up: refused only where no list has it alive, and nothing is filled
         ──▶ nothing in time, or a lost link ▶ Unknown

ib_async answers at once and says nothing of whether the frame has arrived: what it returns is no answer. Numbers of
orders are the connection's own: nothing here is remembered by them longer than a call lasts.
"""

import asyncio
import contextlib
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from ib_async import Contract, Trade

from brokers.desk.known import Name
from brokers.ibkr_venue.finding import Finding
from brokers.ibkr_venue.hearing import Hearing
from brokers.ibkr_venue.link import Link
from brokers.ibkr_venue.ordered import Placed, order_of
from brokers.ibkr_venue.refusals import CANCELED, ID_TAKEN, Trouble, reason_of
from brokers.ibkr_venue.seen import Seen
from brokers.venue import Busy, OrderName, Refused, Unknown, VenueError
from bus import reasons
from bus.messages.venues import OrderEvent, PlaceOrder
from bus.time_source import TimeSource

HEARD_S: Final = 4.0
FILLED_S: Final = 1.0
CANCELED_S: Final = 4.0
AGAIN_S: Final = 0.3
IDS_APART: Final = 100
FOREIGN: Final = "made by another program or by hand: cancel it there"


class Placing:
    """Sends orders and cancels, and waits for what becomes of them."""

    def __init__(self, link: Link, hearing: Hearing, finding: Finding, *, time: TimeSource) -> None:
        """Keep what is needed.

        Args:
            link: The link to the gateway.
            hearing: Tells what the gateway says of an order.
            finding: Looks orders up.
            time: The clocks.
        """
        self._link = link
        self._hearing = hearing
        self._finding = finding
        self._time = time

    async def place(self, order: PlaceOrder, contract: Contract, quantity: Decimal) -> OrderEvent:
        """Place an order, and wait for what becomes of it.

        Args:
            order: What execution wants.
            contract: What is traded.
            quantity: How much of it.

        Returns:
            What it is.

        Raises:
            VenueError: Unknown where it may be placed all the same; any other one means that it surely is not.
        """
        made = order_of(order, number=self._link.number, quantity=quantity)
        with self._hearing.calling(order.client_order_id) as seen:
            ib = await self._link.turn()
            try:
                trade = ib.placeOrder(contract, made)
            except ConnectionError:
                raise Busy(reasons.UNREACHABLE) from None
            self._hearing.number(trade.order.orderId, seen)
            await seen.until(lambda: seen.is_firm or _is_trouble(seen), within_s=HEARD_S)
            if seen.is_firm and order.type == "MARKET":
                await seen.until(lambda: seen.is_whole or _is_trouble(seen), within_s=FILLED_S)
            if seen.is_inactive:  # the error that says why may come after it
                await seen.until(lambda: _is_trouble(seen), within_s=AGAIN_S)
            if (_is_trouble(seen) or seen.is_inactive) and not seen.has_fills:
                return await self._after_trouble(order, seen)
            if seen.placed is None and seen.has_fills:  # its executions were asked for, and have come before its status
                return await self._found(order.account, name_of(order), seen)
            return self._told(order.account, seen)

    async def cancel(self, account: str, order: OrderName) -> OrderEvent:
        """Cancel an order, and wait for what becomes of it.

        Returns:
            What it is then: a fill that crosses the cancel wins.

        Raises:
            VenueError: Unknown where it may be canceled all the same; any other one means that it surely is not.
        """
        with self._hearing.calling(order.client_order_id) as seen:
            placed = seen.placed if seen.is_known else await self._finding.placed(order)
            if placed is None or not placed.is_alive:
                return await self._over(account, order, seen)
            trade = self._own(placed)
            if trade is None:
                raise Refused(FOREIGN)
            ib = await self._link.turn()
            seen.begin()
            try:
                ib.cancelOrder(trade.order)
            except ConnectionError:
                raise Busy(reasons.UNREACHABLE) from None
            await seen.until(lambda: seen.is_over or _is_trouble(seen), within_s=CANCELED_S)
            if seen.is_lost or not (seen.is_over or _is_trouble(seen)):
                raise Unknown("the cancel is not confirmed")
            return await self._ended(account, order, seen)

    def _own(self, placed: Placed) -> Trade | None:
        """Return an order of this program's as ib_async has it; None for one that it may not cancel."""
        if placed.client_id != self._link.client_id or placed.order_id <= 0:
            return None
        mine = (each for each in self._link.ib.trades() if each.order.clientId == placed.client_id)
        return next((each for each in mine if each.order.orderId == placed.order_id), None)

    async def _found(self, account: str, order: OrderName, seen: Seen) -> OrderEvent:
        """Return what an order is by the lists."""
        with _may_be_done():
            event = await self._finding.find(account, order)
        if event is None:
            raise Unknown("IB knows no such order")
        return self._keep(seen, event)

    async def _over(self, account: str, order: OrderName, seen: Seen) -> OrderEvent:
        """Return what an order is that is not to be cancelled any more; nothing was sent."""
        event = await self._finding.find(account, order)
        if event is None:
            raise Refused("IB knows no such order")
        return self._keep(seen, event)

    async def _ended(self, account: str, order: OrderName, seen: Seen) -> OrderEvent:
        """Return what an order is after a cancel; one that lives was surely not cancelled, or it is not known yet."""
        event = await self._found(account, order, seen)
        if event.status in {"NEW", "PARTIALLY_FILLED"}:
            if seen.trouble is None or seen.trouble.code == CANCELED:
                raise Unknown("the cancel is not confirmed")
            raise Refused(reason_of(seen.trouble), code=str(seen.trouble.code))
        return event

    async def _after_trouble(self, order: PlaceOrder, seen: Seen) -> OrderEvent:
        """Return what an order is of which an error was told; raise Refused where it surely is not there."""
        trouble = seen.trouble or Trouble(0, "IB has refused it, and does not say why")
        name = name_of(order)
        with _may_be_done():
            event = await self._finding.find(order.account, name)
            if event is None:  # it may come to show a moment later
                await asyncio.sleep(AGAIN_S)
                event = await self._finding.find(order.account, name)
        if event is not None and (event.executions or event.status in {"NEW", "PARTIALLY_FILLED", "FILLED"}):
            return self._keep(seen, event)
        if event is None and trouble.code == ID_TAKEN:
            self._link.ib.client.updateReqId(self._link.ib.client.getReqId() + IDS_APART)
            raise Busy("the order's number was taken", code=str(ID_TAKEN), retry_after_s=AGAIN_S)
        seen.told = seen.event(order.account, at=self._time.now())
        raise Refused(reason_of(trouble), code=str(trouble.code))

    def _told(self, account: str, seen: Seen) -> OrderEvent:
        """Return what was heard of an order; Unknown where that is nothing."""
        event = seen.event(account, at=self._time.now()) if seen.is_known or seen.has_fills else None
        if event is None:
            code = "lost" if seen.is_lost else "silent"
            raise Unknown(reasons.UNREACHABLE if seen.is_lost else reasons.TIMEOUT, code=code)
        return self._keep(seen, event)

    def _keep(self, seen: Seen, event: OrderEvent) -> OrderEvent:
        """Note that this is what is told of an order, so that it is not told again."""
        seen.take(event.executions)
        seen.told = event
        return event


def name_of(order: PlaceOrder) -> OrderName:
    """Return what names an order of which the gateway has not said its own name.

    Args:
        order: The order.
    """
    return Name(client_order_id=order.client_order_id, broker_order_id=None, instrument=order.instrument)


def _is_trouble(seen: Seen) -> bool:
    """Tell whether an error was told of an order that may have ended it."""
    return seen.trouble is not None and not seen.trouble.is_news


@contextlib.contextmanager
def _may_be_done() -> Iterator[None]:
    """Turn what goes wrong while an order is looked up into Unknown: it was sent."""
    try:
        yield
    except VenueError as error:
        raise Unknown(error.reason, code=error.code) from None
