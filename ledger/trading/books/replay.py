"""Bringing a position up to date with the executions that count, within a transaction; the services stand on it.

The order of the books is that of execution time, then of the broker's number. An execution that comes last is applied
to the stored row; one that belongs before others takes the position back to the entry before it and applies what
follows anew. So the same executions give the same rows, in whatever order they came.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, String, Table, and_, bindparam, case, exists, or_, select

from ledger.columns import Moment
from ledger.exact import ZERO, difference
from ledger.trading.audit import new_uid
from ledger.trading.books.arithmetic import FLAT, Execution, Holding, apply
from ledger.trading.books.records import Position, Trade
from ledger.trading.tables.catalogue import instruments
from ledger.trading.tables.trading import position_entries, positions, trades
from ledger.trading.work import Work

Key = tuple[datetime, str]
"""An execution's place in the order of the books."""
MANY = 1000

_later = trades.alias()
COUNTS = ~exists().where(
    _later.c.account_id == trades.c.account_id,
    _later.c.execution == trades.c.execution,
    _later.c.revision > trades.c.revision,
)
"""The condition that no newer correction stands in an execution's place."""

_POSITION = select(*(positions.c[field] for field in Position.__struct_fields__)).where(
    positions.c.portfolio_id == bindparam("portfolio"),
    positions.c.instrument_id == bindparam("instrument"),
)
_FIND = {
    True: _POSITION.where(positions.c.strategy_id == bindparam("strategy")),
    False: _POSITION.where(positions.c.strategy_id.is_(None)),
}
_ADD = positions.insert().returning(positions.c.id)
_UPDATE = positions.update().where(positions.c.id == bindparam("position"))
_ADD_ENTRIES = position_entries.insert()


def _not_before(table: Table) -> ColumnElement[bool]:
    """Return the condition that a row stands at a place or after it, in a way that an index can answer."""
    at, number = bindparam("at", type_=Moment), bindparam("number", type_=String())
    return and_(table.c.exec_time >= at, or_(table.c.exec_time > at, table.c.broker_trade_id >= number))


_OF = position_entries.c.position_id == bindparam("of_position")
_BEFORE = (
    select(position_entries)
    .where(_OF, position_entries.c.exec_time <= bindparam("at", type_=Moment), ~_not_before(position_entries))
    .order_by(position_entries.c.exec_time.desc(), position_entries.c.broker_trade_id.desc())
    .limit(1)
)
_FORGET = position_entries.delete().where(_OF, _not_before(position_entries))
_EXECUTIONS = (
    select(
        trades.c.id,
        trades.c.side,
        trades.c.quantity,
        trades.c.price,
        trades.c.fee,
        trades.c.fee_currency,
        trades.c.exec_time,
        trades.c.broker_trade_id,
    )
    .where(
        trades.c.portfolio_id == bindparam("portfolio"),
        trades.c.instrument_id == bindparam("instrument"),
        COUNTS,
        _not_before(trades),
    )
    .order_by(trades.c.exec_time, trades.c.broker_trade_id)
)
_TRADES = {
    True: _EXECUTIONS.where(trades.c.strategy_id == bindparam("strategy")),
    False: _EXECUTIONS.where(trades.c.strategy_id.is_(None)),
}
COIN = case((instruments.c.asset_type == "CRYPTO", instruments.c.base_currency)).label("coin")
"""What an instrument's fees in kind are in: only coins have them."""
BEGINNING: Key = (datetime(1, 1, 1, tzinfo=UTC), "")


class BookIds(msgspec.Struct, frozen=True, kw_only=True):
    """A position's place: the ledger's own ids, and what its arithmetic needs of the instrument."""

    portfolio: int
    instrument: int
    strategy: int | None
    multiplier: Decimal
    coin: str | None

    @property
    def values(self) -> dict[str, object]:
        """The parameters of the statements here."""
        found: dict[str, object] = {"portfolio": self.portfolio, "instrument": self.instrument}
        return found if self.strategy is None else {**found, "strategy": self.strategy}


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """An execution and the position after it."""

    trade_id: int
    key: Key
    before: Holding
    after: Holding


def find_position(connection: Connection, book: BookIds) -> Position | None:
    """Return the position of a book, None before its first execution."""
    row = connection.execute(_FIND[book.strategy is not None], book.values).first()
    return None if row is None else Position(**row._mapping)


