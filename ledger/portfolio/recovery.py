"""What a death left behind in the outbox: rows of which nobody knows whether Telegram took them."""

from sqlalchemy import and_, case, exists, or_

from ledger.portfolio import tables
from ledger.store import Ledger

_outbox = tables.outbox
_form = _outbox.alias("form")


def recover(ledger: Ledger) -> int:
    """Put rows that a death left in `sending` back to pending; return how many.

    Each is one more time unconfirmed, unless it edits a message of ours: doing that twice changes nothing.
    """
    asker = exists().where(
        tables.requests.c.answered_by == _outbox.c.round_id,
        tables.askers.c.request_id == tables.requests.c.id,
        tables.askers.c.chat_id == _outbox.c.chat_id,
    )
    refreshed = tables.askers.c.refreshed_message_id
    slot = exists().where(
        tables.snapshots.c.round_id == _outbox.c.round_id, tables.snapshots.c.scheduled_for.is_not(None)
    )
    life = exists().where(
        _form.c.chat_id == _outbox.c.chat_id,
        _form.c.subject == _outbox.c.subject,
        _form.c.state == "sent",
        _form.c.message_id.is_not(None),
    )
    edits = or_(
        life,
        asker.where(tables.askers.c.working_message_id.is_not(None)),
        and_(asker.where(refreshed.is_not(None)), ~asker.where(refreshed.is_(None)), ~slot),
    )
    unconfirmed = _outbox.c.unconfirmed + case((edits, 0), else_=1)
    with ledger.writing() as connection:
        return connection.execute(
            _outbox.update()
            .where(_outbox.c.state == "sending")
            .values(state="pending", unconfirmed=unconfirmed, next_attempt_at=None)
        ).rowcount
