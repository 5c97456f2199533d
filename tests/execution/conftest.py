"""A real ledger and inbox, for what is tried without a desk."""

from collections.abc import Iterator

import pytest

from ledger.inbox.opening import Inbox, open_inbox
from ledger.store import Ledger, open_ledger
from tests.ledger.conftest import each_url, empty_ledger, migrated, postgresql, url

__all__ = ["each_url", "empty_ledger", "migrated", "postgresql", "url"]


@pytest.fixture
def books(each_url: str) -> Iterator[Ledger]:
    """Give an empty ledger."""
    with open_ledger(each_url) as opened:
        yield opened


@pytest.fixture
def inbox(each_url: str) -> Iterator[Inbox]:
    """Give an empty inbox beside it."""
    with open_inbox(each_url) as opened:
        yield opened
