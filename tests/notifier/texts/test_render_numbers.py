"""Numbers, ages, marks and the rate as the message prints them."""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.messages.rounds import Rate, Snapshot
from notifier.pages.why import why_page
from notifier.texts.message import View, render
from notifier.texts.rate import earlier_day
from tests.golden_messages import (
    BYBIT,
    CLOSED_AT,
    IBKR,
    LAST_AT,
    LAST_RATE,
    OKX,
    RATE,
    TBANK,
    VIEW,
    answers,
    answers_with,
    balance,
    close,
    last_known,
)

replace = msgspec.structs.replace

WITHOUT_BREAKDOWN = """\
T\u2011Bank (RUB): 1,234,567 ₽
IBKR NLV (USD): $12,345.67
Crypto (USD): $8,901.23

TOTAL (USD): $34,619.59
TOTAL (RUB): 3,196,081 ₽  (rate: 92.32 RUB/USD, 2026-02-11 09:55)"""

NO_BREAKDOWN = replace(VIEW, include_crypto_breakdown=False)


def line(snapshot: Snapshot, start: str) -> str:
    """Return the message's line that starts so."""
    return next(line for line in render(snapshot, VIEW).splitlines() if line.startswith(start))


@pytest.mark.parametrize(
    ("age", "text"),
    [
        (timedelta(seconds=59), "0 min ago"),
        (timedelta(minutes=12, seconds=59), "12 min ago"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(hours=1), "1 h ago"),
        (timedelta(hours=23, minutes=59, seconds=59), "23 h ago"),
    ],
)
def test_ages_are_minutes_under_an_hour_and_whole_hours_above(age: timedelta, text: str) -> None:
    known = {"ibkr": balance(IBKR, fetched_at=CLOSED_AT - age)}

    assert (
        line(close(answers(failed=["ibkr"]), known=known), "TOTAL (USD)") == f"TOTAL (USD): ≈ $34,619.59  (IBKR {text})"
    )


def test_a_last_known_value_of_24_hours_is_not_told() -> None:
    known = {"ibkr": balance(IBKR, fetched_at=CLOSED_AT - timedelta(hours=24))}

    assert line(close(answers(failed=["ibkr"]), known=known), "IBKR") == "IBKR NLV (USD): ERROR (timeout)"


def test_without_the_breakdown_the_bracket_is_dropped() -> None:
    assert render(close(answers()), NO_BREAKDOWN) == WITHOUT_BREAKDOWN


@pytest.mark.parametrize(
    "snapshot",
    [
        close(answers(failed=["okx"])),
        close(answers(failed=["okx"]), known=last_known(OKX)),
        close(answers_with(replace(balance(BYBIT), covers="trading only"))),
        close(answers(failed=["bybit", "okx"])),
    ],
)
def test_a_bracket_that_carries_a_failure_or_a_mark_stays(snapshot: Snapshot) -> None:
    assert render(snapshot, NO_BREAKDOWN) == render(snapshot, VIEW)


def test_less_than_the_whole_account_is_said_behind_the_amount() -> None:
    snapshot = close(
        answers_with(replace(balance(BYBIT), covers="trading only"), replace(balance(TBANK), covers="1 of 2 accounts"))
    )

    assert line(snapshot, "Crypto") == "Crypto (USD): $8,901.23  [Bybit $5,000.00 (trading only) | OKX $3,901.23]"
    assert line(snapshot, "T") == "T\u2011Bank (RUB): 1,234,567 ₽ (1 of 2 accounts)"


def test_an_older_close_is_said_behind_the_amount_and_inside_a_last_known_one() -> None:
    old = replace(balance(IBKR, fetched_at=LAST_AT), close_of=date(2026, 2, 6))

    assert line(close(answers_with(old)), "IBKR") == "IBKR NLV (USD): $12,345.67  (close of 2026-02-06)"
    assert (
        line(close(answers(failed=["ibkr"]), known={"ibkr": old}), "IBKR")
        == "IBKR NLV (USD): ERROR (timeout), last $12,345.67 (close of 2026-02-06), 5 h ago"
    )


