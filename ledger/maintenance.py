"""What a SQLite ledger needs now and then: fresh statistics, by which it chooses its indices."""

import contextlib
import sqlite3
from pathlib import Path

FROM_ANY_CONNECTION = (3, 46)
"""Before this version `PRAGMA optimize` looks only at what its own connection has asked (sqlite.org, read 2026-11)."""


def optimize(ledger: Path) -> None:
    """Let SQLite look at some hundred rows of each index; other writers wait for milliseconds.

    Args:
        ledger: The ledger's file; it may be in use.

    Raises:
        sqlite3.Error: It cannot be done now.
    """
    with contextlib.closing(
        sqlite3.connect(f"{ledger.absolute().as_uri()}?mode=rw", uri=True, timeout=5)
    ) as connection:
        if sqlite3.sqlite_version_info >= FROM_ANY_CONNECTION:
            connection.execute("PRAGMA optimize=0x10002")
        else:
            connection.execute("PRAGMA analysis_limit=400")
            connection.execute("ANALYZE")
