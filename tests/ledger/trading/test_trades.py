"""Taking executions in: once each, in whatever order they come, with all that follows from them."""

import itertools
import random
from datetime import UTC, timedelta, timezone
from decimal import Decimal

import msgspec
import pytest
from sqlalchemy import event, select

from ledger.portfolio import outbox
from ledger.store import Ledger, open_ledger
from ledger.trading import audit
from ledger.trading.books.arithmetic import FLAT, Execution, Holding, apply
from ledger.trading.books.positions import PositionLine, list_positions, recompute
from ledger.trading.books.records import Book, Booked, Fill
from ledger.trading.books.trades import ingest, ingest_without_order
from ledger.trading.errors import Invalid, NotAllowed, NotFound
from ledger.trading.principal import SYSTEM, Principal
from ledger.trading.tables import flow, people, records, trading
from tests.ledger.trading.world import (
    ANN,
    ANNS,
    BOB,
    COIN,
    LOOKING,
    ORDER,
    SHARE,
    TREND,
    add_order,
    count,
    fill,
    work,
)

OF_SHARES = Book(portfolio=ANNS, instrument=SHARE)
HISTORY = (
    fill("a", "BUY", "2", "100", after_s=1),
    fill("b", "BUY", "1", "103", after_s=2),
    fill("c", "SELL", "5", "110", after_s=3),
    fill("d", "SELL", "1", "90", after_s=3),
    fill("e", "BUY", "4", "95.5", after_s=4),
)
"""With a crossing of zero, and two in the same second."""


@pytest.fixture
def books(books: Ledger) -> Ledger:
    """Give a ledger in which Ann has an order."""
    with work(books) as unit:
        add_order(unit)
    return books


def book(ledger: Ledger, *fills: Fill, of: Book = OF_SHARES, who: Principal = ANN) -> list[Booked]:
    """Take executions in, each in a transaction of its own."""
    done = []
    for each in fills:
        with work(ledger) as unit:
            done.append(ingest_without_order(who, unit, each, book=of))
    return done


def forget_all(ledger: Ledger) -> None:
    """Empty the books, past all code of ours."""
    with ledger.writing() as connection:
        connection.exec_driver_sql("UPDATE trades SET corrects_id = NULL")
        for table in ("position_entries", "positions", "trades"):
            connection.exec_driver_sql(f"DELETE FROM {table}")


def positions(ledger: Ledger) -> tuple[PositionLine, ...]:
    """Return all positions, those that hold nothing too, without their names for themselves."""
    with ledger.reading() as connection:
        found = list_positions(SYSTEM, connection, closed=True)
    return tuple(msgspec.structs.replace(each, uid="") for each in found)


def differences(ledger: Ledger) -> tuple[object, ...]:
    """Return what is not what the executions say."""
    with ledger.reading() as connection:
        return recompute(SYSTEM, connection)


def test_an_execution_fills_its_order_moves_its_position_and_is_told_everywhere(books: Ledger) -> None:
    with work(books) as unit:
        said = fill("x", quantity="4", price="100.50", fee=Decimal("0.35"), fee_currency="USD")
        booked = ingest(ANN, unit, said, order=ORDER, wording=lambda done: f"bought {done.trade.quantity}")

    assert booked.is_new
    assert booked.order_status == "PARTIALLY_FILLED"
    assert (str(booked.position.quantity), str(booked.position.cost)) == ("4", "402")
    assert booked.trade.account_id == 1
    with books.reading() as connection:
        order = connection.execute(select(trading.orders)).one()
        event = connection.execute(select(flow.events_out)).one()
        entry = connection.execute(select(records.audit_log)).one()
    assert (str(order.filled_quantity), str(order.average_price)) == ("4", "100.5")
    assert event.payload_json["position"] == {"avg_price": "100.5", "quantity": "4", "realized_pnl": "0"}
    assert (entry.chain, entry.user_id, entry.action) == ("account:1", 1, "executed")
    assert [row.text for row in outbox.pending(books)["7001"]] == ["bought 4"]


