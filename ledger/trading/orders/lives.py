"""The lives of orders, as they are told: the question before, the executions, the protective legs; all from rows."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, func, select

from ledger.trading.enumerations import QuestionState
from ledger.trading.orders.records import Order
from ledger.trading.orders.whole import WHOLE, FilledSoFar, WholeOrder, filled_so_far, find_whole, whole_of
from ledger.trading.principal import Principal, Scoped, must_be_admin
from ledger.trading.tables.flow import questions, signals
from ledger.trading.tables.people import portfolios, users
from ledger.trading.tables.trading import orders


class AskedAbout(msgspec.Struct, frozen=True, kw_only=True):
    """The newest question about a signal.

    Attributes:
        asked_at: When.
        state: Whether it was answered.
        answer: What was answered; None where nothing was.
        answered_at: When.
        answered_by: What that user is called.
    """

    asked_at: datetime
    state: QuestionState
    answer: str | None
    answered_at: datetime | None
    answered_by: str | None


class SignalLife(msgspec.Struct, frozen=True, kw_only=True):
    """What a signal has led to: its newest question, and the ledger's number of its first order that is no leg."""

    asked: AskedAbout | None = None
    first_order: int | None = None


class LegLife(msgspec.Struct, frozen=True, kw_only=True):
    """A protective leg, and what its executions add up to."""

    order: Order
    so_far: FilledSoFar | None


class OrderLife(msgspec.Struct, frozen=True, kw_only=True):
    """An order with all that is told of it in one message.

    Attributes:
        whole: The order.
        signal: What its signal has led to.
        so_far: What its executions add up to.
        legs: Its protective legs, in the order of their writing.
    """

    whole: WholeOrder
    signal: SignalLife
    so_far: FilledSoFar
    legs: tuple[LegLife, ...]

    @property
    def is_first(self) -> bool:
        """Whether it is the first that its signal has led to, so that it goes on in the question's message."""
        return self.signal.first_order == self.whole.order.id


_SIGNAL = Scoped(
    select(signals.c.id)
    .join(portfolios, portfolios.c.id == signals.c.portfolio_id)
    .where(signals.c.uid == bindparam("of_signal")),
    portfolios.c.user_id,
)
_ASKED = (
    select(
        questions.c.created_at.label("asked_at"),
        questions.c.state,
        questions.c.answer,
        questions.c.answered_at,
        users.c.username.label("answered_by"),
    )
    .outerjoin(users, users.c.id == questions.c.answered_by_user_id)
    .where(questions.c.signal_id == bindparam("of_number"))
    .order_by(questions.c.id.desc())
    .limit(1)
)
_FIRST = select(func.min(orders.c.id)).where(orders.c.signal_id == bindparam("of_number"), orders.c.parent_id.is_(None))
_PARENT = Scoped(WHOLE.where(orders.c.id == bindparam("of_number")), portfolios.c.user_id)
_LEGS = Scoped(WHOLE.where(orders.c.parent_id == bindparam("of_number")).order_by(orders.c.id), portfolios.c.user_id)


def signal_life(principal: Principal, connection: Connection, signal: str) -> SignalLife:
    """Return what a signal has led to; nothing for one that the asker does not have.

    Args:
        principal: Who asks.
        connection: Any connection to the ledger.
        signal: The signal's uid.
    """
    number = _SIGNAL.rows(principal, connection, of_signal=signal).scalar()
    return SignalLife() if number is None else _signal_life(connection, number)


def order_life(principal: Principal, connection: Connection, order: str | WholeOrder) -> OrderLife:
    """Return an order with all that is told of it; for a protective leg the opening that it protects.

    Args:
        principal: Who asks.
        connection: Any connection to the ledger.
        order: Its uid; the system and admins may hand over its row, as this transaction has read it.

    Raises:
        NotFound: The asker has no such order.
        NotAllowed: The asker hands over a row and is no admin.
    """
    if isinstance(order, str):
        whole = find_whole(principal, connection, order)
    else:
        must_be_admin(principal)
        whole = order
    if whole.order.parent_id is not None:
        row = _PARENT.rows(principal, connection, of_number=whole.order.parent_id).first()
        whole = whole if row is None else whole_of(row)
    number = whole.order.signal_id
    return OrderLife(
        whole=whole,
        signal=SignalLife() if number is None else _signal_life(connection, number),
        so_far=filled_so_far(principal, connection, whole.order.uid),
        legs=tuple(
            LegLife(order=leg, so_far=_so_far(principal, connection, leg))
            for leg in (whole_of(row).order for row in _LEGS.rows(principal, connection, of_number=whole.order.id))
        ),
    )


def _signal_life(connection: Connection, number: int) -> SignalLife:
    """Return what a signal has led to, by the ledger's own number."""
    asked: Any = connection.execute(_ASKED, {"of_number": number}).first()
    first = connection.execute(_FIRST, {"of_number": number}).scalar()
    return SignalLife(asked=None if asked is None else AskedAbout(**asked._mapping), first_order=first)


def _so_far(principal: Principal, connection: Connection, order: Order) -> FilledSoFar | None:
    """Return what the executions of an order add up to, None before the first."""
    return filled_so_far(principal, connection, order.uid) if order.filled_quantity else None
