"""Sizes as people write them: what is not clear is none."""

from decimal import Decimal

import pytest

from notifier.trading.sizes import Size, read_size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("5", Size(number=Decimal(5))),
        (" 0.25 ", Size(number=Decimal("0.25"))),
        ("500 usd", Size(number=Decimal(500), currency="USD")),
        ("500USDT", Size(number=Decimal(500), currency="USDT")),
        ("$12.50", Size(number=Decimal("12.50"), currency="USD")),
    ],
)
def test_a_number_is_a_quantity_and_with_a_currency_an_amount(text: str, size: Size) -> None:
    assert read_size(text) == size


@pytest.mark.parametrize(
    "text", ["", "0", "0.0", "-1", "+1", "1,5", "1 000", "1e3", "٥", "5 shares now", "$5 EUR", "NaN", "5%", "x5", ".5"]
)
def test_what_is_not_clear_is_no_size(text: str) -> None:
    assert read_size(text) is None