def test_an_execution_that_comes_last_is_taken_in_without_reading_back_what_it_wrote(books: Ledger) -> None:
    with work(books) as unit:
        ingest(ANN, unit, fill("x"), order=ORDER, wording=lambda _: "bought")
    with work(books) as unit:
        add_order(unit, uid="second")
    asked: list[str] = []
    event.listen(books._engine, "before_cursor_execute", lambda *values: asked.append(values[2]))
    with work(books) as unit:
        ingest(ANN, unit, fill("y", after_s=1), order="second", wording=lambda _: "bought")

    written = next(at for at, statement in enumerate(asked) if statement.startswith("INSERT INTO trades"))
    assert not [statement for statement in asked[written:] if "FROM trades" in statement]
    assert len(asked) <= 14, asked


def test_an_execution_is_told_in_utc_whatever_zone_it_was_given_in(books: Ledger) -> None:
    said = fill("x")
    there = msgspec.structs.replace(said, exec_time=said.exec_time.astimezone(timezone(timedelta(hours=-5))))
    (booked,) = book(books, there)

    assert booked.trade.exec_time == said.exec_time
    assert booked.position.opened_at is not None
    assert {booked.trade.exec_time.tzinfo, booked.position.opened_at.tzinfo} == {UTC}


def test_the_same_execution_a_hundred_times_is_one_row_and_one_message(books: Ledger) -> None:
    """Fault T16: twice."""
    for _ in range(100):
        with work(books) as unit:
            ingest(ANN, unit, fill("x"), order=ORDER, wording=lambda _: "bought")

    assert count(books, "trades") == 1
    assert str(positions(books)[0].quantity) == "1"
    assert len(outbox.pending(books)["7001"]) == 1
    assert count(books, "events_out") == count(books, "audit_log") == 1


def test_overlapping_histories_in_any_order_give_the_same_books(books: Ledger) -> None:
    """Faults T16 and T32a: in any order."""
    book(books, *HISTORY)
    expected = positions(books)
    shuffled = random.Random(7)
    forget_all(books)

    for _ in range(6):
        parts = [HISTORY[:3], HISTORY[1:4], HISTORY[2:], HISTORY]
        said = [each for part in parts for each in part]
        shuffled.shuffle(said)
        book(books, *said)
        assert positions(books) == expected
        assert differences(books) == ()
        forget_all(books)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_two_true_executions_of_one_second_are_two_rows_whatever_comes_first(
    books: Ledger, order: tuple[int, ...]
) -> None:
    said = [fill("1", "BUY", "1", "100"), fill("2", "BUY", "1", "100"), fill("3", "SELL", "3", "100")]
    book(books, *(said[number] for number in order))

    assert count(books, "trades") == 3
    assert str(positions(books)[0].quantity) == "-1"
    assert differences(books) == ()


def test_an_execution_that_comes_late_counts_where_it_belongs(books: Ledger) -> None:
    """Fault T32a: an hour late."""
    book(books, fill("b", "BUY", "1", "120", after_s=2), fill("c", "SELL", "1", "130", after_s=3))
    late = book(books, fill("a", "SELL", "1", "110", after_s=1))[0]

    assert late.position.holding == Holding(
        quantity=Decimal(-1),
        avg_price=Decimal(130),
        cost=Decimal(-130),
        realized_pnl=Decimal(-10),
        opened_at=HISTORY[2].exec_time,
    )
    assert str(late.realized) == "-20"
    assert differences(books) == ()


