"""The command that opens an invented live account of a demo for a day."""

from datetime import timedelta

from ledger.store import Ledger
from ledger.trading.flow.live_lock import why_locked
from ledger.trading.principal import SYSTEM
from tests.ledger.conftest import each_url, ledger, migrated, postgresql, url
from tests.ledger.trading.world import NOW, ask
from tools.unlock_live import unlock

__all__ = ["each_url", "ledger", "migrated", "postgresql", "url"]


def test_it_opens_live_accounts_for_a_day(ledger: Ledger) -> None:
    until = unlock(ledger, now=NOW)

    assert until == NOW + timedelta(hours=24)
    assert ask(ledger, why_locked, SYSTEM, trading="live", now=until - timedelta(seconds=1)) is None
    assert ask(ledger, why_locked, SYSTEM, trading="live", now=until) == "old"
