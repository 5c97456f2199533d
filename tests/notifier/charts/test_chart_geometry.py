"""What a chart shows where, without drawing it; and what may be typed behind /chart."""

import math
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.charts.amounts import ticks_as_text
from notifier.charts.geometry import amount_range, amount_ticks, extremes, marked, moment_range, moment_ticks, runs
from notifier.charts.request import USAGE, Span, WrongArguments, chart_request, first_day, since
from notifier.texts.amounts import money
from tests.notifier.charts.chart_points import DAY, NOW, dots

PARIS = ZoneInfo("Europe/Paris")
AMOUNTS = st.floats(min_value=-1e15, max_value=1e15).map(lambda amount: round(amount, 2))


@pytest.mark.parametrize(
    ("said", "lengths"),
    [
        (["1", "2", "3"], [3]),
        (["1", "2", "≥1", "3", "4"], [2, 2]),
        (["1", "≈1", "2"], [1, 1]),
        (["1", "ERROR", "2", "3"], [1, 2]),
        (["≥1", "≈1", "ERROR"], []),
        (["≥1", "5"], [1]),
    ],
)
def test_the_line_joins_complete_neighbours_and_breaks_at_anything_else(said: list[str], lengths: list[int]) -> None:
    assert [len(piece) for piece in runs(dots(said))] == lengths


def test_dots_without_an_amount_are_not_drawn_as_marks() -> None:
    drawn = dots(["1", "≥2", "ERROR", "≈3"])

    assert marked(drawn) == (drawn[1], drawn[3])


def test_extremes_are_of_complete_dots_only_and_there_are_none_on_a_flat_line() -> None:
    drawn = dots(["≥1", "5", "7", "7", "≈9"])

    assert extremes(drawn) == (drawn[1], drawn[2])
    assert extremes(dots(["5", "5", "≥1"])) is None


def test_zero_and_equal_amounts_have_a_range_of_their_own() -> None:
    assert amount_range([0.0, 0.0]) == pytest.approx((-0.7, 0.7))
    assert amount_range([5000.0]) == pytest.approx((4986, 5014))


@given(st.lists(AMOUNTS, min_size=1, max_size=20))
def test_every_amount_lies_within_the_range_and_a_few_marks_do_too(amounts: list[float]) -> None:
    low, high = amount_range(amounts)
    ticks = amount_ticks(low, high)

    assert low < min(amounts) <= max(amounts) < high
    assert 2 <= len(ticks) <= 5
    assert all(low <= tick <= high or math.isclose(tick, low) or math.isclose(tick, high) for tick in ticks)
    assert len(set(ticks_as_text(ticks, "USD"))) == len(ticks)


def test_the_axis_does_not_begin_at_zero_for_amounts_far_from_it() -> None:
    assert amount_range([34_000.0, 35_000.0])[0] > 33_000


@given(
    st.datetimes(min_value=datetime(2001, 1, 1), max_value=datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(min_value=0, max_value=60 * 24 * 365 * 30),
)
def test_there_are_a_few_moments_in_order_and_within(first: datetime, minutes: int) -> None:
    last = first + timedelta(minutes=minutes)
    ticks = moment_ticks(first, last, PARIS, language="ru")
    at = [tick for tick, _ in ticks]

    assert len(ticks) <= 13
    assert at == sorted(at)
    assert all(first <= tick <= last for tick in at)
    assert at or last - first < timedelta(days=40)


@pytest.mark.parametrize(
    ("days", "texts"),
    [
        (0, ["11 Feb, 10:00"]),
        (0.5, ["00:00", "03:00", "06:00", "09:00"]),
        (7, ["5 Feb", "7 Feb", "9 Feb", "11 Feb"]),
        (30, ["14 Jan", "21 Jan", "28 Jan", "4 Feb", "11 Feb"]),
        (150, ["Oct 2025", "Nov 2025", "Dec 2025", "Jan 2026", "Feb 2026"]),
        (365, ["Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "2026", "Feb"]),
        (500, ["Jan 2025", "Jul 2025", "Jan 2026"]),
        (365 * 5, ["2022", "2024", "2026"]),
    ],
)
def test_moments_are_told_in_the_zone_as_the_stretch_asks_for(days: float, texts: list[str]) -> None:
    ticks = moment_ticks(NOW - DAY * days, NOW, PARIS, language="en")

    assert [text for _, text in ticks] == texts


def test_a_single_moment_has_room_on_both_sides() -> None:
    assert moment_range(NOW, NOW) == (NOW - timedelta(hours=6), NOW + timedelta(hours=6))


@pytest.mark.parametrize(
    ("ticks", "currency", "texts"),
    [
        ([33_000.0, 34_000.0, 35_000.0], "USD", ["$33k", "$34k", "$35k"]),
        ([34_500.0, 35_000.0], "USD", ["$34.5k", "$35.0k"]),
        ([34_619.0, 34_620.0], "USD", ["$34,619", "$34,620"]),
        ([-0.5, 0.0, 0.5], "USD", ["-$0.50", "$0.00", "$0.50"]),
        ([-1000.0, -500.0], "USD", ["-$1,000", "-$500"]),
        ([3_195_000.0, 3_200_000.0], "RUB", ["3.195M ₽", "3.200M ₽"]),
        ([9e14, 1e15], "RUB", ["900T ₽", "1,000T ₽"]),
    ],
)
def test_marks_of_the_axis_are_short_and_tell_each_other_apart(
    ticks: list[float], currency: str, texts: list[str]
) -> None:
    assert ticks_as_text(ticks, "USD" if currency == "USD" else "RUB") == texts


def test_money_looks_as_in_the_message() -> None:
    amount = Decimal("34619.594")

    assert money(amount, "USD") == "$34,619.59"
    assert money(-amount, "RUB") == "-34,620 ₽"
    assert money(amount, "USD", signed=True) == "+$34,619.59"
    assert money(Decimal("0.001"), "USD", signed=True) == "$0.00"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", ("30d", "USD")),
        ("7D", ("7d", "USD")),
        ("rub", ("30d", "RUB")),
        ("RUB 1Y", ("1y", "RUB")),
        ("all $", ("all", "USD")),
        ("90d ₽", ("90d", "RUB")),
    ],
)
def test_span_and_currency_are_read_in_any_order_and_case(typed: str, meant: tuple[str, str]) -> None:
    assert chart_request(typed.split()) == meant


@pytest.mark.parametrize("typed", ["8d", "eur", "7d 30d", "usd rub", "<b>", "7d usd now"])
def test_anything_else_is_answered_with_what_may_be_typed(typed: str) -> None:
    with pytest.raises(WrongArguments) as caught:
        chart_request(typed.split())

    assert str(caught.value) == caught.value.sentence("en") == USAGE["en"]
    assert "7d, 30d, 90d, 1y" in caught.value.sentence("ru")


@pytest.mark.parametrize(
    ("began", "span", "told"),
    [
        (date(2026, 2, 9), "7d", date(2026, 2, 9)),
        (date(2026, 2, 4), "7d", None),
        (date(2026, 2, 9), "all", date(2026, 2, 9)),
        (None, "all", None),
    ],
)
def test_a_span_that_reaches_back_before_the_history_says_since_when_there_is_one(
    began: date | None, span: Span, told: date | None
) -> None:
    assert first_day(began, since(span, NOW), PARIS) == told


def test_all_has_no_beginning() -> None:
    assert since("7d", NOW) == NOW - 7 * DAY
    assert since("all", NOW) is None
