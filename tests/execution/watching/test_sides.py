"""Crossings: each change into beyond a bound, and nothing else, whatever path a figure takes."""

import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execution.watching.sides import crossing, side_of
from ledger.trading.watching.alerts import AlertConfig, Position, Price, Risk

ABOVE, BELOW = Decimal(120), Decimal(80)
PRICES = st.lists(st.decimals(min_value=60, max_value=140, places=0), max_size=40)


@pytest.mark.parametrize(
    ("config", "value", "side"),
    [
        (Price(above=ABOVE), "119.99", ""),
        (Price(above=ABOVE), "120", "above"),
        (Price(below=BELOW), "80", "below"),
        (Price(below=BELOW), "80.01", ""),
        (Price(above=ABOVE, below=BELOW), "200", "above"),
        (Price(above=ABOVE, below=BELOW), "1", "below"),
        (Position(gain_percent=Decimal(5)), "5", "gain"),
        (Position(gain_percent=Decimal(5)), "-5", ""),
        (Position(loss_percent=Decimal(5)), "-5", "loss"),
        (Position(loss_percent=Decimal(5)), "-4.99", ""),
        (Risk(limit="budget", used_percent=Decimal(80)), "80", "used"),
        (Risk(limit="budget"), "99.99", ""),
    ],
)
def test_a_bound_is_reached_exactly(config: AlertConfig, value: str, side: str) -> None:
    assert side_of(config, Decimal(value)) == side


@given(PRICES)
def test_any_path_of_prices_fires_at_each_change_into_beyond_and_nowhere_else(path: list[Decimal]) -> None:
    config = Price(above=ABOVE, below=BELOW)
    sides = ["above" if price >= ABOVE else "below" if price <= BELOW else "" for price in path]
    expected = [now not in ("", then) for then, now in itertools.pairwise(sides)]
    before: str | None = None
    fired = []
    for price in path:
        found = crossing(config, price, before=before)
        fired.append(found.has_fired)
        before = found.beyond

    assert fired[1:] == expected
    assert not any(fired[:1])
