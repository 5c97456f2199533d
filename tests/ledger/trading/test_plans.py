"""The watch over the services' statements notices what it is there for."""

import pytest
from sqlalchemy import Select, select

from ledger.store import Ledger, open_ledger
from ledger.trading.books import positions
from ledger.trading.tables.trading import trades
from tests.ledger.trading import plans
from tests.ledger.trading.world import ANN


def test_a_statement_that_reads_all_trades_is_found(each_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "_is_ours", lambda: True)
    with open_ledger(each_url) as ledger, pytest.raises(plans.FullScan, match="trades is read as a whole"):
        read_watched(ledger, select(trades.c.id).where(trades.c.side == "BUY"))


def read_watched(ledger: Ledger, statement: Select[tuple[int]]) -> None:
    """Execute a statement under watch."""
    with plans.watched(ledger), ledger.reading() as connection:
        connection.execute(statement).all()


def test_a_list_of_positions_reads_none_of_them_that_is_not_asked_for(books: Ledger) -> None:
    with books.reading() as connection:
        found = positions.list_positions(ANN, connection)

    assert found == ()
