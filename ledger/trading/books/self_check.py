"""The nightly self-check: positions are what their executions say, the audit chains are whole, nothing is left over.

Its result is a row of `jobs`; where something is wrong, every active admin gets a message in the morning.
"""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal

import msgspec
from sqlalchemy import Connection, exists, select

from ledger.trading import audit
from ledger.trading.books.positions import Difference, recompute
from ledger.trading.books.replay import COUNTS
from ledger.trading.events import Notice, tell
from ledger.trading.orders.filling import added_up
from ledger.trading.principal import Principal, must_be_admin
from ledger.trading.tables.flow import jobs
from ledger.trading.tables.people import portfolios, users
from ledger.trading.tables.trading import orders, position_entries, trades
from ledger.trading.work import Work

JOB = "self_check"
LISTED = 20


class SelfCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with the books; nothing where all are empty.

    Attributes:
        positions: What is not what its executions say.
        audit: Where a chain is broken.
        orphans: Executions that count and are in no position; their broker's numbers.
        orders: Orders that are not filled as their executions say; their uids.
    """

    positions: tuple[Difference, ...]
    audit: tuple[audit.Fault, ...]
    orphans: tuple[str, ...]
    orders: tuple[str, ...]

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.positions or self.audit or self.orphans or self.orders)

    @property
    def line(self) -> str:
        """What is wrong, in one line for the chat; empty where nothing is."""
        first = self.audit[0] if self.audit else None
        parts = (
            f"{len({each.uid for each in self.positions})} positions differ from their executions"
            if self.positions
            else "",
            f"audit row {first.sequence} of {first.chain}: {first.reason}" if first is not None else "",
            f"{len(self.orphans)} executions are in no position" if self.orphans else "",
            f"{len(self.orders)} orders are not filled as their executions say" if self.orders else "",
        )
        return "; ".join(part for part in parts if part)


_IN_NO_POSITION = ~exists().where(position_entries.c.trade_id == trades.c.id)


def check(principal: Principal, connection: Connection) -> SelfCheck:
    """Look through all books.

    Args:
        principal: An admin, or the system.
        connection: Any connection to the ledger; nothing is written.

    Returns:
        What is wrong.

    Raises:
        NotAllowed: The asker is no admin.
    """
    must_be_admin(principal)
    found = connection.execute(select(portfolios.c.id).order_by(portfolios.c.id)).scalars().all()
    orphans, wrong = list[str](), list[str]()
    for portfolio in found:
        of_it = select(trades.c.broker_trade_id).where(trades.c.portfolio_id == portfolio, COUNTS, _IN_NO_POSITION)
        orphans += connection.execute(of_it).scalars()
        wrong += _orders_filled_wrongly(connection, portfolio)
    return SelfCheck(
        positions=recompute(principal, connection),
        audit=audit.verify(principal, connection),
        orphans=tuple(orphans),
        orders=tuple(wrong),
    )


def record(principal: Principal, work: Work, result: SelfCheck, *, due_at: datetime) -> None:
    """Write the result of a check, and tell the admins where something is wrong.

    Args:
        principal: An admin, or the system.
        work: What this is written with.
        result: The result.
        due_at: The night that it belongs to, aware UTC; said again for the same night, it replaces the row.

    Raises:
        NotAllowed: The asker is no admin.
    """
    must_be_admin(principal)
    work.connection.execute(jobs.delete().where(jobs.c.job == JOB, jobs.c.due_at == due_at))
    said = {
        "is_well": result.is_well,
        "line": result.line,
        "positions": [msgspec.structs.asdict(each) for each in result.positions[:LISTED]],
        "audit": [msgspec.structs.asdict(each) for each in result.audit],
        "orphans": result.orphans[:LISTED],
        "orders": result.orders[:LISTED],
    }
    state = "DONE" if result.is_well else "FAILED"
    row = {"job": JOB, "due_at": due_at, "state": state, "finished_at": work.now, "result_json": said}
    work.connection.execute(jobs.insert(), row)
    if result.is_well:
        return
    admins = select(users.c.telegram_user_id, users.c.notifications_json).where(users.c.is_admin, users.c.is_active)
    notice = Notice(id=f"{JOB}-{due_at:%Y-%m-%d}", kind="self_check", text=f"⚠ The books: {result.line}")
    for admin in work.connection.execute(admins).all():
        tell(work, admin, notice)


def _orders_filled_wrongly(connection: Connection, portfolio: int) -> list[str]:
    """Return the uids of a portfolio's orders whose executions add up to something else."""
    fills = select(trades.c.order_id, trades.c.quantity, trades.c.price).where(
        trades.c.portfolio_id == portfolio, trades.c.order_id.is_not(None), COUNTS
    )
    by_order: defaultdict[int, list[tuple[Decimal, Decimal]]] = defaultdict(list)
    for order, quantity, price in connection.execute(fills):
        by_order[order].append((quantity, price))
    stored = select(orders.c.id, orders.c.uid, orders.c.filled_quantity, orders.c.average_price)
    found = connection.execute(stored.where(orders.c.portfolio_id == portfolio))
    return [row.uid for row in found if added_up(by_order[row.id]) != (row.filled_quantity, row.average_price)]
