"""Events on their way out: each account's in their order, each until it is marked, and what the bridge keeps."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from ledger.store import Ledger
from ledger.trading.events import publish
from ledger.trading.flow.outgoing import (
    Backlog,
    Bridged,
    backlog,
    bridged,
    keep_bridged,
    mark_published,
    waiting,
)
from ledger.trading.principal import SYSTEM
from ledger.trading.tables.flow import events_out
from ledger.trading.tables.people import accounts
from tests.ledger.trading.plans import scans
from tests.ledger.trading.world import IDS, NOW, work


def add(books: Ledger, *whose: str) -> None:
    """Write an event for each name, in this order."""
    with work(books) as unit:
        for number, name in enumerate(whose):
            publish(unit, IDS[name], "orders.placed", {"number": number})


def ask(books: Ledger, **options: int) -> list[tuple[int, str]]:
    """Return what waits: its account and its body."""
    with books.reading() as connection:
        return [(each.account_id, each.body) for each in waiting(SYSTEM, connection, **options)]


def mark(books: Ledger, *numbers: int, later: timedelta = timedelta(0)) -> None:
    """Mark the events at some places of what waits or waited."""
    with work(books, at=NOW + later) as unit:
        uids = unit.connection.execute(select(events_out.c.uid).order_by(events_out.c.id)).scalars().all()
        mark_published(SYSTEM, unit, [uids[number] for number in numbers])


def test_events_of_an_account_wait_in_the_order_in_which_they_were_written(books: Ledger) -> None:
    add(books, "ann", "bob", "ann", "bob")

    by_account = {name: [body for account, body in ask(books) if account == IDS[name]] for name in ("ann", "bob")}
    assert by_account == {"ann": ['{"number":0}', '{"number":2}'], "bob": ['{"number":1}', '{"number":3}']}


def test_an_event_bears_its_accounts_uid_and_not_its_number(books: Ledger) -> None:
    add(books, "ann")
    with books.reading() as connection:
        (found,) = waiting(SYSTEM, connection)
        uid = connection.execute(select(accounts.c.uid).where(accounts.c.id == IDS["ann"])).scalar()

    assert found.account == uid
    assert found.created_at == NOW


def test_an_account_with_thousands_does_not_hold_up_the_next_one(books: Ledger) -> None:
    add(books, *["ann"] * 5, "bob")
    first, second = sorted((IDS["ann"], IDS["bob"]))
    found = ask(books, most=3)

    assert {account for account, _ in found} == {first}
    assert {account for account, _ in ask(books, after=first)} == {second}


def test_what_is_marked_waits_no_more_and_keeps_its_first_moment(books: Ledger) -> None:
    add(books, "ann", "ann")
    mark(books, 0)
    mark(books, 0, later=timedelta(hours=1))
    with books.reading() as connection:
        moments = connection.execute(select(events_out.c.published_at).order_by(events_out.c.id)).scalars().all()

    assert [body for _, body in ask(books)] == ['{"number":1}']
    assert moments == [NOW, None]


def test_the_backlog_says_how_many_wait_and_since_when(books: Ledger) -> None:
    with books.reading() as connection:
        none = backlog(SYSTEM, connection)
    add(books, "ann", "bob", "bob")
    mark(books, 0)
    with books.reading() as connection:
        some = backlog(SYSTEM, connection)

    assert none == Backlog(count=0, oldest_at=None)
    assert some == Backlog(count=2, oldest_at=NOW)


def test_the_bridge_finds_again_what_it_keeps(books: Ledger) -> None:
    kept = Bridged(
        seen_at=NOW,
        exchange="amqp://there/signals",
        taken=("orders.executed", "orders.placed"),
        awaited=("orders.placed",),
        awaited_until=NOW + timedelta(hours=1),
    )
    for each in (Bridged(seen_at=NOW), kept):
        with work(books) as unit:
            keep_bridged(SYSTEM, unit, each)
    with books.reading() as connection:
        assert bridged(SYSTEM, connection) == kept


def test_looking_for_what_waits_reads_no_table_whole(books: Ledger) -> None:
    add(books, "ann", "bob")
    with scans(books, "events_out") as found:
        ask(books)
        mark(books, 1)

    assert not found


def test_a_body_is_the_same_text_in_either_database(books: Ledger) -> None:
    with work(books) as unit:
        document: dict[str, Any] = {"b": "ü", "a": None, "longer": {"z": 1, "y": True}}
        publish(unit, IDS["ann"], "orders.placed", document)

    assert [body for _, body in ask(books)] == ['{"a":null,"b":"ü","longer":{"y":true,"z":1}}']
