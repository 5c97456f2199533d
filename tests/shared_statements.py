"""Statements that are compiled once for all ledgers of a worker, not once for each of its thousands.

SQLAlchemy keeps what it has compiled with each engine, and compiles for that engine's dialect; a program has one
engine for its whole life, and a test has some of its own. A quarter of the tests' time went into compiling the same
again. Engines for files of SQLite are alike, so they share the first one's dialect, and what was compiled for it.
"""

from typing import Any

import sqlalchemy
from sqlalchemy import Engine

import ledger.engine

_first: dict[str, Engine] = {}


def create_engine(url: Any, **options: Any) -> Engine:
    """Make an engine as SQLAlchemy does; a further one for SQLite compiles nothing that another one has."""
    made = sqlalchemy.create_engine(url, query_cache_size=5000, **options)
    if made.dialect.name == "sqlite":
        first = _first.setdefault("sqlite", made)
        made.dialect, made._compiled_cache = first.dialect, first._compiled_cache
    return made


def share() -> None:
    """Have all engines of the ledger made so, in this process."""
    vars(ledger.engine)["create_engine"] = create_engine
