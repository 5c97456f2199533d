"""The audit log: one chain of rows for each account and one for the system, in which no row can be changed unnoticed.

A row's hash is SHA-256 over the canonical JSON of all that it says, its number in the chain and the hash of the row
before it. `audit_chains` keeps the length and the last hash, so that a removed end is noticed too. It is proof against
slips and tinkering with rows; who can rewrite the whole database can rewrite the chain.
"""

import hashlib
import uuid
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, RowMapping, bindparam, select

from ledger.canonical_json import canonical
from ledger.trading import tables
from ledger.trading.principal import Principal, must_be_admin
from ledger.trading.tables.records import audit_chains, audit_log
from ledger.trading.work import Work

SYSTEM_CHAIN = "system"
NO_HASH = "0" * 64
BATCH = 1000

_HEAD = select(audit_chains.c.length, audit_chains.c.hash).where(audit_chains.c.chain == bindparam("of_chain"))
_NEW_HEAD = audit_chains.insert().inline()
_MOVE_HEAD = audit_chains.update().where(audit_chains.c.chain == bindparam("of_chain"))
_ADD = audit_log.insert().inline()
_HASHED = [column for column in audit_log.c if column.name not in {"id", "hash"}]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What was done.

    Attributes:
        entity_type: The kind of row it was done to, such as `order`.
        entity_id: Its uid, or its name.
        action: A past participle, such as `placed`.
        details: What else matters, without floats.
        account_id: The account whose chain it belongs to; None for the system's.
    """

    entity_type: str
    entity_id: str
    action: str
    details: Mapping[str, object] = {}
    account_id: int | None = None


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """A row that does not fit into its chain.

    Attributes:
        chain: The chain.
        sequence: The number of the row in it.
        reason: What does not fit.
    """

    chain: str
    sequence: int
    reason: str


def new_uid() -> str:
    """Return a name for a new row, as 32 hex digits."""
    return uuid.uuid4().hex


def log(principal: Principal, work: Work, entry: Entry) -> None:
    """Add a row to its chain, in the caller's transaction.

    Args:
        principal: Who did it.
        work: The caller's.
        entry: What was done.
    """
    chain = SYSTEM_CHAIN if entry.account_id is None else f"account:{entry.account_id}"
    head = work.connection.execute(_HEAD, {"of_chain": chain}).first()
    length, previous = (head.length, head.hash) if head is not None else (0, NO_HASH)
    row = {
        "chain": chain,
        "sequence": length + 1,
        "user_id": principal.user_id,
        "entity_type": entry.entity_type,
        "entity_id": entry.entity_id,
        "action": entry.action,
        "details_json": dict(entry.details),
        "created_at": work.now,
        "previous_hash": previous,
    }
    row["hash"] = hash_of(row)
    work.connection.execute(_ADD, row)
    if head is None:
        work.connection.execute(_NEW_HEAD, {"chain": chain, "length": 1, "hash": row["hash"]})
    else:
        work.connection.execute(_MOVE_HEAD, {"of_chain": chain, "length": length + 1, "hash": row["hash"]})


def hash_of(row: Mapping[str, object]) -> str:
    """Return the hash of a row.

    Args:
        row: All of its columns but `id` and `hash`, by name.

    Returns:
        64 hex digits.
    """
    return hashlib.sha256(canonical(row).encode()).hexdigest()


def verify(principal: Principal, connection: Connection) -> tuple[Fault, ...]:
    """Look for rows that were changed, removed or slipped in.

    Args:
        principal: An admin.
        connection: Any connection to the ledger.

    Returns:
        The first fault of each chain; none where all is whole.

    Raises:
        NotAllowed: The asker is no admin.
    """
    must_be_admin(principal)
    heads = {row.chain: row for row in connection.execute(select(audit_chains))}
    accounts = connection.execute(select(tables.people.accounts.c.id)).scalars()
    found = [
        _first_fault(connection, chain, heads.get(chain))
        for chain in sorted({*heads, SYSTEM_CHAIN, *(f"account:{account}" for account in accounts)})
    ]
    return tuple(fault for fault in found if fault is not None)


def _first_fault(connection: Connection, chain: str, head: Row[Any] | None) -> Fault | None:
    """Return what does not fit first in a chain, None where it is whole.

    Rows are read in batches; where one cannot be read at all, they are read again one by one, to name it.
    """
    length, last = (head.length, head.hash) if head is not None else (0, NO_HASH)
    for batch in (BATCH, 1):
        with closing(_faults(connection, chain, length=length, last=last, batch=batch)) as faults:
            try:
                return next(faults, None)
            except ValueError:
                continue
    return None


def _faults(connection: Connection, chain: str, *, length: int, last: str, batch: int) -> Generator[Fault]:
    """Yield what does not fit in a chain whose head says that it has this length and this last hash."""
    query = select(*_HASHED, audit_log.c.hash).where(audit_log.c.chain == chain).order_by(audit_log.c.sequence)
    previous, expected = NO_HASH, 1
    with connection.execute(query, execution_options={"yield_per": batch}) as result:
        rows = iter(result.mappings())
        while (row := _next(rows, alone=batch == 1)) is not None:
            if reason := _misfit(row, expected=expected, previous=previous):
                yield Fault(chain=chain, sequence=expected, reason=reason)
                return
            previous, expected = row["hash"], expected + 1
    if expected <= length:
        yield Fault(chain=chain, sequence=expected, reason="it is missing, with all that followed")
    elif expected - 1 > length or previous != last:
        yield Fault(chain=chain, sequence=length + 1, reason="it is more than the chain has")


def _misfit(row: dict[str, Any], *, expected: int, previous: str) -> str:
    """Return why a row does not fit after the one before it, empty where it does."""
    if not row:
        return "it cannot be read"
    if row["sequence"] != expected:
        return "it is missing"
    if row["previous_hash"] != previous:
        return "it does not follow the row before it"
    if row["hash"] != hash_of({name: value for name, value in row.items() if name != "hash"}):
        return "it was changed"
    return ""


def _next(rows: Iterator[RowMapping], *, alone: bool) -> dict[str, Any] | None:
    """Return the next row, None after the last, an empty one for a row that cannot be read where each is read alone."""
    try:
        row = next(rows, None)
    except ValueError:
        if not alone:
            raise
        return {}
    return None if row is None else {str(name): value for name, value in row.items()}
