"""Signals to send."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from ledger.inbox.inbox import accept
from ledger.inbox.opening import Inbox
from ledger.inbox.place import inbox_file
from ledger.inbox.records import Accepted, NewSignal
from ledger.trading.work import Work

NOW = datetime(2026, 11, 27, 14, 30, tzinfo=UTC)
TREND, SWING = "trend", "swing"


def signal(number: str | None = None, **differing: object) -> NewSignal:
    """Return a signal, with an id where one is named."""
    said = {"symbol": "AAPL", "action": "buy", "comment": "crossed 12.50"}
    usual: dict[str, object] = {"strategy_uid": TREND, "peer": "52.89.214.238", "action": "buy", "symbol": "AAPL"}
    usual |= {"body": said, "external_id": number, "quantity": Decimal(3)}
    return NewSignal(**{**usual, **differing})  # type: ignore[arg-type]  # NewSignal's fields


@contextmanager
def work(inbox: Inbox, *, after_s: float = 0) -> Iterator[Work]:
    """Begin a unit of work, some seconds after NOW."""
    with inbox.writing() as connection:
        yield Work(connection, NOW + timedelta(seconds=after_s))


def lay_beside(ledger: Path, empty_inbox: Path) -> None:
    """Put an empty inbox to where that of a ledger's file lies."""
    there = inbox_file(ledger)
    there.parent.mkdir(mode=0o700)
    shutil.copy(empty_inbox, there)


def send(inbox: Inbox, *signals: NewSignal, after_s: float = 0) -> list[Accepted]:
    """Let signals come in together."""
    with work(inbox, after_s=after_s) as one:
        return [accept(one, each) for each in signals]


def outcome(inbox: Inbox, one: NewSignal, *, after_s: float = 0) -> str:
    """Let a signal come in, and return what became of it."""
    return send(inbox, one, after_s=after_s)[0].outcome


def counted(inbox: Inbox, table: str = "inbox_signals") -> int:
    """Count the rows of a table."""
    with inbox.reading() as connection:
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())
