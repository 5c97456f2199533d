"""An open ledger in each database, with people in it or without."""

from collections.abc import Iterator

import pytest

from ledger.store import Ledger, open_ledger
from tests.ledger.trading import world_people
from tests.ledger.trading.plans import watched
from tests.ledger.trading.world_people import People


@pytest.fixture
def ledger(each_url: str) -> Iterator[Ledger]:
    """Give an open, empty ledger in each database."""
    with open_ledger(each_url) as opened, watched(opened):
        yield opened


@pytest.fixture
def people(ledger: Ledger) -> People:
    """Let an admin, two traders and a viewer in."""
    return world_people.people(ledger)
