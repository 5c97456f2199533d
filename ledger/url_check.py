"""Whether DATABASE_URL and INBOX_DATABASE_URL name what can be opened here; for `make check`, which asks no server.

Not for the launcher's other work: SQLAlchemy is loaded.
"""

import os
from collections.abc import Iterator, Mapping

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from bus.settings import read
from ledger.inbox.place import inbox_url
from ledger.settings import Settings

NAME, INBOX = "DATABASE_URL", "INBOX_DATABASE_URL"
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


def faults_of_inbox(values: Mapping[str, str]) -> Iterator[str]:
    """Yield what is wrong with the inbox's URL beside the ledger's, without repeating any of them.

    Args:
        values: What `.env` says; right otherwise.
    """
    url = values.get(INBOX)
    if not url:
        return
    try:
        given, own = make_url(url), make_url(inbox_url(read(Settings, values).database_url.reveal()))
    except (ArgumentError, ValueError):
        yield f"{INBOX} is no URL of a database; write postgresql+psycopg://role:password@host/name"
        return
    if own.get_backend_name() == "sqlite":
        if given.get_backend_name() != "sqlite" or _place(given) != _place(own):
            yield f"{INBOX} is not inbox/inbox.db beside the ledger's file, where signals are taken from; write that"
    elif (given.get_backend_name(), given.database) != (own.get_backend_name(), own.database):
        yield f"{INBOX} names another database than the ledger's, from which signals are taken; write the same one"
    elif given.username == own.username:
        yield f"{INBOX} names the ledger's own role; make one that may only take signals in: docs/ledger.md says how"


def _place(url: URL) -> str:
    """Return the file that a URL of SQLite names, however it is written."""
    return os.path.realpath(url.database or "")


def _faults_of_file(name: str) -> Iterator[str]:
    """Yield what is wrong with the place of a SQLite file."""
    if name in {"", ":memory:"}:
        yield f"{NAME} names no file, and a ledger in memory is another one for each program; {CURE}"
    elif os.path.isdir(name):
        yield f"{NAME} names a folder; write a file in it: sqlite:///folder/portfolio.db"
    elif not os.path.isdir(folder := os.path.dirname(name) or ".") and folder != "data":
        yield f"{NAME} names a file in a folder that does not exist; make the folder, or {CURE}"
