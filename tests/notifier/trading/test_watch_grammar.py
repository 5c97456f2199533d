"""What is typed behind `new`: forgivingly read, and never guessed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.trading.watch_grammar import read_alert, read_schedule, read_screener, split_cron

PRICE = ("PRICE", "AAPL", {"above": "200"})
CONDITIONS = [
    {"figure": "price", "compare": "below", "value": "50"},
    {"figure": "unrealized_percent", "compare": "above", "value": "-5"},
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("price AAPL > 200", PRICE),
        ("PRICE AAPL above 200", PRICE),
        ("AAPL>200", PRICE),
        ("price AAPL >= $200", PRICE),
        ("price BTCUSDT.P < 99.5", ("PRICE", "BTCUSDT.P", {"below": "99.5"})),
        ("price AAPL > 200 < 180", ("PRICE", "AAPL", {"above": "200", "below": "180"})),
        ("position BTCUSDT loss 5", ("POSITION", "BTCUSDT", {"loss_percent": "5"})),
        ("position BTCUSDT loss -5%", ("POSITION", "BTCUSDT", {"loss_percent": "5"})),
        ("position all gain 10 %", ("POSITION", None, {"gain_percent": "10"})),
        ("risk max_daily_loss 80", ("RISK", None, {"limit": "max_daily_loss", "used_percent": "80"})),
        ("risk MAX_DAILY_LOSS 80%", ("RISK", None, {"limit": "max_daily_loss", "used_percent": "80"})),
        ("risk budget", ("RISK", None, {"limit": "budget", "used_percent": "100"})),
        ('schedule "0 9 * * mon-fri" Look!', ("SCHEDULE", None, {"cron": "0 9 * * mon-fri", "text": "Look!"})),
        ("schedule “0 9 * * *” Look at it", ("SCHEDULE", None, {"cron": "0 9 * * *", "text": "Look at it"})),
        ("schedule 0 9 * * * Look", ("SCHEDULE", None, {"cron": "0 9 * * *", "text": "Look"})),
        ("indicator RSI over 70", ("INDICATOR", None, {"indicator": "RSI over 70"})),
    ],
)
def test_an_alert_is_read(text: str, expected: tuple[str, str | None, dict[str, Any]]) -> None:
    typed = read_alert(text)

    assert typed is not None
    assert (typed.type, typed.symbol, typed.config) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "price",
        "price AAPL",
        "price AAPL 200",
        "price AAPL > 1,000",
        "price AAPL > two",
        "price AAPL > 200 > 300",
        "position BTCUSDT",
        "position BTCUSDT 5",
        "position BTCUSDT loss five",
        "risk",
        "risk budget most of it",
        'schedule "0 9 * * *"',
        "schedule 0 9 *",
        "indicator",
    ],
)
def test_an_alert_that_is_not_understood_is_none(text: str) -> None:
    assert read_alert(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"0 21 * * fri" report week pdf', ("report", {"period": "week", "form": "pdf"}, False)),
        ('"0 21 * * fri" report', ("report", {}, False)),
        ("0 20 * * mon-fri pause", ("pause", {}, False)),
        ("'30 14 * * 1-5' resume ALL", ("resume", {}, True)),
        ('"0 9 * * *" screen cheap ones', ("screen", {"screener": "cheap ones"}, False)),
        ('"0 9 * * *" text Look at it!', ("alert", {"text": "Look at it!"}, False)),
    ],
)
def test_a_schedule_is_read(text: str, expected: tuple[str, dict[str, str], bool]) -> None:
    typed = read_schedule(text)

    assert typed is not None
    assert (typed.action, typed.params, typed.is_for_all) == expected


@pytest.mark.parametrize(
    "text",
    ["", '"0 9 * * *"', '"0 9 * * *" buy AAPL', '"0 9 * * *" report year', '"0 9 * * *" pause now', '"0 9 * * *" text'],
)
def test_a_schedule_that_is_not_understood_is_none(text: str) -> None:
    assert read_schedule(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "cheap price < 50 unrealized_percent > -5",
        "cheap price<50 unrealized_percent above −5%",
        'cheap {"conditions": [{"figure": "price", "compare": "below", "value": "50"}, '
        '{"figure": "unrealized_percent", "compare": "above", "value": "-5"}]}',
        "cheap {“conditions”: [{“figure”: “price”, “compare”: “below”, “value”: “50”}, "
        "{“figure”: “unrealized_percent”, “compare”: “above”, “value”: “-5”}]}",
    ],
)
def test_a_screener_is_read_in_words_and_as_json_with_whatever_quotes_a_phone_writes(text: str) -> None:
    typed = read_screener(text)

    assert typed is not None
    assert (typed.name, typed.config) == ("cheap", {"conditions": CONDITIONS})


def test_numbers_of_json_are_kept_as_they_are_written() -> None:
    typed = read_screener('x {"conditions": [{"figure": "price", "compare": "below", "value": 0.1}], "most": 5}')

    assert typed is not None
    assert typed.config == {"conditions": [{"figure": "price", "compare": "below", "value": "0.1"}], "most": 5}


@pytest.mark.parametrize("text", ["cheap", "cheap price 50", "cheap price < 5 more", "{}", "cheap price < much"])
def test_a_screener_that_is_not_understood_is_none(text: str) -> None:
    assert read_screener(text) is None


@pytest.mark.parametrize("text", ["cheap {", "cheap {]", 'cheap {"a": }'])
def test_what_begins_as_json_and_is_none_says_so(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        read_screener(text)


@given(st.text(max_size=80))
def test_any_text_is_read_or_not_and_raises_nothing_else(text: str) -> None:
    split_cron(text)
    read_schedule(text)
    typed = read_alert(text)

    assert typed is None or typed.said
