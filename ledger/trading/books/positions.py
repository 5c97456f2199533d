"""Positions: as they are, as they were, and as their executions say that they must be."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, bindparam, select

from ledger.columns import Moment
from ledger.trading import audit
from ledger.trading.books import replay
from ledger.trading.books.arithmetic import FLAT, Holding
from ledger.trading.books.records import Position
from ledger.trading.books.replay import COIN, BookIds
from ledger.trading.enumerations import AssetType
from ledger.trading.errors import NotFound
from ledger.trading.principal import Principal, must_be_admin, owned
from ledger.trading.tables.catalogue import instruments
from ledger.trading.tables.people import portfolios, strategies
from ledger.trading.tables.trading import position_entries, positions
from ledger.trading.work import Work


class PositionLine(msgspec.Struct, frozen=True, kw_only=True):
    """A position with the names of what it is of.

    Attributes:
        strategy: The name of its strategy, None where it has none.
        strategy_uid: That strategy's uid.
        quantity: Below zero for a short one.
        avg_price: Of one.
        cost: What was paid for it; below zero for a short one.
        realized_pnl: All that was ever realized, gross.
    """

    uid: str
    portfolio: str
    portfolio_uid: str
    instrument_uid: str
    symbol: str
    exchange: str | None
    asset_type: AssetType
    currency: str
    multiplier: Decimal
    strategy: str | None
    quantity: Decimal
    avg_price: Decimal
    cost: Decimal
    realized_pnl: Decimal
    opened_at: datetime | None
    updated_at: datetime
    strategy_uid: str | None = None


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A position that is not what its executions add up to.

    Attributes:
        uid: The position's.
        what: The column, or `entries`.
        stored: What the ledger says.
        computed: What the executions say.
    """

    uid: str
    what: str
    stored: str
    computed: str


_NAMES = (
    portfolios.c.name.label("portfolio"),
    portfolios.c.uid.label("portfolio_uid"),
    instruments.c.uid.label("instrument_uid"),
    instruments.c.symbol,
    instruments.c.exchange,
    instruments.c.asset_type,
    instruments.c.currency,
    instruments.c.multiplier,
    strategies.c.name.label("strategy"),
    strategies.c.uid.label("strategy_uid"),
)
_OWN = ("uid", "quantity", "avg_price", "cost", "realized_pnl", "opened_at", "updated_at")
_ENTRIES = (
    select(position_entries)
    .where(position_entries.c.position_id == bindparam("position"))
    .order_by(position_entries.c.exec_time, position_entries.c.broker_trade_id)
)


def _joined(statement: Select[Any]) -> Select[Any]:
    """Add to a statement on positions what they are of."""
    return (
        statement.join(portfolios, portfolios.c.id == positions.c.portfolio_id)
        .join(instruments, instruments.c.id == positions.c.instrument_id)
        .outerjoin(strategies, strategies.c.id == positions.c.strategy_id)
    )


_LINES = _joined(select(*(positions.c[name] for name in _OWN), *_NAMES))
_TO_CHECK = _joined(
    select(*(positions.c[field] for field in Position.__struct_fields__), instruments.c.multiplier, COIN)
)


def portfolios_of(principal: Principal, connection: Connection, portfolio: str | None = None) -> tuple[int, ...]:
    """Return the ledger's own ids of the portfolios that the asker may see, or of one of them.

    Args:
        principal: Who asks.
        connection: Any connection to the ledger.
        portfolio: The uid of the one that is meant; None for all.

    Raises:
        NotFound: The asker has no such portfolio.
    """
    query = select(portfolios.c.id).where(owned(principal, portfolios.c.user_id)).order_by(portfolios.c.id)
    if portfolio is not None:
        query = query.where(portfolios.c.uid == portfolio)
    found = tuple(connection.execute(query).scalars())
    if portfolio is not None and not found:
        raise NotFound("portfolio", portfolio)
    return found


def list_positions(
    principal: Principal, connection: Connection, *, portfolio: str | None = None, closed: bool = False
) -> tuple[PositionLine, ...]:
    """Return the positions of the asker, by portfolio and symbol.

    Args:
        principal: Who asks.
        connection: Any connection to the ledger.
        portfolio: The uid of the portfolio that is meant; None for all.
        closed: Whether those that hold nothing any more are wanted too.

    Raises:
        NotFound: The asker has no such portfolio.
    """
    found = portfolios_of(principal, connection, portfolio)
    query = _LINES.where(positions.c.portfolio_id.in_(found))
    if not closed:
        query = query.where(positions.c.is_open)
    rows = connection.execute(query.order_by(portfolios.c.name, instruments.c.symbol, positions.c.id))
    return tuple(PositionLine(**row._mapping) for row in rows)


