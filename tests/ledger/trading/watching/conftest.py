"""A world in each database."""

import pytest

from ledger.store import Ledger
from tests.ledger.trading.world_risk import World


@pytest.fixture
def url(each_url: str) -> str:
    """Let every test here be one of each database."""
    return each_url


@pytest.fixture
def world(ledger: Ledger) -> World:
    """Give Ann and Bob."""
    return World(ledger)
