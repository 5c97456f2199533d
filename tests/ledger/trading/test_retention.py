"""Forgetting: what is old goes in batches, what tells a repeat or proves something stays."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from ledger.store import Ledger
from ledger.trading.errors import Invalid, NotAllowed
from ledger.trading.orders.orders import place
from ledger.trading.principal import SYSTEM
from ledger.trading.retention import Forgotten, forget_old
from ledger.trading.tables.flow import account_balances, bot_sessions, events_out, jobs, signal_events, signals
from tests.ledger.trading.world_risk import NOW, World, order, scans_of, uid

DAY = timedelta(days=1)
OLD, YOUNG = NOW - 100 * DAY, NOW - 10 * DAY
KEEP = 90


@pytest.fixture
def url(each_url: str) -> str:
    """Let every test here be one of each database."""
    return each_url


@pytest.fixture
def world(ledger: Ledger) -> World:
    """Give Ann and Bob."""
    return World(ledger)


def write(world: World, table: Any, *rows: dict[str, Any]) -> None:
    """Write rows past all services."""
    with world.work() as work:
        work.connection.execute(table.insert(), list(rows))


def forget(world: World, **options: int) -> Forgotten:
    """Forget a batch of what is older than ninety days."""
    with world.work() as work:
        return forget_old(SYSTEM, work, keep_days=KEEP, **options)


def balance(world: World, days: int, *, of: str = "ann", currency: str = "USD") -> dict[str, Any]:
    """Return a balance of some days ago."""
    at = NOW - days * DAY
    values = {"account_id": world.ids[of]["account"], "currency": currency, "as_of": at, "created_at": at}
    return {**values, "cash": Decimal(days)}


def event(world: World, number: int, created: Any, published: Any) -> dict[str, Any]:
    """Return an event for listeners."""
    values = {"uid": uid(f"event{number}"), "account_id": world.ids["ann"]["account"], "routing_key": "orders.placed"}
    return {**values, "payload_json": {}, "created_at": created, "published_at": published}


def left(world: World, column: Any) -> Sequence[Any]:
    """Return what is left of a table, by a column of it, sorted."""
    with world.ledger.reading() as connection:
        return sorted(connection.execute(column.table.select().with_only_columns(column)).scalars())


def test_the_events_of_signals_go_when_the_signal_has_ended_long_ago(world: World) -> None:
    with world.work() as work:
        for name, state, ended in (("ann", "DONE", OLD), ("bob", "QUEUED", OLD)):
            mine = signals.c.id == world.ids[name]["signal"]
            work.connection.execute(signals.update().where(mine).values(state=state, updated_at=ended))
    common = {"state": "RECEIVED", "details_json": {}}
    ids = [world.ids[name]["signal"] for name in ("ann", "bob")]
    write(world, signal_events, *({**common, "signal_id": each, "created_at": OLD} for each in ids))
    # The moment that ends what is kept is part of it.
    edge = NOW - KEEP * DAY - timedelta(microseconds=1)
    write(world, signal_events, {**common, "signal_id": ids[0], "created_at": edge})
    write(world, signal_events, {**common, "signal_id": ids[0], "created_at": NOW - KEEP * DAY})

    assert forget(world).signal_events == 2
    assert left(world, signal_events.c.signal_id) == sorted(ids)


def test_the_newest_balance_of_each_account_and_currency_stays_however_old(world: World) -> None:
    write(world, account_balances, *(balance(world, days) for days in (300, 200, 100, 50)))
    write(world, account_balances, *(balance(world, days, currency="EUR") for days in (400, 500)))
    write(world, account_balances, balance(world, 600, of="bob"))

    assert forget(world).account_balances == 4
    assert left(world, account_balances.c.cash) == [50, 400, 600]


def test_events_go_when_they_went_out(world: World) -> None:
    rows = [(OLD, OLD), (OLD, None), (OLD, YOUNG), (YOUNG, YOUNG)]
    write(world, events_out, *(event(world, number, *row) for number, row in enumerate(rows)))

    assert forget(world).events_out == 1
    assert left(world, events_out.c.uid) == [uid(f"event{number}") for number in (1, 2, 3)]


def test_jobs_that_are_over_go_but_the_newest_of_each(world: World) -> None:
    rows = [("report", 300, "DONE"), ("report", 200, "DUE"), ("report", 100, "MISSED"), ("report", 1, "DONE")]
    rows += [("login", 400, "DONE"), ("login", 300, "DONE")]
    common: dict[str, Any] = {"result_json": {}}
    write(world, jobs, *({**common, "job": job, "due_at": NOW - d * DAY, "state": state} for job, d, state in rows))

    assert forget(world).jobs == 3
    assert left(world, jobs.c.due_at) == [NOW - days * DAY for days in (300, 200, 1)]


def test_sessions_go_when_they_expired_long_ago(world: World) -> None:
    common: dict[str, Any] = {"dialog": "buy", "step": "ask", "state_json": {}, "updated_at": OLD, "created_at": OLD}
    for name, expires in (("ann", OLD), ("bob", YOUNG)):
        of = {"uid": uid(name), "user_id": world.ids[name]["user"], "chat_id": name}
        write(world, bot_sessions, {**common, **of, "expires_at": expires})

    assert forget(world).bot_sessions == 1
    assert left(world, bot_sessions.c.chat_id) == ["bob"]


def test_a_call_removes_a_batch_and_says_whether_more_may_be_left(world: World) -> None:
    write(world, events_out, *(event(world, number, OLD, OLD) for number in range(5)))
    write(world, account_balances, *(balance(world, days) for days in range(100, 104)))
    found = [forget(world, batch=2) for _ in range(3)]

    assert [(each.events_out, each.account_balances, each.is_done) for each in found] == [
        (2, 2, False),
        (2, 1, False),
        (1, 0, True),
    ]


def test_what_proves_or_tells_a_repeat_is_never_forgotten(world: World) -> None:
    with world.work(OLD) as work:
        place(SYSTEM, work, order())
    kept = ("orders", "audit_log", "audit_chains", "signals", "trades", "positions")
    before = {table: world.count(table) for table in kept}
    while not forget(world).is_done:
        pass

    assert {table: world.count(table) for table in kept} == before


def test_only_the_system_and_admins_forget_and_at_least_a_day_is_kept(world: World) -> None:
    with pytest.raises(NotAllowed), world.work() as work:
        forget_old(world.who(), work, keep_days=KEEP)
    for days, batch in ((0, 10), (-1, 10), (10**9, 10), (KEEP, 0)):
        with pytest.raises(Invalid), world.work() as work:
            forget_old(SYSTEM, work, keep_days=days, batch=batch)


def test_no_large_table_is_read_whole(world: World, url: str) -> None:
    if not url.startswith("sqlite"):
        pytest.skip("the plans of SQLite")
    write(world, account_balances, balance(world, 200), balance(world, 100))
    tables = ("signals", "signal_events", "account_balances", "jobs", "bot_sessions", "audit_log", "orders", "trades")
    with world.work() as work, scans_of(work.connection, *tables) as scans:
        forget_old(SYSTEM, work, keep_days=KEEP)

    assert scans == []
