"""Whether anything is still going on in portfolios, which keeps them from being archived."""

from collections.abc import Collection

from sqlalchemy import Connection, func, select, true

from ledger.trading.errors import Invalid
from ledger.trading.orders.states import OPEN
from ledger.trading.tables.trading import orders, positions


def must_be_idle(connection: Connection, portfolio_ids: Collection[int], *, what: str, name: str) -> None:
    """Refuse where an order may still be filled, or a position is open.

    Args:
        connection: From `Ledger.writing()`, so that nothing begins meanwhile.
        portfolio_ids: The portfolios that go with it.
        what: What is to be archived, such as `portfolio`.
        name: Its name.

    Raises:
        Invalid: Something is going on.
    """
    if not portfolio_ids:
        return
    open_orders = orders.c.portfolio_id.in_(portfolio_ids) & orders.c.status.in_(OPEN)
    held = positions.c.portfolio_id.in_(portfolio_ids) & (positions.c.is_open == true())
    working = connection.execute(select(func.count(orders.c.id)).where(open_orders)).scalar_one()
    holding = connection.execute(select(func.count(positions.c.id)).where(held)).scalar_one()
    if working or holding:
        raise Invalid.of("in_use", what=what, name=name, orders=working, positions=holding)
