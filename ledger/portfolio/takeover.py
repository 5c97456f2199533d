"""What a copy of the system leaves to another one that speaks for the same bot, and what it takes over from it.

The one that speaks tells how far it is: the newest slot whose message it has delivered. Whoever takes over gives up
what the other one told, and marks as a possible repeat what came later and before its end: nobody knows of that.
"""

from datetime import datetime

from sqlalchemy import and_, exists, or_, select

from ledger.portfolio import tables
from ledger.store import Ledger

OTHERS = "another copy of the system spoke for the bot"
_outbox = tables.outbox
_WAITS = _outbox.c.state.in_(("pending", "sending"))
_OF_THE_ROUND = _outbox.c.round_id == tables.snapshots.c.round_id
_NEWEST_TOLD = (
    select(tables.snapshots.c.round_id)
    .where(tables.snapshots.c.scheduled_for.is_not(None))
    .where(exists().where(_OF_THE_ROUND, _outbox.c.state == "sent"), ~exists().where(_OF_THE_ROUND, _WAITS))
    .order_by(tables.snapshots.c.scheduled_for.desc())
    .limit(1)
)


def newest_told(ledger: Ledger) -> str:
    """Return the round of the newest slot that every chat has, empty before the first.

    Raises:
        LedgerUnavailable: The database cannot do it now.
    """
    with ledger.reading() as connection:
        return connection.execute(_NEWEST_TOLD).scalar() or ""


def take_over(ledger: Ledger, told: str, gone_at: datetime) -> tuple[int, int]:
    """Settle what came into the outbox while another copy spoke for the bot.

    Args:
        ledger: Our own ledger; the other copy has another one.
        told: The round of the newest slot that the other one said it had delivered, empty when it said none.
        gone_at: When it was first found gone.

    Returns:
        How many messages were given up, and how many are now marked as possible repeats.

    Raises:
        LedgerUnavailable: The database cannot do it now.
    """
    slots = select(tables.snapshots.c.round_id).where(tables.snapshots.c.scheduled_for.is_not(None))
    is_slot = _outbox.c.round_id.in_(slots)
    came_before = and_(_WAITS, _outbox.c.created_at < gone_at)
    no_slot = or_(_outbox.c.round_id.is_(None), _outbox.c.round_id.not_in(slots))
    with ledger.writing() as connection:
        given_up = connection.execute(
            _outbox.update()
            .where(came_before, or_(no_slot, _outbox.c.round_id <= told))
            .values(state="dead", reason=OTHERS)
        ).rowcount
        marked = connection.execute(
            _outbox.update()
            .where(came_before, is_slot, _outbox.c.round_id > told)
            .values(unconfirmed=_outbox.c.unconfirmed + 1)
        ).rowcount
    return given_up, marked
