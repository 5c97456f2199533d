"""People, their books and a chat with trading, for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bus.connection import Bus
from bus.messages.base import topic
from bus.messages.trading import OutboxFilled, TradingRequested, TradingState
from tests.notifier.harness import Harness
from tests.notifier.trading.stage import Stage
from tests.running import Child, on_the_bus


@pytest.fixture
def stage(harness: Harness) -> Stage:
    """Give a chat with trading: an admin, two traders and a viewer are in, and Alice has a portfolio."""
    return Stage(harness)


@pytest.fixture
def wire(hub: Child, home: Path) -> Iterator[Bus]:
    """Give a place on the bus that hears what the chat asks for, and says what execution says."""
    with on_the_bus("probe", topic(TradingRequested), says=(OutboxFilled, TradingState)) as joined:
        yield joined
