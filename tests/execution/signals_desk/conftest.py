"""Both desks, over a real ledger and inbox, with a venue that does what a test wants."""

import pytest

from ledger.inbox.opening import Inbox
from ledger.store import Ledger
from tests.execution.signals_desk.stage import Stage


@pytest.fixture
def stage(books: Ledger, inbox: Inbox) -> Stage:
    """Give both desks, started, with a strategy in mode auto."""
    return Stage(books, inbox)
