"""Brokers: which venues the books know, and how many accounts there are at each."""

import msgspec
from sqlalchemy import Connection, func, select

from ledger.trading.errors import NotFound
from ledger.trading.principal import Principal, must_be_admin
from ledger.trading.tables.people import accounts, brokers

_COUNTS = (
    select(brokers.c.code, brokers.c.name, accounts.c.is_live, func.count(accounts.c.id).label("number"))
    .outerjoin(accounts, (accounts.c.broker_id == brokers.c.id) & accounts.c.archived_at.is_(None))
    .group_by(brokers.c.id, brokers.c.code, brokers.c.name, accounts.c.is_live)
    .order_by(brokers.c.id)
)


class Broker(msgspec.Struct, frozen=True, kw_only=True):
    """A broker, with how many accounts that are not archived everybody has there, on paper and live."""

    code: str
    name: str
    paper: int
    live: int


def list_brokers(principal: Principal, connection: Connection) -> tuple[Broker, ...]:
    """Return all brokers, in the order in which the books came to know them.

    Args:
        principal: An admin.
        connection: Any connection to the ledger.

    Raises:
        NotAllowed: The asker is no admin.
    """
    must_be_admin(principal)
    found = connection.execute(_COUNTS).all()
    names = dict.fromkeys((row.code, row.name) for row in found)
    counts = {(row.code, row.is_live): row.number for row in found if row.is_live is not None}
    return tuple(
        Broker(code=code, name=name, paper=_of(counts, code, is_live=False), live=_of(counts, code, is_live=True))
        for code, name in names
    )


def is_live_number(principal: Principal, connection: Connection, broker: str, number: str) -> bool | None:
    """Tell whether an account's money is real, by its number.

    Args:
        principal: An admin.
        connection: Any connection to the ledger.
        broker: The broker's code.
        number: The account's number there.

    Returns:
        Whether it is; None where the broker's numbers do not tell.

    Raises:
        NotAllowed: The asker is no admin.
        NotFound: There is no such broker.
    """
    must_be_admin(principal)
    row = connection.execute(select(brokers.c.paper_begins).where(brokers.c.code == broker)).first()
    if row is None:
        raise NotFound("broker", broker)
    return None if row.paper_begins is None else not number.startswith(row.paper_begins)


def _of(counts: dict[tuple[str, bool], int], code: str, *, is_live: bool) -> int:
    """Return how many accounts of a kind a broker has."""
    return counts.get((code, is_live), 0)