def test_a_correction_stands_in_the_place_of_what_it_corrects_whichever_comes_first(books: Ledger) -> None:
    """Fault T19: a correction."""
    first = fill("0e.01", "BUY", "10", "100", execution="0e")
    second = msgspec.structs.replace(first, broker_trade_id="0e.02", revision=1, price=Decimal(90))
    third = msgspec.structs.replace(first, broker_trade_id="0e.03", revision=2, quantity=Decimal(4))
    later = fill("f", "SELL", "4", "110", after_s=9)
    for said in itertools.permutations((first, second, third, later)):
        forget_all(books)
        book(books, *said)

        assert [(str(each.quantity), str(each.realized_pnl)) for each in positions(books)] == [("0", "40")]
        assert count(books, "trades") == 4
        assert differences(books) == ()


def test_an_execution_that_the_venue_takes_back_is_taken_out_of_position_and_order(books: Ledger) -> None:
    """Fault T19: a busted trade."""
    said = fill("0e.01", "BUY", "10", "100", execution="0e")
    with work(books) as unit:
        assert ingest(ANN, unit, said, order=ORDER).order_status == "FILLED"
    with work(books) as unit:
        busted = msgspec.structs.replace(said, broker_trade_id="0e.02", revision=1, quantity=Decimal(0))
        booked = ingest(ANN, unit, busted, order=ORDER)

    assert str(booked.position.quantity) == "0"
    assert booked.order_status == "NEW"
    assert differences(books) == ()


def test_a_fee_that_comes_later_fills_the_empty_place_once(books: Ledger) -> None:
    book(books, fill("x"))
    with_fee = msgspec.structs.replace(fill("x"), fee=Decimal("0.5"), fee_currency="USD")
    again = book(books, with_fee, msgspec.structs.replace(with_fee, fee=Decimal(9)))

    assert [str(each.trade.fee) for each in again] == ["0.5", "0.5"]
    assert not any(each.is_new for each in again)


def test_a_fee_in_the_coin_that_comes_later_reduces_what_is_held(books: Ledger) -> None:
    of_coins = Book(portfolio=ANNS, instrument=COIN)
    book(books, fill("x", "BUY", "1", "1000"), of=of_coins)
    with_fee = fill("x", "BUY", "1", "1000", fee=Decimal("0.001"), fee_currency="BTC")
    booked = book(books, with_fee, of=of_coins)[0]

    assert str(booked.position.quantity) == "0.999"
    assert differences(books) == ()


def test_a_fee_of_what_was_corrected_comes_too_late_to_reduce_anything(books: Ledger) -> None:
    of_coins = Book(portfolio=ANNS, instrument=COIN)
    first = fill("x.01", "BUY", "1", "1000", execution="x", after_s=1)
    earlier = fill("x.02", "BUY", "2", "1000", execution="x", revision=1)
    with_fee = msgspec.structs.replace(first, fee=Decimal("0.001"), fee_currency="BTC")
    booked = book(books, first, earlier, with_fee, of=of_coins)[-1]

    assert (str(booked.trade.fee), str(booked.position.quantity)) == ("0.001", "2")
    assert differences(books) == ()


def test_strategies_keep_positions_of_their_own_and_so_does_having_none(books: Ledger) -> None:
    book(books, fill("x", quantity="1"))
    book(books, fill("y", quantity="2"), of=Book(portfolio=ANNS, instrument=SHARE, strategy=TREND))

    assert {each.strategy: str(each.quantity) for each in positions(books)} == {None: "1", "trend": "2"}


