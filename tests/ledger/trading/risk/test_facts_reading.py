"""What the checks before an order look at: everything that is held, asked for, spent and lost, and nothing twice."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ledger.store import Ledger
from ledger.trading.books.trades import ingest
from ledger.trading.errors import Invalid
from ledger.trading.flow import balances, portfolio_days
from ledger.trading.flow.halts import halt
from ledger.trading.flow.records import NewBalance
from ledger.trading.orders.orders import acknowledge, move, place
from ledger.trading.people.portfolios import NewPortfolio, create_portfolio
from ledger.trading.principal import SYSTEM
from ledger.trading.risk.day_reading import read_day
from ledger.trading.risk.facts import CashFact, OpenPosition, PendingOpening, RiskFacts, Use
from ledger.trading.risk.facts_reading import read_facts, read_use
from tests.ledger.trading.world import (
    ANN,
    ANNS,
    ANNS_ACCOUNT,
    BOB,
    BOBS,
    COIN,
    FUTURE,
    NOW,
    SHARE,
    TREND,
    do,
    fill,
    order,
    work,
)

HOUR = timedelta(hours=1)
MORNING = NOW - timedelta(hours=5)
STOP: dict[str, Any] = {"leg": "STOP_LOSS", "purpose": "CLOSING", "side": "SELL", "type": "STOP"}
STOP |= {"stop_price": Decimal(90)}


def facts(books: Ledger, *, instrument: str = SHARE, at: datetime = NOW + HOUR) -> RiskFacts:
    """Return what is known of Ann's portfolio."""
    with books.writing() as connection:
        day = read_day(ANN, connection, portfolio=ANNS, now=at, day_start=MORNING)
        return read_facts(ANN, connection, day, instrument=instrument, strategy=TREND)


def in_use(books: Ledger) -> Use:
    """Return how much of the limits of Ann's portfolio is used."""
    with books.reading() as connection:
        day = read_day(ANN, connection, portfolio=ANNS, now=NOW + HOUR, day_start=MORNING)
        return read_use(ANN, connection, day)


def opening(books: Ledger, key: str, *, at: datetime = NOW, **changes: Any) -> str:
    """Write an opening of ten shares at a moment, expected at 100, and return its uid."""
    with work(books, at) as unit:
        who = BOB if changes.get("portfolio") == BOBS else ANN
        return place(
            who, unit, order(**{"instrument": SHARE, "quantity": Decimal(10), "key": key, **changes})
        ).order.uid


def say(books: Ledger, cash: str = "5000", *, at: datetime = NOW, available: str | None = "4000") -> None:
    """Let the venue say what Ann's account has."""
    known = None if available is None else Decimal(available)
    figure = NewBalance(currency="USD", cash=Decimal(cash), available=known, equity=Decimal(6000), as_of=at)
    do(books, balances.record, SYSTEM, ANNS_ACCOUNT, [figure])


def test_of_a_portfolio_in_which_nothing_has_happened_nothing_is_known(books: Ledger) -> None:
    assert facts(books) == RiskFacts()


def test_what_is_held_and_what_may_still_be_filled_are_all_there(books: Ledger) -> None:
    half = opening(books, "half", strategy=TREND)
    do(books, ingest, ANN, fill("1", quantity="4", price="99"), order=half)
    lost = opening(books, "lost", instrument=FUTURE, quantity=Decimal(2))
    do(books, move, SYSTEM, lost, "UNKNOWN")
    gone = opening(books, "gone")
    do(books, move, SYSTEM, gone, "NOT_PLACED")
    opening(books, "bobs", portfolio=BOBS)
    found = facts(books)

    assert found.positions == (
        OpenPosition(
            instrument=SHARE,
            symbol="AAPL",
            strategy=TREND,
            currency="USD",
            multiplier=Decimal(1),
            quantity=Decimal(4),
            avg_price=Decimal(99),
            cost=Decimal(396),
        ),
    )
    common: dict[str, Any] = {"currency": "USD", "placed_at": NOW}
    assert found.pending == (
        PendingOpening(instrument=SHARE, strategy=TREND, quantity=Decimal(6), value=Decimal(600), **common),
        PendingOpening(instrument=FUTURE, strategy=None, quantity=Decimal(2), value=Decimal(10_000), **common),
    )
    assert (found.openings_of_ticker, found.openings_today, found.orders_today) == (1, 2, 3)


