"""A position with the openings that made it and the legs that protect these: what a protection is decided from."""

from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import Connection, Text, bindparam, cast, or_, select

from ledger.exact import ZERO
from ledger.trading.books.replay import BookIds, find_position
from ledger.trading.orders.records import Order
from ledger.trading.orders.states import OPEN
from ledger.trading.orders.whole import WHOLE, WholeOrder, whole_of
from ledger.trading.principal import Principal, must_be_admin
from ledger.trading.tables.flow import signals
from ledger.trading.tables.people import portfolios
from ledger.trading.tables.trading import orders, positions, trades


class ProtectedBook(msgspec.Struct, frozen=True, kw_only=True):
    """A position and its orders.

    Attributes:
        held: Below zero for a short one.
        openings: Those since it was flat that were filled, oldest first.
        legs: All protective legs of these, and open ones of older openings too, in the order of their writing.
        is_closing: Whether an order that closes the position is on its way.
    """

    held: Decimal
    openings: tuple[WholeOrder, ...]
    legs: tuple[Order, ...]
    is_closing: bool


_SINCE_FLAT = (
    select(trades.c.order_id)
    .where(
        trades.c.portfolio_id == bindparam("of_portfolio"),
        trades.c.instrument_id == bindparam("of_instrument"),
        trades.c.exec_time >= bindparam("since_flat", type_=trades.c.exec_time.type),
        trades.c.order_id.is_not(None),
    )
    .distinct()
)
_OPENINGS = (
    WHOLE.where(orders.c.id.in_(bindparam("of_ids", expanding=True)), orders.c.leg == "ENTRY")
    .where(orders.c.strategy_id.is_not_distinct_from(bindparam("of_strategy", type_=orders.c.strategy_id.type)))
    .order_by(orders.c.id)
)
_LEGS = WHOLE.where(orders.c.parent_id.in_(bindparam("of_ids", expanding=True))).order_by(orders.c.id)
_WORKING = WHOLE.where(
    orders.c.portfolio_id == bindparam("of_portfolio"),
    orders.c.status.in_(OPEN),
    orders.c.instrument_id == bindparam("of_instrument"),
    orders.c.strategy_id.is_not_distinct_from(bindparam("of_strategy", type_=orders.c.strategy_id.type)),
).order_by(orders.c.id)
_META = cast(orders.c.meta_json, Text)
_EVER_WANTED = (
    select(orders.c.id)
    .join(signals, signals.c.id == orders.c.signal_id)
    .where(
        orders.c.portfolio_id == bindparam("of_portfolio"),
        orders.c.instrument_id == bindparam("of_instrument"),
        orders.c.leg == "ENTRY",
        or_(
            signals.c.stop_loss.is_not(None),
            signals.c.take_profit.is_not(None),
            _META.contains('"stop_loss"'),  # where a person wanted another one than the signal
            _META.contains('"take_profit"'),
        ),
    )
    .limit(1)
)
_HELD = select(positions.c.portfolio_id, positions.c.instrument_id, positions.c.strategy_id).where(
    positions.c.portfolio_id.in_(select(portfolios.c.id)), positions.c.is_open
)
Book = tuple[int, int, int | None]
"""The ledger's numbers of a portfolio, an instrument and a strategy."""


def open_books(principal: Principal, connection: Connection) -> tuple[Book, ...]:
    """Return where anybody holds something.

    Args:
        principal: The system, or an admin.
        connection: Any connection to the ledger.

    Raises:
        NotAllowed: The asker is no admin.
    """
    must_be_admin(principal)
    rows = connection.execute(_HELD)
    return tuple((row.portfolio_id, row.instrument_id, row.strategy_id) for row in rows)


def was_ever_wanted(principal: Principal, connection: Connection, book: Book) -> bool:
    """Tell whether any signal ever wanted legs here; most positions have none, and nothing else of them is read then.

    Args:
        principal: The system, or an admin.
        connection: Any connection to the ledger.
        book: Where.

    Raises:
        NotAllowed: The asker is no admin.
    """
    must_be_admin(principal)
    portfolio, instrument, _ = book
    return (
        connection.execute(_EVER_WANTED, {"of_portfolio": portfolio, "of_instrument": instrument}).first() is not None
    )


def protected_book(principal: Principal, connection: Connection, book: Book) -> ProtectedBook:
    """Return a position with its openings and their legs.

    Args:
        principal: The system, or an admin.
        connection: Any connection to the ledger.
        book: Where.

    Raises:
        NotAllowed: The asker is no admin.
    """
    must_be_admin(principal)
    portfolio, instrument, strategy = book
    ids = BookIds(portfolio=portfolio, instrument=instrument, strategy=strategy, multiplier=Decimal(1), coin=None)
    position = find_position(connection, ids)
    held = ZERO if position is None else position.quantity
    where: dict[str, Any] = {"of_portfolio": portfolio, "of_instrument": instrument, "of_strategy": strategy}
    working = tuple(map(whole_of, connection.execute(_WORKING, where)))
    openings: tuple[WholeOrder, ...] = ()
    if position is not None and held and position.opened_at is not None:
        since = {key: where[key] for key in ("of_portfolio", "of_instrument")} | {"since_flat": position.opened_at}
        numbers = list(connection.execute(_SINCE_FLAT, since).scalars())
        wanted = {"of_ids": numbers, "of_strategy": strategy}
        openings = tuple(map(whole_of, connection.execute(_OPENINGS, wanted))) if numbers else ()
    parents = [each.order.id for each in openings]
    legs = {each.order.id: each.order for each in working if each.order.parent_id is not None}
    if parents:
        legs |= {each.order.id: each.order for each in map(whole_of, connection.execute(_LEGS, {"of_ids": parents}))}
    return ProtectedBook(
        held=held,
        openings=openings,
        legs=tuple(legs[number] for number in sorted(legs)),
        is_closing=any(each.order.leg == "EXIT" for each in working),
    )
