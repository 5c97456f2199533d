"""How much an opening orders and a closing closes."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from execution.refusal import Refusal
from execution.sizing import (
    Basis,
    Sized,
    Sizing,
    Steps,
    Wish,
    closing_quantity,
    opening_quantity,
    read_sizing,
)
from ledger.exact import ARITHMETIC
from ledger.trading.errors import Invalid
from tests.execution.values import D

SHARES = Steps(quantity_step=D(1))
COINS = Steps(quantity_step=D("0.001"), minimum_quantity=D("0.002"), minimum_value=D(5))
BASIS = Basis(
    strategy="trend",
    symbol="AAPL",
    currency="USD",
    is_short=False,
    price=D(30),
    multiplier=D(1),
    rate=D(1),
    steps=SHARES,
    equity=D(10_000),
)
BY_AMOUNT = Sizing(amount=D(100))
QUANTITIES = st.decimals("1e-12", "1e9", places=12)
PRICES = st.decimals("1e-8", "1e7", places=8)
STEPS = st.builds(
    Steps,
    quantity_step=st.sampled_from([D(1), D("0.001"), D("0.25"), D("1e-18"), D(100)]),
    minimum_quantity=st.none() | st.decimals(0, 10, places=4),
    minimum_value=st.none() | st.decimals(0, 100, places=2),
)


def code(found: Sized | Refusal) -> str:
    """Return a refusal's code, empty for a size."""
    return found.code if isinstance(found, Refusal) else ""


def test_an_amount_buys_whole_steps_and_names_what_is_left_over() -> None:
    assert opening_quantity(Wish(), BY_AMOUNT, BASIS) == Sized(D(3), D(10))


def test_the_testers_contracts_are_ignored() -> None:
    assert opening_quantity(Wish(quantity=D(999), amount=D(9999)), BY_AMOUNT, BASIS) == Sized(D(3), D(10))


def test_a_strategy_without_an_amount_takes_the_portfolios() -> None:
    assert opening_quantity(Wish(), Sizing(), replace(BASIS, default_amount=D(60))) == Sized(D(2), D(0))


def test_without_any_amount_the_command_is_named() -> None:
    found = opening_quantity(Wish(), Sizing(), BASIS)

    assert isinstance(found, Refusal)
    assert found.values == {"strategy": "trend", "by": "amount", "missing": "/set_amount"}


@pytest.mark.parametrize(
    ("wish", "quantity"),
    [({"quantity": "7.9"}, 7), ({"amount": "95"}, 3), ({"percent": "10"}, 33), ({"quantity": "2", "amount": "9"}, 2)],
)
def test_by_signal_takes_what_the_alert_says(wish: dict[str, str], quantity: int) -> None:
    found = opening_quantity(Wish(**{name: D(value) for name, value in wish.items()}), Sizing(by="signal"), BASIS)

    assert isinstance(found, Sized)
    assert found.quantity == quantity


def test_by_signal_an_alert_without_a_size_is_refused() -> None:
    assert code(opening_quantity(Wish(), Sizing(by="signal", amount=D(100)), BASIS)) == "NO_SIZE"


def test_a_percentage_is_of_equity() -> None:
    assert opening_quantity(Wish(), Sizing(by="percent", percent=D(1)), BASIS) == Sized(D(3), D(10))


@pytest.mark.parametrize(("is_short", "stop"), [(False, 25), (True, 35)])
def test_the_way_to_the_stop_costs_its_share_of_equity(is_short: bool, stop: int) -> None:
    sizing, basis = Sizing(by="risk", risk_percent=D(1)), replace(BASIS, is_short=is_short)
    found = opening_quantity(Wish(stop_loss=D(stop)), sizing, basis)

    assert isinstance(found, Sized)
    assert found.quantity == 20


@pytest.mark.parametrize(
    ("is_short", "stop", "refused"),
    [
        (False, None, "NO_STOP"),
        (False, 30, "STOP_WRONG_SIDE"),
        (False, 31, "STOP_WRONG_SIDE"),
        (True, 29, "STOP_WRONG_SIDE"),
    ],
)
def test_a_risk_without_a_stop_on_its_side_is_refused(is_short: bool, stop: int | None, refused: str) -> None:
    wish = Wish(stop_loss=None if stop is None else D(stop))

    assert (
        code(opening_quantity(wish, Sizing(by="risk", risk_percent=D(1)), replace(BASIS, is_short=is_short))) == refused
    )


@pytest.mark.parametrize("sizing", [Sizing(by="percent", percent=D(1)), Sizing(by="risk", risk_percent=D(1))])
def test_a_share_of_unknown_equity_waits(sizing: Sizing) -> None:
    found = opening_quantity(Wish(stop_loss=D(20)), sizing, replace(BASIS, equity=None))

    assert isinstance(found, Refusal)
    assert found.code == "NOT_KNOWN"
    assert found.is_waitable


def test_what_is_too_small_is_told_with_the_price_of_the_smallest() -> None:
    found = opening_quantity(Wish(), Sizing(amount=D(29)), BASIS)

    assert isinstance(found, Refusal)
    assert found.code == "TOO_SMALL"
    assert found.values == {
        "symbol": "AAPL",
        "wanted": "0.96666666",
        "smallest": "1",
        "value": "30",
        "currency": "USD",
    }


@pytest.mark.parametrize(("price", "smallest"), [(30, "0.167"), (30_000, "0.002")])
def test_the_smallest_is_what_every_minimum_of_the_venue_allows(price: int, smallest: str) -> None:
    found = opening_quantity(Wish(), Sizing(amount=D("0.01")), replace(BASIS, price=D(price), steps=COINS))

    assert isinstance(found, Refusal)
    assert found.values["smallest"] == smallest


