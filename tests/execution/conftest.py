"""A real ledger with an inbox beside it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.inbox.opening import Inbox, open_inbox
from ledger.store import Ledger, open_ledger
from tests.ledger.conftest import each_url, migrated, postgresql, url
from tests.ledger.inbox.world import lay_beside

__all__ = ["each_url", "migrated", "postgresql", "url"]


@pytest.fixture
def books(each_url: str) -> Iterator[Ledger]:
    """Give an empty ledger."""
    with open_ledger(each_url) as opened:
        yield opened


@pytest.fixture
def inbox(request: pytest.FixtureRequest, each_url: str) -> Iterator[Inbox]:
    """Give an empty inbox beside it; in SQLite a copy, since its migrations are a process of their own."""
    if request.config.getoption("--database") == "sqlite":
        lay_beside(Path(each_url.removeprefix("sqlite:///")), request.getfixturevalue("empty_inbox"))
    with open_inbox(each_url) as opened:
        yield opened
