"""Where an execution belongs: its portfolio, account, instrument and strategy, found for who may trade there."""

from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, select

from ledger.trading.books.records import Book
from ledger.trading.books.replay import COIN, BookIds
from ledger.trading.errors import NotFound
from ledger.trading.orders.filling import FilledOrder
from ledger.trading.principal import Principal, Scoped
from ledger.trading.tables.catalogue import instruments
from ledger.trading.tables.people import accounts, portfolios, strategies, users
from ledger.trading.tables.trading import orders

_PLACE = (
    portfolios.c.name.label("portfolio_name"),
    accounts.c.is_live,
    instruments.c.symbol,
    instruments.c.currency,
    COIN,
    instruments.c.multiplier,
    users.c.telegram_user_id,
    users.c.notifications_json,
)
_OF_ORDER = ("portfolio_id", "account_id", "instrument_id", "strategy_id", "side", *FilledOrder.__struct_fields__)
_BY_ORDER = Scoped(
    select(*(orders.c[name] for name in _OF_ORDER), *_PLACE)
    .join(portfolios, portfolios.c.id == orders.c.portfolio_id)
    .join(accounts, accounts.c.id == orders.c.account_id)
    .join(users, users.c.id == portfolios.c.user_id)
    .join(instruments, instruments.c.id == orders.c.instrument_id)
    .where(orders.c.uid == bindparam("order")),
    portfolios.c.user_id,
)
_BY_BOOK = Scoped(
    select(
        portfolios.c.id.label("portfolio_id"), portfolios.c.account_id, instruments.c.id.label("instrument_id"), *_PLACE
    )
    .join(accounts, accounts.c.id == portfolios.c.account_id)
    .join(users, users.c.id == portfolios.c.user_id)
    .join(instruments, instruments.c.uid == bindparam("instrument"))
    .where(portfolios.c.uid == bindparam("portfolio")),
    portfolios.c.user_id,
)
_OWNER = select(portfolios.c.user_id).where(portfolios.c.id == bindparam("portfolio")).scalar_subquery()
_STRATEGY = select(strategies.c.id).where(strategies.c.uid == bindparam("strategy"), strategies.c.user_id == _OWNER)


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where an execution belongs.

    Attributes:
        row: What was found of portfolio, account, instrument and user, and of the order where there is one.
        book: Its position's place.
        order: Its order.
    """

    row: Row[Any]
    book: BookIds
    order: FilledOrder | None


def place_of_order(principal: Principal, connection: Connection, order: str) -> Place:
    """Return where the executions of an order belong.

    Args:
        principal: Who asks.
        connection: Any connection to the ledger.
        order: The order's uid.

    Raises:
        NotFound: The asker has no such order.
    """
    row = _BY_ORDER.rows(principal, connection, order=order).first()
    if row is None:
        raise NotFound("order", order)
    return Place(row=row, book=_book(row, row.strategy_id), order=FilledOrder.of(row))


def place_of_book(principal: Principal, connection: Connection, book: Book) -> Place:
    """Return where executions without an order belong.

    Args:
        principal: Who asks.
        connection: Any connection to the ledger.
        book: The uids of portfolio, instrument and strategy.

    Raises:
        NotFound: The asker has no such portfolio or strategy, or there is no such instrument.
    """
    row = _BY_BOOK.rows(principal, connection, portfolio=book.portfolio, instrument=book.instrument).first()
    if row is None:
        raise NotFound("portfolio or instrument", f"{book.portfolio}, {book.instrument}")
    if book.strategy is None:
        return Place(row=row, book=_book(row, None), order=None)
    asked = {"strategy": book.strategy, "portfolio": row.portfolio_id}
    strategy = connection.execute(_STRATEGY, asked).scalar()
    if strategy is None:
        raise NotFound("strategy", book.strategy)
    return Place(row=row, book=_book(row, strategy), order=None)


def _book(row: Row[Any], strategy: int | None) -> BookIds:
    """Return the place of the position that an execution changes."""
    return BookIds(
        portfolio=row.portfolio_id,
        instrument=row.instrument_id,
        strategy=strategy,
        multiplier=row.multiplier,
        coin=row.coin,
    )
