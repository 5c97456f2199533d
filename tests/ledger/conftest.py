"""A real ledger of its own for each test, in the database that `--database` names; its schema is made once and copied.

Tests that know nothing of a database ask for `each_url`; those of a SQLite file for `url`, those of a server for
`postgresql`, and they run with that database alone.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.migrate import migrate
from ledger.store import Ledger, open_ledger
from tests.ledger import env_file
from tests.postgresql import Server, server

IN_EITHER = {"each_url", "bare_url", "both"}
HERE = Path(__file__).parent


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what does not run in the chosen database."""
    is_sqlite = config.getoption("--database") == "sqlite"

    def runs(item: pytest.Item) -> bool:
        asked_for = set(getattr(item, "fixturenames", ()))
        needs_server = "postgresql" in asked_for
        return not needs_server if is_sqlite else needs_server or not asked_for.isdisjoint(IN_EITHER)

    left_out = [item for item in items if item.path.is_relative_to(HERE) and not runs(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


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


@pytest.fixture
def each_url(request: pytest.FixtureRequest) -> str:
    """Give the address of an empty ledger in the chosen database."""
    if request.config.getoption("--database") == "sqlite":
        return str(request.getfixturevalue("url"))
    running: Server = request.getfixturevalue("postgresql")
    return running.url(running.new_database(like=request.getfixturevalue("migrated")))


@pytest.fixture
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the address of a database of the chosen kind with nothing in it."""
    if request.config.getoption("--database") == "sqlite":
        return f"sqlite:///{tmp_path}/portfolio.db"
    running: Server = request.getfixturevalue("postgresql")
    return running.url(running.new_database())


@pytest.fixture
def postgresql_url(postgresql: Server) -> str:
    """Give the address of an empty database in PostgreSQL."""
    return postgresql.url(postgresql.new_database())


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    """Give an open, empty ledger."""
    with open_ledger(url) as opened:
        yield opened


@pytest.fixture
def folder(home: Path, each_url: str) -> Path:
    """Give a home whose settings name an empty ledger and nobody as an admin, as the current folder."""
    env_file.write(f"DATABASE_URL={each_url}", chat=env_file.GROUP)
    return home
