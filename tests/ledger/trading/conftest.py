"""A ledger with a small world in it, in each database; no way through the services may read a large table whole."""

from collections.abc import Iterator

import pytest

from ledger.store import Ledger, open_ledger
from tests.ledger.trading import world
from tests.ledger.trading.plans import watched


@pytest.fixture
def books(each_url: str) -> Iterator[Ledger]:
    """Give a ledger in which the small world is settled."""
    with open_ledger(each_url) as ledger:
        world.settle(ledger)
        with watched(ledger):
            yield ledger
