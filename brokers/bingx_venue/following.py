"""The orders of this life that may still change: which of them the stream means."""

from collections.abc import Iterator

import msgspec

from brokers.bingx_venue.markets import Woken
from brokers.venue import OrderName
from bus.messages.venues import OrderEvent, PlaceOrder, Traded

ENDED = frozenset({"FILLED", "CANCELED", "REJECTED", "EXPIRED", "NOWHERE"})


class Name(msgspec.Struct, frozen=True, kw_only=True):
    """What names an order."""

    client_order_id: str
    broker_order_id: str | None
    instrument: Traded


class Following:
    """The account, and the orders that are followed."""

    def __init__(self) -> None:
        """Follow nothing yet."""
        self._orders: dict[str, tuple[str, Name]] = {}

    def begin(self, order: PlaceOrder) -> None:
        """Follow an order that is about to be placed.

        Args:
            order: The order.
        """
        name = Name(client_order_id=order.client_order_id, broker_order_id=None, instrument=order.instrument)
        self._orders[order.client_order_id] = (order.account, name)

    def found(self, order: OrderName, event: OrderEvent) -> OrderEvent:
        """Follow an order that was asked for, perhaps of an earlier life.

        Args:
            order: Its name.
            event: What it is.

        Returns:
            The event.
        """
        name = Name(
            client_order_id=order.client_order_id,
            broker_order_id=event.broker_order_id or order.broker_order_id,
            instrument=order.instrument,
        )
        self._orders[order.client_order_id] = (event.account, name)
        return self.heard(event)

    def heard(self, event: OrderEvent) -> OrderEvent:
        """Take in what an order is: one that has ended is not followed any more.

        Args:
            event: What it is.

        Returns:
            The event.
        """
        known = self._orders.get(event.client_order_id)
        if event.status in ENDED:
            self._orders.pop(event.client_order_id, None)
        elif known is not None and event.broker_order_id:
            named = msgspec.structs.replace(known[1], broker_order_id=event.broker_order_id)
            self._orders[event.client_order_id] = (known[0], named)
        return event

    def meant(self, woken: Woken) -> Iterator[tuple[str, OrderName]]:
        """Yield the orders that may have changed, each with its account.

        Args:
            woken: What the stream says; where it names no order, all are meant.
        """
        is_any = not (woken.client_order_id or woken.broker_order_id)
        for account, name in tuple(self._orders.values()):
            is_same = woken.client_order_id == name.client_order_id or (
                bool(woken.broker_order_id) and woken.broker_order_id == name.broker_order_id
            )
            if is_any or is_same:
                yield account, name