def test_an_older_close_inside_a_bracket_stays_with_its_amount() -> None:
    old = replace(balance(OKX), close_of=date(2026, 2, 6))

    assert (
        line(close(answers_with(old)), "Crypto")
        == "Crypto (USD): $8,901.23  [Bybit $5,000.00 | OKX $3,901.23 (close of 2026-02-06)]"
    )


def test_a_number_that_jumped_is_marked_in_its_line_its_group_and_both_totals() -> None:
    snapshot = close(answers())
    jumped = replace(snapshot, parts=tuple(replace(part, check=part.platform is OKX) for part in snapshot.parts))

    assert (
        render(jumped, NO_BREAKDOWN)
        == """\
T\u2011Bank (RUB): 1,234,567 ₽
IBKR NLV (USD): $12,345.67
Crypto (USD): $8,901.23 ⚠ check  [Bybit $5,000.00 | OKX $3,901.23 ⚠ check]

TOTAL (USD): $34,619.59 ⚠ check
TOTAL (RUB): 3,196,081 ₽ ⚠ check  (rate: 92.32 RUB/USD, 2026-02-11 09:55)"""
    )


def test_negative_amounts_have_their_sign_in_front() -> None:
    said = answers_with(
        balance(TBANK, "-1234"), balance(IBKR, "-1234.56"), balance(BYBIT, "-0.004"), balance(OKX, "-0.005")
    )

    assert (
        render(close(said), VIEW)
        == """\
T\u2011Bank (RUB): -1,234 ₽
IBKR NLV (USD): -$1,234.56
Crypto (USD): -$0.01  [Bybit $0.00 | OKX -$0.01]

TOTAL (USD): -$1,247.94
TOTAL (RUB): -115,210 ₽  (rate: 92.32 RUB/USD, 2026-02-11 09:55)"""
    )


def test_a_zero_that_the_platform_said_is_a_zero() -> None:
    """Fault 47: a zero that was said."""
    assert line(close(answers_with(balance(IBKR, "0"))), "IBKR") == "IBKR NLV (USD): $0.00"


@pytest.mark.parametrize(
    ("rate", "shown"),
    [("92", "92.00"), ("92.3", "92.30"), ("92.321", "92.321"), ("92.32105", "92.3211"), ("92.320049", "92.32")],
)
def test_the_rate_has_two_to_four_decimals(rate: str, shown: str) -> None:
    snapshot = close(answers_with(replace(RATE, rate=Decimal(rate))))

    assert line(snapshot, "TOTAL (RUB)").endswith(f"(rate: {shown} RUB/USD, 2026-02-11 09:55)")


@pytest.mark.parametrize(
    ("rate", "note"),
    [
        (replace(RATE, stale=True), "2026-02-11 09:55 STALE"),
        (replace(RATE, unconfirmed=True), "2026-02-11 09:55 UNCONFIRMED"),
        (replace(RATE, valid_for=date(2026, 2, 9)), "2026-02-11 09:55, for 2026-02-09"),
        (
            replace(RATE, stale=True, unconfirmed=True, valid_for=date(2026, 2, 9)),
            "2026-02-11 09:55 STALE UNCONFIRMED, for 2026-02-09",
        ),
    ],
)
def test_the_rate_says_whether_it_is_stale_unconfirmed_or_of_another_day(rate: Rate, note: str) -> None:
    """Fault 48: the marks."""
    snapshot = close(answers_with(rate))

    assert line(snapshot, "TOTAL (RUB)") == f"TOTAL (RUB): 3,196,081 ₽  (rate: 92.32 RUB/USD, {note})"


