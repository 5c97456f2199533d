"""What an execution does to a position: average cost, exact to the last digit.

A position carries its whole cost beside its average price. An execution's value, quantity × price × multiplier, is
rounded to 18 places once; from then on everything is sums, so that at any time

    realized P&L + (value of what is held − its cost)  =  cash that came in − cash that went out + value of what is held

holds without a rest. The average price is the cost of one, rounded; taking away leaves it as it is.

A fee in the coin that is bought or sold takes from the quantity and stays in the cost. Other fees stand beside.
"""

from datetime import datetime
from decimal import Decimal, localcontext

import msgspec
from msgspec.structs import replace

from ledger.exact import ARITHMETIC, ZERO, exact, rounded
from ledger.trading.enumerations import Side

ONE = Decimal(1)


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """A position as numbers.

    Attributes:
        quantity: Below zero for a short one.
        avg_price: Of one; zero when nothing is held.
        cost: What was paid for what is held; below zero for a short one.
        realized_pnl: All that was ever realized, gross.
        opened_at: When it last left zero, None while nothing is held.
    """

    quantity: Decimal = ZERO
    avg_price: Decimal = ZERO
    cost: Decimal = ZERO
    realized_pnl: Decimal = ZERO
    opened_at: datetime | None = None


FLAT = Holding()


class Execution(msgspec.Struct, frozen=True, kw_only=True):
    """A fill as numbers.

    Attributes:
        side: Whose way.
        quantity: Not below zero; zero for one that was taken back.
        price: Of one; below zero is possible.
        exec_time: When it happened, aware UTC.
        fee_in_kind: The fee, where it was taken from the quantity.
    """

    side: Side
    quantity: Decimal
    price: Decimal
    exec_time: datetime
    fee_in_kind: Decimal = ZERO


def apply(held: Holding, execution: Execution, *, multiplier: Decimal = ONE) -> Holding:
    """Return a position after an execution.

    Args:
        held: The position before.
        execution: The fill.
        multiplier: The value of a price of 1 for a quantity of 1: a contract's size, else 1.

    Raises:
        InexactNumber: A result does not fit into 20 digits before the point.
    """
    with localcontext(ARITHMETIC):
        traded = execution.quantity if execution.side == "BUY" else -execution.quantity
        value = rounded(traded * execution.price * multiplier)
        change = traded - execution.fee_in_kind
        if not change:
            return replace(held, realized_pnl=exact(held.realized_pnl - value))
        if held.quantity * change >= 0:
            return _added(held, execution, change=change, value=value, multiplier=multiplier)
        if change.copy_abs() <= held.quantity.copy_abs():
            return _reduced(held, change=change, value=value)
        return _crossed(held, execution, change=change, value=value)


def value_of(quantity: Decimal, price: Decimal, *, multiplier: Decimal = ONE) -> Decimal:
    """Return what a quantity is worth at a price, rounded to 18 places.

    Args:
        quantity: Below zero for a short position.
        price: Of one.
        multiplier: The value of a price of 1 for a quantity of 1.
    """
    with localcontext(ARITHMETIC):
        return rounded(quantity * price * multiplier)


def _added(held: Holding, execution: Execution, *, change: Decimal, value: Decimal, multiplier: Decimal) -> Holding:
    """Return a position that has grown away from zero: the averages are added up."""
    quantity, cost = exact(held.quantity + change), exact(held.cost + value)
    opened_at = held.opened_at if held.quantity else execution.exec_time
    avg_price = rounded(cost / (quantity * multiplier))
    return replace(held, quantity=quantity, cost=cost, avg_price=avg_price, opened_at=opened_at)


def _reduced(held: Holding, *, change: Decimal, value: Decimal) -> Holding:
    """Return a position that has shrunk, perhaps to zero: what was taken away is realized at its share of the cost."""
    quantity = exact(held.quantity + change)
    if not quantity:
        return Holding(realized_pnl=exact(held.realized_pnl - value - held.cost))
    taken = rounded(held.cost * -change / held.quantity)
    cost, realized = exact(held.cost - taken), exact(held.realized_pnl - value - taken)
    return replace(held, quantity=quantity, cost=cost, realized_pnl=realized)


def _crossed(held: Holding, execution: Execution, *, change: Decimal, value: Decimal) -> Holding:
    """Return a position on the other side of zero: the whole of it is realized, the rest opened at the fill's price."""
    closing = rounded(value * -held.quantity / change)
    return Holding(
        quantity=exact(held.quantity + change),
        avg_price=execution.price,
        cost=exact(value - closing),
        realized_pnl=exact(held.realized_pnl - closing - held.cost),
        opened_at=execution.exec_time,
    )
