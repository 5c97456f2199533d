"""What a chaos run leaves behind to be judged: the chat, the ledger's own account of it, and what was done when.

The ledger is only asked which round a message belongs to, and which round answered an asking; whether the message is
there, and is true, is looked up in the pretend Telegram. All moments are seconds since 1970.
"""

import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from sandbox.telegram.chat import Sent
from tools.chaos.faults import Disturbance
from tools.chaos.reading import core_of
from tools.chaos.truth import Truth

_OPENED = re.compile(r'^at=(?P<at>\S+) .*event="round opened" round=(?P<round>\S+)', re.MULTILINE)
_ROWS = """SELECT id, round_id, state, text, message_id, folded_into, reason FROM outbox WHERE round_id IS NOT NULL"""


class Played(msgspec.Struct, kw_only=True):
    """One round of the run: what was done, and when; `lifted_at_s` is also when it can no longer be felt."""

    number: int
    disturbance: Disturbance
    began_at_s: float
    asked_at_s: float = 0.0
    update_id: int = 0
    applied_at_s: float = 0.0
    lifted_at_s: float = 0.0
    note: str = ""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A round's message in the outbox."""

    id: int
    round_id: str
    state: str
    text: str | None
    message_id: int | None
    folded_into: int | None
    reason: str | None


class Closed(msgspec.Struct, frozen=True, kw_only=True):
    """A round in the ledger; `told_for_s` is its slot, or when it closed."""

    told_for_s: float
    closed_at_s: float


class Book(msgspec.Struct, frozen=True, kw_only=True):
    """The ledger's account: rounds and their rows by id, and which round answered which update."""

    rounds: dict[str, Closed]
    rows: dict[str, Row]
    answered_by: dict[int, str | None]


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a verdict rests on; `first_slot_s` and `last_slot_s` bound the slots that are owed."""

    played: list[Played]
    truth: Truth
    messages: list[Sent]
    book: Book
    opened_at_s: dict[str, float]
    first_slot_s: float
    last_slot_s: float
    deadline_s: float

    def messages_by_core(self) -> dict[str, list[Sent]]:
        """Return the snapshots in the chat in the order of their arrival, those that say the same together."""
        found: dict[str, list[Sent]] = {}
        for message in sorted(self.messages, key=arrival_s):
            core = "" if message.deleted else core_of(message.text)
            if core:
                found.setdefault(core, []).append(message)
        return found


def arrival_s(message: Sent) -> float:
    """Return when a message came to say what it says."""
    return (message.edited_at_ms or message.received_at_ms) / 1000


def read_book(home: Path) -> Book:
    """Read the ledger of a home folder, without writing to it; an absent one is an empty book.

    Raises:
        sqlite3.Error: It cannot be read.
    """
    path = home / "data" / "portfolio.db"
    if not path.exists():
        return Book(rounds={}, rows={}, answered_by={})
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=10)) as ledger:
        rounds = {
            name: Closed(told_for_s=_seconds(slot or closed), closed_at_s=_seconds(closed))
            for name, slot, closed in ledger.execute("SELECT round_id, scheduled_for, closed_at FROM snapshots")
        }
        rows = [
            msgspec.convert(dict(zip(Row.__struct_fields__, found, strict=True)), Row)
            for found in ledger.execute(_ROWS)
        ]
        answered = dict(ledger.execute("SELECT update_id, answered_by FROM requests WHERE update_id IS NOT NULL"))
    return Book(rounds=rounds, rows={row.round_id: row for row in rows}, answered_by=answered)


def read_openings(clock_log: str) -> dict[str, float]:
    """Return when the clock first opened each round."""
    found: dict[str, float] = {}
    for line in _OPENED.finditer(clock_log):
        found.setdefault(line["round"], _seconds(line["at"]))
    return found


def count_restarts(home: Path, *, programs: int) -> int:
    """Return how often supervisord started a program again."""
    logs = (path.read_text() for path in sorted((home / "logs").glob("supervisord.log*")))
    return sum(log.count(" spawned: ") for log in logs) - programs


def shown_time(at_s: float) -> str:
    """Write a moment as the logs do."""
    return f"{datetime.fromtimestamp(at_s, UTC):%H:%M:%S.%f}"[:-3]


def _seconds(written: str) -> float:
    return datetime.fromisoformat(written).timestamp()
