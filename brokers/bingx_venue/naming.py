"""The names of fills, alike for perpetuals and spot: an order's number, and what of it is filled with each.

BingX has no name for a fill of perpetuals that every list tells; so it is called `1735…:0.25`, and every life of the
broker, whatever it has read, calls it the same.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Protocol, TypeVar

from brokers.bingx_venue.orders_wire import Placed, plain
from bus.messages.venues import Execution, Traded


class Filled(Protocol):
    """A fill, of perpetuals or of spot."""

    @property
    def quantity(self) -> Decimal:
        """How much."""
        ...

    @property
    def price(self) -> Decimal:
        """At which price."""
        ...

    @property
    def at(self) -> datetime:
        """When, aware UTC."""
        ...

    @property
    def fee(self) -> Decimal | None:
        """Above zero where it was paid; None where it is not told."""
        ...

    @property
    def fee_currency(self) -> str | None:
        """In which it was paid."""
        ...


AFill = TypeVar("AFill", bound=Filled)


def named(
    placed: Placed, fills: Iterable[AFill], instrument: Traded, *, note_of: Callable[[AFill], str] = lambda _: ""
) -> tuple[Execution, ...]:
    """Return the fills of an order as the bus says them.

    Args:
        placed: The order.
        fills: All of them, oldest first.
        instrument: What it trades.
        note_of: What an execution says besides.
    """
    told, filled = [], Decimal(0)
    for each in fills:
        filled += each.quantity
        told.append(
            Execution(
                broker_trade_id=f"{placed.broker_order_id}:{plain(filled)}",
                side=placed.side,
                quantity=each.quantity,
                price=each.price,
                exec_time=each.at,
                fee=each.fee,
                fee_currency=each.fee_currency,
                client_order_id=placed.client_order_id or None,
                broker_order_id=placed.broker_order_id,
                instrument=instrument,
                note=note_of(each),
            )
        )
    return tuple(told)
