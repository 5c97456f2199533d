"""A ledger, in which no way through the services may read a large table whole; and who is in it."""

from collections.abc import Iterator

import pytest

from ledger.schema import metadata
from ledger.store import Ledger, open_ledger
from tests.ledger.trading import world
from tests.ledger.trading.plans import watched
from tests.ledger.trading.world import People
from tests.postgresql import Server


@pytest.fixture(scope="session")
def emptied(postgresql: Server, migrated: str) -> str:
    """Make one database for all tests here: hundreds of copies would be gigabytes."""
    return postgresql.new_database(like=migrated)


@pytest.fixture
def each_url(request: pytest.FixtureRequest) -> str:
    """Give the address of an empty ledger in the chosen database; the brokers are there from the beginning."""
    if request.config.getoption("--database") == "sqlite":
        return str(request.getfixturevalue("url"))
    running: Server = request.getfixturevalue("postgresql")
    database: str = request.getfixturevalue("emptied")
    tables = ", ".join(table.name for table in metadata.sorted_tables if table.name != "brokers")
    with running.connect(database) as connection:
        connection.execute(f"TRUNCATE {tables} RESTART IDENTITY".encode())
    return running.url(database)


@pytest.fixture
def ledger(each_url: str) -> Iterator[Ledger]:
    """Give an open, empty ledger."""
    with open_ledger(each_url) as opened, watched(opened):
        yield opened


@pytest.fixture
def books(ledger: Ledger) -> Ledger:
    """Give a ledger with what Ann and Bob have."""
    world.settle(ledger)
    return ledger


@pytest.fixture
def people(ledger: Ledger) -> People:
    """Let an admin, two traders and a viewer in."""
    return world.let_everybody_in(ledger)
