"""A real ledger with an inbox beside it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.inbox.opening import Inbox, open_inbox
from ledger.inbox.place import inbox_file
from ledger.store import Ledger, open_ledger
from tests.ledger.conftest import each_url, migrated, postgresql, url

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
        there = inbox_file(Path(each_url.removeprefix("sqlite:///")))
        there.parent.mkdir(mode=0o700)
        shutil.copy(request.getfixturevalue("empty_inbox"), there)
    with open_inbox(each_url) as opened:
        yield opened