def bring_up_to_date(
    work: Work, book: BookIds, position: Position | None, *, since: Key, new: Trade | None = None
) -> Position:
    """Apply what counts from a place on, of which there is at least one, and write the position and its entries.

    Args:
        work: The caller's; the executions are written already.
        book: Where the position is.
        position: Its row so far, None for a new one.
        since: The place of the first execution that is new, changed or gone.
        new: The execution, where a new one that corrects no other is all; it is not read again where it comes last.

    Returns:
        The position after all of them.
    """
    if position is None:
        held, position = FLAT, _new_position(work, book, since)
    elif since > (position.last_exec_time, position.last_broker_trade_id):
        held = position.holding
    else:
        held, new = _go_back(work.connection, position.id, since), None
    steps = (_step(new, book, held),) if new else tuple(replayed(work.connection, book, held, since=since))
    work.connection.execute(_ADD_ENTRIES, [entry_of(position, step) for step in steps])
    return _write(work, position, steps[-1])


def replayed(connection: Connection, book: BookIds, held: Holding, *, since: Key = BEGINNING) -> Iterator[Step]:
    """Apply the executions of a book that count, in the order of the books.

    Args:
        connection: Any connection to the ledger.
        book: Which.
        held: The position before the first of them.
        since: The first one's place.

    Yields:
        Each with the position before and after it.
    """
    values = {**book.values, "at": since[0], "number": since[1]}
    statement = _TRADES[book.strategy is not None]
    options = {"yield_per": MANY} if since == BEGINNING else {}
    for row in connection.execute(statement, values, execution_options=options):
        step = _step(row, book, held)
        yield step
        held = step.after


def _step(trade: Any, book: BookIds, held: Holding) -> Step:
    """Return what an execution makes of a position; it is a `Trade`, or a row with as much of it."""
    after = apply(held, execution_of(trade, book), multiplier=book.multiplier)
    return Step(trade_id=trade.id, key=(trade.exec_time, trade.broker_trade_id), before=held, after=after)


def execution_of(row: Any, book: BookIds) -> Execution:
    """Return an execution as numbers; a fee in the coin itself takes from the quantity.

    Args:
        row: Its row of `trades`, or a `Trade`.
    """
    in_kind = row.fee is not None and book.coin is not None and row.fee_currency == book.coin
    return Execution(
        side=row.side,
        quantity=row.quantity,
        price=row.price,
        exec_time=row.exec_time,
        fee_in_kind=row.fee if in_kind else ZERO,
    )


def _go_back(connection: Connection, position_id: int, since: Key) -> Holding:
    """Remove a position's entries from a place on, and return what it was before."""
    values = {"of_position": position_id, "at": since[0], "number": since[1]}
    connection.execute(_FORGET, values)
    found = connection.execute(_BEFORE, values).first()
    return FLAT if found is None else holding_of(found)


def holding_of(entry: Row[Any]) -> Holding:
    """Return what a position was after an execution.

    Args:
        entry: The execution's row of `position_entries`.
    """
    return Holding(
        quantity=entry.quantity,
        avg_price=entry.avg_price,
        cost=entry.cost,
        realized_pnl=entry.realized_total,
        opened_at=entry.opened_at,
    )


def _new_position(work: Work, book: BookIds, since: Key) -> Position:
    """Write a position in which nothing has happened yet."""
    values: dict[str, Any] = {
        "uid": new_uid(),
        "portfolio_id": book.portfolio,
        "instrument_id": book.instrument,
        "strategy_id": book.strategy,
        "last_exec_time": since[0],
        "last_broker_trade_id": since[1],
        "updated_at": work.now,
        **msgspec.structs.asdict(FLAT),
    }
    number = work.connection.execute(_ADD, {**values, "is_open": False}).scalar_one()
    return Position(id=number, **values)


def _write(work: Work, position: Position, last: Step) -> Position:
    """Write what a position is after its last execution."""
    changed = {
        **msgspec.structs.asdict(last.after),
        "last_exec_time": last.key[0],
        "last_broker_trade_id": last.key[1],
        "updated_at": work.now,
    }
    work.connection.execute(_UPDATE, {"position": position.id, **changed, "is_open": bool(last.after.quantity)})
    return msgspec.structs.replace(position, **changed)


def entry_of(position: Position, step: Step) -> dict[str, object]:
    """Return the row of `position_entries` that says what an execution did.

    Args:
        position: The position that it changed.
        step: The execution, with the position before and after it.
    """
    return {
        "trade_id": step.trade_id,
        "position_id": position.id,
        "portfolio_id": position.portfolio_id,
        "exec_time": step.key[0],
        "broker_trade_id": step.key[1],
        "quantity": step.after.quantity,
        "avg_price": step.after.avg_price,
        "cost": step.after.cost,
        "opened_at": step.after.opened_at,
        "realized_total": step.after.realized_pnl,
        "realized_pnl": difference(step.after.realized_pnl, step.before.realized_pnl),
    }
