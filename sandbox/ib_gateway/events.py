"""What the pretend gateway's book has to tell, in the order in which it happened; follows no outside page.

Each holds a copy of its order as it was at that moment.
"""

from decimal import Decimal

import msgspec

from sandbox.ib_gateway.orders import Execution, Order, Ticket


class Shown(msgspec.Struct, frozen=True):
    """An order in full, and its status."""

    order: Order


class StatusChanged(msgspec.Struct, frozen=True):
    """The status of an order alone."""

    order: Order


class Executed(msgspec.Struct, frozen=True):
    """An execution, or the correction of one."""

    execution: Execution


class Charged(msgspec.Struct, frozen=True):
    """An execution's commission is known."""

    execution: Execution


class Said(msgspec.Struct, frozen=True):
    """A message with a code about an order, by whose it is and its number."""

    client_id: int
    order_id: int
    code: int
    text: str


class Estimated(msgspec.Struct, frozen=True):
    """What an order would do, which is not placed; USD."""

    ticket: Ticket
    value: Decimal
    equity: Decimal
    commission: Decimal


Event = Shown | StatusChanged | Executed | Charged | Said | Estimated


def client_of(event: Event) -> int:
    """Return whom an event is for."""
    match event:
        case Shown(order) | StatusChanged(order):
            return order.ticket.client_id
        case Executed(execution) | Charged(execution):
            return execution.ticket.client_id
        case Estimated(ticket):
            return ticket.client_id
        case Said(client_id):
            return client_id
