"""The part of the outbox that its owner looks after: what waits, what is dead, and sending the dead again."""

from datetime import datetime

import msgspec
from sqlalchemy import or_, select

from ledger.backup import BEFORE_RESTORE
from ledger.portfolio import tables
from ledger.store import Ledger, fields

_outbox = tables.outbox


class Unsent(msgspec.Struct, frozen=True, kw_only=True):
    """A message that Telegram has not taken; `text` is None while nobody has tried to send it."""

    id: int
    chat_id: str
    state: str
    round_id: str | None
    alert_id: str | None
    text: str | None
    attempts: int
    created_at: datetime
    reason: str | None


def unsent(ledger: Ledger) -> tuple[Unsent, ...]:
    """Return what waits and what is dead, oldest first.

    Raises:
        LedgerUnavailable: The database cannot do it now.
    """
    columns = [_outbox.c[field] for field in Unsent.__struct_fields__]
    query = select(*columns).where(_outbox.c.state.in_(("pending", "sending", "dead"))).order_by(_outbox.c.id)
    with ledger.reading() as connection:
        return tuple(msgspec.convert(fields(row), Unsent) for row in connection.execute(query))


def revive(ledger: Ledger, only: int | None = None) -> tuple[int, ...]:
    """Let dead messages be sent again, as if they had never been tried; those that they told besides come with them.

    Args:
        ledger: The ledger.
        only: The id of one message; None for all but those that a restore set aside: they were sent long since.

    Returns:
        The ids of the revived messages, oldest first; empty when none is dead.

    Raises:
        LedgerUnavailable: The database cannot do it now.
    """
    wanted = _outbox.c.state == "dead"
    if only is not None:
        wanted &= _outbox.c.id == only
    else:
        wanted &= or_(_outbox.c.reason.is_(None), _outbox.c.reason != BEFORE_RESTORE)
    with ledger.writing() as connection:
        dead = tuple(connection.execute(select(_outbox.c.id).where(wanted).order_by(_outbox.c.id)).scalars())
        again = or_(_outbox.c.id.in_(dead), _outbox.c.folded_into.in_(dead))
        fresh = {"state": "pending", "attempts": 0, "unconfirmed": 0, "folded_into": None, "reason": None}
        fresh |= {"first_attempt_at": None, "next_attempt_at": None}
        connection.execute(_outbox.update().where(again).values(**fresh))
        connection.execute(_outbox.update().where(again, _outbox.c.round_id.is_not(None)).values(text=None))
    return dead
