"""Resting orders of perpetuals as the bus says them."""

from brokers.bingx_venue.orders_wire import Placed
from brokers.bingx_venue.symbols import perpetual
from bus.messages.venue_accounts import Working


def working_of(placed: Placed) -> Working:
    """Return a resting order as the bus says it.

    Args:
        placed: The order; one without a name of ours is found again by its number.
    """
    return Working(
        instrument=perpetual(placed.symbol),
        client_order_id=placed.client_order_id,
        broker_order_id=placed.broker_order_id,
        side=placed.side,
        type=placed.type,
        quantity=placed.quantity,
        filled_quantity=placed.executed,
        stop_price=placed.stop_price,
    )
