"""docs/rabbitmq.md: its kinds of events and their fields are those that the services really write."""

import re
from pathlib import Path
from typing import Any

from sqlalchemy import select

from ledger.store import Ledger
from ledger.trading.books.trades import EXECUTED, ingest
from ledger.trading.flow.records import NewSignal
from ledger.trading.flow.signals import move as move_signal
from ledger.trading.flow.signals import take_in
from ledger.trading.orders.orders import STEPS, move, place
from ledger.trading.principal import SYSTEM
from ledger.trading.tables.flow import events_out
from tests.ledger.trading.world import ANN, ANNS, COIN, NOW, TREND, do, fill, order, work

ROOT = Path(__file__).parents[2]
WORD = re.compile(r"`([a-z_]+)`")
KIND = re.compile(r"\b(?:signals|orders)\.[a-z_]+\b")


def sections() -> dict[str, str]:
    """Return what stands below each heading that is a kind of event."""
    parts = re.split(r"^### `([a-z._]+)`$", (ROOT / "docs/rabbitmq.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], (text.partition("\n## ")[0] for text in parts[2::2]), strict=True))


def fields(section: str) -> set[str]:
    """Return the fields that a table lists in its first column."""
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    return {word for row in rows for word in WORD.findall(row.split("|")[1])}


def written(books: Ledger) -> dict[str, set[str]]:
    """Let one of everything happen, and return the fields of each kind of event."""
    new: dict[str, Any] = {"portfolio": ANNS, "strategy": TREND, "action": "buy", "symbol": "BTCUSDT", "body": {}}
    signal = do(books, take_in, SYSTEM, NewSignal(**new, inbox_uid="f" * 32, received_at=NOW)).signal
    do(books, move_signal, SYSTEM, signal.uid, "VALIDATED", instrument=COIN)
    with work(books) as unit:
        first, second = (place(ANN, unit, order(key=f"chat:{number}")).order for number in range(2))
        move(ANN, unit, first.uid, "REJECTED", reason="no")
        ingest(ANN, unit, fill("x"), order=second.uid)
    with books.reading() as connection:
        rows = connection.execute(select(events_out.c.routing_key, events_out.c.payload_json)).all()
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row.routing_key, set()).update(row.payload_json)
    return found


def test_the_fields_of_each_kind_are_those_that_are_written(ledger: Ledger) -> None:
    found = written(ledger)
    documented = {kind: fields(section) for kind, section in sections().items()}

    assert found["orders.placed"] | found["orders.rejected"] == documented["orders.placed"]
    assert {kind: found[kind] for kind in documented if kind != "orders.placed"} == {
        kind: names for kind, names in documented.items() if kind != "orders.placed"
    }


def test_every_kind_of_event_is_named_and_no_other() -> None:
    of_orders = {kind for _, kind in STEPS.values() if kind} | {EXECUTED}
    in_sources = {
        kind
        for path in (ROOT / "ledger/trading").rglob("*.py")
        for kind in re.findall(r'"((?:signals|orders)\.(?!id")[a-z_]+)"', path.read_text(encoding="utf-8"))
    }
    headings = sections()
    named = headings.keys() | set(KIND.findall(headings["orders.placed"]))

    assert of_orders <= in_sources
    assert named == in_sources
