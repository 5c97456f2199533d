"""What its executions make of an order: filled quantity, average price, state."""

from collections.abc import Iterable
from decimal import Decimal, localcontext
from typing import Any, Self

import msgspec
from sqlalchemy import Row, bindparam, select

from ledger.exact import ARITHMETIC, ZERO, exact, rounded
from ledger.trading.books.records import Trade
from ledger.trading.books.replay import COUNTS
from ledger.trading.enumerations import OrderStatus
from ledger.trading.orders.states import after_fills
from ledger.trading.tables.trading import orders, trades
from ledger.trading.work import Work

_EXECUTIONS = select(trades.c.quantity, trades.c.price).where(trades.c.order_id == bindparam("order"), COUNTS)
_UPDATE = orders.update().where(orders.c.id == bindparam("order"))


class FilledOrder(msgspec.Struct, frozen=True, kw_only=True):
    """As much of an order as its executions touch."""

    id: int
    uid: str
    status: OrderStatus
    quantity: Decimal
    filled_quantity: Decimal
    average_price: Decimal | None

    @classmethod
    def of(cls, row: Row[Any]) -> Self:
        """Return it as a row of `orders` has it.

        Args:
            row: A row with at least these columns.
        """
        return cls(**{field: getattr(row, field) for field in cls.__struct_fields__})


def fill_order(work: Work, order: FilledOrder, *, new: Trade | None = None) -> FilledOrder:
    """Bring an order up to date with its executions that count.

    An average is rounded, so nothing can be added to it: they are read, but for the one that fills an order first.

    Args:
        work: The caller's; the executions are written already.
        order: The order as it was before.
        new: The execution, where a new one that corrects no other is all.

    Returns:
        The order after it.
    """
    if new is not None and not order.filled_quantity:
        filled, average_price = added_up([(new.quantity, new.price)])
    else:
        rows = work.connection.execute(_EXECUTIONS, {"order": order.id})
        filled, average_price = added_up((row.quantity, row.price) for row in rows)
    changed = {
        "filled_quantity": filled,
        "average_price": average_price,
        "status": after_fills(order.status, quantity=order.quantity, filled=filled),
    }
    work.connection.execute(_UPDATE, {"order": order.id, **changed, "updated_at": work.now})
    return msgspec.structs.replace(order, **changed)


def added_up(executions: Iterable[tuple[Decimal, Decimal]]) -> tuple[Decimal, Decimal | None]:
    """Return the quantity that executions add up to, and their average price; None without any.

    Args:
        executions: Quantity and price of each.
    """
    found = tuple(executions)
    with localcontext(ARITHMETIC):
        filled = sum((quantity for quantity, _ in found), ZERO)
        value = sum((quantity * price for quantity, price in found), ZERO)
        return exact(filled), rounded(value / filled) if filled else None
