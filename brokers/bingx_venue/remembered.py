"""What this life of the broker knows of its orders at BingX: which number each has, and what was sent under which name.

BingX honours our names for market and limit orders only. All else is known by its number: from the answer to its
placing, from execution, which keeps it, or because it was matched by its shape (`legs`). The oldest are forgotten
first.
"""

from collections import OrderedDict
from datetime import datetime

import msgspec

from brokers.bingx_venue.orders_wire import Placed
from bus.messages.venues import PlaceOrder

MOST = 10_000


class Sent(msgspec.Struct, kw_only=True):
    """An order of ours.

    Attributes:
        order: What execution wanted; None where an earlier life placed it.
        position_side: As it was sent.
        at: When it was sent, by the server's clock; None where an earlier life did.
        broker_order_id: BingX's number; empty while it is not known.
        is_shortened: Whether it was made smaller than asked.
    """

    order: PlaceOrder | None = None
    position_side: str = "BOTH"
    at: datetime | None = None
    broker_order_id: str = ""
    is_shortened: bool = False


class Remembered:
    """Orders by our names for them, and our names by BingX's numbers."""

    def __init__(self, most: int = MOST) -> None:
        """Know no order.

        Args:
            most: So many are remembered.
        """
        self._most = most
        self._sent: OrderedDict[str, Sent] = OrderedDict()
        self._names: OrderedDict[str, str] = OrderedDict()

    def find(self, client_order_id: str) -> Sent | None:
        """Return what is known of an order of ours, None for nothing.

        Args:
            client_order_id: Our name for it.
        """
        return self._sent.get(client_order_id)

    def number_of(self, client_order_id: str) -> str:
        """Return BingX's number of an order of ours; empty where it is not known.

        Args:
            client_order_id: Our name for it.
        """
        sent = self._sent.get(client_order_id)
        return "" if sent is None else sent.broker_order_id

    def name_of(self, broker_order_id: str) -> str:
        """Return our name for an order; empty where it is not known to be ours.

        Args:
            broker_order_id: BingX's number.
        """
        return self._names.get(broker_order_id, "")

    def sending(self, sent: Sent) -> None:
        """Note that an order is about to be sent.

        Args:
            sent: What, and when.
        """
        if sent.order is not None:
            self._sent[sent.order.client_order_id] = sent
            self._sent.move_to_end(sent.order.client_order_id)
            _shorten(self._sent, self._most)

    def learn(self, client_order_id: str, broker_order_id: str) -> None:
        """Note the number of an order of ours.

        Args:
            client_order_id: Our name for it; empty for an order that is not ours, of which nothing is noted.
            broker_order_id: BingX's number.
        """
        if not client_order_id or not broker_order_id:
            return
        self._sent.setdefault(client_order_id, Sent()).broker_order_id = broker_order_id
        self._names[broker_order_id] = client_order_id
        _shorten(self._sent, self._most)
        _shorten(self._names, self._most)

    def forget(self, client_order_id: str) -> None:
        """Forget an order that BingX has surely not taken.

        Args:
            client_order_id: Our name for it.
        """
        self._sent.pop(client_order_id, None)

    def ours(self, placed: Placed) -> Placed:
        """Return an order with our name for it, where it does not bear it and is known to be ours.

        Args:
            placed: As BingX tells it.
        """
        name = self.name_of(placed.broker_order_id)
        if not name or placed.client_order_id == name:
            return placed
        sent = self._sent.get(name)
        is_shortened = sent is not None and sent.is_shortened
        return msgspec.structs.replace(placed, client_order_id=name, is_shortened=is_shortened)


def _shorten(kept: "OrderedDict[str, Sent] | OrderedDict[str, str]", most: int) -> None:
    """Forget the oldest beyond so many."""
    while len(kept) > most:
        kept.popitem(last=False)
