"""What venues say, what days began with, and jobs: each figure once."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from ledger.store import Ledger
from ledger.trading.books.records import Book
from ledger.trading.books.trades import ingest_without_order
from ledger.trading.enumerations import AssetType, Wallet
from ledger.trading.errors import Invalid, NotAllowed
from ledger.trading.flow import balances, jobs, portfolio_days, venue_positions
from ledger.trading.flow import cash_events as cash_events_of
from ledger.trading.flow.records import NewBalance, NewCashEvent, VenuePosition
from ledger.trading.people.portfolios import NewPortfolio, create_portfolio
from ledger.trading.principal import SYSTEM
from ledger.trading.tables.flow import account_balances, cash_events
from ledger.trading.tables.people import portfolios
from tests.ledger.trading.world import ANN, ANNS, ANNS_ACCOUNT, FUTURE, NOW, ask, count, do, fill, rows, work

TODAY, TOMORROW = NOW, NOW + timedelta(days=1)


def balance(currency: str, cash: str, *, after_s: float = 0, wallet: Wallet = "") -> NewBalance:
    """Return a figure of some seconds after NOW."""
    return NewBalance(currency=currency, cash=Decimal(cash), as_of=NOW + timedelta(seconds=after_s), wallet=wallet)


def held(quantity: str, **changes: Any) -> VenuePosition:
    """Return a position at a venue."""
    values = {"symbol": "BTC-USDT", "asset_type": "CRYPTO", "currency": "USDT", "external": Decimal(0)}
    return VenuePosition(**{**values, "average_price": None, "as_of": NOW, "quantity": Decimal(quantity), **changes})


def test_the_latest_balances_are_the_newest_of_each_currency(books: Ledger) -> None:
    said = [balance("USDT", "5"), balance("EUR", "1"), balance("USD", "2"), balance("USD", "3", after_s=60)]
    do(books, balances.record, SYSTEM, ANNS_ACCOUNT, said)
    do(books, balances.record, SYSTEM, ANNS_ACCOUNT, [balance("USD", "9", after_s=-60), balance("EUR", "7")])

    assert ask(books, balances.latest, ANN, ANNS_ACCOUNT) == (said[1], said[3], said[0])
    assert len(rows(books, account_balances)) == 5


def test_each_wallet_of_a_currency_has_a_newest_figure_of_its_own(books: Ledger) -> None:
    spot, futures = balance("USDT", "5", wallet="SPOT"), balance("USDT", "7", wallet="FUTURES")
    newer = balance("USDT", "6", wallet="SPOT", after_s=60)
    do(books, balances.record, SYSTEM, ANNS_ACCOUNT, [spot, futures])
    do(books, balances.record, SYSTEM, ANNS_ACCOUNT, [newer, futures])

    assert ask(books, balances.latest, ANN, ANNS_ACCOUNT) == (futures, newer)
    assert len(rows(books, account_balances)) == 3


def test_coins_are_paid_from_one_wallet_and_futures_from_the_other_where_they_lie_apart() -> None:
    apart = [balance("USDT", "7", wallet="FUTURES")]
    kinds: tuple[AssetType, ...] = ("CRYPTO", "FUTURE", "EQUITY")

    assert [balances.wallet_of(kind, apart) for kind in kinds] == ["SPOT", "FUTURES", ""]
    assert [balances.wallet_of(kind, [balance("USD", "7")]) for kind in kinds] == ["", "", ""]


def test_figures_that_cannot_be_kept_are_refused_and_nobody_but_the_system_writes_any(books: Ledger) -> None:
    for wrong in (balance("usd", "1"), balance("USD", "NaN"), balance("USD", "1", wallet="EARN")):  # type: ignore[arg-type]  # wrong on purpose
        with pytest.raises(Invalid):
            do(books, balances.record, SYSTEM, ANNS_ACCOUNT, [balance("EUR", "1"), wrong])
    with pytest.raises(NotAllowed):
        do(books, balances.record, ANN, ANNS_ACCOUNT, [balance("USD", "1")])

    assert count(books, "account_balances") == 0


def funding(number: str, **changes: Any) -> NewCashEvent:
    """Return funding of a coin."""
    values = {"type": "FUNDING", "amount": Decimal("-0.5"), "currency": "USD", "at": NOW}
    return NewCashEvent(**{**values, "id": number, "symbol": "ES", "asset_type": "FUTURE", **changes})


def whose(books: Ledger) -> list[tuple[str, str | None]]:
    """Return the names of events, and of the portfolios that they belong to."""
    names = {row["id"]: row["uid"] for row in rows(books, portfolios)}
    return [(row["broker_event_id"], names.get(row["portfolio_id"])) for row in rows(books, cash_events)]


def test_an_event_belongs_to_the_one_portfolio_that_holds_its_instrument_or_has_held_it(books: Ledger) -> None:
    other = do(books, create_portfolio, ANN, NewPortfolio(account=ANNS_ACCOUNT, name="other")).uid
    future = Book(portfolio=other, instrument=FUTURE)
    for said in (fill("1", "BUY", "1", "10"), fill("2", "SELL", "1", "10", after_s=1)):
        do(books, cash_events_of.record, SYSTEM, ANNS_ACCOUNT, [funding(f"with {said.broker_trade_id}")])
        do(books, ingest_without_order, ANN, said, book=future)
    do(books, cash_events_of.record, SYSTEM, ANNS_ACCOUNT, [funding("flat")])
    do(books, ingest_without_order, ANN, fill("3", after_s=2), book=Book(portfolio=ANNS, instrument=FUTURE))
    new = [funding("held"), funding("no instrument", symbol="", asset_type=None), funding("unknown", symbol="XYZ")]
    counts = [do(books, cash_events_of.record, SYSTEM, ANNS_ACCOUNT, new) for _ in range(2)]

    assert counts == [3, 0]
    assert whose(books) == [
        ("with 1", ANNS),
        ("with 2", other),
        ("flat", other),
        ("held", ANNS),
        ("no instrument", ANNS),
        ("unknown", ANNS),
    ]


def test_an_event_that_cannot_be_kept_is_refused(books: Ledger) -> None:
    for wrong in ({"type": "GIFT"}, {"currency": "usd"}, {"amount": Decimal("NaN")}, {"id": "x" * 81}):
        with pytest.raises(Invalid):
            do(books, cash_events_of.record, SYSTEM, ANNS_ACCOUNT, [funding("1", **wrong)])
    with pytest.raises(NotAllowed):
        do(books, cash_events_of.record, ANN, ANNS_ACCOUNT, [funding("1")])

    assert count(books, "cash_events") == 0


def test_what_a_venue_holds_takes_the_place_of_what_it_held(books: Ledger) -> None:
    hedged = [held("2", external=Decimal("0.5"), average_price=Decimal(100)), held("-1")]
    do(books, venue_positions.replace, SYSTEM, ANNS_ACCOUNT, [held("9"), held("1", symbol="ETH-USDT")])
    do(books, venue_positions.replace, SYSTEM, ANNS_ACCOUNT, hedged)
    found = ask(books, venue_positions.list_for, ANN, ANNS_ACCOUNT)
    with pytest.raises(Invalid):
        do(books, venue_positions.replace, SYSTEM, ANNS_ACCOUNT, [held("1", asset_type="HOUSE")])
    after = ask(books, venue_positions.list_for, ANN, ANNS_ACCOUNT)
    do(books, venue_positions.replace, SYSTEM, ANNS_ACCOUNT, [])

    assert found == after == tuple(hedged)
    assert ask(books, venue_positions.list_for, ANN, ANNS_ACCOUNT) == ()


def test_the_first_to_say_what_a_day_began_with_wins(books: Ledger) -> None:
    begun = [
        do(books, portfolio_days.begin, SYSTEM, ANNS, TODAY, unrealized=Decimal(figure), equity=Decimal(100))
        for figure in (5, 7)
    ]
    with books.reading() as connection:
        found = portfolio_days.start_and_peak(connection, 1, TODAY)[0]
        tomorrow = portfolio_days.start_and_peak(connection, 1, TOMORROW)[0]

    assert begun == [True, False]
    assert (found, tomorrow) == (Decimal(5), None)


def test_the_peak_is_the_highest_of_all_days_by_value_and_not_by_its_digits(books: Ledger) -> None:
    before = ask(books, portfolio_days.peak, ANN, ANNS)
    for day, equity in ((TODAY, 900), (TODAY, 1000), (TODAY, 99), (TOMORROW, 950), (TODAY, 1001)):
        highest = do(books, portfolio_days.note_equity, SYSTEM, ANNS, day, equity=Decimal(equity))
    do(books, portfolio_days.begin, SYSTEM, ANNS, TOMORROW, unrealized=Decimal(1), equity=None)

    assert before is None
    assert ask(books, portfolio_days.peak, ANN, ANNS) == highest == 1001


def test_a_job_is_over_once_whoever_began_it(books: Ledger) -> None:
    """Fault T31: jobs once."""
    began = [do(books, jobs.begin, SYSTEM, "report", NOW) for _ in range(2)]
    with books.reading() as connection:
        states = [jobs.state_of(connection, "report", NOW), jobs.state_of(connection, "login", NOW)]
    do(books, jobs.finish, SYSTEM, "report", NOW, "DONE", {"lines": 3})
    do(books, jobs.finish, SYSTEM, "report", NOW, "FAILED", {})
    do(books, jobs.finish, SYSTEM, "login", NOW, "MISSED", {})
    with books.reading() as connection:
        states += [jobs.state_of(connection, "report", NOW), jobs.state_of(connection, "login", NOW)]

    assert began == [True, True]
    assert states == ["DUE", None, "DONE", "MISSED"]
    assert not do(books, jobs.begin, SYSTEM, "report", NOW)
    with work(books) as unit, pytest.raises(Invalid):
        jobs.finish(SYSTEM, unit, "report", NOW, "DUE", {})
    with work(books) as unit, pytest.raises(NotAllowed):
        jobs.begin(ANN, unit, "report", NOW)
