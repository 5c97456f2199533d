"""The register of the pretend gateway's orders, and what is to be told of them; follows no outside page."""

import copy
from collections.abc import Callable, Iterable
from datetime import datetime

from sandbox.ib_gateway import events
from sandbox.ib_gateway.orders import Order, Status, Ticket
from sandbox.ib_gateway.state import State

_FIRST_PERM_ID = 1_560_000_001


class Register:
    """All orders of the one account.

    Attributes:
        orders: By permId, in the order of their coming.
        events: What is to be told; whoever tells it takes it out.
        next_id: The next order id that a client is given.
    """

    def __init__(self, state: State, now: Callable[[], datetime]) -> None:
        """Begin empty.

        Args:
            state: How the gateway behaves, the quotes among it.
            now: The clock.
        """
        self.state = state
        self.now = now
        self.orders: dict[int, Order] = {}
        self.events: list[events.Event] = []
        self.next_id = 1
        self._by_id: dict[tuple[int, int], Order] = {}
        self._perm_ids = _FIRST_PERM_ID

    def forget(self) -> None:
        """Be as new; permIds go on, as at the real one."""
        self.orders.clear()
        self._by_id.clear()
        self.events.clear()
        self.next_id = 1

    def roll_back(self) -> None:
        """Begin again with the order ids, as some restarts do; ids of what has ended may come again."""
        self.next_id = 1
        self._by_id = {key: order for key, order in self._by_id.items() if order.is_working}

    def find(self, client_id: int, order_id: int) -> Order | None:
        """Return a client's order by its number; what was made by hand has none."""
        return self._by_id.get((client_id, order_id)) if order_id else None

    def named(self, name: str) -> Order | None:
        """Return the newest order with this orderRef or permId."""
        found = [each for each in self.orders.values() if name in {each.ticket.ref, str(each.perm_id)}]
        return found[-1] if found else None

    @property
    def working(self) -> list[Order]:
        """Return the orders that may still fill and that were transmitted."""
        return [each for each in self.orders.values() if each.is_working and not each.is_inert]

    @property
    def ended(self) -> list[Order]:
        """Return the orders that are over."""
        return [each for each in self.orders.values() if not each.is_working]

    def visible(self, orders: Iterable[Order]) -> list[Order]:
        """Return those of some orders that a look-up finds already."""
        return [each for each in orders if each.hidden_until is None or each.hidden_until <= self.now()]

    def parent_of(self, order: Order) -> Order | None:
        """Return the order on which one hangs."""
        return self.find(order.ticket.client_id, order.ticket.parent_id)

    def children_of(self, order: Order) -> list[Order]:
        """Return the orders that hang on one and are not over."""
        if not order.ticket.order_id:
            return []
        return [each for each in self.orders.values() if each.is_working and self.parent_of(each) is order]

    def siblings_of(self, order: Order) -> list[Order]:
        """Return the other working orders of a group."""
        group = order.ticket.oca_group
        return [each for each in self.working if group and each.ticket.oca_group == group and each is not order]

    def enter(self, ticket: Ticket) -> Order:
        """Write an order down and give it its permId."""
        order = Order(ticket=ticket, perm_id=self._perm_ids, at=self.now())
        self._perm_ids += 1
        self.orders[order.perm_id] = order
        if ticket.order_id:
            self._by_id[order.key] = order
        return order

    def become(self, order: Order, status: Status) -> None:
        """Give an order another status, and tell it."""
        if order.status != status:
            order.status = status
            self.show(order)

    def finish(self, order: Order, status: Status, ending: str) -> None:
        """Let an order be over, and tell it."""
        order.status, order.ended_at, order.ending = status, self.now(), ending
        if not order.is_inert:
            self.events.append(events.StatusChanged(copy.copy(order)))

    def show(self, order: Order) -> None:
        """Tell an order in full."""
        self.events.append(events.Shown(copy.copy(order)))

    def say(self, order: Ticket, code: int, text: str) -> None:
        """Tell whoever sent an order a message about it."""
        self.events.append(events.Said(order.client_id, order.order_id, code, text))
