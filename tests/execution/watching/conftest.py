"""The watching, over a real ledger, with a venue that quotes what a test wants."""

import pytest

from ledger.inbox.opening import Inbox
from ledger.store import Ledger
from tests.execution.watching.gateway import GatewayStage
from tests.execution.watching.stage import WatchingStage


@pytest.fixture
def stage(books: Ledger, inbox: Inbox) -> WatchingStage:
    """Give both desks and the watching, started."""
    return WatchingStage(books, inbox)


@pytest.fixture
def gateway(books: Ledger, inbox: Inbox) -> GatewayStage:
    """Give both desks and the watching, with a second venue that says nothing yet."""
    return GatewayStage(books, inbox)
