"""What a snapshot is compared with, found in a real ledger."""

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bus.messages.rounds import Snapshot
from ledger.migrate import migrate
from ledger.portfolio import history, rounds
from ledger.portfolio.history import Day
from ledger.store import Ledger, open_ledger
from notifier.commands.comparisons import earlier_of, month_before
from notifier.pages.change import Earlier
from tests.ledger.rows import HOURS, SLOT, summed

PARIS = ZoneInfo("Europe/Paris")
TODAY = date(2026, 2, 11)
DAYS = timedelta(days=1)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a ledger by its migrations."""
    path = tmp_path_factory.mktemp("ledger") / "empty.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def ledger(empty: Path, tmp_path: Path) -> Iterator[Ledger]:
    """Give an open, empty ledger."""
    shutil.copy(empty, tmp_path / "portfolio.db")
    with open_ledger(f"sqlite:///{tmp_path}/portfolio.db") as opened:
        yield opened


def put(ledger: Ledger, *snapshots: Snapshot) -> None:
    """Write rounds."""
    for each in snapshots:
        rounds.record(ledger, each, (), zone=PARIS)


def imported(day: date) -> Day:
    """Return a day from elsewhere."""
    return Day(day=day, usd=Decimal("1.00"), rub=Decimal("90.00"))


def test_a_snapshot_is_compared_with_the_slot_before_and_what_stands_for_the_days_before(ledger: Ledger) -> None:
    newest, before, evening = summed(SLOT), summed(SLOT - 2 * HOURS, mark="≥"), summed(SLOT - 14 * HOURS)
    week, month = imported(TODAY - 7 * DAYS), summed(SLOT - 31 * DAYS)
    put(ledger, newest, before, evening, summed(SLOT - 16 * HOURS), month)
    history.import_days(ledger, [week])

    assert earlier_of(ledger, newest, PARIS) == (
        Earlier(since="slot", at=before.scheduled_for, known=before),
        Earlier(since="yesterday", at=evening.scheduled_for, known=evening),
        Earlier(since="week", at=week.day, known=week),
        Earlier(since="month", at=month.scheduled_for, known=month),
    )


def test_where_there_is_nothing_the_day_that_was_looked_for_is_named(ledger: Ledger) -> None:
    put(ledger, summed(SLOT))

    assert earlier_of(ledger, summed(SLOT), PARIS) == (
        Earlier(since="slot"),
        Earlier(since="yesterday", at=TODAY - DAYS),
        Earlier(since="week", at=TODAY - 7 * DAYS),
        Earlier(since="month", at=date(2026, 1, 11)),
    )


@pytest.mark.parametrize(("older", "found"), [(3, True), (4, False)])
def test_a_day_without_a_number_is_stood_for_by_one_up_to_three_days_older(
    ledger: Ledger, older: int, *, found: bool
) -> None:
    near = imported(TODAY - (7 + older) * DAYS)
    history.import_days(ledger, [near])
    week = earlier_of(ledger, summed(SLOT), PARIS)[2]

    assert week == (
        Earlier(since="week", at=near.day, known=near) if found else Earlier(since="week", at=TODAY - 7 * DAYS)
    )


def test_a_round_that_was_asked_for_is_compared_with_the_slot_before_it(ledger: Ledger) -> None:
    asked = summed(SLOT + HOURS, asked="now-1")
    put(ledger, summed(SLOT), summed(SLOT + HOURS / 2, asked="now-0"), asked)

    assert earlier_of(ledger, asked, PARIS)[0] == Earlier(since="slot", at=SLOT, known=summed(SLOT))


def test_yesterday_is_the_owners(ledger: Ledger) -> None:
    """At 23:30 UTC it is tomorrow in Paris, so the day that has just ended is yesterday."""
    newest = summed(datetime(2026, 2, 11, 23, 30, tzinfo=UTC))
    put(ledger, summed(SLOT), newest)

    assert earlier_of(ledger, newest, PARIS)[1] == Earlier(since="yesterday", at=SLOT, known=summed(SLOT))


@pytest.mark.parametrize(
    ("day", "before"),
    [
        (date(2026, 3, 31), date(2026, 2, 28)),
        (date(2028, 3, 30), date(2028, 2, 29)),
        (date(2026, 1, 15), date(2025, 12, 15)),
        (date(2026, 5, 31), date(2026, 4, 30)),
    ],
)
def test_a_month_ago_is_the_same_day_or_the_months_last(day: date, before: date) -> None:
    assert month_before(day) == before
