"""Sums of a snapshot: rounded first, then added, and marked for whatever is not of this round."""

from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.totals import add_up, is_fresh
from bus.messages.rounds import Part, Platform, Rate, Total
from bus.money import rounded, rounded_rate
from tests.golden_messages import BYBIT, CLOSED_AT, IBKR, OKX, PLATFORMS, RATE, TBANK, balance, failure

AMOUNTS = st.decimals("-1e12", "1e12", places=6)
RATES = st.decimals("20", "500", places=7)


def good(platform: Platform, amount: str = "") -> Part:
    """Return a part with a balance of this round."""
    return Part(platform=platform, balance=balance(platform, amount))


def failed(platform: Platform, last: str = "") -> Part:
    """Return a failed part, with a last known value where one is given."""
    return Part(platform=platform, failure=failure(platform.name), last_known=balance(platform, last) if last else None)


def at(rate: str) -> Rate:
    """Return a rate of so many roubles."""
    return msgspec.structs.replace(RATE, rate=Decimal(rate))


def test_the_example_adds_up_to_the_sums_of_the_example() -> None:
    """Fault I4."""
    totals = add_up([good(platform) for platform in PLATFORMS], RATE)

    assert totals.usd == Total(amount=Decimal("34619.59"))
    assert totals.rub == Total(amount=Decimal(3196081))
    assert totals.groups == {"Crypto (USD)": Total(amount=Decimal("8901.23"))}


def test_amounts_are_rounded_as_shown_before_they_are_added() -> None:
    totals = add_up([good(BYBIT, "0.005"), good(OKX, "0.005")], None)

    assert totals.usd.amount == Decimal("0.02")


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("0.005", "USD", "0.01"),
        ("0.0049999", "USD", "0.00"),
        ("-0.005", "USD", "-0.01"),
        ("-0.001", "USD", "0.00"),
        ("2.5", "RUB", "3"),
        ("-2.5", "RUB", "-3"),
        ("1E-99999999", "USD", "0.00"),
    ],
)
def test_halves_are_rounded_away_from_zero_and_zero_has_no_sign(amount: str, currency: str, shown: str) -> None:
    assert str(rounded(Decimal(amount), currency)) == shown


def test_the_rate_is_rounded_to_four_decimals_before_it_converts() -> None:
    totals = add_up([good(TBANK, "0"), good(IBKR, "1000000")], at("92.12345"))

    assert rounded_rate(Decimal("92.12345")) == Decimal("92.1235")
    assert totals.rub.amount == Decimal(92123500)


def test_a_last_known_value_is_added_and_marks_the_sums() -> None:
    totals = add_up([good(TBANK), failed(IBKR, "12345.67"), good(BYBIT), good(OKX)], RATE)

    assert totals.usd == Total(amount=Decimal("34619.59"), mark="≈")
    assert totals.rub == Total(amount=Decimal(3196081), mark="≈")
    assert totals.groups["Crypto (USD)"] == Total(amount=Decimal("8901.23"))


def test_what_is_missing_wins_over_what_stands_in() -> None:
    totals = add_up([good(TBANK), failed(IBKR), failed(BYBIT, "5000"), good(OKX)], RATE)

    assert totals.usd == Total(amount=Decimal("22273.92"), mark="≥")
    assert totals.rub == Total(amount=Decimal(2056329), mark="≥")
    assert totals.groups["Crypto (USD)"] == Total(amount=Decimal("8901.23"), mark="≈")


def test_a_group_without_any_balance_of_this_round_is_an_error_even_if_last_values_are_known() -> None:
    totals = add_up([good(IBKR), failed(BYBIT, "5000"), failed(OKX, "1")], None)

    assert totals.groups["Crypto (USD)"] == Total(mark="ERROR")
    assert totals.usd == Total(amount=Decimal("17346.67"), mark="≈")


def test_without_a_rate_neither_total_stands_when_both_currencies_are_configured() -> None:
    totals = add_up([failed(TBANK), good(IBKR)], None)

    assert totals.usd == totals.rub == Total(mark="ERROR", reason="FX unavailable")


def test_without_a_rate_dollars_alone_add_up_in_dollars() -> None:
    totals = add_up([good(IBKR), good(BYBIT)], None)

    assert totals.usd == Total(amount=Decimal("17345.67"))
    assert totals.rub == Total(mark="ERROR", reason="FX unavailable")