PARIS, LOS_ANGELES, KATHMANDU = (ZoneInfo(name) for name in ("Europe/Paris", "America/Los_Angeles", "Asia/Kathmandu"))


@pytest.mark.parametrize(
    ("zone", "closed_at", "day"),
    [
        (PARIS, datetime(2026, 2, 11, 20, 59, tzinfo=UTC), ""),
        (PARIS, datetime(2026, 2, 11, 21, 30, tzinfo=UTC), ", for 2026-02-11"),  # in Moscow it is the 12th
        (LOS_ANGELES, datetime(2026, 2, 12, 2, 0, tzinfo=UTC), ", for 2026-02-11"),  # and still the 11th at home
        (LOS_ANGELES, datetime(2026, 2, 11, 9, 0, tzinfo=UTC), ""),  # the 11th in Moscow, the 11th at home
        (LOS_ANGELES, datetime(2026, 2, 11, 5, 0, tzinfo=UTC), ""),  # the 11th in Moscow, the 10th at home
        (KATHMANDU, datetime(2026, 2, 11, 18, 14, tzinfo=UTC), ""),
        (KATHMANDU, datetime(2026, 2, 11, 18, 15, tzinfo=UTC), ", for 2026-02-11"),  # midnight there, 21:15 in Moscow
        (UTC, datetime(2026, 2, 10, 21, 30, tzinfo=UTC), ""),  # the 11th in Moscow, not yet here
        (UTC, datetime(2026, 2, 10, 12, 0, tzinfo=UTC), ""),  # tomorrow's rate, told the day before
        (PARIS, datetime(2026, 3, 29, 1, 30, tzinfo=UTC), ", for 2026-02-11"),
    ],
)
def test_a_rates_day_is_told_only_when_it_is_before_today_here_and_in_moscow(
    zone: tzinfo, closed_at: datetime, day: str
) -> None:
    snapshot = replace(close(answers_with(replace(RATE, valid_for=date(2026, 2, 11)))), closed_at=closed_at)
    total = next(line for line in render(snapshot, View(timezone=zone)).splitlines() if line.startswith("TOTAL (RUB)"))
    page = why_page(snapshot, platform="fx", zone=zone, language="en")

    assert re.sub(r", \d{4}-\d\d-\d\d \d\d:\d\d", "", total) == f"TOTAL (RUB): 3,196,081 ₽  (rate: 92.32 RUB/USD{day})"
    assert ("For 2026-02-11, fetched" in page) is bool(day)


@given(
    closed_at=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds
    valid_for=st.dates(date(2025, 12, 1), date(2027, 2, 1)),
    zone=st.sampled_from([PARIS, LOS_ANGELES, KATHMANDU, UTC]),
)
def test_no_rates_day_that_is_told_is_ever_in_the_future(closed_at: datetime, valid_for: date, zone: tzinfo) -> None:
    told = earlier_day(replace(RATE, valid_for=valid_for), closed_at, zone)

    assert told in {None, valid_for}
    assert told is None or told <= closed_at.astimezone(zone).date()


def test_yesterdays_rate_says_for_which_day_it_was() -> None:
    yesterday = replace(LAST_RATE, valid_for=date(2026, 2, 10), fetched_at=CLOSED_AT - timedelta(hours=20))
    snapshot = close(answers(failed=["fx"]), known_rate=yesterday)

    assert line(snapshot, "TOTAL (RUB)").endswith("(rate: 92.32 RUB/USD, 2026-02-10 14:00 STALE, for 2026-02-10)")


def test_the_last_known_rate_is_stale_and_shows_when_it_was_fetched() -> None:
    snapshot = close(answers(failed=["fx", "ibkr"]), known_rate=LAST_RATE)

    assert (
        line(snapshot, "TOTAL (RUB)")
        == "TOTAL (RUB): ≥ 2,056,329 ₽  (rate: 92.32 RUB/USD, 2026-02-11 04:01 STALE; without IBKR)"
    )
