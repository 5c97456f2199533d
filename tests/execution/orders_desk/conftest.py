"""A real ledger with Ann's and Bob's accounts, and an orders desk with a broker that says what a test wants."""

from collections.abc import Iterator

import pytest

from ledger.store import Ledger, open_ledger
from tests.execution.orders_desk.stage import Stage
from tests.ledger.conftest import each_url, migrated, postgresql, url
from tests.ledger.trading import world
from tests.ledger.trading.plans import watched

__all__ = ["each_url", "migrated", "postgresql", "url"]


@pytest.fixture
def books(each_url: str) -> Iterator[Ledger]:
    """Give a ledger with what Ann and Bob have."""
    with open_ledger(each_url) as opened, watched(opened):
        world.settle(opened)
        yield opened


@pytest.fixture
def stage(books: Ledger) -> Stage:
    """Give a desk that has started."""
    return Stage(books)