def test_without_a_rate_roubles_alone_add_up_in_roubles() -> None:
    totals = add_up([good(TBANK)], None)

    assert totals.rub == Total(amount=Decimal(1234567))
    assert totals.usd == Total(mark="ERROR", reason="FX unavailable")


@pytest.mark.parametrize("rate", [None, RATE])
def test_when_all_platforms_failed_nothing_known_from_before_makes_a_total(rate: Rate | None) -> None:
    totals = add_up([failed(TBANK, "1"), failed(IBKR, "2")], rate)

    assert totals.usd == totals.rub == Total(mark="ERROR", reason="all sources failed")


def test_a_heading_of_one_platform_is_a_group_only_where_the_platform_says_so() -> None:
    totals = add_up([good(IBKR), good(BYBIT)], None)

    assert list(totals.groups) == ["Crypto (USD)"]


def test_platforms_that_share_a_heading_make_a_group_though_none_says_so() -> None:
    twin = msgspec.structs.replace(IBKR, name="twin")

    totals = add_up([good(IBKR), Part(platform=twin, balance=balance(IBKR, "1"))], None)

    assert totals.groups == {"IBKR NLV (USD)": Total(amount=Decimal("12346.67"))}


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [good(msgspec.structs.replace(IBKR, currency="EUR"))],
        [good(IBKR), failed(msgspec.structs.replace(IBKR, name="euro", heading="Euro", currency="EUR"))],
        [Part(platform=IBKR, balance=balance(TBANK))],
        [Part(platform=IBKR, failure=failure("ibkr"), last_known=balance(TBANK)), good(BYBIT)],
        [good(BYBIT), good(msgspec.structs.replace(TBANK, heading="Crypto (USD)"))],
    ],
)
def test_no_part_and_unknown_or_mixed_currencies_are_refused(parts: list[Part]) -> None:
    with pytest.raises(ValueError, match=r"one platform|only USD and RUB|answered in|two currencies"):
        add_up(parts, RATE)


def test_an_unknown_currency_is_not_rounded() -> None:
    with pytest.raises(ValueError, match="only USD and RUB"):
        rounded(Decimal(1), "EUR")


@pytest.mark.parametrize(
    ("age", "fresh"),
    [
        (timedelta(0), True),
        (timedelta(hours=24) - timedelta(microseconds=1), True),
        (timedelta(hours=24), False),
        (timedelta(days=3), False),
        (timedelta(seconds=-1), False),
    ],
)
def test_a_last_known_value_stands_in_only_while_younger_than_the_limit(age: timedelta, fresh: bool) -> None:
    known = balance(IBKR, fetched_at=CLOSED_AT - age)

    assert is_fresh(known.fetched_at, CLOSED_AT, 24) is fresh


@given(tbank=AMOUNTS, ibkr=AMOUNTS, bybit=AMOUNTS, okx=AMOUNTS, rate=RATES)
def test_totals_are_the_exact_sums_of_the_rounded_values_rounded_once(
    tbank: Decimal, ibkr: Decimal, bybit: Decimal, okx: Decimal, rate: Decimal
) -> None:
    """Faults 45 and I4."""
    totals = add_up(
        [good(TBANK, str(tbank)), good(IBKR, str(ibkr)), good(BYBIT, str(bybit)), good(OKX, str(okx))], at(str(rate))
    )

    cent, rouble = Decimal("0.01"), Decimal(1)
    roubles = Fraction(tbank.quantize(rouble, ROUND_HALF_UP))
    dollars = sum(Fraction(amount.quantize(cent, ROUND_HALF_UP)) for amount in (ibkr, bybit, okx))
    price = Fraction(rate.quantize(Decimal("0.0001"), ROUND_HALF_UP))

    assert totals.usd.amount is not None
    assert totals.rub.amount is not None
    assert abs(Fraction(totals.usd.amount) - (dollars + roubles / price)) <= Fraction(1, 200)
    assert abs(Fraction(totals.rub.amount) - (roubles + dollars * price)) <= Fraction(1, 2)
    assert totals.usd.amount.as_tuple().exponent == -2
    assert totals.rub.amount.as_tuple().exponent == 0