def snapshot(
    principal: Principal, connection: Connection, at: datetime, *, portfolio: str | None = None
) -> tuple[PositionLine, ...]:
    """Return the positions as they were at a moment, by what is known of it today.

    Args:
        principal: Who asks.
        connection: Any connection to the ledger.
        at: The moment, aware UTC; executions of that very moment count.
        portfolio: The uid of the portfolio that is meant; None for all.

    Raises:
        NotFound: The asker has no such portfolio.
    """
    then = []
    for line in list_positions(principal, connection, portfolio=portfolio, closed=True):
        held = _held_at(connection, line.uid, at)
        if held.quantity:
            then.append(
                msgspec.structs.replace(
                    line,
                    quantity=held.quantity,
                    avg_price=held.avg_price,
                    cost=held.cost,
                    realized_pnl=held.realized_pnl,
                    opened_at=held.opened_at,
                    updated_at=at,
                )
            )
    return tuple(then)


_LAST_ENTRY = (
    select(position_entries)
    .join(positions, positions.c.id == position_entries.c.position_id)
    .where(positions.c.uid == bindparam("position"), position_entries.c.exec_time <= bindparam("at", type_=Moment))
    .order_by(position_entries.c.exec_time.desc(), position_entries.c.broker_trade_id.desc())
    .limit(1)
)


def _held_at(connection: Connection, uid: str, at: datetime) -> Holding:
    """Return what a position was at a moment."""
    row = connection.execute(_LAST_ENTRY, {"position": uid, "at": at}).first()
    return FLAT if row is None else replay.holding_of(row)


def recompute(principal: Principal, connection: Connection, *, portfolio: str | None = None) -> tuple[Difference, ...]:
    """Compare every position, and what each execution did to it, with what the executions add up to.

    Args:
        principal: Who asks.
        connection: Any connection to the ledger; nothing is written.
        portfolio: The uid of the portfolio that is meant; None for all.

    Returns:
        What differs, to the last digit; nothing where the books are right.

    Raises:
        NotFound: The asker has no such portfolio.
    """
    found: list[Difference] = []
    for number in portfolios_of(principal, connection, portfolio):
        for row in connection.execute(_TO_CHECK.where(positions.c.portfolio_id == number)).all():
            values = {field: getattr(row, field) for field in Position.__struct_fields__}
            found += _differences(connection, Position(**values), book_of(row))
    return tuple(found)


def repair(principal: Principal, work: Work, position: str) -> Position:
    """Write a position and its entries anew from its executions.

    Args:
        principal: An admin.
        work: What this is written with.
        position: The position's uid.

    Returns:
        The position after it.

    Raises:
        NotAllowed: The asker is no admin.
        NotFound: There is no such position.
    """
    must_be_admin(principal)
    row = work.connection.execute(_TO_CHECK.where(positions.c.uid == position)).first()
    if row is None:
        raise NotFound("position", position)
    stored = Position(**{field: getattr(row, field) for field in Position.__struct_fields__})
    mended = replay.bring_up_to_date(work, book_of(row), stored, since=replay.BEGINNING)
    said = {"before": msgspec.structs.asdict(stored.holding), "after": msgspec.structs.asdict(mended.holding)}
    audit.log(principal, work, audit.Entry(entity_type="position", entity_id=position, action="repaired", details=said))
    return mended


def book_of(row: Row[Any]) -> BookIds:
    """Return where a position is, of a row that has its columns and its instrument's `multiplier` and `coin`.

    Args:
        row: The row.
    """
    return BookIds(
        portfolio=row.portfolio_id,
        instrument=row.instrument_id,
        strategy=row.strategy_id,
        multiplier=row.multiplier,
        coin=row.coin,
    )


def _differences(connection: Connection, stored: Position, book: BookIds) -> Iterator[Difference]:
    """Yield what of a position and its entries is not what its executions say."""
    held, key, wrong = FLAT, None, ""
    entries = iter(connection.execute(_ENTRIES, {"position": stored.id}).all())
    for step in replay.replayed(connection, book, FLAT):
        entry = next(entries, None)
        if not wrong and (entry is None or replay.entry_of(stored, step) != dict(entry._mapping)):
            wrong = step.key[1]
        held, key = step.after, step.key
    wrong = wrong or (extra.broker_trade_id if (extra := next(entries, None)) is not None else "")
    if wrong:
        yield Difference(uid=stored.uid, what="entries", stored=f"wrong from execution {wrong}", computed="")
    computed = {**msgspec.structs.asdict(held), "last": key}
    known = {
        **msgspec.structs.asdict(stored.holding),
        "last": (stored.last_exec_time, stored.last_broker_trade_id),
    }
    for what, value in computed.items():
        if value != known[what]:
            yield Difference(uid=stored.uid, what=what, stored=_text(known[what]), computed=_text(value))


def _text(value: object) -> str:
    """Return a value as a person reads it."""
    return format(value, "f") if isinstance(value, Decimal) else str(value)
