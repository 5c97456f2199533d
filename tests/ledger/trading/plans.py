"""Every statement that the services send while a test runs, and what the database would do for it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event

from ledger.store import Ledger

LARGE = ("orders", "trades", "positions", "position_entries", "signals", "audit_log")
PRODUCT, TESTS = Path(__file__).parents[3] / "ledger", Path(__file__).parents[2]


class FullScan(AssertionError):
    """A statement of ours reads the whole of a table that grows without end."""


@contextmanager
def watched(ledger: Ledger) -> Iterator[None]:
    """Note what the product's own code asks of a ledger, and look at the plans of it at the end.

    Raises:
        FullScan: The database would read a whole table for one of them.
    """
    seen: dict[str, Any] = {}

    def note(connection: Connection, cursor: object, statement: str, values: Any, context: Any, many: bool) -> None:
        plannable = statement.startswith(("SELECT", "UPDATE", "DELETE")) and context.compiled is not None
        if plannable and statement not in seen and _is_ours():
            seen[statement] = values[0] if many else values

    event.listen(ledger._engine, "before_cursor_execute", note)
    yield
    event.remove(ledger._engine, "before_cursor_execute", note)
    with ledger.reading() as connection:
        scans = [scan for statement, values in seen.items() for scan in _scans(connection, statement, values)]
    if scans:
        raise FullScan("\n".join(scans))


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


def _scans(connection: Connection, statement: str, values: Any) -> Iterator[str]:
    """Yield the large tables that are read as a whole for a statement."""
    if connection.dialect.name == "sqlite":
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
        found = {name for name in LARGE for step in plan if step.split()[:2] == ["SCAN", name]}
    else:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # a small table would be read whole rightly
        plan = [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", values)]
        found = {name for name in LARGE for step in plan if f"Seq Scan on {name}" in step}
    yield from (f"{name} is read as a whole: {statement}\n  {plan}" for name in sorted(found))
