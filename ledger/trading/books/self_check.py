"""The nightly self-check: positions are what their executions say, the audit chains are whole, nothing is left over.

Its result is a row of `jobs`; where something is wrong, `execution` tells every active admin in the morning.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

import msgspec
from sqlalchemy import Connection, bindparam, exists, select

from ledger.trading import audit
from ledger.trading.audit import Fault
from ledger.trading.books.positions import Difference, recompute
from ledger.trading.books.replay import COUNTS
from ledger.trading.orders.filling import added_up
from ledger.trading.principal import Principal, must_be_admin
from ledger.trading.tables.flow import jobs
from ledger.trading.tables.people import portfolios
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
    audit: tuple[Fault, ...]
    orphans: tuple[str, ...]
    orders: tuple[str, ...]

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.positions or self.audit or self.orphans or self.orders)

    @property
    def line(self) -> str:
        """What is wrong, in one line; empty where nothing is."""
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


class Night(msgspec.Struct, frozen=True, kw_only=True):
    """What a check has found, as its row says.

    Attributes:
        due_at: The night that it belongs to.
        counts: How many positions differ, executions are in none, orders are not filled as their executions say.
        audit: Where a chain is broken.
    """

    due_at: datetime
    is_well: bool
    counts: Mapping[str, int]
    audit: tuple[Fault, ...]


class _Said(msgspec.Struct, frozen=True):
    """What a job's row says of a check; one that was missed says nothing."""

    counts: dict[str, int] = {}
    audit: tuple[Fault, ...] = ()


_NEWEST = (
    select(jobs.c.due_at, jobs.c.state, jobs.c.result_json)
    .where(jobs.c.job == bindparam("of_job"))
    .order_by(jobs.c.due_at.desc())
    .limit(1)
)
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
    """Write the result of a check.

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
        "counts": {
            "positions": len({each.uid for each in result.positions}),
            "orphans": len(result.orphans),
            "orders": len(result.orders),
        },
        "positions": [msgspec.structs.asdict(each) for each in result.positions[:LISTED]],
        "audit": [msgspec.structs.asdict(each) for each in result.audit],
        "orphans": result.orphans[:LISTED],
        "orders": result.orders[:LISTED],
    }
    state = "DONE" if result.is_well else "FAILED"
    row = {"job": JOB, "due_at": due_at, "state": state, "finished_at": work.now, "result_json": said}
    work.connection.execute(jobs.insert(), row)


def newest(principal: Principal, connection: Connection) -> Night | None:
    """Return what the newest check has found; None where there was none.

    Args:
        principal: An admin, or the system.
        connection: Any connection to the ledger.

    Raises:
        NotAllowed: The asker is no admin.
    """
    must_be_admin(principal)
    row = connection.execute(_NEWEST, {"of_job": JOB}).first()
    if row is None:
        return None
    said = msgspec.convert(row.result_json, _Said)
    return Night(due_at=row.due_at, is_well=row.state != "FAILED", counts=said.counts, audit=said.audit)


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
