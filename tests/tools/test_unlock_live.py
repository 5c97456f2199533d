"""The command that opens an invented live account of a demo for a day."""

from datetime import timedelta

import pytest

from ledger.store import Ledger
from ledger.trading.flow.live_lock import why_locked
from ledger.trading.principal import SYSTEM
from sandbox.ib_gateway.state import LIVE_ACCOUNT
from tests.ledger.conftest import each_url, ledger, migrated, postgresql, url
from tests.ledger.trading.world import NOW, account, ask, let_in
from tools.unlock_live import unlock

__all__ = ["each_url", "ledger", "migrated", "postgresql", "url"]


def live(ledger: Ledger, number: str) -> None:
    """Make a live account."""
    account(ledger, let_in(ledger, 301), "Live", broker="IBKR", is_live=True, account_uid=number)


def test_it_opens_live_accounts_for_a_day(ledger: Ledger) -> None:
    live(ledger, LIVE_ACCOUNT)
    until = unlock(ledger, now=NOW)

    assert until == NOW + timedelta(hours=24)
    assert ask(ledger, why_locked, SYSTEM, trading="live", now=until - timedelta(seconds=1)) is None
    assert ask(ledger, why_locked, SYSTEM, trading="live", now=until) == "old"


def test_a_ledger_with_a_live_account_that_is_not_invented_stays_locked(ledger: Ledger) -> None:
    live(ledger, "U1111111")
    with pytest.raises(ValueError, match="real money stays locked"):
        unlock(ledger, now=NOW)

    assert ask(ledger, why_locked, SYSTEM, trading="live", now=NOW) == "unchecked"
