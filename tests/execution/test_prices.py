from decimal import Decimal

import pytest

from execution.prices import price_drift, price_sanity, wrong_side
from tests.execution.values import D


@pytest.mark.parametrize("price", ["110", "90", "100"])
def test_a_signals_price_within_the_limit_passes(price: str) -> None:
    assert price_sanity("AAPL", D(price), quote=D(100), limit_percent=D(10)) is None


@pytest.mark.parametrize(("price", "percent"), [("110.001", "10.01"), ("89.99", "10.01"), ("1", "99")])
def test_a_signals_price_far_from_the_quote_is_refused_with_both(price: str, percent: str) -> None:
    found = price_sanity("AAPL", D(price), quote=D(100), limit_percent=D(10))

    assert found is not None
    assert found.values == {"symbol": "AAPL", "price": price, "quote": "100", "percent": percent, "limit": "10"}


def test_a_price_that_has_moved_since_the_question_is_asked_again() -> None:
    assert price_drift("AAPL", D(100), price=D(101), limit_percent=D(1)) is None
    found = price_drift("AAPL", D(100), price=D("98.9"), limit_percent=D(1))

    assert found is not None
    assert found.code == "PRICE_DRIFT"


@pytest.mark.parametrize(
    ("is_short", "stop_loss", "take_profit", "leg"),
    [
        (False, 90, 110, None),
        (True, 110, 90, None),
        (False, None, None, None),
        (False, 100, None, "stop_loss"),
        (False, 90, 100, "take_profit"),
        (True, 100, None, "stop_loss"),
        (True, None, 101, "take_profit"),
    ],
)
def test_a_leg_that_would_fill_at_once_is_refused(
    is_short: bool, stop_loss: int | None, take_profit: int | None, leg: str | None
) -> None:
    stop, take = (None if price is None else Decimal(price) for price in (stop_loss, take_profit))
    found = wrong_side("AAPL", D(100), is_short=is_short, stop_loss=stop, take_profit=take)

    assert (None if found is None else found.values["leg"]) == leg
