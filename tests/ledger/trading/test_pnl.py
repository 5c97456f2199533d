"""Profit and loss, statistics, positions of a day, and the nightly look at all of it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from ledger.portfolio import outbox
from ledger.store import Ledger
from ledger.trading.books import self_check
from ledger.trading.books.net import net_of
from ledger.trading.books.pnl import Period, Result, open_values, pnl
from ledger.trading.books.positions import list_positions, recompute, repair, snapshot
from ledger.trading.books.records import Book
from ledger.trading.books.statistics import evaluated, statistics
from ledger.trading.books.trades import ingest, ingest_without_order
from ledger.trading.errors import NotAllowed, NotFound
from ledger.trading.principal import SYSTEM
from ledger.trading.tables.flow import cash_events
from tests.ledger.trading.world import (
    ADMIN,
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
NEXT_DAY = Period(DAY.until, DAY.until + timedelta(days=1))


@pytest.fixture
def traded(books: Ledger) -> Ledger:
    """Give a ledger in which Ann has traded for two days, and Bob once."""
    of_shares = Book(portfolio=ANNS, instrument=SHARE, strategy=TREND)
    of_coins = Book(portfolio=ANNS, instrument=COIN)
    with work(books) as unit:
        for book, said in (
            (of_shares, fill("a", "BUY", "10", "100", fee=Decimal(1), fee_currency="USD")),
            (of_shares, fill("b", "SELL", "4", "110", after_s=60, fee=Decimal("0.5"), fee_currency="USD")),
            (of_shares, fill("c", "SELL", "6", "90", after_s=90_000, fee=Decimal("0.5"), fee_currency="USD")),
            (of_coins, fill("d", "BUY", "1", "1000", after_s=5, fee=Decimal("0.001"), fee_currency="BTC")),
            (of_coins, fill("e", "SELL", "0.5", "1200", after_s=6, fee=Decimal("0.2"), fee_currency="BNB")),
            (Book(portfolio=ANNS, instrument=FUTURE), fill("f", "SELL", "2", "5000", after_s=7)),
        ):
            ingest_without_order(ANN, unit, said, book=book)
        ingest_without_order(BOB, unit, fill("a", quantity="7"), book=Book(portfolio=BOBS, instrument=SHARE))
        unit.connection.execute(
            cash_events.insert(),
            {
                "uid": "funding",
                "account_id": 1,
                "portfolio_id": 1,
                "type": "FUNDING",
                "amount": Decimal("-2.5"),
                "currency": "USDT",
                "occurred_at": NOW,
                "broker_event_id": "1",
                "meta_json": {},
                "created_at": NOW,
            },
        )
    return books


def test_a_days_profit_is_gross_and_net_by_currency_instrument_and_strategy(traded: Ledger) -> None:
    with traded.reading() as connection:
        day = pnl(ANN, connection, DAY)
        next_day = pnl(ANN, connection, NEXT_DAY, portfolio=ANNS)

    assert {(line.symbol, line.strategy): str(line.gross) for line in day.lines} == {
        ("AAPL", "trend"): "40",
        ("BTC-USDT", None): "99.499499499499499499",
        ("ES", None): "0",
    }
    assert {name: str(amount) for name, amount in day.fees.items()} == {"BNB": "0.2", "USD": "1.5"}
    assert {name: str(amount) for name, amount in day.net.items()} == {
        "BNB": "-0.2",
        "USD": "137.999499499499499499",
        "USDT": "-2.5",
    }
    assert (str(next_day.gross["USD"]), str(next_day.net["USD"])) == ("-60", "-60.5")
    assert (day.fees_missing, next_day.fees_missing) == (1, 0)
    assert [line.symbol for line in day.lines if line.fees_missing] == ["ES"]


@pytest.mark.parametrize("period", [DAY, NEXT_DAY])
def test_the_net_of_one_currency_is_the_one_among_all(traded: Ledger, period: Period) -> None:
    with traded.reading() as connection:
        whole = pnl(ANN, connection, period, portfolio=ANNS).net
        found = {each: net_of(connection, 1, period, each) for each in ("USD", "USDT", "BNB", "BTC")}

    assert found == {each: whole.get(each, Decimal(0)) for each in found}


def test_an_open_position_is_worth_its_quantity_at_the_last_price(traded: Ledger) -> None:
    with traded.reading() as connection:
        lines = list_positions(ANN, connection)
    found = open_values(lines, {FUTURE: Decimal(4990), "another": Decimal(1)})

    assert {each.position.symbol: (str(each.value), str(each.unrealized)) for each in found} == {
        "BTC-USDT": ("None", "None"),
        "ES": ("-499000", "1000"),
    }
    assert {each.position.symbol for each in found if each.price is None} == {"BTC-USDT"}


def test_positions_of_a_moment_are_as_they_were_then(traded: Ledger) -> None:
    with traded.reading() as connection:
        then = snapshot(ANN, connection, NOW + timedelta(seconds=60), portfolio=ANNS)
        before = snapshot(ANN, connection, NOW - timedelta(seconds=1))

    assert {line.symbol: str(line.quantity) for line in then} == {"AAPL": "6", "BTC-USDT": "0.499", "ES": "-2"}
    assert before == ()


def test_everybody_sees_their_own_books_and_an_admin_all(traded: Ledger) -> None:
    with traded.reading() as connection:
        assert [line.portfolio_uid for line in list_positions(BOB, connection)] == [BOBS]
        assert {line.portfolio_uid for line in list_positions(ADMIN, connection)} == {ANNS, BOBS}
        assert pnl(BOB, connection, DAY).net == {"USD": Decimal(0)}
        with pytest.raises(NotFound):
            pnl(BOB, connection, DAY, portfolio=ANNS)


def result(realized: str, *, fee: str = "0", after_s: int = 0) -> Result:
    """Return what an execution brought."""
    return Result(
        position_id=1,
        portfolio=ANNS,
        exec_time=NOW + timedelta(seconds=after_s),
        symbol="AAPL",
        strategy=None,
        currency="USD",
        realized=Decimal(realized),
        fee=Decimal(fee),
        fee_currency="USD",
    )


def test_statistics_count_closings_with_their_fees() -> None:
    found = evaluated(
        "USD",
        [
            result("0", fee="1"),
            result("11", fee="1", after_s=1),
            result("-20", after_s=2),
            result("30", after_s=4),
            result("-15", after_s=3),
        ],
    )

    assert (found.closings, str(found.hit_rate)) == (4, "0.5")
    assert str(found.profit_factor) == "1.142857142857142857"
    assert (str(found.largest_loss), str(found.drawdown)) == ("-20", "-35")


def test_statistics_of_nothing_name_no_rate_and_no_factor(books: Ledger) -> None:
    with books.reading() as connection:
        assert statistics(ANN, connection, DAY) == ()
    assert evaluated("USD", []).hit_rate is None
    assert evaluated("USD", [result("5")]).profit_factor is None


def test_a_meddled_position_is_found_to_the_last_digit_and_mended_by_an_admin(traded: Ledger) -> None:
    with traded.writing() as connection:
        meddled = "UPDATE positions SET realized_pnl = '-20.000000000000000001'"
        connection.exec_driver_sql(f"{meddled} WHERE portfolio_id = 1 AND instrument_id = 1")
    with traded.reading() as connection:
        wrong = recompute(ANN, connection)
        uid = wrong[0].uid

    assert [(each.what, each.stored, each.computed) for each in wrong] == [
        ("realized_pnl", "-20.000000000000000001", "-20")
    ]
    with work(traded) as unit, pytest.raises(NotAllowed):
        repair(ANN, unit, uid)
    with work(traded) as unit:
        repair(ADMIN, unit, uid)
    with traded.reading() as connection:
        assert recompute(SYSTEM, connection) == ()


def test_the_check_of_whole_books_is_a_row_and_says_nothing_to_anybody(traded: Ledger) -> None:
    with work(traded) as unit:
        found = self_check.check(SYSTEM, unit.connection)
        self_check.record(SYSTEM, unit, found, due_at=NOW)

    assert found.is_well
    assert found.line == ""
    assert jobs(traded) == [("self_check", "DONE")]
    assert outbox.pending(traded) == {}


def test_what_is_wrong_is_in_the_row_of_the_night_in_one_line_and_counted(traded: Ledger) -> None:
    with work(traded) as unit:
        add_order(unit)
        ingest(ANN, unit, fill("g"), order=ORDER)
    with traded.writing() as connection:
        connection.exec_driver_sql("UPDATE positions SET quantity = '5' WHERE instrument_id = 3")
        connection.exec_driver_sql("UPDATE audit_log SET action = 'x' WHERE chain = 'account:1' AND sequence = 2")
        connection.exec_driver_sql("UPDATE orders SET filled_quantity = '3'")
        connection.exec_driver_sql("DELETE FROM position_entries WHERE trade_id = (SELECT max(id) FROM trades)")
    for _ in range(2):
        with work(traded) as unit:
            found = self_check.check(SYSTEM, unit.connection)
            self_check.record(SYSTEM, unit, found, due_at=NOW)

    with traded.reading() as connection:
        night = self_check.newest(SYSTEM, connection)
    assert found.line == (
        "2 positions differ from their executions; audit row 2 of account:1: it was changed; "
        "1 executions are in no position; 1 orders are not filled as their executions say"
    )
    assert night is not None
    assert (night.due_at, night.is_well) == (NOW, False)
    assert night.counts == {"positions": 2, "orphans": 1, "orders": 1}
    assert [(each.chain, each.sequence) for each in night.audit] == [("account:1", 2)]
    assert outbox.pending(traded) == {}
    assert jobs(traded) == [("self_check", "FAILED")]


def jobs(ledger: Ledger) -> list[tuple[str, str]]:
    """Return the jobs that were done."""
    with ledger.reading() as connection:
        return [tuple(row) for row in connection.exec_driver_sql("SELECT job, state FROM jobs")]
