"""The reminder to log in: on Sunday and again until the session is back, to whom it concerns, whatever restarts."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bus.messages.trading import JobDue
from clock.jobs import JOBS
from execution.jobs import Jobs
from execution.watching.logins import slots, sunday_before
from ledger.trading.people.accounts import archive_account
from ledger.trading.people.preferences import set_language
from ledger.trading.tables.flow import jobs
from ledger.trading.tables.people import users
from ledger.trading.work import Work
from tests.execution.watching.gateway import GatewayStage
from tests.ledger.trading.world import account, do, rows

NEW_YORK = ZoneInfo("America/New_York")
SUNDAY = datetime(2026, 11, 29, 15, tzinfo=UTC)
"""Ten in New York, a quarter of a year from any change of clocks."""


class Unheard:
    """A bus on which nobody answers."""

    def publish(self, message: Any) -> None:
        """Drop it."""


def due(gateway: GatewayStage, at: datetime = SUNDAY) -> None:
    """Let the clock say that the reminder is due, as it does every few seconds."""
    board = Jobs(gateway.ledger, Unheard(), {"login": gateway.watching.logins.begin}, time=gateway.time)  # type: ignore[arg-type]
    board.handle(JobDue(job="login", due_at=at, late_after_s=22 * 3600.0))


def sunday(gateway: GatewayStage, at: datetime = SUNDAY, *, hours: float = 0.03, step_s: float = 65) -> None:
    """Let it be that Sunday, and so much of the time after it pass."""
    if gateway.time.now() < at:
        gateway.time.step(at - gateway.time.now())
    until = gateway.time.now() + timedelta(hours=hours)
    while gateway.time.now() < until:
        gateway.passes(step_s, step_s=step_s)
        due(gateway, at)


def keys(gateway: GatewayStage) -> list[str]:
    """Return the reminders."""
    return [text for text in gateway.told() if text.startswith("🔑")]


def made(gateway: GatewayStage) -> list[tuple[str, str, Any]]:
    """Return the rows of the reminders."""
    found = [each for each in rows(gateway.ledger, jobs) if each["job"].startswith("login")]
    return [(each["job"], f"{each['due_at']:%a %H}", each["result_json"]) for each in found]


def test_it_comes_on_sunday_and_again_until_the_session_is_back_though_all_restarts(gateway: GatewayStage) -> None:
    """Fault T21: the weekly login is missing."""
    gateway.opens_account()
    gateway.gateway("silent")
    sunday(gateway)
    first = keys(gateway)
    for _ in range(2):
        gateway.start()
        sunday(gateway, hours=1.1, step_s=600)
    again = keys(gateway)
    gateway.gateway(is_connected=True)
    gateway.looks()
    gateway.gateway("silent")
    gateway.start()
    sunday(gateway, hours=20, step_s=1800)

    assert first == [again[0]]
    assert "log in before the market opens, 2026-11-30 14:30 UTC, or nothing can be ordered there" in first[0]
    assert len(keys(gateway)) == len(again) == 2
    assert made(gateway) == [("login", "Sun 15", {"told": 1}), ("login_again", "Sun 17", {"told": 1})]


def test_a_clock_that_is_put_back_and_forth_reminds_of_nothing_twice(gateway: GatewayStage) -> None:
    """Fault T31."""
    gateway.opens_account()
    gateway.gateway("silent")
    sunday(gateway, hours=2.2, step_s=600)
    for hours in (-2, 2, -2, 2):
        gateway.time.step(timedelta(hours=hours))
        sunday(gateway)

    assert len(keys(gateway)) == len(made(gateway)) == 2


def test_by_day_and_an_hour_before_the_opening_at_the_latest(gateway: GatewayStage) -> None:
    """The reader's nights are quiet: in UTC from ten to eight."""
    gateway.opens_account()
    gateway.gateway("refused")
    sunday(gateway, hours=30, step_s=1800)
    told = [when for _, when, result in made(gateway) if result["told"]]

    assert told == ["Sun 15", "Sun 17", "Sun 19", "Sun 21", "Mon 09", "Mon 11", "Mon 13"]
    assert len(keys(gateway)) == len(told)


