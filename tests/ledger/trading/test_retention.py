"""Forgetting: what is old goes in batches, what tells a repeat or proves something stays."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ledger.store import Ledger
from ledger.trading.errors import Invalid, NotAllowed
from ledger.trading.flow.outgoing import Bridged, keep_bridged
from ledger.trading.flow.records import NewRequest
from ledger.trading.flow.requests import ask, settle
from ledger.trading.orders.orders import place
from ledger.trading.principal import SYSTEM
from ledger.trading.retention import Forgotten, forget_old
from ledger.trading.tables.flow import (
    account_balances,
    bot_sessions,
    events_out,
    halts,
    jobs,
    signal_events,
    signals,
    trading_requests,
)
from tests.ledger.trading.plans import scans
from tests.ledger.trading.world import ANN, ANNS, IDS, NOW, count, order, work

DAY = timedelta(days=1)
OLD, YOUNG = NOW - 100 * DAY, NOW - 10 * DAY
KEEP = 90


def write(books: Ledger, table: Any, *rows: dict[str, Any]) -> None:
    """Write rows past all services."""
    with work(books) as unit:
        unit.connection.execute(table.insert(), list(rows))


def forget(books: Ledger, **options: int) -> Forgotten:
    """Forget a batch of what is older than ninety days."""
    with work(books) as unit:
        return forget_old(SYSTEM, unit, keep_days=KEEP, **options)


def balance(days: int, *, of: str = "ann", currency: str = "USD", wallet: str = "") -> dict[str, Any]:
    """Return a balance of some days ago."""
    at = NOW - days * DAY
    values = {"account_id": IDS[of], "currency": currency, "wallet": wallet, "as_of": at, "created_at": at}
    return {**values, "cash": Decimal(days)}


def event(number: int, created: Any, published: Any) -> dict[str, Any]:
    """Return an event for listeners."""
    values = {"uid": f"event {number}", "account_id": IDS["ann"], "routing_key": "orders.placed"}
    return {**values, "payload_json": {}, "created_at": created, "published_at": published}


def left(books: Ledger, column: Any) -> Sequence[Any]:
    """Return what is left of a table, by a column of it, sorted."""
    with books.reading() as connection:
        return sorted(connection.execute(column.table.select().with_only_columns(column)).scalars())


def test_the_events_of_signals_go_when_the_signal_has_ended_long_ago(books: Ledger) -> None:
    with work(books) as unit:
        for name, state, ended in (("ann", "DONE", OLD), ("bob", "QUEUED", OLD)):
            mine = signals.c.id == IDS[name]
            unit.connection.execute(signals.update().where(mine).values(state=state, updated_at=ended))
    common = {"state": "RECEIVED", "details_json": {}}
    ids = [IDS[name] for name in ("ann", "bob")]
    write(books, signal_events, *({**common, "signal_id": each, "created_at": OLD} for each in ids))
    # The moment that ends what is kept is part of it.
    edge = NOW - KEEP * DAY - timedelta(microseconds=1)
    write(books, signal_events, {**common, "signal_id": ids[0], "created_at": edge})
    write(books, signal_events, {**common, "signal_id": ids[0], "created_at": NOW - KEEP * DAY})

    assert forget(books).signal_events == 2
    assert left(books, signal_events.c.signal_id) == sorted(ids)


def test_the_newest_balance_of_each_account_and_currency_stays_however_old(books: Ledger) -> None:
    write(books, account_balances, *(balance(days) for days in (300, 200, 100, 50)))
    write(books, account_balances, *(balance(days, currency="EUR") for days in (400, 500)))
    write(books, account_balances, balance(600, of="bob"))

    assert forget(books).account_balances == 4
    assert left(books, account_balances.c.cash) == [50, 400, 600]


def test_the_newest_balance_of_each_wallet_stays_too(books: Ledger) -> None:
    write(books, account_balances, *(balance(days, wallet="SPOT") for days in (300, 200)))
    write(books, account_balances, *(balance(days, wallet="FUTURES") for days in (500, 400)))

    assert forget(books).account_balances == 2
    assert left(books, account_balances.c.cash) == [200, 400]


def bridge(books: Ledger, seen: datetime) -> None:
    """Let a bridge have worked on the ledger."""
    with work(books) as unit:
        keep_bridged(SYSTEM, unit, Bridged(seen_at=seen))


def test_events_go_when_they_went_out(books: Ledger) -> None:
    bridge(books, YOUNG)
    rows = [(OLD, OLD), (OLD, None), (OLD, YOUNG), (YOUNG, YOUNG)]
    write(books, events_out, *(event(number, *row) for number, row in enumerate(rows)))

    assert forget(books).events_out == 1
    assert left(books, events_out.c.uid) == [f"event {number}" for number in (1, 2, 3)]


def test_events_that_wait_stay_however_old_while_there_is_a_bridge(books: Ledger) -> None:
    write(books, events_out, *(event(number, OLD, None) for number in range(3)))
    bridge(books, NOW - KEEP * DAY)

    assert forget(books).events_out == 0


@pytest.mark.parametrize("seen", [None, OLD])
def test_events_that_wait_go_where_no_bridge_has_come_for_them(books: Ledger, seen: datetime | None) -> None:
    write(books, events_out, *(event(number, at, None) for number, at in enumerate((OLD, OLD, YOUNG))))
    if seen is not None:
        bridge(books, seen)

    assert forget(books).events_out == 2
    assert left(books, events_out.c.uid) == ["event 2"]


def test_jobs_that_are_over_go_but_the_newest_of_each(books: Ledger) -> None:
    rows = [("report", 300, "DONE"), ("report", 200, "DUE"), ("report", 100, "MISSED"), ("report", 1, "DONE")]
    rows += [("login", 400, "DONE"), ("login", 300, "DONE")]
    common: dict[str, Any] = {"result_json": {}}
    write(books, jobs, *({**common, "job": job, "due_at": NOW - d * DAY, "state": state} for job, d, state in rows))

    assert forget(books).jobs == 3
    assert left(books, jobs.c.due_at) == [NOW - days * DAY for days in (300, 200, 1)]


def test_sessions_go_when_they_expired_long_ago(books: Ledger) -> None:
    common: dict[str, Any] = {"dialog": "buy", "step": "ask", "state_json": {}, "updated_at": OLD, "created_at": OLD}
    for name, expires in (("ann", OLD), ("bob", YOUNG)):
        of = {"uid": name, "user_id": IDS[name], "chat_id": name}
        write(books, bot_sessions, {**common, **of, "expires_at": expires})

    assert forget(books).bot_sessions == 1
    assert left(books, bot_sessions.c.chat_id) == ["bob"]


def test_screeners_that_were_run_long_ago_go_and_nothing_else_that_was_asked_for(books: Ledger) -> None:
    asked = {}
    for number, (kind, at, state) in enumerate(
        [("screen", OLD, "DONE"), ("screen", OLD, "REFUSED"), ("screen", YOUNG, "DONE"), ("close", OLD, "DONE")]
    ):
        with work(books, at) as unit:
            new = NewRequest(kind=kind, portfolio=ANNS, key=str(number))  # type: ignore[arg-type]  # they are kinds
            asked[number] = ask(ANN, unit, new).request.uid
            settle(SYSTEM, unit, asked[number], state, "")  # type: ignore[arg-type]  # they are states
    with work(books, OLD) as unit:
        asked[4] = ask(ANN, unit, NewRequest(kind="screen", portfolio=ANNS, key="waits")).request.uid

    assert forget(books).trading_requests == 2
    assert left(books, trading_requests.c.uid) == sorted(asked[number] for number in (2, 3, 4))


def test_halts_go_when_they_were_lifted_long_ago_and_what_was_asked_for_stays(books: Ledger) -> None:
    common: dict[str, Any] = {"kind": "PAUSE", "scope": "ALL", "reason": "x", "set_by_admin": True, "created_at": OLD}
    write(books, halts, *({**common, "uid": str(lifted), "lifted_at": lifted} for lifted in (OLD, YOUNG, None)))
    with work(books, OLD) as unit:
        wish = NewRequest(kind="sell_all", portfolio=ANNS, key="update:1")
        settle(SYSTEM, unit, ask(ANN, unit, wish).request.uid, "DONE", "")

    assert forget(books).halts == 1
    assert left(books, halts.c.uid) == [str(YOUNG), "None"]
    assert count(books, "trading_requests") == 1


def test_a_call_removes_a_batch_and_says_whether_more_may_be_left(books: Ledger) -> None:
    write(books, events_out, *(event(number, OLD, OLD) for number in range(5)))
    write(books, account_balances, *(balance(days) for days in range(100, 104)))
    found = [forget(books, batch=2) for _ in range(3)]

    assert [(each.events_out, each.account_balances, each.is_done) for each in found] == [
        (2, 2, False),
        (2, 1, False),
        (1, 0, True),
    ]


def test_what_proves_or_tells_a_repeat_is_never_forgotten(books: Ledger) -> None:
    with work(books, OLD) as unit:
        place(SYSTEM, unit, order())
    kept = ("orders", "audit_log", "audit_chains", "signals", "trades", "positions")
    before = {table: count(books, table) for table in kept}
    while not forget(books).is_done:
        pass

    assert {table: count(books, table) for table in kept} == before


def test_only_the_system_and_admins_forget_and_at_least_a_day_is_kept(books: Ledger) -> None:
    with pytest.raises(NotAllowed), work(books) as unit:
        forget_old(ANN, unit, keep_days=KEEP)
    for days, batch in ((0, 10), (-1, 10), (10**9, 10), (KEEP, 0)):
        with pytest.raises(Invalid), work(books) as unit:
            forget_old(SYSTEM, unit, keep_days=days, batch=batch)


def test_no_large_table_is_read_whole(books: Ledger) -> None:
    write(books, account_balances, balance(200), balance(100))
    with scans(books, "jobs", "bot_sessions") as found:
        forget(books)

    assert found == []
