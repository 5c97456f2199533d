"""All snapshots as CSV, a line each, oldest first; one after the other, so that years of them need no memory.

For each platform there are two columns: the amount that it gave in that round, and its currency, or why there is none.
Behind a currency stands what the amount leaves out: `USD (trading only)`, `RUB (without …4321: no permission)`.
Programs for tables take a cell that begins with `=`, `+`, `-`, `@` or a control sign for a formula (OWASP, "CSV
Injection", read 2026-11): such a text gets an apostrophe in front, and control signs become blanks; numbers stay as
they are.
"""

import csv
from collections.abc import Iterator
from datetime import tzinfo
from decimal import Decimal
from typing import TextIO

import msgspec
from sqlalchemy import select

from bus.messages.rounds import Balance, Part, Snapshot
from ledger.portfolio import documents, tables
from ledger.store import Ledger

FIRST = ("time", "kind", "usd", "usd_mark", "rub", "rub_mark", "rate")
AT_ONCE = 100
FORMULA = ("=", "+", "-", "@")


class _Platform(msgspec.Struct):
    """What the columns' order needs of a platform."""

    name: str
    position: int


class _Part(msgspec.Struct):
    """What the columns' order needs of a part."""

    platform: _Platform


class _Parts(msgspec.Struct):
    """What the columns' order needs of a document; reading all of it would cost more."""

    parts: tuple[_Part, ...]


def write_csv(ledger: Ledger, stream: TextIO, zone: tzinfo) -> int:
    """Write every snapshot.

    Args:
        ledger: The ledger, at this program's schema.
        stream: Open for text, without a translation of line ends.
        zone: TIMEZONE; a slot's time is the slot's own, another one's is when it was closed.

    Returns:
        How many were written.
    """
    found = {
        part.platform.name: part.platform.position
        for document in _documents(ledger)
        for part in msgspec.json.decode(document, type=_Parts).parts
    }
    platforms = sorted(found, key=lambda name: (found[name], name))
    writer = csv.writer(stream, lineterminator="\n")
    pairs = (title for name in platforms for title in (f"{name}_amount", f"{name}_currency_or_reason"))
    writer.writerow([*FIRST, *map(_text, pairs)])
    count = 0
    for document in _documents(ledger):
        writer.writerow(_row(documents.read(document), platforms, zone))
        count += 1
    return count


def _documents(ledger: Ledger) -> Iterator[str]:
    """Yield the documents of all snapshots, oldest first, some at a time."""
    query = select(tables.snapshots.c.document).order_by(tables.snapshots.c.closed_at, tables.snapshots.c.round_id)
    with ledger.reading() as connection:
        yield from connection.execution_options(yield_per=AT_ONCE).execute(query).scalars()


def _row(snapshot: Snapshot, platforms: list[str], zone: tzinfo) -> list[str]:
    """Return a snapshot's line: time, kind, totals, rate, and two cells for each platform."""
    slot = snapshot.scheduled_for
    parts = {part.platform.name: part for part in snapshot.parts}
    return [
        (slot or snapshot.closed_at).astimezone(zone).isoformat(timespec="seconds"),
        "manual" if slot is None else "scheduled",
        _number(snapshot.usd.amount),
        _text(snapshot.usd.mark),
        _number(snapshot.rub.amount),
        _text(snapshot.rub.mark),
        _number(snapshot.rate.rate if snapshot.rate else None),
        *(cell for name in platforms for cell in _pair(parts.get(name))),
    ]


def _pair(part: Part | None) -> tuple[str, str]:
    """Return a platform's two cells: the amount and its currency, or nothing and why."""
    if part is None:
        return "", ""
    if part.balance is not None:
        return _number(part.balance.amount), _text(f"{part.balance.currency}{_left_out(part.balance)}")
    return "", _text(part.failure.reason if part.failure else "")


def _left_out(balance: Balance) -> str:
    """Say what an amount leaves out: other parts of the account, and every account that was not read in this round."""
    unread = ", ".join(f"…{each.ending}: {each.reason}" for each in balance.accounts if each.amount is None)
    return "".join(f" ({text})" for text in (balance.covers, f"without {unread}" if unread else "") if text)


def _number(amount: Decimal | None) -> str:
    """Return an amount in plain digits, empty where there is none."""
    return "" if amount is None else f"{amount:f}"


def _text(text: str) -> str:
    """Return a text that no program for tables takes for a formula, without control signs."""
    line = "".join(sign if sign.isprintable() else " " for sign in text)
    return f"'{line}" if line.lstrip().startswith(FORMULA) else line