def test_where_the_session_is_back_or_never_ended_nothing_is_told(gateway: GatewayStage) -> None:
    gateway.opens_account()
    gateway.gateway(is_connected=True)
    sunday(gateway, hours=3, step_s=1800)

    assert keys(gateway) == []
    assert made(gateway) == [("login", "Sun 15", {"told": 0})]


def test_a_program_that_has_just_started_waits_until_it_knows(gateway: GatewayStage) -> None:
    gateway.opens_account()
    gateway.time.step(SUNDAY - gateway.time.now())
    gateway.start()
    due(gateway)
    unsure = made(gateway)
    gateway.gateway(is_connected=True)
    sunday(gateway)

    assert unsure == []
    assert keys(gateway) == []


def test_who_has_none_there_or_put_it_away_is_not_reminded_and_each_venue_is_told_once(gateway: GatewayStage) -> None:
    alice, _ = gateway.alice()
    gone = gateway.opens_account()
    do(gateway.ledger, archive_account, gateway.boss, gone)
    account(gateway.ledger, gateway.boss, "Coins", is_live=True, broker="BINGX")
    for number in ("U1", "U2"):
        gateway.opens_account(is_live=True, number=number, who=alice)
    sunday(gateway)

    assert len(keys(gateway)) == 1
    assert made(gateway) == [("login", "Sun 15", {"told": 1})]


@pytest.mark.parametrize("code", ["client_id_taken", "wrong_account", "read_only"])
def test_who_is_logged_in_and_suffers_from_something_else_is_not_reminded(gateway: GatewayStage, code: str) -> None:
    gateway.opens_account()
    gateway.gateway(code)
    sunday(gateway)

    assert keys(gateway) == []


@pytest.mark.parametrize(
    ("language", "words"), [("ru", "войдите до открытия рынка"), ("de", "anmelden, bevor die Börse öffnet")]
)
def test_it_is_in_the_readers_language_and_zone(gateway: GatewayStage, language: Any, words: str) -> None:
    gateway.opens_account()
    boss = gateway.boss
    with gateway.ledger.writing() as connection:
        set_language(boss, Work(connection, gateway.time.now()), language)
        connection.execute(users.update().values(timezone="Europe/Berlin"))
    sunday(gateway)

    assert words in keys(gateway)[0]
    assert "2026-11-30 15:30 CET" in keys(gateway)[0]


@pytest.mark.parametrize(
    ("day", "opens"),
    [
        pytest.param(date(2026, 3, 8), "Mon 13:30", id="New York's spring"),
        pytest.param(date(2026, 3, 22), "Mon 13:30", id="between New York's spring and Europe's"),
        pytest.param(date(2026, 3, 29), "Mon 13:30", id="Europe's spring"),
        pytest.param(date(2026, 10, 25), "Mon 13:30", id="Europe's autumn, before New York's"),
        pytest.param(date(2026, 11, 1), "Mon 14:30", id="New York's autumn"),
        pytest.param(date(2026, 1, 18), "Tue 14:30", id="a holiday on Monday"),
    ],
)
def test_the_last_one_is_an_hour_before_the_next_session_in_every_season(day: date, opens: str) -> None:
    """Fault T31."""
    due_at = datetime(day.year, day.month, day.day, 10, tzinfo=NEW_YORK).astimezone(UTC)
    found = slots(due_at)

    assert next(each for each in JOBS if each.name == "login").newest(due_at) == due_at
    assert sunday_before(due_at) == due_at
    assert sunday_before(due_at - timedelta(seconds=1)) < due_at - timedelta(days=6, hours=22)
    assert f"{found[-1] + timedelta(hours=1):%a %H:%M}" == opens
    assert list(found) == sorted(set(found))
    assert {later - before for before, later in pairwise(found[:-1])} == {timedelta(hours=2)}


def test_however_long_the_market_stays_closed_it_ends_after_three_days() -> None:
    closed = [date(2026, 11, 29) + timedelta(days=number) for number in range(500)]

    assert slots(SUNDAY, extra_closed=closed)[-1] == SUNDAY + timedelta(days=3)
