"""What has become of a request: where its message is, or why it is not there."""

from sqlalchemy import Connection, and_, select

from bus.chats import moved_to
from bus.messages.delivery import ChatOutcome
from ledger.portfolio import tables
from ledger.portfolio.moved import moved_chats
from ledger.store import Ledger

_outbox = tables.outbox
_FATES = frozenset({"sent", "dead"})


def outcome_of(ledger: Ledger, request_id: str) -> tuple[str, str, tuple[ChatOutcome, ...]]:
    """Tell what has become of a request.

    Args:
        ledger: The ledger.
        request_id: The request.

    Returns:
        The round that answered it and what a chat was told of it, both empty while there is none, and its chats, none
        where the ledger knows no such request.
    """
    query = (
        select(tables.askers.c.chat_id, tables.requests.c.answered_by)
        .join(tables.requests, tables.requests.c.id == tables.askers.c.request_id)
        .where(tables.requests.c.id == request_id)
    )
    with ledger.reading() as connection:
        askers = connection.execute(query).all()
        moved = moved_chats(connection)
        found = [_in_chat(connection, moved_to(each.chat_id, moved), each.answered_by) for each in askers]
    texts = (text for text, outcome in found if outcome.state == "sent")
    return askers[0].answered_by or "" if askers else "", next(texts, ""), tuple(outcome for _, outcome in found)


def _in_chat(connection: Connection, chat_id: str, round_id: str | None) -> tuple[str, ChatOutcome]:
    """Tell what has become of a round's message in a chat, and what it says; None for a round that is still to come."""
    own = _outbox.alias()
    row = connection.execute(
        select(_outbox.c.state, _outbox.c.reason, _outbox.c.text)
        .join(own, (own.c.id == _outbox.c.id) | and_(own.c.state == "folded", own.c.folded_into == _outbox.c.id))
        .where(own.c.chat_id == chat_id, own.c.round_id == (round_id or ""), _outbox.c.state != "folded")
    ).first()  # an alert has no round: it must not be taken for the answer that is still to come
    if row is not None and row.state in _FATES:
        return row.text or "", ChatOutcome(chat=chat_id, state=row.state, reason=row.reason or "")
    first = (
        select(_outbox.c.reason)
        .where(_outbox.c.chat_id == chat_id, _outbox.c.state.in_(("pending", "sending")))
        .order_by(_outbox.c.id)
        .limit(1)
    )
    reason = connection.execute(first).scalar()  # of the one that the chat's later ones wait for
    return "", ChatOutcome(chat=chat_id, state="waits" if reason else "open", reason=reason or "")