def test_a_fill_wins_over_a_cancel(books: Ledger) -> None:
    """Fault T18."""
    with work(books) as unit:
        add_order(unit, "canceled", status="CANCELED")
        part = ingest(ANN, unit, fill("x", quantity="4"), order="canceled")
        whole = ingest(ANN, unit, fill("y", quantity="6"), order="canceled")

    assert (part.order_status, whole.order_status) == ("CANCELED", "FILLED")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (fill("x", "SELL"), "is a SELL, its order a BUY"),
        (fill("x", quantity="0"), "quantity 0"),
        (fill("x", quantity="-1"), "quantity -1"),
        (fill("x", quantity="1e-19"), "more than 18 places"),
        (fill("x", price="1e20"), "more than 20 digits"),
        (fill("x", price="NaN"), "no amount"),
        (fill(""), "a number of 1 to 80 signs"),
        (fill("x" * 81), "a number of 1 to 80 signs"),
        (fill("x", fee=Decimal(1)), "without a currency"),
        (fill("x", fee=Decimal(1), fee_currency="DOUBLOONS"), "at most 8 signs"),
        (msgspec.structs.replace(fill("x"), exec_time=fill("x").exec_time.replace(tzinfo=None)), "no time zone"),
    ],
)
def test_an_execution_that_cannot_be_so_is_refused_with_the_reason(books: Ledger, said: Fill, reason: str) -> None:
    with work(books) as unit, pytest.raises(Invalid, match=reason):
        ingest(ANN, unit, said, order=ORDER)

    assert count(books, "trades") == 0


def test_the_same_number_with_other_numbers_behind_it_is_refused(books: Ledger) -> None:
    book(books, fill("x", price="100"))

    with pytest.raises(Invalid, match="in the books with other numbers"):
        book(books, fill("x", price="101"))


def test_nobody_else_may_book_and_who_may_only_look_books_nothing(books: Ledger) -> None:
    with work(books) as unit, pytest.raises(NotFound):
        ingest(BOB, unit, fill("x"), order=ORDER)
    with work(books) as unit, pytest.raises(NotAllowed):
        ingest(LOOKING, unit, fill("x"), order=ORDER)
    with pytest.raises(NotFound):
        book(books, fill("x"), who=BOB)

    assert count(books, "trades") == 0


def test_a_user_who_wants_no_message_of_a_kind_gets_none(books: Ledger) -> None:
    with work(books) as unit:
        unit.connection.execute(people.users.update().values(notifications_json={"filled": "off"}))
        ingest(ANN, unit, fill("x"), order=ORDER, wording=lambda _: "bought")

    assert outbox.pending(books) == {}


@pytest.mark.thorough
def test_many_executions_out_of_order_are_in_every_database_what_they_are_in_memory(
    each_url: str, books: Ledger
) -> None:
    """Fault T32a: on both databases."""
    chance, held = random.Random(1), FLAT
    said = [
        fill(
            f"{number:03}",
            chance.choice(("BUY", "SELL")),
            str(Decimal(chance.randint(1, 10**9)).scaleb(-9)),
            str(Decimal(chance.randint(1, 10**12)).scaleb(-6)),
            after_s=chance.randint(0, 99),
        )
        for number in range(300)
    ]
    with work(books) as unit:
        for each in said:
            ingest_without_order(ANN, unit, each, book=Book(portfolio=ANNS, instrument=COIN))
    for each in sorted(said, key=lambda one: (one.exec_time, one.broker_trade_id)):
        numbers = {name: getattr(each, name) for name in ("side", "quantity", "price", "exec_time")}
        held = apply(held, Execution(**numbers))

    with open_ledger(each_url) as again, again.reading() as connection:
        found = list_positions(SYSTEM, connection)[0]
        assert recompute(SYSTEM, connection) == ()
        assert audit.verify(SYSTEM, connection) == ()
    assert (found.quantity, found.avg_price, found.cost, found.realized_pnl) == (
        held.quantity,
        held.avg_price,
        held.cost,
        held.realized_pnl,
    )


def test_what_corrects_nothing_is_logged_as_executed_whatever_its_revision(books: Ledger) -> None:
    first = fill("0e.01", "BUY", "10", "100", execution="0e", revision=1)
    second = msgspec.structs.replace(first, broker_trade_id="0e.02", revision=2, price=Decimal(90))
    book(books, first, second)
    log = records.audit_log
    with books.reading() as connection:
        said = select(log.c.action).where(log.c.entity_type == "trade").order_by(log.c.id)
        found = list(connection.execute(said).scalars())

    assert found == ["executed", "corrected"]
