"""Five weeks of trading in false time, on either ledger: the invariants T1 to T6.

They have the end of summer time in Europe and in New York, a holiday and a half day in them. A seed makes everything
happen again; others, or more of them: TRADING_MONTH_SEEDS=1,2,3.
"""

import logging
import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from execution import desks
from execution.watching.syncs import JOB
from ledger.inbox.opening import open_inbox
from ledger.store import Ledger, open_ledger
from ledger.trading.books import self_check
from ledger.trading.flow.states import ENDED
from ledger.trading.orders.states import OPEN
from ledger.trading.principal import SYSTEM
from ledger.trading.tables.catalogue import instruments
from ledger.trading.tables.flow import halts, jobs, signals, trading_requests
from ledger.trading.tables.trading import orders, positions, trades
from ledger.trading.work import Work
from tests.execution.month import DAYS, NEW_YORK, START, TROUBLES, Month
from tests.execution.month_venue import is_share
from tests.ledger.conftest import each_url, migrated, postgresql, url
from tests.ledger.trading.world import rows

__all__ = ["each_url", "migrated", "postgresql", "url"]
pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]
SEEDS = [int(each) for each in os.environ.get("TRADING_MONTH_SEEDS", "42").split(",")]
CLOCK: tuple[tuple[str, time, Any], ...] = (
    ("day_start", time(0), UTC),
    ("day_start_new_york", time(0), NEW_YORK),
    ("market_open", time(9, 30), NEW_YORK),
    ("daily_report", time(13, 5), NEW_YORK),
    ("daily_report", time(16, 5), NEW_YORK),
    ("retention", time(3, 10), UTC),
    ("nightly_sync", time(3, 50), UTC),
    ("self_check", time(4, 30), UTC),
    ("login", time(10), NEW_YORK),
)
"""When each job is due, on the days on which it is."""
WEEKDAYS = {"market_open": range(5), "daily_report": range(5), "login": (6,)}
"""Of jobs that are not due each day: on which weekdays they are, Monday being 0."""
CLOSED = {date(2026, 11, 26)}
HALF_DAYS = {date(2026, 11, 27)}


class InProcess:
    """The nightly look through the books, as its child does it, without the child."""

    ledger: Ledger
    found: list[bool]

    def __init__(self, _module: str, _url: str, *, time: Any) -> None:
        """Know the clocks."""
        self._time = time

    def begin(self, due_at: datetime) -> None:
        """Look, and write the job's row."""
        with self.ledger.reading() as connection:
            found = self_check.check(SYSTEM, connection)
        with self.ledger.writing() as connection:
            self_check.record(SYSTEM, Work(connection, self._time.now()), found, due_at=due_at)
        self.found.append(found.is_well)


@pytest.fixture(params=SEEDS)
def lived(request: pytest.FixtureRequest, each_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Month]:
    """Live the month."""
    monkeypatch.setattr(desks, "Child", InProcess)
    logging.disable()  # pytest would keep every line
    try:
        with open_ledger(each_url) as ledger, open_inbox(each_url) as inbox:
            InProcess.ledger, InProcess.found = ledger, []
            month = Month(ledger, inbox, request.param)
            month.live()
            yield month
    finally:
        logging.disable(logging.NOTSET)


def test_after_a_month_of_trading_and_troubles_the_books_are_right(lived: Month) -> None:
    """Faults T42, and T1 to T6: every invariant, of one month."""
    with lived.ledger.reading() as connection:
        found = self_check.check(SYSTEM, connection)

    assert len(set(lived.played)) >= len(TROUBLES)
    assert ends_missing(lived) == []
    assert orders_doubled(lived) == []
    assert executions_differ(lived) == []
    assert found.is_well
    assert all(InProcess.found)
    assert books(lived) == {each.symbol + each.asset_type: n for each, n in lived.venue.held.items() if n}
    assert passed_while_halted(lived) == []
    assert heard_while_closed(lived) == []
    assert jobs_not_once(lived) == []


