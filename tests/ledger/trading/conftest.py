"""A ledger in each database, in which no way through the services may read a large table whole; and who is in it."""

from collections.abc import Iterator

import pytest

from ledger.store import Ledger, open_ledger
from tests.ledger.trading import world
from tests.ledger.trading.plans import watched
from tests.ledger.trading.world import People


@pytest.fixture
def ledger(each_url: str) -> Iterator[Ledger]:
    """Give an open, empty ledger in each database."""
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
