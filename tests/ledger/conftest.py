"""A real ledger of its own for each test, in SQLite or in both databases; its schema is made once and copied."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.migrate import migrate
from ledger.store import Ledger, open_ledger
from tests.postgresql import Server, server


@pytest.fixture(scope="session")
def empty_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a ledger by its migrations."""
    path = tmp_path_factory.mktemp("ledger") / "empty.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """Run a PostgreSQL until the worker ends."""
    with server() as running:
        yield running


@pytest.fixture(scope="session")
def migrated(postgresql: Server) -> str:
    """Make a database by the migrations and return its name, to be copied."""
    name = postgresql.new_database()
    migrate(postgresql.url(name))
    return name


@pytest.fixture
def url(empty_ledger: Path, tmp_path: Path) -> str:
    """Give the address of an empty ledger."""
    path = tmp_path / "portfolio.db"
    shutil.copy(empty_ledger, path)
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", "postgresql"])
def each_url(request: pytest.FixtureRequest) -> str:
    """Give the address of an empty ledger in each database."""
    if request.param == "sqlite":
        return str(request.getfixturevalue("url"))
    running: Server = request.getfixturevalue("postgresql")
    return running.url(running.new_database(like=request.getfixturevalue("migrated")))


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    """Give an open, empty ledger."""
    with open_ledger(url) as opened:
        yield opened
