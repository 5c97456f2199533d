"""The pages of history and of changes: within their limits whatever they are given, and adding up."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.language import Language
from bus.messages.rounds import Platform, Snapshot
from bus.money import rounded
from ledger.portfolio.history import Day
from notifier.pages.change import change_page, from_rate
from notifier.pages.history import history_page
from notifier.texts.table_numbers import figure, percent
from tests.golden_messages import PARIS
from tests.notifier.golden_texts import LANGUAGES, check_limits
from tests.notifier.pages.change_page_cases import NOW, all_four, replace, since, worth

AMOUNTS = st.decimals(min_value=-(10**14), max_value=10**14, places=2)
SMALL = st.tuples(*[st.decimals(min_value=-50_000, max_value=500_000, places=2)] * 4)
NEAR = st.decimals(min_value=50, max_value=150, places=4)


@given(amounts=st.lists(st.tuples(AMOUNTS, AMOUNTS), max_size=40), language=st.sampled_from(LANGUAGES))
def test_any_history_fits(amounts: list[tuple[Decimal, Decimal]], language: Language) -> None:
    first = date(2025, 12, 15)
    days = [
        Day(day=first + timedelta(days=number), usd=usd, rub=rub, mark="≈" if number % 3 else "")
        for number, (usd, rub) in enumerate(amounts)
    ]

    newest = worth(NOW, {"tbank": f"{amounts[0][1]}", "okx": f"{amounts[0][0]}"}) if amounts else None

    check_limits(history_page(days, newest, zone=PARIS, language=language))


@given(old=st.tuples(*[AMOUNTS] * 4), new=st.tuples(*[AMOUNTS] * 4), rates=st.tuples(NEAR, NEAR))
def test_any_change_fits(old: tuple[Decimal, ...], new: tuple[Decimal, ...], rates: tuple[Decimal, Decimal]) -> None:
    then, now = (
        worth(NOW, held, rate=rate) for held, rate in zip((named(old), named(new)), map(str, rates), strict=True)
    )
    page = change_page(now, all_four(then, then, then, then), zone=PARIS, language="en")
    check_limits(page)
    held_then, held_now = (sum(held[1:], Decimal(0)) for held in (old, new))

    assert now.rub.amount == rounded(held_now * rates[1] + rounded(new[0], "RUB"), "RUB")
    assert from_rate(then, now, "RUB") == rounded(held_then * (rates[1] - rates[0]), "RUB")


@given(old=SMALL, new=SMALL, rates=st.tuples(NEAR, NEAR))
def test_the_two_printed_parts_of_a_change_add_up_to_it(
    old: tuple[Decimal, ...], new: tuple[Decimal, ...], rates: tuple[Decimal, Decimal]
) -> None:
    then, now = worth(NOW, named(old), rate=f"{rates[0]}"), worth(NOW, named(new), rate=f"{rates[1]}")
    page = change_page(now, [since("slot", then)], zone=PARIS, language="en")
    table = page.partition("<pre>")[2]
    shown = re.findall(r"^(?:USD|RUB| holdings| rate) +(\S+)", table, re.MULTILINE)
    usd, usd_held, usd_rate, rub, rub_held, rub_rate = (Decimal(re.sub("[$,]", "", text)) for text in shown)

    assert (usd, rub) == changes(then, now)
    assert (usd, rub) == (usd_held + usd_rate, rub_held + rub_rate)


def named(held: tuple[Decimal, ...]) -> dict[str, str]:
    """Return amounts by platform."""
    return {name: f"{amount:f}" for name, amount in zip(("tbank", "ibkr", "bybit", "okx"), held, strict=True)}


def test_with_the_same_holdings_all_of_the_change_comes_from_the_rate() -> None:
    then, now = worth(rate="90"), worth(rate="99")
    page = change_page(now, [since("slot", then)], zone=PARIS, language="en")
    usd_change, rub_change = changes(then, now)

    assert (from_rate(then, now, "USD"), from_rate(then, now, "RUB")) == (usd_change, rub_change)
    assert (usd_change, rub_change) == (Decimal("-1247.04"), Decimal(191222))
    assert page.count(" holdings") == 2
    assert re.findall(r" holdings +(\S+)", page) == ["$0.00", "0"]


def test_with_the_same_rate_none_of_the_change_comes_from_it() -> None:
    then, now = worth(NOW, {"tbank": "1000000", "okx": "1"}), worth()

    assert (from_rate(then, now, "USD"), from_rate(then, now, "RUB")) == (Decimal(0), Decimal(0))


def changes(then: Snapshot, now: Snapshot) -> tuple[Decimal, Decimal]:
    """Return how much the totals grew."""
    pairs = ((then.usd, now.usd), (then.rub, now.rub))
    usd, rub = ((new.amount or Decimal(0)) - (old.amount or Decimal(0)) for old, new in pairs)
    return usd, rub


@pytest.mark.parametrize("language", LANGUAGES)
def test_with_many_platforms_the_page_leaves_them_out_rather_than_not_come(language: Language) -> None:
    parts = []
    for number in range(60):
        label = f"<A & B {number}>"
        platform = Platform(name=f"p{number}", label=label, heading=label, currency="USD", position=number)
        parts.append(replace(worth().parts[1], platform=platform))
    then, few = replace(worth(), parts=tuple(parts)), replace(worth(), parts=tuple(parts[:3]))
    page = change_page(then, all_four(then, then, then, then), zone=PARIS, language=language)
    small = change_page(few, [since("slot", few)], zone=PARIS, language=language)
    check_limits(page)
    check_limits(small)

    assert "&lt;A &amp;" not in page
    assert small.count("&lt;A &amp; B") == 3


@pytest.mark.parametrize(
    ("amount", "width", "shown"),
    [
        ("34619.59", 10, "34,619.59"),
        ("1234567.89", 10, "1,234,568"),
        ("-1234567.89", 10, "-1,234,568"),
        ("1234567890.12", 10, "1.2B"),
        ("12345678901.23", 10, "12.3B"),
        ("123456789012", 10, "123B"),
        ("999960000000", 10, "1.0T"),
        ("100000000000000", 10, "100T"),
        ("-9999999999999999", 10, "-10.0Q"),
        ("0.004", 10, "0.00"),
        ("1999.99", 4, "2.0K"),
    ],
)
def test_an_amount_that_is_too_long_loses_its_cents_and_then_its_last_digits(
    amount: str, width: int, shown: str
) -> None:
    assert figure(Decimal(amount), "USD", width=width, bare=True) == shown


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [("1", "USD", "+$1.00"), ("-1", "USD", "-$1.00"), ("0.4", "RUB", "0 ₽"), ("3196081", "RUB", "+3,196,081 ₽")],
)
def test_a_change_has_its_sign_before_everything(amount: str, currency: str, shown: str) -> None:
    assert figure(Decimal(amount), currency, width=20, signed=True) == shown


@pytest.mark.parametrize(
    ("change", "base", "shown"),
    [
        ("0.36", "100", "+0.36%"),
        ("-0.004", "100", "0.00%"),
        ("9.999", "100", "+10.0%"),
        ("-12.34", "100", "-12.3%"),
        ("99.99", "100", "+100%"),
        ("999.6", "100", ">999%"),
        ("-2000", "100", "<-999%"),
        ("5", "0", "-"),
        ("5", "-100", "-"),
    ],
)
def test_a_share_has_six_columns_and_none_where_nothing_was(change: str, base: str, shown: str) -> None:
    assert percent(Decimal(change), Decimal(base)) == shown
