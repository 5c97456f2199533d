"""Position arithmetic: what is held, what it cost, what was realized; for any executions whatever."""

from datetime import UTC, datetime
from decimal import Decimal, localcontext
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.exact import ARITHMETIC, rounded
from ledger.trading.books.arithmetic import FLAT, Execution, Holding, apply, value_of
from ledger.trading.enumerations import Side

AT = datetime(2026, 3, 2, tzinfo=UTC)
QUANTITIES = st.decimals("1e-18", "1e6", places=18) | st.decimals(1, 1000, places=0) | st.just(Decimal("1e-18"))
PRICES = st.decimals("1e-12", "1e6", places=12) | st.decimals(-100, 1000, places=2)
MULTIPLIERS = st.sampled_from([Decimal(1), Decimal(50), Decimal("0.001")])
EXECUTIONS = st.builds(
    Execution,
    side=st.sampled_from(["BUY", "SELL"]),
    quantity=QUANTITIES,
    price=PRICES,
    exec_time=st.just(AT),
    fee_in_kind=st.just(Decimal(0)) | st.decimals(0, "1e-18", places=18),
)


def execution(side: Side, quantity: str, price: str, *, fee: str = "0") -> Execution:
    """Return an execution."""
    numbers = {"quantity": Decimal(quantity), "price": Decimal(price), "fee_in_kind": Decimal(fee)}
    return Execution(side=side, exec_time=AT, **numbers)


def after(*executions: Execution, multiplier: Decimal = Decimal(1)) -> Holding:
    """Return what executions make of nothing."""
    *_, last = accumulate(executions, lambda held, each: apply(held, each, multiplier=multiplier), initial=FLAT)
    return last


@given(st.lists(EXECUTIONS, max_size=30), PRICES, MULTIPLIERS)
def test_what_was_realized_and_what_is_held_is_all_the_cash_that_came_to_the_last_digit(
    executions: list[Execution], price: Decimal, multiplier: Decimal
) -> None:
    held = after(*executions, multiplier=multiplier)

    with localcontext(ARITHMETIC):
        signed = [each.quantity if each.side == "BUY" else -each.quantity for each in executions]
        cash = -sum(
            (rounded(each * one.price * multiplier) for each, one in zip(signed, executions, strict=True)), Decimal(0)
        )
        worth = value_of(held.quantity, price, multiplier=multiplier)
        assert held.realized_pnl + (worth - held.cost) == cash + worth
        assert held.quantity == sum(signed) - sum(each.fee_in_kind for each in executions)


@given(st.lists(EXECUTIONS, max_size=20))
def test_nothing_held_has_no_cost_no_average_and_no_beginning(executions: list[Execution]) -> None:
    held = after(*executions)

    assert (held.quantity == 0) == (held.opened_at is None)
    assert held.quantity or held == Holding(realized_pnl=held.realized_pnl)


@pytest.mark.parametrize(
    ("executions", "quantity", "avg_price", "cost", "realized"),
    [
        ([("BUY", "1", "100"), ("BUY", "2", "101")], "3", "100.666666666666666667", "302", "0"),
        ([("BUY", "10", "100"), ("SELL", "4", "110")], "6", "100", "600", "40"),
        ([("BUY", "10", "100"), ("SELL", "10", "90")], "0", "0", "0", "-100"),
        ([("BUY", "10", "100"), ("SELL", "12", "90")], "-2", "90", "-180", "-100"),
        ([("SELL", "3", "100"), ("BUY", "1", "90")], "-2", "100", "-200", "10"),
        ([("SELL", "3", "100"), ("BUY", "5", "90")], "2", "90", "180", "30"),
        ([("BUY", "3", "0.1"), ("SELL", "1", "0.3"), ("SELL", "2", "0.3")], "0", "0", "0", "0.6"),
    ],
)
def test_averages_are_added_and_reductions_realize(
    executions: list[tuple[Side, str, str]], quantity: str, avg_price: str, cost: str, realized: str
) -> None:
    held = after(*(execution(*each) for each in executions))

    assert held.quantity == Decimal(quantity)
    assert held.avg_price == Decimal(avg_price)
    assert held.cost == Decimal(cost)
    assert held.realized_pnl == Decimal(realized)


def test_three_thirds_of_a_cost_are_the_whole_of_it() -> None:
    held = after(execution("BUY", "3", "33.333333333333333333"), *[execution("SELL", "1", "50")] * 3)

    assert held == Holding(realized_pnl=Decimal("50.000000000000000001"))


def test_a_contract_counts_as_often_as_its_multiplier() -> None:
    held = after(execution("BUY", "2", "5000"), execution("SELL", "1", "5010"), multiplier=Decimal(50))

    assert list(map(int, (held.avg_price, held.cost, held.realized_pnl))) == [5000, 250_000, 500]


def test_a_fee_in_the_coin_reduces_what_is_held_and_stays_in_its_cost() -> None:
    held = after(execution("BUY", "1", "999", fee="0.001"))

    assert (str(held.quantity), str(held.cost), str(held.avg_price)) == ("0.999", "999", "1000")


def test_an_execution_that_was_taken_back_changes_nothing() -> None:
    held = after(execution("BUY", "1", "100"))

    assert apply(held, execution("BUY", "0", "100")) == held
