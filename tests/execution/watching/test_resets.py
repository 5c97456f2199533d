"""When a venue may be away without anything being wrong: by the wall clock of its own zone, whatever the season."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from execution.venues import RULES, rule_of
from execution.watching.resets import Window, quiet_until

NEW_YORK = ZoneInfo("America/New_York")
[WINDOWS] = [each.resets for each in RULES.values() if each.resets]


def new_york(month: int, day: int, hour: int, minute: int = 0, fold: int = 0) -> datetime:
    """Return a moment of 2026 in New York."""
    return datetime(2026, month, day, hour, minute, tzinfo=NEW_YORK, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "until"),
    [
        pytest.param(new_york(12, 1, 23, 39), None, id="before"),
        pytest.param(new_york(12, 1, 23, 40), new_york(12, 2, 1, 50), id="begins"),
        pytest.param(new_york(12, 1, 23, 45), new_york(12, 2, 1, 50), id="nightly restart"),
        pytest.param(new_york(12, 2, 1, 49), new_york(12, 2, 1, 50), id="after midnight"),
        pytest.param(new_york(12, 2, 1, 50), None, id="over"),
        pytest.param(new_york(12, 4, 22, 59), None, id="Friday"),
        pytest.param(new_york(12, 4, 23), new_york(12, 5, 3), id="weekend begins"),
        pytest.param(new_york(12, 4, 23, 50), new_york(12, 5, 3), id="both, the later end"),
        pytest.param(new_york(12, 5, 2, 59), new_york(12, 5, 3), id="Saturday"),
        pytest.param(new_york(12, 5, 3), None, id="weekend over"),
        pytest.param(new_york(12, 5, 23), None, id="no Friday"),
        pytest.param(new_york(7, 1, 0), new_york(7, 1, 1, 50), id="summer"),
        pytest.param(new_york(3, 8, 1, 49), new_york(3, 8, 1, 50), id="New York's spring"),
        pytest.param(new_york(3, 8, 3, 10), None, id="after New York's spring"),
        pytest.param(new_york(3, 20, 0), new_york(3, 20, 1, 50), id="between New York's spring and Europe's"),
        pytest.param(new_york(3, 29, 0), new_york(3, 29, 1, 50), id="Europe's spring"),
        pytest.param(new_york(10, 25, 0), new_york(10, 25, 1, 50), id="Europe's autumn"),
        pytest.param(new_york(10, 28, 0), new_york(10, 28, 1, 50), id="between Europe's autumn and New York's"),
        pytest.param(
            new_york(11, 1, 1, 49, fold=1), new_york(11, 1, 1, 50, fold=1), id="New York's hour that is twice"
        ),
        pytest.param(new_york(11, 1, 1, 50, fold=1), None, id="after it"),
    ],
)
def test_a_reset_is_by_the_wall_clock_of_its_zone(at: datetime, until: datetime | None) -> None:
    """Fault T31."""
    assert quiet_until(WINDOWS, at) == until


@pytest.mark.parametrize("month", [1, 3, 7, 11])
def test_of_a_day_without_a_weekend_two_hours_and_ten_minutes_are_quiet(month: int) -> None:
    noon = new_york(month, 11, 12)
    quiet = sum(quiet_until(WINDOWS, noon + timedelta(minutes=minute)) is not None for minute in range(24 * 60))

    assert quiet == 130


def test_what_knows_no_resets_is_never_quiet() -> None:
    assert rule_of("PAPER").resets == ()
    assert quiet_until((), new_york(12, 1, 23, 45)) is None


def test_a_window_within_a_day_ends_on_that_day() -> None:
    window = Window(begins=time(6, 25), ends=time(7, 45), zone="Europe/Berlin", days=frozenset({0}))
    monday = datetime(2026, 11, 30, 6, 30, tzinfo=ZoneInfo("Europe/Berlin"))

    assert quiet_until([window], monday) == monday.replace(hour=7, minute=45)
    assert quiet_until([window], monday + timedelta(days=1)) is None
