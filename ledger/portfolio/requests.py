"""Requests for a snapshot: who asked, what is to become the answer, and which round answered."""

from collections.abc import Iterable
from datetime import datetime

import msgspec
from sqlalchemy import Connection, bindparam, exists, select

from ledger.portfolio import tables
from ledger.store import Ledger


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """A request that a row answers, and the message of ours that becomes the answer, if there is one.

    `working`: the `Working…` of the request. `refreshed`: the older snapshot whose button was pressed.
    """

    id: str
    working: int | None = None
    refreshed: int | None = None


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A request for a snapshot that has no answer yet."""

    id: str
    asked_at: datetime


_WAITING = (
    select(tables.askers.c.chat_id)
    .join(tables.requests, tables.requests.c.id == tables.askers.c.request_id)
    .where(tables.requests.c.answered_by.is_(None))
    .distinct()
)
_ANSWER = tables.requests.update().where(tables.requests.c.answered_by.is_(None))
_ASKED_FOR = (
    select(tables.askers.c.chat_id)
    .join(tables.requests, tables.requests.c.id == tables.askers.c.request_id)
    .where(tables.requests.c.answered_by == bindparam("round_id"))
    .distinct()
)
_ANSWERED = (
    select(tables.requests.c.id, tables.askers.c.working_message_id, tables.askers.c.refreshed_message_id)
    .join(tables.askers, tables.askers.c.request_id == tables.requests.c.id)
    .where(tables.requests.c.answered_by.in_(bindparam("round_ids", expanding=True)))
    .where(tables.askers.c.chat_id == bindparam("chat_id"))
    .order_by(tables.requests.c.asked_at)
)
"""Statements in the way of every message are made once: making one costs as much as executing it."""


def add_request(
    ledger: Ledger, request: Request, *, update_id: int | None, chats: Iterable[str], refreshes: int | None = None
) -> bool:
    """Store a request before Telegram is allowed to forget it.

    Args:
        ledger: The ledger.
        request: Its id and when it was asked for.
        update_id: Telegram's number of what was typed or pressed; None when asked from a terminal.
        chats: Who gets the answer.
        refreshes: The message that the answer is to be put into, where an older snapshot's button was pressed.

    Returns:
        False when it is stored already.
    """
    with ledger.writing() as connection:
        same = tables.requests.c.id == request.id
        if update_id is not None:
            same |= tables.requests.c.update_id == update_id
        if connection.execute(select(exists().where(same))).scalar():
            return False
        connection.execute(
            tables.requests.insert().values(id=request.id, update_id=update_id, asked_at=request.asked_at)
        )
        for chat_id in chats:
            asker = {"request_id": request.id, "chat_id": chat_id, "refreshed_message_id": refreshes}
            connection.execute(tables.askers.insert().values(asker))
    return True


def open_requests(ledger: Ledger) -> tuple[Request, ...]:
    """Return the requests without an answer, oldest first."""
    query = (
        select(tables.requests.c.id, tables.requests.c.asked_at)
        .where(tables.requests.c.answered_by.is_(None))
        .order_by(tables.requests.c.asked_at)
    )
    with ledger.reading() as connection:
        return tuple(Request(id=row.id, asked_at=row.asked_at) for row in connection.execute(query))


def answer_open_requests(connection: Connection, round_id: str) -> tuple[str, ...]:
    """Let a round answer all open requests, in the caller's transaction; return the chats that asked.

    The one update decides which requests those are, and the chats are read of what it decided: a request that comes in
    between stays open, and is never taken for answered without a message.
    """
    connection.execute(_ANSWER, {"answered_by": round_id})
    return tuple(connection.execute(_ASKED_FOR, {"round_id": round_id}).scalars())


def answer_its_own(connection: Connection, round_id: str) -> None:
    """Let a round whose message went out without the ledger answer the request that it was made for, no other one.

    Who else asked may have done so after that message: such a request stays open and gets a round of its own, since a
    second message is better than none.
    """
    connection.execute(_ANSWER.where(tables.requests.c.id == round_id), {"answered_by": round_id})


def askers_waiting(ledger: Ledger) -> tuple[str, ...]:
    """Return the chats whose requests have no answer yet."""
    with ledger.reading() as connection:
        return tuple(connection.execute(_WAITING).scalars())


def requests_answered_by(ledger: Ledger, round_ids: Iterable[str], chat_id: str) -> tuple[Answered, ...]:
    """Return the requests of a chat that rounds answer, oldest first."""
    wanted = {"round_ids": tuple(round_ids), "chat_id": chat_id}
    with ledger.reading() as connection:
        return tuple(
            Answered(id=row.id, working=row.working_message_id, refreshed=row.refreshed_message_id)
            for row in connection.execute(_ANSWERED, wanted)
        )


def waits_without_working(ledger: Ledger, request_id: str, chat_id: str) -> bool:
    """Tell whether a request is still open and no open request of its chat has a `Working…` already."""
    waiting = (
        select(tables.askers.c.request_id, tables.askers.c.working_message_id)
        .join(tables.requests, tables.requests.c.id == tables.askers.c.request_id)
        .where(tables.requests.c.answered_by.is_(None), tables.askers.c.chat_id == chat_id)
        .where(tables.askers.c.refreshed_message_id.is_(None))
    )
    with ledger.reading() as connection:
        found = {row.request_id: row.working_message_id for row in connection.execute(waiting)}
    return request_id in found and not any(found.values())


def working_message(ledger: Ledger, request_id: str, chat_id: str) -> int | None:
    """Return the `Working…` of a request that is still open, None when it has none or is answered."""
    query = (
        select(tables.askers.c.working_message_id)
        .join(tables.requests, tables.requests.c.id == tables.askers.c.request_id)
        .where(tables.requests.c.id == request_id, tables.requests.c.answered_by.is_(None))
        .where(tables.askers.c.chat_id == chat_id)
    )
    with ledger.reading() as connection:
        found: int | None = connection.execute(query).scalar()
    return found


def forget_place(ledger: Ledger, request_id: str, chat_id: str) -> None:
    """Note that the message which the answer was to replace is gone."""
    with ledger.writing() as connection:
        connection.execute(
            tables.askers.update()
            .where(tables.askers.c.request_id == request_id, tables.askers.c.chat_id == chat_id)
            .values(working_message_id=None, refreshed_message_id=None)
        )


def set_working_message(ledger: Ledger, request_id: str, chat_id: str, message_id: int) -> None:
    """Remember the `Working…` that the answer will replace."""
    with ledger.writing() as connection:
        connection.execute(
            tables.askers.update()
            .where(tables.askers.c.request_id == request_id, tables.askers.c.chat_id == chat_id)
            .values(working_message_id=message_id)
        )