def test_a_contracts_multiplier_counts() -> None:
    basis = replace(BASIS, multiplier=D(50))

    assert opening_quantity(Wish(), Sizing(amount=D(3100)), basis) == Sized(D(2), D(100))


def test_an_amount_of_the_account_is_changed_into_the_instruments_currency() -> None:
    assert opening_quantity(Wish(), BY_AMOUNT, replace(BASIS, rate=D("1.25"))) == Sized(D(2), D(20))


def test_no_equity_left_buys_nothing() -> None:
    assert (
        code(opening_quantity(Wish(), Sizing(by="percent", percent=D(5)), replace(BASIS, equity=D(-5)))) == "TOO_SMALL"
    )


def test_more_than_can_be_written_is_refused() -> None:
    assert code(opening_quantity(Wish(), Sizing(amount=D("1e19")), replace(BASIS, price=D("1e-8")))) == "TOO_LARGE"


@pytest.mark.parametrize(("step", "quantity", "left"), [("1", "3", "10"), ("0.0001", "3.3003", "0.99")])
def test_an_amount_buys_what_it_surely_pays_for_in_shares_and_in_fractions(step: str, quantity: str, left: str) -> None:
    basis = replace(BASIS, steps=Steps(quantity_step=D(step)), buffer_percent=D(1))

    assert opening_quantity(Wish(), BY_AMOUNT, basis) == Sized(D(quantity), D(left), D(1))


@pytest.mark.parametrize(
    ("wish", "sizing"),
    [
        (Wish(quantity=D(4)), Sizing(by="signal")),
        (Wish(stop_loss=D(5)), Sizing(by="risk", risk_percent=D(1))),
    ],
)
def test_a_quantity_and_a_risk_are_ordered_without_a_buffer(wish: Wish, sizing: Sizing) -> None:
    assert opening_quantity(wish, sizing, replace(BASIS, buffer_percent=D(1))) == Sized(D(4), D(0), D(0))


@given(st.decimals("0.01", "1e9", places=2), PRICES, st.decimals(0, 20, places=2), STEPS)
def test_what_is_filled_up_to_the_buffer_above_the_price_costs_no_more_than_was_meant(
    amount: Decimal, price: Decimal, buffer: Decimal, steps: Steps
) -> None:
    basis = replace(BASIS, price=price, steps=steps, buffer_percent=buffer)
    found = opening_quantity(Wish(), Sizing(amount=amount), basis)

    if isinstance(found, Sized):
        worst = ARITHMETIC.multiply(price, 1 + buffer / 100)
        assert ARITHMETIC.multiply(found.quantity, worst) <= amount


@given(st.decimals("0.01", "1e9", places=2), PRICES, STEPS)
def test_an_amount_is_never_exceeded_and_every_quantity_is_one_that_the_venue_takes(
    amount: Decimal, price: Decimal, steps: Steps
) -> None:
    found = opening_quantity(Wish(), Sizing(amount=amount), replace(BASIS, price=price, steps=steps))

    if isinstance(found, Sized):
        left = ARITHMETIC.subtract(amount, ARITHMETIC.multiply(found.quantity, price))
        assert 0 <= found.left_over <= left
        assert found.quantity > 0
        assert ARITHMETIC.remainder(found.quantity, steps.quantity_step) == 0
        assert found.quantity >= (steps.minimum_quantity or 0)
        assert found.quantity * price >= (steps.minimum_value or 0)
    else:
        assert D(found.values["value"]) > amount


@given(QUANTITIES, st.none() | QUANTITIES, st.sampled_from([D(1), D("0.001")]), st.booleans(), st.sampled_from([1, -1]))
def test_never_more_is_closed_than_is_held(
    held: Decimal, wished: Decimal | None, step: Decimal, leaves_flat: bool, sign: int
) -> None:
    closed = closing_quantity(
        Wish(quantity=wished), Sizing(by="signal"), held=held * sign, step=step, leaves_flat=leaves_flat
    )

    assert 0 <= closed <= held


def test_a_closing_of_many_digits_closes_just_what_is_held() -> None:
    held = D("12345678901234567890.123456789012345678")

    assert closing_quantity(Wish(), Sizing(), held=held, step=D("1e-18")) == held


def test_a_closing_closes_all_whatever_the_tester_says() -> None:
    assert closing_quantity(Wish(quantity=D(2)), Sizing(), held=D(5), step=D(1)) == 5


def test_by_signal_the_alerts_quantity_is_closed_unless_it_leaves_nothing() -> None:
    by_signal = Sizing(by="signal")

    assert closing_quantity(Wish(quantity=D(2)), by_signal, held=D(-5), step=D(1)) == 2
    assert closing_quantity(Wish(quantity=D(2)), by_signal, held=D(-5), step=D(1), leaves_flat=True) == 5


def test_parameters_are_read_as_they_are_kept() -> None:
    read = read_sizing({"by": "risk", "risk_percent": "1.50", "reverse": "yes"})

    assert read == Sizing(by="risk", risk_percent=D("1.5"), reverse="yes")
    assert read.may_reverse


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({"amuont": "5"}, "amount"),
        ({"amount": "0"}, "above zero"),
        ({"by": "percent"}, "percent=10"),
        ({"by": "risk"}, "risk_percent=1"),
        ({"by": "percent", "percent": "101"}, "up to 100"),
        ({"by": "guess"}, "by"),
        ({"reverse": "maybe"}, "reverse"),
    ],
)
def test_parameters_that_cannot_be_are_refused_with_what_to_write(params: dict[str, Any], told: str) -> None:
    with pytest.raises(Invalid, match=told):
        read_sizing(params)
