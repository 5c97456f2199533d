"""What a report is made of: sums that are never added over currencies, groups, and a curve."""

from decimal import Decimal

import pytest

from reports.offer import FORMS, offered, read_offer
from reports.report import MOST_POINTS, made
from reports.texts import WORDS
from tests.reports.report_cases import UID, WEEK, asked, execution, full, many


def test_the_sums_of_each_currency_stand_apart_and_add_up() -> None:
    found = (
        execution(1, fee=Decimal(1)),
        execution(2, realized=Decimal(10), fee=Decimal("0.5"), fee_currency="BNB", side="SELL"),
        execution(3, symbol="BTC-USDT", currency="USDT", coin="BTC", fee=Decimal("0.01"), fee_currency="BTC"),
    )
    report = made(asked(), found, paid={"USDT": Decimal(-3)})

    assert report.gross == {"USD": Decimal(10), "USDT": Decimal(0)}
    assert report.fees == {"BNB": Decimal("0.5"), "USD": Decimal(1)}
    assert report.net == {"BNB": Decimal("-0.5"), "USD": Decimal(9), "USDT": Decimal(-3)}
    assert report.fees_missing == 0


def test_groups_hold_all_executions_and_how_well_they_went() -> None:
    report = made(asked(), many(100), paid={})
    (first, *_) = report.by_currency

    for groups in (report.by_symbol, report.by_strategy, report.by_currency):
        assert sum(each.executions for each in groups) == 100
        assert sum(each.gross for each in groups if each.currency == "USD") == report.gross["USD"]
    assert (first.name, first.currency) == ("", "USD")
    assert first.hit_rate is not None
    assert 0 < first.hit_rate < 1
    assert first.drawdown < 0
    assert first.net == report.net["USD"]


def test_a_curve_goes_from_nothing_to_the_net_of_its_currency() -> None:
    report = full(30)
    curve = report.curves[0]

    assert curve.points[0].amount == 0
    assert curve.points[0].at == WEEK.since
    assert curve.points[-1].amount == report.net["USD"]
    assert curve.points[-1].at == WEEK.until


def test_a_curve_of_many_executions_is_thinned_and_keeps_its_end() -> None:
    found = tuple(execution(number, realized=Decimal(1), fee=Decimal(0)) for number in range(600))
    (curve,) = made(asked(), found, paid={}).curves

    assert len(curve.points) <= MOST_POINTS + 1
    assert curve.points[-1].amount == 600


def test_a_fee_that_is_not_known_is_counted_and_not_taken_for_nothing() -> None:
    report = made(asked(), (execution(fee=None, fee_currency=None),), paid={})

    assert report.fees == {}
    assert report.fees_missing == 1


@pytest.mark.parametrize("days", [0, 7, 30, 366])
def test_a_button_brings_back_the_very_report_that_it_stands_under(days: int) -> None:
    (row,) = offered(asked(days), WORDS["en"])
    offers = [read_offer(button.data.removeprefix("report:")) for button in row]

    assert [None if each is None else each.form for each in offers] == list(FORMS)
    assert all(each is not None and (each.days, each.period, each.place) == (days, WEEK, UID[:8]) for each in offers)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "7",
        "7:csv",
        "7:exe:01234567:1:2",
        "7:csv:0123:1:2",
        "7:csv:01234567:2:1",
        "0:pdf:01234567:5:5",
        "x:csv:01234567:1:2",
        "-1:csv:01234567:1:2",
        "999:csv:01234567:1:2",
        "7:csv:01234567:1:99999999999999999999",
        "7:csv:01234567:1:2:3",
    ],
)
def test_a_button_that_is_none_of_ours_gives_nothing(said: str) -> None:
    assert read_offer(said) is None
