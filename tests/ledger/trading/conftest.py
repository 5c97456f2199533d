"""A ledger with a small world in it, in each database."""

from collections.abc import Iterator

import pytest

from ledger.store import Ledger, open_ledger
from tests.ledger.trading import world


@pytest.fixture
def books(each_url: str) -> Iterator[Ledger]:
    """Give a ledger in which the small world is settled."""
    with open_ledger(each_url) as ledger:
        world.settle(ledger)
        yield ledger
