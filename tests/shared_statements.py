"""Statements that are compiled once for all ledgers of a worker, not once for each of its thousands.

SQLAlchemy keeps what it has compiled with each engine, and compiles for that engine's dialect; a program has one
engine for its whole life, and a test has some of its own. A quarter of the tests' time went into compiling the same
again. Engines for files of SQLite are alike, so they share the first one's dialect, and what was compiled for it.
"""

import functools
from typing import Any

import sqlalchemy
from sqlalchemy import Engine

import ledger.engine

MOST_STATEMENTS = 5000


@functools.cache
def first_of_sqlite() -> Engine:
    """Return an engine whose dialect has seen a database, so that it knows which SQLite this is."""
    made = sqlalchemy.create_engine("sqlite://", query_cache_size=MOST_STATEMENTS)
    with made.connect():
        pass
    return made


def create_engine(url: Any, **options: Any) -> Engine:
    """Make an engine as SQLAlchemy does; one for SQLite compiles nothing that another one has."""
    made = sqlalchemy.create_engine(url, **options)
    if made.dialect.name == "sqlite":
        made.dialect, made._compiled_cache = first_of_sqlite().dialect, first_of_sqlite()._compiled_cache
    return made


def share() -> None:
    """Have all engines of the ledger made so, in this process."""
    vars(ledger.engine)["create_engine"] = create_engine
