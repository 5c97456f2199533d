"""Keeping alerts in the inbox, in the thread that owns it: whose they are, and one transaction for all of them."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from bus.time_source import TimeSource
from ledger.inbox.alert import Alert, Fault
from ledger.inbox.inbox import accept
from ledger.inbox.opening import Inbox
from ledger.inbox.records import Accepted, KnownToken, NewSignal
from ledger.inbox.tokens import token
from ledger.trading.errors import Invalid, NotFound
from ledger.trading.work import Work


class Delivery(msgspec.Struct, frozen=True):
    """What has come in.

    Attributes:
        hashed: The SHA-256 of its secret, as hex digits.
        peer: The sender's address.
        content: The alert, or what is wrong with it.
    """

    hashed: str
    peer: str
    content: Alert | Fault


class Verdict(msgspec.Struct, frozen=True):
    """What became of it.

    Attributes:
        strategy: The name of the strategy whose secret it came with; None where it is no secret that is in force.
        result: What the inbox says, or what is wrong with it; None where nothing was asked, for want of a secret.
    """

    strategy: str | None
    result: Accepted | Fault | None


def keep_together(inbox: Inbox, deliveries: Sequence[Delivery], time: TimeSource) -> list[Verdict]:
    """Keep in one transaction what came together; nothing is written for whoever has no secret.

    Args:
        inbox: The inbox.
        deliveries: What has come in, in its order.
        time: Says when a signal came.

    Returns:
        What became of each.

    Raises:
        LedgerUnavailable: Nothing was kept.
    """
    with inbox.reading() as connection:
        known = {each.hashed: _in_force(connection, each.hashed) for each in deliveries}
    if not any(known[each.hashed] and isinstance(each.content, Alert) for each in deliveries):
        return [_verdict(each, known[each.hashed], None) for each in deliveries]
    with inbox.writing() as connection:
        work = Work(connection, time.now())
        return [_verdict(each, known[each.hashed], work) for each in deliveries]


def _in_force(connection: Connection, hashed: str) -> KnownToken | None:
    """Return what is known of a secret, None where it is none or no longer one."""
    try:
        found = token(connection, hashed)
    except NotFound:
        return None
    return found if found.retired_at is None else None


def _verdict(delivery: Delivery, known: KnownToken | None, work: Work | None) -> Verdict:
    """Keep an alert if it is to be kept, and return what became of it."""
    if known is None:
        return Verdict(None, None)
    if isinstance(delivery.content, Fault) or work is None:
        return Verdict(known.name, delivery.content if isinstance(delivery.content, Fault) else None)
    said = delivery.content
    signal = NewSignal(
        strategy_uid=known.strategy_uid,
        peer=delivery.peer,
        body=said.body,
        action=said.action,
        symbol=said.symbol,
        external_id=said.external_id,
        quantity=said.quantity,
        position_size=said.position_size,
    )
    try:
        return Verdict(known.name, accept(work, signal))
    except Invalid as error:
        return Verdict(known.name, Fault("WRONG_FIELD", "", str(error)))
