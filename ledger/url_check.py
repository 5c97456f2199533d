"""Whether DATABASE_URL names a database that this installation can open; for `make check`, which asks no server.

Not for the launcher's other work: SQLAlchemy is loaded.
"""

import os
from collections.abc import Iterator

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

NAME = "DATABASE_URL"
CURE = "write sqlite:///data/portfolio.db, or postgresql+psycopg://user:password@host/name"
PACKAGES = {"psycopg": "psycopg[binary]"}


def faults(url: str) -> Iterator[str]:
    """Yield what is wrong with the ledger's URL, without repeating any of it: it may hold a password.

    Args:
        url: As it stands in `.env`; empty where the default is meant.
    """
    if not url:
        return
    try:
        parsed = make_url(url)
        dialect = parsed.get_dialect()
        dialect.import_dbapi()
    except ModuleNotFoundError as error:
        package = PACKAGES.get(error.name or "", error.name)
        yield f"{NAME} needs a driver that is not installed; type: .venv/bin/python -m pip install '{package}'"
        return
    except (ArgumentError, ValueError, ImportError):
        yield f"{NAME} is no URL of a database; {CURE}"
        return
    if getattr(dialect, "is_async", False):
        yield f"{NAME} names a driver for asyncio, which nothing here uses; {CURE}"
    elif dialect.name == "sqlite":
        yield from _faults_of_file(parsed.database or "")


def _faults_of_file(name: str) -> Iterator[str]:
    """Yield what is wrong with the place of a SQLite file."""
    if name in {"", ":memory:"}:
        yield f"{NAME} names no file, and a ledger in memory is another one for each program; {CURE}"
    elif os.path.isdir(name):
        yield f"{NAME} names a folder; write a file in it: sqlite:///folder/portfolio.db"
    elif not os.path.isdir(folder := os.path.dirname(name) or ".") and folder != "data":
        yield f"{NAME} names a file in a folder that does not exist; make the folder, or {CURE}"
