"""What portfolios are worth when their day begins: noted once, as soon as all of its prices are known."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from execution.day_starts import LOOK_EVERY, PAPER_WAITS, DayStarts
from execution.venue_link import VenueLink
from ledger.inbox.opening import Inbox
from ledger.store import Ledger
from ledger.trading.people.accounts import NewAccount, create_account, list_accounts
from ledger.trading.people.portfolios import NewPortfolio, create_portfolio
from ledger.trading.principal import SYSTEM
from ledger.trading.tables.flow import portfolio_days
from ledger.trading.tables.people import accounts
from tests.execution.signals_desk.stage import BTC, MASTER, PERPETUAL, Stage
from tests.ledger.trading.world import NOW, ask, do, rows

MIDNIGHT = NOW.replace(hour=0, minute=0) + timedelta(days=1)
"""Of the next day: that of the first signal is noted when it comes in."""
NEW_YORK = MIDNIGHT + timedelta(hours=5)


class Unheard:
    """A bus on which nobody answers."""

    def publish(self, message: Any) -> None:
        """Drop it."""


@pytest.fixture
def stage(books: Ledger, inbox: Inbox) -> Stage:
    """Give both desks with ten coins that were bought at 100."""
    made = Stage(books, inbox)
    made.arrives("buy")
    made.turn()
    return made


def days_of(stage: Stage, *, link: VenueLink | None = None) -> DayStarts:
    """Begin a life of what notes days."""
    return DayStarts(stage.ledger, link or stage.link, time=stage.time)


def deaf(stage: Stage) -> VenueLink:
    """Return a link whose brokers never answer."""
    return VenueLink(Unheard(), MASTER, time=stage.time)  # type: ignore[arg-type]  # it publishes, no more


def noted(stage: Stage, began_at: datetime = MIDNIGHT) -> list[Any]:
    """Return the unrealized P&L of each portfolio whose day has begun."""
    of_the_day = [row for row in rows(stage.ledger, portfolio_days) if row["began_at"] == began_at]
    return [row["unrealized_pnl"] for row in of_the_day]


def looks(stage: Stage, days: DayStarts) -> None:
    """Let the broker answer, a moment pass, and the days be looked at again."""
    stage.turn(2)
    stage.time.move_on(LOOK_EVERY.total_seconds())
    stage.turn(2)
    days.turn()


def prices_are_forgotten(stage: Stage) -> None:
    """Let so much time pass that every quote is too old."""
    stage.time.move_on(60)


def test_a_portfolio_that_holds_nothing_begins_its_day_at_once(books: Ledger, inbox: Inbox) -> None:
    stage = Stage(books, inbox)
    stage.turn()

    assert days_of(stage).begin(MIDNIGHT) == {}
    assert noted(stage) == [Decimal(0)]


def test_a_day_is_under_way_until_the_price_is_there_and_counts_what_was_gained(stage: Stage) -> None:
    prices_are_forgotten(stage)
    days = days_of(stage)
    before = days.begin(MIDNIGHT)
    stage.venue.prices[BTC] = Decimal("101.25")
    looks(stage, days)

    assert before is None
    assert days.begin(MIDNIGHT) == {}
    assert noted(stage) == [Decimal("12.5")]


def test_a_short_position_gains_where_the_price_falls(books: Ledger, inbox: Inbox) -> None:
    stage = Stage(books, inbox)
    stage.arrives("short", "BTCUSDT.P")
    stage.turn()
    [(_, held)] = stage.held()
    stage.venue.prices[PERPETUAL] = Decimal(90)
    prices_are_forgotten(stage)
    days = days_of(stage)
    days.begin(MIDNIGHT)
    looks(stage, days)

    assert held < 0
    assert noted(stage) == [-10 * held]


def test_on_paper_what_has_no_price_counts_at_its_cost_after_a_while_and_not_before(stage: Stage) -> None:
    prices_are_forgotten(stage)
    days = days_of(stage, link=deaf(stage))
    days.begin(MIDNIGHT)
    stage.time.move_on(PAPER_WAITS.total_seconds() - 1)
    days.turn()
    early = noted(stage)
    stage.time.move_on(1)
    days.turn()

    assert early == []
    assert noted(stage) == [Decimal(0)]


def test_real_money_is_never_counted_at_its_cost(stage: Stage) -> None:
    with stage.ledger.writing() as connection:
        connection.execute(accounts.update().values(broker_id=accounts.c.broker_id + 1))
    days = days_of(stage, link=deaf(stage))
    days.begin(MIDNIGHT)
    stage.time.move_on(3600)
    days.turn()

    assert days.begin(MIDNIGHT) is None
    assert noted(stage) == []


def test_who_waits_for_a_price_keeps_nobody_else_waiting(stage: Stage) -> None:
    [account] = {each["uid"] for each in rows(stage.ledger, accounts)}
    do(stage.ledger, create_portfolio, SYSTEM, NewPortfolio(account=account, name="empty"))
    prices_are_forgotten(stage)
    days = days_of(stage, link=deaf(stage))

    assert days.begin(MIDNIGHT) is None
    assert noted(stage) == [Decimal(0)]


def test_killed_between_two_portfolios_the_first_stays_as_it_was_and_the_other_follows(stage: Stage) -> None:
    [owner] = {each.user for each in ask(stage.ledger, list_accounts, SYSTEM)}
    new = NewAccount(broker="PAPER", name="second", base_currency="USD", is_live=False, user=owner)
    account = do(stage.ledger, create_account, SYSTEM, new)
    do(stage.ledger, create_portfolio, SYSTEM, NewPortfolio(account=account.uid, name="second"))
    prices_are_forgotten(stage)
    days_of(stage, link=deaf(stage)).begin(MIDNIGHT)
    before = noted(stage)
    again = days_of(stage)
    again.begin(MIDNIGHT)
    stage.venue.prices[BTC] = Decimal(110)
    looks(stage, again)

    assert before == [Decimal(0)]
    assert sorted(noted(stage)) == [Decimal(0), Decimal(100)]


def test_the_first_who_notes_a_day_wins(stage: Stage) -> None:
    for price in (100, 200):
        stage.venue.prices[BTC] = Decimal(price)
        prices_are_forgotten(stage)
        days = days_of(stage)
        days.begin(MIDNIGHT)
        looks(stage, days)

    assert noted(stage) == [Decimal(0)]


def test_the_days_of_utc_and_of_new_york_begin_each_with_its_own_worth(stage: Stage) -> None:
    days = days_of(stage)
    days.begin(MIDNIGHT)
    looks(stage, days)
    stage.venue.prices[BTC] = Decimal(200)
    prices_are_forgotten(stage)
    days.begin(NEW_YORK)
    looks(stage, days)

    assert days.begin(NEW_YORK) == {}
    assert (noted(stage), noted(stage, NEW_YORK)) == ([Decimal(0)], [Decimal(1000)])


def test_the_loss_of_a_share_counts_from_new_yorks_midnight_and_that_of_a_coin_from_utcs(stage: Stage) -> None:
    """Fault T31: the day of daily limits."""
    days, monday = days_of(stage), MIDNIGHT + timedelta(days=2)
    for began_at, price in ((monday, 100), (monday + timedelta(hours=5), 10)):  # 900 are lost before New York's begins
        stage.time.move_on((began_at - stage.time.now()).total_seconds())
        stage.venue.prices[BTC] = Decimal(price)
        days.begin(began_at)
        looks(stage, days)
    stage.time.move_on(10 * 3600)
    coin, share = stage.arrives(), stage.arrives(symbol="AAPL")
    stage.passes(5)

    assert stage.end(coin) == ("REJECTED", "MAX_DAILY_LOSS")
    assert stage.end(share) == ("DONE", None)


def test_prices_are_looked_for_once_a_second_at_most(stage: Stage) -> None:
    prices_are_forgotten(stage)
    days = days_of(stage)
    days.begin(MIDNIGHT)
    stage.turn(2)
    days.turn()
    at_once = noted(stage)
    stage.time.move_on(LOOK_EVERY.total_seconds())
    days.turn()

    assert at_once == []
    assert len(noted(stage)) == 1
