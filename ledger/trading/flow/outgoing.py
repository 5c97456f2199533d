"""Events on their way out: what waits, what has gone, and what is known of who listens.

`ledger.trading.events.publish` writes the rows. Those of one account go in the order of their numbers, since only one
process at a time writes for an account; between accounts there is no order.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import BigInteger, Connection, Integer, bindparam, func, select, update

from ledger.canonical_json import canonical
from ledger.columns import Moment
from ledger.store import get_setting, put_setting
from ledger.trading.principal import Principal, must_be_admin
from ledger.trading.tables.flow import events_out
from ledger.trading.tables.people import accounts
from ledger.trading.work import Work

BATCH: Final = 100
_SETTING: Final = "bridge"
_IS_WAITING: Final = events_out.c.published_at.is_(None)
_WAITING = (
    select(
        events_out.c.uid,
        events_out.c.account_id,
        accounts.c.uid.label("account"),
        events_out.c.routing_key,
        events_out.c.payload_json,
        events_out.c.created_at,
    )
    .join(accounts, accounts.c.id == events_out.c.account_id)
    .where(_IS_WAITING, events_out.c.account_id > bindparam("after", type_=BigInteger()))
    .order_by(events_out.c.account_id, events_out.c.id)
    .limit(bindparam("most", type_=Integer()))
)
_COUNT = select(func.count(), func.min(events_out.c.created_at, type_=Moment)).where(_IS_WAITING)


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """An event that has not gone out yet.

    Attributes:
        uid: Its name for ever.
        account_id: The row of its account.
        account: The account's uid.
        routing_key: The kind of event, such as `orders.executed`.
        body: What happened, as canonical JSON.
        created_at: When it was written, aware UTC.
    """

    uid: str
    account_id: int
    account: str
    routing_key: str
    body: str
    created_at: datetime


class Backlog(msgspec.Struct, frozen=True, kw_only=True):
    """How many events wait, and since when the oldest does; None where none does."""

    count: int
    oldest_at: datetime | None


class Bridged(msgspec.Struct, frozen=True, kw_only=True):
    """What the bridge keeps of itself.

    Attributes:
        seen_at: When a bridge last said that it works on this ledger, whether its broker was there or not.
        exchange: Where it publishes; empty where it never could.
        taken: The routing keys that a queue has taken there, so that somebody is known to listen.
        awaited: Those of them that wait for a queue, since the exchange was gone and made again.
        awaited_until: How long they do.
    """

    seen_at: datetime
    exchange: str = ""
    taken: tuple[str, ...] = ()
    awaited: tuple[str, ...] = ()
    awaited_until: datetime | None = None


def waiting(principal: Principal, connection: Connection, *, after: int = 0, most: int = BATCH) -> tuple[Outgoing, ...]:
    """Return events that wait, account by account, those of each in their order.

    Args:
        principal: The system, or an admin.
        connection: Any connection to the ledger.
        after: Only of accounts whose rows come after this one, so that no account waits for another one's thousands.
        most: At most so many.

    Raises:
        NotAllowed: The asker is neither.
    """
    must_be_admin(principal)
    rows = connection.execute(_WAITING, {"after": after, "most": most})
    return tuple(
        Outgoing(
            uid=row.uid,
            account_id=row.account_id,
            account=row.account,
            routing_key=row.routing_key,
            body=canonical(row.payload_json),
            created_at=row.created_at,
        )
        for row in rows
    )


def mark_published(principal: Principal, work: Work, events: Collection[str]) -> None:
    """Note that events have gone out; said of one twice, the first moment stays.

    Args:
        principal: The system, or an admin.
        work: What this is written with.
        events: Their uids, which no other ledger has: it may have been replaced since they were read.

    Raises:
        NotAllowed: The asker is neither.
    """
    must_be_admin(principal)
    if events:
        mine = events_out.c.uid.in_(events)
        work.connection.execute(update(events_out).where(mine, _IS_WAITING).values(published_at=work.now))


def backlog(principal: Principal, connection: Connection) -> Backlog:
    """Return how many events wait.

    Args:
        principal: The system, or an admin.
        connection: Any connection to the ledger.

    Raises:
        NotAllowed: The asker is neither.
    """
    must_be_admin(principal)
    count, oldest_at = connection.execute(_COUNT).one()
    return Backlog(count=count, oldest_at=oldest_at)


def keep_bridged(principal: Principal, work: Work, found: Bridged) -> None:
    """Keep what the bridge knows; it takes the place of what was kept before.

    Args:
        principal: The system, or an admin.
        work: What this is written with.
        found: What it knows.

    Raises:
        NotAllowed: The asker is neither.
    """
    must_be_admin(principal)
    put_setting(work.connection, _SETTING, msgspec.json.encode(found).decode())


def bridged(principal: Principal, connection: Connection) -> Bridged | None:
    """Return what the bridge keeps of itself; None where none has ever worked on this ledger.

    Args:
        principal: The system, or an admin.
        connection: Any connection to the ledger.

    Raises:
        NotAllowed: The asker is neither.
    """
    must_be_admin(principal)
    kept = get_setting(connection, _SETTING)
    return None if kept is None else msgspec.json.decode(kept, type=Bridged)
