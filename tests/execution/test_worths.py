"""What portfolios have gained since their day began: said where it is known, told once where it is unusually much."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from execution.venue_link import VenueLink
from execution.worths import LOOK_EVERY, PRICES_WITHIN, SOON, Worths
from ledger.inbox.opening import Inbox
from ledger.portfolio.tables import outbox
from ledger.store import Ledger
from ledger.trading.people.preferences import set_language
from ledger.trading.risk.policies import drop_policy, policies
from ledger.trading.tables.flow import portfolio_days
from tests.execution.signals_desk.stage import BTC, MASTER, Stage
from tests.ledger.trading.world import ask, do, rows


class Unheard:
    """A bus on which nobody answers."""

    def publish(self, message: Any) -> None:
        """Drop it."""


class Looking:
    """Both desks with ten coins that were bought at 100, and who looks at what they are worth."""

    def __init__(self, stage: Stage) -> None:
        """Buy them."""
        self.stage = stage
        stage.arrives("buy")
        stage.turn()
        self.begin()

    def begin(self, link: VenueLink | None = None) -> None:
        """Begin a life of who looks."""
        self.worths = Worths(self.stage.ledger, link or self.stage.link, time=self.stage.time)

    def at(self, price: str) -> list[str]:
        """Let a price be, and be looked at in the next minute; return the messages about swings so far."""
        self.stage.venue.prices[BTC] = Decimal(price)
        self.stage.time.move_on(LOOK_EVERY.total_seconds())
        self.look()
        return self.told

    def look(self) -> None:
        """Look, let the broker answer, and look again a few times."""
        for _ in range(4):
            self.worths.turn()
            self.stage.turn(2)
            self.stage.time.move_on(1)

    @property
    def told(self) -> list[str]:
        """The messages about swings, oldest first."""
        found = rows(self.stage.ledger, outbox)
        return [row["text"] for row in found if (row["alert_id"] or "").startswith("swing-")]

    @property
    def unrealized(self) -> list[Decimal]:
        """What is said on the bus."""
        return [each.unrealized for each in self.worths.known()]


@pytest.fixture
def looking(books: Ledger, inbox: Inbox) -> Looking:
    """Give who looks at ten coins."""
    return Looking(Stage(books, inbox))


def test_what_is_held_is_said_with_the_time_of_its_price(looking: Looking) -> None:
    looking.at("101.5")
    (worth,) = looking.worths.known()

    assert (worth.portfolio, worth.currency, worth.unrealized) == (looking.stage.portfolio, "USD", Decimal(15))
    assert abs(worth.as_of - looking.stage.time.now()) < timedelta(seconds=10)


def test_where_an_order_has_ended_it_is_looked_at_sooner(looking: Looking) -> None:
    looking.at("101")
    looking.stage.venue.prices[BTC] = Decimal(105)
    looking.worths.soon()
    looking.stage.time.move_on(SOON.total_seconds())
    looking.look()

    assert looking.unrealized == [Decimal(50)]


def test_what_is_held_last_cost_is_said_however_long_ago_that_was(looking: Looking) -> None:
    looking.at("101.5")
    (mark,) = looking.worths.marks()
    looking.stage.venue.prices.clear()
    looking.stage.time.move_on(600)
    looking.look()
    looking.look()

    assert (mark.portfolio, mark.price, mark.is_delayed) == (looking.stage.portfolio, Decimal("101.5"), False)
    assert looking.worths.marks() == (mark,)
    assert looking.worths.known() == ()


def test_it_is_looked_at_once_a_minute(looking: Looking) -> None:
    looking.at("101")
    looking.stage.venue.prices[BTC] = Decimal(105)
    looking.look()
    soon = looking.unrealized
    looking.at("105")

    assert (soon, looking.unrealized) == ([Decimal(10)], [Decimal(50)])


def test_what_has_no_price_is_not_known_and_no_longer_said(looking: Looking) -> None:
    looking.at("101")
    looking.begin(VenueLink(Unheard(), MASTER, time=looking.stage.time))  # type: ignore[arg-type]  # it publishes
    looking.stage.time.move_on(60)
    looking.worths.turn()
    looking.stage.time.move_on(PRICES_WITHIN.total_seconds())
    looking.worths.turn()

    assert looking.unrealized == []
    assert looking.told == []


def test_a_day_is_told_from_half_of_the_daily_loss_limit_on(looking: Looking) -> None:
    quiet = looking.at("124.9")
    (told,) = looking.at("126")

    assert quiet == []
    assert told.splitlines() == [
        "📈 paper · paper: +260.00 USD since the day began",
        "Realized 0.00, unrealized +260.00",
        "This is told from 250.00 USD on: half of the daily loss limit. /pnl",
    ]


def test_each_direction_is_told_once_a_day_also_after_a_restart(looking: Looking) -> None:
    for price in ("130", "140", "70", "60", "150"):
        told = looking.at(price)
    looking.begin()
    again = looking.at("150")
    looking.stage.time.move_on(timedelta(days=1).total_seconds())

    assert [each[0] for each in told] == ["📈", "📉"]
    assert again == told


def test_without_a_limit_it_is_told_from_a_share_of_equity_on(looking: Looking) -> None:
    for policy in ask(looking.stage.ledger, policies, looking.stage.boss):
        do(looking.stage.ledger, drop_policy, looking.stage.boss, policy.uid)
    quiet = looking.at("299")
    (told,) = looking.at("301")

    assert quiet == []
    assert "This is told from 2,000.00 USD on: 5 % of equity. /pnl" in told


def test_it_is_told_in_the_users_language(looking: Looking) -> None:
    do(looking.stage.ledger, set_language, looking.stage.boss, "de")
    (told,) = looking.at("50")

    assert told.startswith("📉 paper · paper: -500.00 USD seit Beginn des Tages")


def test_a_day_whose_beginning_nobody_noted_is_not_told(looking: Looking) -> None:
    with looking.stage.ledger.writing() as connection:
        connection.execute(portfolio_days.delete())

    assert looking.at("500") == []
    assert looking.unrealized == [Decimal(4000)]