@pytest.mark.parametrize(
    ("changes", "value"),
    [
        ({"meta": {"expected_price": "7"}, "type": "LIMIT", "price": Decimal(8)}, 70),
        ({"meta": {}, "type": "LIMIT", "price": Decimal(8)}, 80),
        ({"meta": {}, "type": "STOP", "stop_price": Decimal(9)}, 90),
        ({"meta": {"expected_price": "soon"}, "type": "STOP_LIMIT", "price": Decimal(8), "stop_price": Decimal(9)}, 80),
    ],
)
def test_an_opening_is_worth_what_it_was_expected_at_else_its_own_price(
    books: Ledger, changes: dict[str, Any], value: int
) -> None:
    opening(books, "one", **changes)

    assert facts(books).pending[0].value == value


def test_an_opening_that_nobody_knows_the_price_of_is_refused_rather_than_guessed(books: Ledger) -> None:
    opening(books, "one", meta={})

    with pytest.raises(Invalid, match="nobody knows at what price"):
        facts(books)


def test_cash_is_the_venues_figure_and_what_it_may_not_know_of_yet(books: Ledger) -> None:
    """Fault T29a."""
    seen = opening(books, "seen", at=NOW - HOUR)
    do(books, acknowledge, SYSTEM, seen, broker_order_id="1")
    do(books, ingest, ANN, fill("1", quantity="1", price="100", after_s=-60), order=seen)
    say(books)
    do(books, ingest, ANN, fill("2", quantity="2", price="101", after_s=60), order=seen)
    opening(books, "young", at=NOW + HOUR / 2, quantity=Decimal(1))
    unseen = opening(books, "unseen", at=NOW - HOUR, quantity=Decimal(3))
    do(books, move, SYSTEM, unseen, "UNKNOWN")
    (cash,) = facts(books).cash

    assert cash == CashFact(
        currency="USD",
        available=Decimal(4000),
        equity=Decimal(6000),
        as_of=NOW,
        spent_since=Decimal(202 + 100 + 300),
    )


def test_what_is_bought_is_paid_from_its_own_wallet_and_counts_against_no_other(books: Ledger) -> None:
    common: dict[str, Any] = {"currency": "USD", "as_of": NOW}
    both = [
        NewBalance(cash=Decimal(300), wallet="SPOT", **common),
        NewBalance(cash=Decimal(20_000), wallet="FUTURES", **common),
    ]
    do(books, balances.record, SYSTEM, ANNS_ACCOUNT, both)
    opening(books, "coin", instrument=COIN, quantity=Decimal(2))
    opening(books, "future", instrument=FUTURE, quantity=Decimal(1))
    coins, futures = facts(books, instrument=COIN), facts(books, instrument=FUTURE)

    assert (coins.wallet, futures.wallet, facts(books).wallet) == ("SPOT", "FUTURES", "")
    assert [(each.wallet, each.available, each.spent_since) for each in coins.cash] == [
        ("FUTURES", Decimal(20_000), Decimal(5000)),
        ("SPOT", Decimal(300), Decimal(200)),
    ]
    assert [each.wallet for each in coins.pending] == ["SPOT", "FUTURES"]


def test_where_the_venue_says_nothing_of_what_is_available_all_that_may_be_filled_is_taken_off(books: Ledger) -> None:
    working = opening(books, "working", at=NOW - HOUR)
    do(books, acknowledge, SYSTEM, working, broker_order_id="1")
    say(books, available=None)
    (cash,) = facts(books).cash

    assert (cash.available, cash.spent_since) == (Decimal(5000), Decimal(1000))


def test_what_another_portfolio_of_the_account_has_ordered_is_taken_off_until_it_is_filled(books: Ledger) -> None:
    """Fault T29a: its venue sets no money aside for it."""
    other = do(books, create_portfolio, ANN, NewPortfolio(account=ANNS_ACCOUNT, name="other"))
    working = opening(books, "working", at=NOW - HOUR, portfolio=other.uid, strategy=None)
    do(books, acknowledge, SYSTEM, working, broker_order_id="1")
    say(books)
    (cash,) = facts(books).cash

    assert (cash.available, cash.spent_since) == (Decimal(4000), Decimal(1000))


def test_what_would_be_borrowed_is_not_available(books: Ledger) -> None:
    say(books, cash="1000", available="4000")
    (cash,) = facts(books).cash

    assert cash.available == Decimal(1000)


def test_a_closing_spends_nothing_and_is_no_opening_but_an_order_of_the_day(books: Ledger) -> None:
    say(books, at=NOW - HOUR)
    entry = opening(books, "entry", at=NOW - 2 * HOUR)
    do(books, ingest, ANN, fill("1", quantity="10", after_s=-6000), order=entry)
    leaving = opening(books, "exit", leg="EXIT", purpose="CLOSING", side="SELL")
    do(books, ingest, ANN, fill("2", "SELL", quantity="4"), order=leaving)
    found = facts(books)

    assert found.cash[0].spent_since == 0
    assert found.pending == ()
    assert (found.openings_of_ticker, found.openings_today, found.orders_today) == (1, 1, 2)


