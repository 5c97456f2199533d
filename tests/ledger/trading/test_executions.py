"""Executions one by one, funding, and how many signals were refused: each person's own, of a period."""

from datetime import timedelta
from decimal import Decimal

from ledger.store import Ledger
from ledger.trading.books.executions import executions, funding, newest_executions
from ledger.trading.books.pnl import Period, results
from ledger.trading.books.records import Book
from ledger.trading.books.trades import ingest, ingest_without_order
from ledger.trading.flow import signals
from ledger.trading.flow.outcomes import Refused, refused
from ledger.trading.flow.records import NewSignal
from ledger.trading.principal import SYSTEM
from ledger.trading.tables.flow import cash_events
from tests.ledger.trading.world import (
    ANN,
    ANNS,
    BOB,
    BOBS,
    COIN,
    FUTURE,
    NOW,
    ORDER,
    SHARE,
    TREND,
    add_order,
    fill,
    work,
)

DAY = Period(NOW, NOW + timedelta(days=1))


def trade(books: Ledger) -> None:
    """Let Ann trade shares for an order, coins and a future, and Bob once."""
    with work(books) as unit:
        add_order(unit)
        ingest(ANN, unit, fill("a", "BUY", "10", "100", fee=Decimal(1), fee_currency="USD"), order=ORDER)
        for book, said in (
            (Book(portfolio=ANNS, instrument=COIN), fill("d", fee=Decimal("0.001"), fee_currency="BTC", after_s=5)),
            (Book(portfolio=ANNS, instrument=FUTURE, strategy=TREND), fill("f", "SELL", "2", "5000", after_s=7)),
            (Book(portfolio=ANNS, instrument=FUTURE, strategy=TREND), fill("g", "BUY", "2", "4990", after_s=90_000)),
        ):
            ingest_without_order(ANN, unit, said, book=book)
        ingest_without_order(BOB, unit, fill("a", quantity="7"), book=Book(portfolio=BOBS, instrument=SHARE))


def test_the_executions_of_a_period_are_told_with_where_they_belong(books: Ledger) -> None:
    trade(books)
    with books.reading() as connection:
        found = executions(ANN, connection, DAY, portfolio=ANNS, most=10)
        same = tuple(results(ANN, connection, DAY, portfolio=ANNS))
        newest = newest_executions(ANN, connection, ANNS, most=2)
        first = executions(ANN, connection, DAY, portfolio=ANNS, most=1)

    assert [(each.broker_trade_id, each.symbol, each.strategy) for each in found] == [
        ("a", "AAPL", None),
        ("d", "BTC-USDT", None),
        ("f", "ES", "trend"),
    ]
    assert (found[0].order, found[0].purpose, found[0].value) == (ORDER, "OPENING", Decimal(1000))
    assert (found[2].order, found[2].fee, found[2].value) == (None, None, Decimal(500_000))
    assert tuple(each.result(ANNS) for each in found) == same
    assert [(each.broker_trade_id, each.realized) for each in newest] == [("g", Decimal(1000)), ("f", Decimal(0))]
    assert first == found[:1]


def test_an_execution_that_was_corrected_is_told_once_as_its_correction_says(books: Ledger) -> None:
    wrong = fill("a.01", execution="a", revision=1, quantity="9")
    right = fill("a.02", execution="a", revision=2, quantity="8")
    with work(books) as unit:
        for each in (wrong, right):
            ingest_without_order(ANN, unit, each, book=Book(portfolio=ANNS, instrument=SHARE))
    with books.reading() as connection:
        (found,) = executions(ANN, connection, DAY, portfolio=ANNS, most=10)

    assert (found.broker_trade_id, found.quantity, found.corrects) == ("a.02", Decimal(8), True)


def test_funding_is_of_its_period_and_portfolio(books: Ledger) -> None:
    with work(books) as unit:
        for number, (portfolio, at) in enumerate(((1, NOW), (1, DAY.until), (2, NOW))):
            unit.connection.execute(
                cash_events.insert(),
                {
                    "uid": f"funding {number}",
                    "account_id": portfolio,
                    "portfolio_id": portfolio,
                    "type": "FUNDING",
                    "amount": Decimal("-1.5"),
                    "currency": "USDT",
                    "occurred_at": at,
                    "broker_event_id": str(number),
                    "meta_json": {},
                    "created_at": NOW,
                },
            )
    with books.reading() as connection:
        found = funding(ANN, connection, DAY, portfolio=ANNS)

    assert found == {"USDT": Decimal("-1.5")}


def test_refused_signals_are_counted_by_their_code(books: Ledger) -> None:
    with work(books) as unit:
        for code, state in (("CASH", "REJECTED"), ("CASH", "REJECTED"), ("AGE", "EXPIRED"), (None, "SUPERSEDED")):
            new = NewSignal(portfolio=ANNS, action="buy", symbol="AAPL", received_at=NOW)
            uid = signals.take_in(SYSTEM, unit, new).signal.uid
            signals.move(SYSTEM, unit, uid, "VALIDATED")
            signals.move(SYSTEM, unit, uid, state, code=code)  # type: ignore[arg-type]  # states, as a tuple has them
        late = NewSignal(portfolio=ANNS, action="buy", symbol="AAPL", received_at=DAY.until)
        signals.move(SYSTEM, unit, signals.take_in(SYSTEM, unit, late).signal.uid, "REJECTED", code="CASH")
    with books.reading() as connection:
        found = refused(ANN, connection, DAY, portfolio=ANNS)

    assert found == (
        Refused(code="CASH", count=2),
        Refused(code="AGE", count=1),
        Refused(code="superseded", count=1),
    )
