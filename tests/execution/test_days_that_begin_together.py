"""What a portfolio is worth when its day begins is noted once its prices are known, whatever else begins with it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from execution.day_starts import DayStarts
from ledger.inbox.opening import open_inbox
from ledger.store import open_ledger
from ledger.trading.tables.flow import portfolio_days
from tests.execution.signals_desk.stage import AAPL, BTC, Stage
from tests.ledger.conftest import each_url, migrated, postgresql, url
from tests.ledger.trading.world import rows

__all__ = ["each_url", "migrated", "postgresql", "url"]
UTC_DAY = datetime(2026, 11, 28, tzinfo=UTC)
NEW_YORKS = datetime(2026, 11, 28, 5, tzinfo=UTC)


@pytest.fixture
def stage(each_url: str) -> Iterator[Stage]:
    """Give both desks, started."""
    with open_ledger(each_url) as books, open_inbox(each_url) as inbox:
        yield Stage(books, inbox)


def noted(stage: Stage) -> list[Decimal]:
    """Return what was unrealized when the noted days began, the oldest first."""
    found = sorted(rows(stage.ledger, portfolio_days), key=lambda each: str(each["began_at"]))
    return [each["unrealized_pnl"] for each in found if each["unrealized_pnl"] is not None]


def pass_seconds(stage: Stage, days: DayStarts, seconds: int) -> None:
    """Let time pass, with turns in it."""
    for _ in range(seconds):
        stage.passes(1)
        days.turn()


def test_what_is_unrealized_is_rounded_to_what_a_column_holds(stage: Stage) -> None:
    for price in ("100", "101", "103"):
        stage.venue.prices[BTC] = Decimal(price)
        stage.arrives()
        stage.passes(6)
    stage.venue.prices[BTC] = Decimal("107.77")
    days = DayStarts(stage.ledger, stage.link, time=stage.time)
    days.begin(UTC_DAY)
    pass_seconds(stage, days, 3)
    [unrealized] = noted(stage)[-1:]

    assert days.begin(UTC_DAY) == {}
    assert unrealized > 0


def test_two_days_that_begin_at_once_are_both_noted_though_nobody_quotes_a_share(stage: Stage) -> None:
    stage.arrives(symbol="AAPL")
    stage.passes(3)
    del stage.venue.prices[AAPL]
    stage.passes(10)
    days = DayStarts(stage.ledger, stage.link, time=stage.time)
    ended: list[bool] = []
    for _ in range(3):
        ended = [days.begin(at) == {} for at in (UTC_DAY, NEW_YORKS)]
        days.turn()
        stage.passes(5)

    assert ended == [True, True]
    assert {UTC_DAY, NEW_YORKS} <= {each["began_at"] for each in rows(stage.ledger, portfolio_days)}
