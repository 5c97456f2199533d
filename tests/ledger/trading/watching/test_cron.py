"""Times by cron, in UTC."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from ledger.trading.errors import Invalid
from ledger.trading.watching.cron import checked_cron, next_time

NOW = datetime(2026, 11, 27, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cron", "expected"),
    [
        ("* * * * *", NOW + timedelta(minutes=1)),
        ("30 14 * * *", NOW + timedelta(days=1)),
        ("0 14 * * mon-fri", datetime(2026, 11, 30, 14, 0, tzinfo=UTC)),
        ("0 0 29 2 *", datetime(2028, 2, 29, tzinfo=UTC)),
    ],
)
def test_the_next_time_is_after_this_moment(cron: str, expected: datetime) -> None:
    assert next_time(cron, now=NOW) == expected


def test_seconds_and_zones_of_the_moment_change_nothing() -> None:
    tokyo = timezone(timedelta(hours=9))
    moments = [NOW, NOW + timedelta(seconds=59, microseconds=999_999), NOW.astimezone(tokyo)]

    assert {next_time("* * * * *", now=now) for now in moments} == {NOW + timedelta(minutes=1)}


def test_an_expression_is_written_with_one_space_between_fields() -> None:
    assert checked_cron("  0  14 * *   mon-fri ") == "0 14 * * mon-fri"


@pytest.mark.parametrize(
    "cron",
    ["", "@daily", "0 0 * * * *", "60 * * * *", "R * * * *", "H * * * *", "0 0 30 2 *", "0 0 29 2 sun#1", "a b c d e"],
)
def test_what_is_no_time_or_never_comes_is_refused(cron: str) -> None:
    with pytest.raises(Invalid, match="cron expression"):
        checked_cron(cron)


def test_an_expression_that_cannot_be_kept_is_refused() -> None:
    with pytest.raises(Invalid, match="207 signs are too many"):
        checked_cron(",".join(["1"] * 100) + " * * * *")
