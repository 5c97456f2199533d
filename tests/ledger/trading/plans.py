"""Every statement that the services send while a test runs, and what the database would do for it."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event

from ledger.store import Ledger

LARGE = {"orders", "trades", "positions", "position_entries", "signals", "signal_events", "audit_log"}
LARGE |= {"trading_requests", "halts", "venue_positions", "portfolio_days"}
LARGE |= {"account_balances", "cash_events", "risk_breaches", "questions", "inbox_signals", "inbox_retired_keys"}
PRODUCT, TESTS = Path(__file__).parents[3] / "ledger", Path(__file__).parents[2]


class FullScan(AssertionError):
    """A statement of ours reads the whole of a table that grows without end."""


@contextmanager
def watched(ledger: Ledger) -> Iterator[None]:
    """Look at what the product's own code asks of a ledger.

    Raises:
        FullScan: At the end: the database would read a whole table for it.
    """
    with scans(ledger) as found:
        yield
    if found:
        raise FullScan("\n".join(found))


@contextmanager
def scans(ledger: Ledger, *more: str) -> Iterator[list[str]]:
    """Note what the product's own code asks of a ledger; no transaction of it is open at the end.

    Args:
        ledger: The ledger.
        more: Tables that are none of the large ones and must not be read whole either.

    Yields:
        A list that names, at the end, the statements for which the database would read a whole table.
    """
    seen: dict[str, Any] = {}
    found: list[str] = []

    def note(connection: Connection, cursor: object, statement: str, values: Any, context: Any, many: bool) -> None:
        plannable = statement.startswith(("SELECT", "UPDATE", "DELETE")) and context.compiled is not None
        if plannable and statement not in seen and _is_ours():
            seen[statement] = values[0] if many else values

    event.listen(ledger._engine, "before_cursor_execute", note)
    yield found
    event.remove(ledger._engine, "before_cursor_execute", note)
    with ledger.reading() as connection:
        for statement, values in seen.items():
            found += _scans(connection, statement, values, LARGE | set(more))


def _is_ours() -> bool:
    """Tell whether a statement comes from the product rather than from a test itself."""
    frame = sys._getframe(2)
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(TESTS):
            return False
        if path.is_relative_to(PRODUCT):
            return True
        frame = frame.f_back  # type: ignore[assignment]  # None ends it
    return False


def _scans(connection: Connection, statement: str, values: Any, tables: set[str]) -> Iterator[str]:
    """Yield which of some tables are read as a whole for a statement; an alias is a table's name with a number."""
    if connection.dialect.name == "sqlite":
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
        scanned = re.compile(r"SCAN (\w+?)(?:_\d+)?(?: |$)")
    else:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # a small table would be read whole rightly
        plan = [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", values)]
        scanned = re.compile(r"Seq Scan on (\w+)")
    found = {name for step in plan for name in scanned.findall(step)} & tables
    yield from (f"{name} is read as a whole: {statement}\n  {plan}" for name in sorted(found))
