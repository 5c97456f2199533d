"""The watching, over a real ledger, with a venue that quotes what a test wants."""

import pytest

from ledger.inbox.opening import Inbox
from ledger.store import Ledger
from tests.execution.watching.stage import WatchingStage


@pytest.fixture
def stage(books: Ledger, inbox: Inbox) -> WatchingStage:
    """Give both desks and the watching, started."""
    return WatchingStage(books, inbox)
