"""Which price triggers an order of the pretend BingX, and what becomes of the legs attached to one.

Follows BingX's documentation, "USDT-M Perp Futures, Place order" (read 2026-11).

Quirks of BingX that are kept: the mark price triggers, unless the last one was asked for; a leg has no client id.
"""

from decimal import Decimal

from sandbox.bingx.orders import NOTHING, PROFITS, STOPS, Attached, Order, Ticket
from sandbox.bingx.quotes import Prices

_FALLING = frozenset({("SELL", True), ("BUY", False)})
"""Side and "is it a stop" of what a falling price triggers."""


def is_above(ticket: Ticket, prices: Prices) -> bool:
    """Return whether a rising price triggers an order."""
    if ticket.stop_price is None:
        return False
    if ticket.type in STOPS | PROFITS:
        return (ticket.side, ticket.type in STOPS) not in _FALLING
    return ticket.stop_price > prices.last


def leg_of(order: Order, attached: Attached, quantity: Decimal) -> Ticket:
    """Return the order that an attached leg becomes: it closes what its parent opens, and has no client id."""
    ticket = order.ticket
    return Ticket(
        symbol=ticket.symbol,
        side="SELL" if ticket.side == "BUY" else "BUY",
        position_side=ticket.position_side,
        type=attached.type,
        quantity=quantity,
        price=attached.price,
        stop_price=attached.stop_price,
        working_type=attached.working_type,
        reduce_only=ticket.position_side == "BOTH",
        parent_id=order.order_id,
    )


def reaches(order: Order, prices: Prices) -> bool:
    """Return whether a price has come to an order's stop price."""
    price = prices.last if order.ticket.working_type == "CONTRACT_PRICE" else prices.mark
    stop = order.ticket.stop_price or NOTHING
    return price >= stop if order.is_above else price <= stop
