"""Numbers of the TWS API: as they were written, never with binary noise."""

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brokers.ibkr_venue.exact import exact, price
from brokers.venue import Malformed

UNSET = 1.7976931348623157e308


@given(st.decimals(min_value="-1000000", max_value="1000000", places=5))
def test_a_number_that_was_text_on_the_wire_is_that_text_again(number: Decimal) -> None:
    assert exact(float(str(number))) == number


@pytest.mark.parametrize("number", [math.nan, math.inf, UNSET])
def test_what_is_not_set_is_no_number(number: float) -> None:
    with pytest.raises(Malformed):
        exact(number)


@pytest.mark.parametrize("number", [-1.0, 0.0, math.nan, math.inf, UNSET])
def test_what_is_no_price_is_none(number: float) -> None:
    assert price(number, Decimal("0.01")) is None


def test_a_price_between_two_steps_goes_to_the_nearest() -> None:
    assert price(187.4549, Decimal("0.01")) == Decimal("187.45")
    assert price(1.15914, Decimal("0.00005")) == Decimal("1.15915")


def test_a_tenth_is_a_tenth() -> None:
    assert str(exact(0.1)) == "0.1"
    assert str(exact(1e-05)) == "0.00001"
    assert str(exact(100.0)) == "100"
