"""Orders that bear no name of ours: legs that came with an opening, and stops whose answer was lost; known by shape.

Follows BingX's "Place order", `stopLoss` and `takeProfit` (read 2026-11).

    a leg is to be placed ──▶ one of its shape rests, as large as wanted ───▶ taken for it
                          ──▶ one rests, of another size ──▶ canceled ──────▶ placed as an order of its own
                          ──▶ one has filled since its opening was made ────▶ taken for it: it was faster
                          ──▶ none ─────────────────────────────────────────▶ placed as an order of its own

A shape is the symbol, the side, the side of the position, the kind and the stop price; what rests is taken once, and
never what was there before the opening.

Quirks: BingX honours our names for market and limit orders only. What is attached to an opening becomes an order of its
own as that fills.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

import msgspec

from brokers.bingx_venue.lists import Lists
from brokers.bingx_venue.orders_wire import PROFITS, STOPS, Placed
from brokers.bingx_venue.remembered import Remembered, Sent
from bus.messages.venues import PlaceOrder

KINDS: Final = {"STOP_LOSS": STOPS, "TAKE_PROFIT": PROFITS}
BEFORE: Final = timedelta(seconds=1)
"""So much earlier than it was sent an order may say that it was made."""
REACH: Final = timedelta(days=7)
"""So far back a leg is looked for that has filled: older fills are in the books, or told as a difference."""


class Adopted(msgspec.Struct, frozen=True):
    """What was found for a leg: an order to take for it, or one that has to go first; neither where there is none."""

    taken: Placed | None = None
    misfit: Placed | None = None


class Legs:
    """Matches orders by their shape."""

    def __init__(self, lists: Lists, remembered: Remembered) -> None:
        """Keep what is needed.

        Args:
            lists: Reads orders.
            remembered: Knows which orders are taken.
        """
        self._lists = lists
        self._remembered = remembered

    async def look(self, order: PlaceOrder, position_side: str) -> Adopted:
        """Look for what is at BingX already of a leg that is to be placed.

        Args:
            order: The leg.
            position_side: As it would be sent.

        Returns:
            What there is; what is taken is remembered as this leg.

        Raises:
            VenueError: It could not be asked.
        """
        sent = Sent(order=order, position_side=position_side)
        parent = await self._parent(order)
        sent.at = None if parent is None else parent.created_at
        number = "" if parent is None else parent.broker_order_id
        working = self._of_shape(sent, await self._lists.working(order.instrument.symbol))
        resting = await self._of_parent(order, number, working)
        fitting = [each for each in resting if each.quantity == order.quantity]
        if fitting:
            return Adopted(taken=self._take(order, fitting[0]))
        if parent is None:  # nobody knows whether what rests is of this opening: it is not canceled
            return Adopted()
        if resting:
            return Adopted(misfit=resting[0])
        since = max(parent.created_at - BEFORE, self._lists.now() - REACH)
        history = await self._lists.history(since, order.instrument.symbol)
        unnamed = [each for each in history if each.executed and not each.client_order_id]
        filled = await self._of_parent(order, number, self._of_shape(sent, unnamed))
        return Adopted(taken=self._take(order, filled[0])) if filled else Adopted()

    async def lost(self, sent: Sent) -> Placed | None:
        """Look for an order that was sent without an answer, and may bear no name.

        Args:
            sent: What was sent, and when.

        Returns:
            The order; None where there is none of its shape.

        Raises:
            VenueError: It could not be asked.
        """
        if sent.order is None or sent.at is None or not kinds_of(sent.order):
            return None
        orders = await self._lists.history(sent.at - BEFORE, sent.order.instrument.symbol)
        found = self._of_shape(sent, orders)
        return self._take(sent.order, found[0]) if found else None

    async def _of_parent(self, leg: PlaceOrder, number: str, orders: list[Placed]) -> list[Placed]:
        """Return those that say that they came with an opening; where none does, those that came with no other one."""
        mine = [each for each in orders if number and each.parent == number]
        if mine:
            return mine
        others = {each.parent for each in orders} - {"", "0"}
        found = [await self._lists.by_number(leg.instrument.symbol, each) for each in sorted(others)]
        foreign = {each.broker_order_id for each in found if each is not None and each.client_order_id != leg.parent}
        return [each for each in orders if each.parent not in foreign]

    def _of_shape(self, sent: Sent, orders: Iterable[Placed]) -> list[Placed]:
        """Return the orders of a shape that nobody has taken, those made first after it was sent before all others."""
        if sent.order is None:
            return []
        name = sent.order.client_order_id
        shaped = [each for each in orders if _is_shaped(sent.order, sent.position_side, each)]
        free = [each for each in shaped if self._remembered.name_of(each.broker_order_id) in {"", name}]
        since = None if sent.at is None else sent.at - BEFORE
        fresh = [each for each in free if since is None or each.created_at >= since]
        newest_first = since is None
        return sorted(fresh, key=lambda each: (each.created_at, each.broker_order_id), reverse=newest_first)

    def _take(self, order: PlaceOrder, placed: Placed) -> Placed:
        """Take an order for what it was looked for."""
        self._remembered.learn(order.client_order_id, placed.broker_order_id)
        return self._remembered.ours(placed)

    async def _parent(self, leg: PlaceOrder) -> Placed | None:
        """Return the opening of a leg; None where it is not to be found any more."""
        if not leg.parent:
            return None
        symbol, number = leg.instrument.symbol, self._remembered.number_of(leg.parent)
        if number:
            return await self._lists.by_number(symbol, number)
        return await self._lists.by_name(symbol, leg.parent)


def kinds_of(order: PlaceOrder) -> frozenset[str]:
    """Return BingX's words for what an order may be there; empty for what bears our name.

    Args:
        order: What execution wants.
    """
    if order.leg in KINDS:
        return KINDS[order.leg]
    return STOPS if order.type in {"STOP", "STOP_LIMIT"} else frozenset()


def _is_shaped(order: PlaceOrder, position_side: str, placed: Placed) -> bool:
    """Tell whether an order has a shape; one that bears another name has not."""
    price = order.price if order.leg == "TAKE_PROFIT" else order.stop_price
    return (
        placed.symbol == order.instrument.symbol
        and placed.side == order.side
        and placed.position_side == position_side
        and placed.kind in kinds_of(order)
        and placed.stop_price == price
        and placed.client_order_id in {"", order.client_order_id}
    )
