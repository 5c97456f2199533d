"""What a fill does to cash and position, and why it may not be: pure arithmetic."""

from decimal import Decimal, localcontext

import msgspec

from brokers.paper_venue.filling import ARITHMETIC, plain
from bus.messages.venue_accounts import Held
from bus.messages.venues import Side, Traded

ZERO = Decimal(0)


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """What is held of an instrument, below zero for a short one; at what average price."""

    quantity: Decimal = ZERO
    average_price: Decimal = ZERO


class After(msgspec.Struct, frozen=True, kw_only=True):
    """What is held after a fill, and by how much it changes the cash, its fee not counted."""

    position: Position
    cash: Decimal


def signed(side: Side, quantity: Decimal) -> Decimal:
    """Return a quantity with its sign: below zero where it is sold.

    Args:
        side: Whether it is bought or sold.
        quantity: Not below zero.
    """
    return quantity if side == "BUY" else -quantity


def reducible(side: Side, held: Decimal) -> Decimal:
    """Return how much an order of this side may take from a position before it is zero.

    Args:
        side: Whether it buys.
        held: The position.
    """
    return max(ZERO, -held if side == "BUY" else held)


def is_margined(instrument: Traded) -> bool:
    """Tell whether cash pays for gains and losses only, and not for what is bought."""
    return instrument.asset_type in {"FUTURE", "FOREX"}


def after(instrument: Traded, position: Position, change: Decimal, price: Decimal) -> After:
    """Return what a fill makes of a position.

    Args:
        instrument: What is traded.
        position: What was held.
        change: The quantity, below zero where it is sold.
        price: At what price.
    """
    with localcontext(ARITHMETIC):
        quantity = position.quantity + change
        grows = position.quantity * change >= 0
        if grows:
            average = (position.average_price * abs(position.quantity) + price * abs(change)) / abs(quantity)
            realized = ZERO
        else:
            closed = min(abs(change), abs(position.quantity))
            direction = 1 if position.quantity > 0 else -1
            realized = (price - position.average_price) * closed * direction * instrument.multiplier
            crossed = quantity * position.quantity < 0
            average = price if crossed else position.average_price
        cash = realized if is_margined(instrument) else -change * price * instrument.multiplier
        held = Position(quantity=plain(quantity), average_price=plain(average) if quantity else ZERO)
        return After(position=held, cash=plain(cash))


def tied(instrument: Traded, position: Position) -> Decimal:
    """Return the cash that stands behind a position and cannot be spent: all of its cost, since nothing is borrowed.

    Args:
        instrument: What is held.
        position: How much of it.
    """
    if not is_margined(instrument):
        return ZERO
    with localcontext(ARITHMETIC):
        return plain(abs(position.quantity) * position.average_price * instrument.multiplier)


def value(held: Held, last: Decimal) -> Decimal:
    """Return what a position adds to the cash to make the equity.

    Args:
        held: The position.
        last: What it costs now.
    """
    paid = (held.average_price or ZERO) if is_margined(held.instrument) else ZERO
    with localcontext(ARITHMETIC):
        return plain(held.quantity * (last - paid) * held.instrument.multiplier)
