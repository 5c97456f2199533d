"""An empty inbox in each database; no function may read the signals as a whole."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.inbox.opening import Inbox
from ledger.inbox.place import inbox_url
from ledger.migrate import migrate
from tests.ledger.inbox.world import lay_beside
from tests.ledger.trading.plans import watched
from tests.postgresql import Server


@pytest.fixture(scope="session")
def with_inbox(postgresql: Server, migrated: str) -> str:
    """Make a ledger's database that has the inbox's tables too, and return its name, to be copied."""
    name = postgresql.new_database(like=migrated)
    migrate(postgresql.url(name), part="inbox")
    return name


@pytest.fixture
def ledger_url(request: pytest.FixtureRequest, bare_url: str) -> str:
    """Give the address of a ledger beside which an empty inbox lies; in SQLite there is nothing in it."""
    if request.config.getoption("--database") == "sqlite":
        lay_beside(Path(bare_url.removeprefix("sqlite:///")), request.getfixturevalue("empty_inbox"))
        return bare_url
    running: Server = request.getfixturevalue("postgresql")
    return running.url(running.new_database(like=request.getfixturevalue("with_inbox")))


@pytest.fixture
def inbox(ledger_url: str) -> Iterator[Inbox]:
    """Give an empty inbox, whose statements are watched."""
    opened = Inbox(inbox_url(ledger_url))
    with watched(opened._database):
        yield opened
    opened.close()
