"""After a restore nothing that trading was about to do is done."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from ledger.backup import RESTORED
from ledger.store import Ledger, put_setting
from ledger.trading.after_restore import settle_restore
from ledger.trading.errors import NotAllowed
from ledger.trading.flow import questions, requests
from ledger.trading.flow.halts import halted, in_force
from ledger.trading.flow.records import NewQuestion, NewRequest
from ledger.trading.principal import SYSTEM
from ledger.trading.tables.flow import signals
from ledger.trading.tables.trading import orders
from tests.ledger.trading.world import ANN, ANNS, ANNS_SIGNAL, NOW, add_order, work


@pytest.fixture
def restored(books: Ledger) -> Ledger:
    """Give a ledger with open orders and signals in whose place a backup has come."""
    with work(books) as unit:
        for status in ("PENDING_NEW", "FILLED"):
            add_order(unit, status.lower(), status=status)
        for state in ("QUEUED", "DONE"):
            row = {"uid": state, "portfolio_id": 1, "account_id": 1, "action": "buy", "symbol": "AAPL", "state": state}
            unit.connection.execute(signals.insert(), row | {"body_json": {}, "received_at": NOW, "updated_at": NOW})
        put_setting(unit.connection, RESTORED, NOW.isoformat())
    return books


def test_open_signals_expire_open_orders_are_unknown_and_trading_is_killed_once(restored: Ledger) -> None:
    """Fault T28a: what is in the rows."""
    with work(restored) as unit:
        done = [settle_restore(SYSTEM, unit) for _ in range(2)]
        states = unit.connection.execute(select(signals.c.uid, signals.c.state)).all()
        statuses = unit.connection.execute(select(orders.c.uid, orders.c.status)).all()
        killed = halted(unit.connection, user_id=1, portfolio_id=1).killed

    assert done == [True, False]
    assert {name: state for name, state in states if name in {"QUEUED", "DONE"}} == {
        "QUEUED": "EXPIRED",
        "DONE": "DONE",
    }
    assert {name: status for name, status in statuses if name in {"pending_new", "filled"}} == {
        "pending_new": "UNKNOWN",
        "filled": "FILLED",
    }
    assert killed == f"a backup was restored at {NOW:%Y-%m-%d %H:%M} UTC"


def test_where_nothing_was_restored_nothing_is_touched(books: Ledger) -> None:
    with work(books) as unit:
        assert not settle_restore(SYSTEM, unit)
        assert in_force(SYSTEM, unit.connection) == ()


def test_only_the_system_draws_the_conclusions(restored: Ledger) -> None:
    with work(restored) as unit, pytest.raises(NotAllowed):
        settle_restore(ANN, unit)


def test_what_people_wanted_before_is_not_done_after(restored: Ledger) -> None:
    with work(restored) as unit:
        wishes = [
            requests.ask(ANN, unit, NewRequest(kind="sell_all", portfolio=ANNS, key=key)).request.uid for key in "ab"
        ]
        requests.settle(SYSTEM, unit, wishes[1], "WORKING", "")
        new = NewQuestion(signal=ANNS_SIGNAL, text="?", details={}, expires_at=NOW + timedelta(minutes=1))
        question = questions.ask(SYSTEM, unit, new).uid
        settle_restore(SYSTEM, unit)
        states = [requests.find(ANN, unit.connection, each).state for each in wishes]

        assert states == ["REFUSED", "REFUSED"]
        assert questions.find(ANN, unit.connection, question).state == "CANCELED"
