"""Which day's rate the FX collector asks for and takes: that of Moscow's today, and none that is long past."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from collectors.fx import Fx
from collectors.source import Deadline
from sandbox.control.client import Sandbox
from tests.collectors.rates import ENOUGH_S, MOSCOW, SOURCES, Clock, everywhere


def at_moscows(fx_clock: Clock, sandbox: Sandbox, hour: int, minute: int) -> None:
    """Set the collector's clock and the Bank of Russia's to a Wednesday's hour in Moscow."""
    fx_clock.at = datetime(2026, 11, 25, hour, minute, tzinfo=MOSCOW).astimezone(UTC)
    sandbox.settings("cbr", skew_s=(fx_clock.at - datetime.now(UTC)).total_seconds())
    sandbox.set_state("cbr", calendar="moscow")


def test_once_moscows_next_day_has_begun_its_rate_is_asked_for(
    make_fx: Callable[..., Fx], sandbox: Sandbox, fx_clock: Clock
) -> None:
    """Before its time is over, since from then on the rate in hand is yesterday's."""
    at_moscows(fx_clock, sandbox, 23, 40)
    fx = make_fx()
    evening = fx.fetch(Deadline(ENOUGH_S))
    fx_clock.advance(minutes=21)

    night = fx.fetch(Deadline(ENOUGH_S))

    assert (evening.valid_for, night.valid_for) == (date(2026, 11, 25), date(2026, 11, 26))
    assert not night.stale


def test_preparing_comes_back_when_moscows_next_day_begins(
    make_fx: Callable[..., Fx], sandbox: Sandbox, fx_clock: Clock
) -> None:
    at_moscows(fx_clock, sandbox, 23, 58)
    fx = make_fx()

    pause_s = fx.prefetch(Deadline(ENOUGH_S))
    fx_clock.advance(seconds=pause_s)
    later_s = fx.prefetch(Deadline(ENOUGH_S))

    assert pause_s == 120
    assert later_s > 50 * 60
    assert fx.fetch(Deadline(0.0)).valid_for == date(2026, 11, 26)


def test_a_young_rate_of_yesterday_is_not_stale_when_nobody_answers(
    make_fx: Callable[..., Fx], sandbox: Sandbox, fx_clock: Clock
) -> None:
    at_moscows(fx_clock, sandbox, 23, 40)
    fx = make_fx()
    fx.fetch(Deadline(ENOUGH_S))
    everywhere(sandbox, "refuse")
    stale = []
    for minutes in (21, 40):
        fx_clock.advance(minutes=minutes)
        stale.append(fx.fetch(Deadline(ENOUGH_S)).stale)

    assert stale == [False, True]


def test_the_rate_of_moscows_today_is_asked_for_when_tomorrows_is_out(
    make_fx: Callable[..., Fx], sandbox: Sandbox, fx_clock: Clock
) -> None:
    fx_clock.at = datetime(2026, 11, 25, 18, tzinfo=MOSCOW).astimezone(UTC)
    sandbox.settings("cbr", skew_s=(fx_clock.at - datetime.now(UTC)).total_seconds())
    sandbox.set_state("cbr", calendar="moscow")

    assert make_fx().fetch(Deadline(ENOUGH_S)).valid_for == date(2026, 11, 25)


@pytest.mark.parametrize(
    ("today", "valid", "stale"),
    [
        ("2026-11-21", "2026-11-16", False),
        ("2026-11-21", "2026-11-15", True),
        ("2027-01-12", "2026-12-31", False),
        ("2027-01-12", "2026-12-30", True),
        ("2027-01-13", "2027-01-08", False),
        ("2027-01-13", "2027-01-07", True),
    ],
)
def test_a_rate_of_a_day_long_past_is_stale(
    make_fx: Callable[..., Fx], sandbox: Sandbox, fx_clock: Clock, *, today: str, valid: str, stale: bool
) -> None:
    """Fault 48: an old one."""
    fx_clock.at = datetime.fromisoformat(f"{today}T09:00:00+03:00").astimezone(UTC)
    for name in SOURCES:
        sandbox.set_state(name, valid_date=valid)

    reading = make_fx().fetch(Deadline(ENOUGH_S))

    assert (reading.valid_for.isoformat(), reading.stale) == (valid, stale)


def test_a_rate_of_a_far_day_to_come_is_refused(make_fx: Callable[..., Fx], sandbox: Sandbox, fx_clock: Clock) -> None:
    sandbox.set_state("cbr", valid_date=(fx_clock() + timedelta(days=30)).date().isoformat())

    assert make_fx().fetch(Deadline(ENOUGH_S)).source == "FRANKFURTER"