def ends_missing(month: Month) -> list[str]:
    """Return what was accepted, and has no end; a person's wishes too."""
    states = {each["inbox_uid"]: each["state"] for each in rows(month.ledger, signals)}
    wishes = [each["uid"] for each in rows(month.ledger, trading_requests) if each["state"] in {"WAITING", "WORKING"}]
    working = [
        each["client_order_id"]
        for each in rows(month.ledger, orders)
        if each["status"] in OPEN and each["leg"] in {"ENTRY", "EXIT"}
    ]
    return [uid for uid in month.accepted if states.get(uid) not in ENDED] + wishes + working


def orders_doubled(month: Month) -> list[str]:
    """Return the orders at the venue that are no intent's, and the intents that a signal has twice."""
    made = rows(month.ledger, orders)
    known = {each["client_order_id"] for each in made}
    opened = Counter(each["signal_id"] for each in made if each["leg"] == "ENTRY")
    return [*(month.venue.booked.keys() - known), *(f"signal {uid}" for uid, count in opened.items() if count > 1)]


def executions_differ(month: Month) -> list[str]:
    """Return the executions that are not one row each, and those that are nowhere at the venue."""
    rowed = Counter(each["broker_trade_id"] for each in rows(month.ledger, trades))
    made = Counter(each.broker_trade_id for each in month.venue.fills_now())
    return [name for name in rowed.keys() | made.keys() if (rowed[name], made[name]) != (1, 1)]


def books(month: Month) -> dict[str, Decimal]:
    """Return what the ledger holds, over all strategies."""
    known = {each["id"]: each["symbol"] + each["asset_type"] for each in rows(month.ledger, instruments)}
    held: dict[str, Decimal] = defaultdict(Decimal)
    for each in rows(month.ledger, positions):
        held[known[each["instrument_id"]]] += each["quantity"]
    return {name: quantity for name, quantity in held.items() if quantity}


def passed_while_halted(month: Month) -> list[str]:
    """Return the openings that the venue first heard in a halt, after all that was sent before it."""
    windows = [
        (each["confirmed_at"] or each["created_at"] + timedelta(seconds=8), each["lifted_at"])
        for each in rows(month.ledger, halts)
    ]
    openings = {each["client_order_id"] for each in rows(month.ledger, orders) if each["leg"] == "ENTRY"}
    return [
        name
        for name, at in month.venue.heard.items()
        for begins, ends in windows
        if name in openings and begins < at < ends
    ]


def heard_while_closed(month: Month) -> list[str]:
    """Return the openings of shares that the venue first heard outside of New York's sessions.

    A closing that was written in time is said until it is heard, even after the close.
    """
    found = []
    for name, booked in month.venue.booked.items():
        at = month.venue.heard[name].astimezone(NEW_YORK)
        closes = time(13) if at.date() in HALF_DAYS else time(16)
        is_open = at.weekday() < 5 and at.date() not in CLOSED and time(9, 30) <= at.time() < closes
        if is_share(booked.order.instrument) and booked.order.leg == "ENTRY" and not is_open:
            found.append(f"{name} at {at}")
    return found


def jobs_not_once(month: Month) -> list[str]:
    """Return the instants of the clock's jobs that are not one row with an end, by a calendar of the test's own."""
    wanted = []
    for name, wall, zone in CLOCK:
        days = [START.date() + timedelta(days=number) for number in range(DAYS)]
        due = (datetime.combine(each, wall, zone).astimezone(UTC) for each in days)
        wanted += [(name, at) for at in due if at.weekday() in WEEKDAYS.get(name, range(7))]
    ends = {"DONE", "MISSED"}
    made = Counter(
        (each["job"], each["due_at"])
        for each in rows(month.ledger, jobs)
        if each["state"] in ends and each["job"] != JOB
    )
    lies_within = {key: count for key, count in made.items() if START <= key[1] < START + timedelta(days=DAYS)}
    return [f"{name} {at}" for name, at in wanted if lies_within.pop((name, at), 0) != 1] + [
        f"{name} {at} was not due" for name, at in lies_within
    ]