def test_openings_of_a_ticker_count_since_it_was_flat(books: Ledger) -> None:
    for number, key in enumerate("abc"):
        uid = opening(books, key)
        do(books, ingest, ANN, fill(key, quantity="10", after_s=10 * number), order=uid)
        if key == "a":
            leaving = opening(books, "exit", leg="EXIT", purpose="CLOSING", side="SELL")
            do(books, ingest, ANN, fill("out", "SELL", quantity="10", after_s=5), order=leaving)
    opening(books, "d")
    found = facts(books)

    assert (found.openings_of_ticker, found.openings_today) == (3, 4)
    assert facts(books, instrument=COIN).openings_of_ticker == 0


def test_what_was_realized_today_is_net_and_in_the_accounts_currency_alone(books: Ledger) -> None:
    entry = opening(books, "entry")
    do(books, ingest, ANN, fill("1", quantity="10", fee=Decimal(1), fee_currency="USD", after_s=1), order=entry)
    leaving = opening(books, "exit", leg="EXIT", purpose="CLOSING", side="SELL")
    loss = fill("2", "SELL", quantity="10", price="90", fee=Decimal(3), fee_currency="BNB", after_s=2)
    do(books, ingest, ANN, loss, order=leaving)
    found = facts(books)

    assert found.realized_today == -101
    with books.writing() as connection:
        tomorrow = {"now": NOW + 48 * HOUR, "day_start": NOW + 24 * HOUR}
        day = read_day(ANN, connection, portfolio=ANNS, **tomorrow)
        later = read_facts(ANN, connection, day, instrument=SHARE, strategy=None)
    assert (later.realized_today, later.openings_today, later.orders_today) == (Decimal(0), 0, 0)


def test_what_is_written_after_the_day_was_read_counts_with_the_next_order(books: Ledger) -> None:
    entry = opening(books, "entry")
    do(books, ingest, ANN, fill("1", quantity="10", price="90"), order=entry)
    opening(books, "resting")
    with work(books, NOW + HOUR) as unit:
        day = read_day(ANN, unit.connection, portfolio=ANNS, now=unit.now, day_start=MORNING)
        before = read_facts(ANN, unit.connection, day, instrument=SHARE, strategy=None)
        place(ANN, unit, order(instrument=SHARE, quantity=Decimal(10), key="next"))
        after = read_facts(ANN, unit.connection, day, instrument=SHARE, strategy=None)

    assert (before.openings_today, before.openings_of_ticker, before.orders_today) == (2, 2, 2)
    assert (after.openings_today, after.openings_of_ticker, after.orders_today) == (3, 3, 3)
    assert len(after.pending) == len(before.pending) + 1
    assert after == facts(books)


def test_the_day_the_peak_the_last_stop_and_halts_are_there(books: Ledger) -> None:
    do(books, portfolio_days.begin, SYSTEM, ANNS, MORNING, unrealized=Decimal(-5), equity=Decimal(1000))
    do(books, halt, ANN, kind="PAUSE", scope="USER", reason="lunch")
    entry = opening(books, "entry")
    do(books, ingest, ANN, fill("1", quantity="10", after_s=1), order=entry)
    stop = opening(books, "stop", parent=entry, **STOP)
    before = facts(books)
    do(books, ingest, ANN, fill("2", "SELL", quantity="10", price="90", after_s=30), order=stop)
    found = facts(books)

    assert (found.unrealized_at_day_start, found.equity_peak) == (Decimal(-5), Decimal(1000))
    assert (found.killed, found.paused) == ("", "lunch")
    assert (before.last_stop_at, found.last_stop_at) == (None, NOW + timedelta(seconds=30))
    assert facts(books, instrument=COIN).last_stop_at is None


def test_what_is_used_of_limits_is_what_the_checks_of_an_order_see(books: Ledger) -> None:
    say(books)
    half = opening(books, "half", strategy=TREND)
    do(books, ingest, ANN, fill("1", quantity="4", price="99"), order=half)
    opening(books, "future", instrument=FUTURE, quantity=Decimal(2))
    opening(books, "bobs", portfolio=BOBS)
    used, of_share, of_future = in_use(books), facts(books), facts(books, instrument=FUTURE)
    shared = set(Use.__struct_fields__) & set(RiskFacts.__struct_fields__)

    assert {name: getattr(used, name) for name in shared} == {name: getattr(of_share, name) for name in shared}
    assert used.openings_by_symbol == {"AAPL": of_share.openings_of_ticker, "ES": of_future.openings_of_ticker}
    assert used.symbols == {SHARE: "AAPL", FUTURE: "ES"}
