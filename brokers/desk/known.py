"""What this life of the broker knows of its orders: each once, in a memory that has an end."""

from collections import OrderedDict
from datetime import datetime

import msgspec

from bus.messages.venues import OrderEvent, PlaceOrder, Traded

MOST = 10_000


class Name(msgspec.Struct, frozen=True, kw_only=True):
    """What names an order at its venue, as `brokers.venue.OrderName`."""

    client_order_id: str
    broker_order_id: str | None
    instrument: Traded


class Known(msgspec.Struct, kw_only=True):
    """One order.

    `event` is the last that was said of it, None while nothing was. `is_calling`: a call that places or cancels it
    waits or is under way. `is_looking`: it is looked for until it is found. `may_be_there`: the venue may have it.
    `until_s`, `again_s`: on the monotonic clock, until when it may be placed, and before when not again.
    """

    account: str
    name: Name
    placed_at: datetime
    order: PlaceOrder | None = None
    event: OrderEvent | None = None
    is_calling: bool = False
    is_looking: bool = False
    may_be_there: bool = True
    until_s: float = 0.0
    again_s: float = 0.0

    @property
    def is_held(self) -> bool:
        """Whether something still goes on with it, so that it must not be forgotten."""
        return self.is_calling or self.is_looking


class Memory:
    """The orders by account and client order id; the oldest with which nothing goes on are forgotten first.

    What is forgotten is asked for at the venue when it is told again, as after a restart. `has_forgotten`: from then on
    an order that is not remembered may have been heard all the same.
    """

    def __init__(self, most: int = MOST) -> None:
        """Know no order.

        Args:
            most: So many are remembered.
        """
        self._most = most
        self.has_forgotten = False
        self._orders: OrderedDict[tuple[str, str], Known] = OrderedDict()

    def find(self, account: str, client_order_id: str) -> Known | None:
        """Return an order, None where this life has not heard of it."""
        return self._orders.get((account, client_order_id))

    def add(self, known: Known) -> Known:
        """Remember an order.

        Args:
            known: One that is not remembered yet.

        Returns:
            The same.
        """
        self._orders[known.account, known.name.client_order_id] = known
        while len(self._orders) > self._most and self._forget_one():
            pass
        return known

    def _forget_one(self) -> bool:
        """Forget the oldest order with which nothing goes on; False where there is none."""
        key = next((key for key, known in self._orders.items() if not known.is_held), None)
        if key is None:
            return False
        del self._orders[key]
        self.has_forgotten = True
        return True
