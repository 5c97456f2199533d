"""Protective legs: a venue of a few lines plays fills, cancels and refusals against `wanted` and `changes`."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from execution.legs import (
    CancelLeg,
    LegKind,
    Opening,
    PlaceLeg,
    Protection,
    WorkingLeg,
    changes,
    is_unprotected,
    wanted,
)
from ledger.trading.enumerations import Side
from tests.execution.values import D

BOTH = Protection(stop_loss=D(90), take_profit=D(120))
ONE = D(1)


def opening(uid: str = "o", quantity: int = 10, *, side: Side = "BUY", protection: Protection = BOTH) -> Opening:
    """Return an opening that is filled."""
    return Opening(uid=uid, side=side, quantity=D(quantity), protection=protection)


def leg(kind: LegKind = "STOP_LOSS", quantity: int = 10, *, uid: str = "o", price: int = 90) -> PlaceLeg:
    """Return a leg of a long."""
    return PlaceLeg(opening=uid, leg=kind, side="SELL", quantity=D(quantity), price=D(price))


def works(each: PlaceLeg, *, is_canceling: bool = False) -> WorkingLeg:
    """Return a leg that works, its order named after it."""
    return WorkingLeg(order=f"{each.opening} {each.leg} {each.quantity}", wanted=each, is_canceling=is_canceling)


STOP, TAKE = leg(), leg("TAKE_PROFIT", price=120)


def test_a_long_is_protected_by_sells_of_its_size() -> None:
    assert wanted(D(10), [opening()], quantity_step=ONE) == (STOP, TAKE)


def test_a_short_is_protected_by_buys() -> None:
    legs = wanted(D(-10), [opening(side="SELL")], quantity_step=ONE)

    assert {each.side for each in legs} == {"BUY"}
    assert {each.quantity for each in legs} == {D(10)}


def test_what_has_no_protection_needs_no_legs() -> None:
    assert wanted(D(10), [opening(protection=Protection())], quantity_step=ONE) == ()


def test_a_flat_position_needs_no_legs_and_those_that_work_go() -> None:
    assert wanted(D(0), [opening()], quantity_step=ONE) == ()
    assert changes((), [works(STOP), works(TAKE)]) == (CancelLeg("o STOP_LOSS 10"), CancelLeg("o TAKE_PROFIT 10"))


def test_a_partial_fill_is_protected_in_its_size() -> None:
    legs = wanted(D(4), [opening(quantity=4)], quantity_step=ONE)

    assert {each.quantity for each in legs} == {D(4)}


def test_what_is_closed_is_taken_from_the_oldest_opening() -> None:
    legs = wanted(D(12), [opening("old", 10), opening("new", 8)], quantity_step=ONE)

    assert [(each.opening, each.quantity) for each in legs if each.leg == "STOP_LOSS"] == [("new", D(8)), ("old", D(4))]


def test_an_opening_before_a_reversal_is_protected_no_more() -> None:
    legs = wanted(D(-5), [opening("long", 10), opening("short", 5, side="SELL")], quantity_step=ONE)

    assert {each.opening for each in legs} == {"short"}


def test_a_quantity_that_a_fee_has_reduced_is_rounded_down_to_the_step() -> None:
    legs = wanted(D("9.99"), [opening()], quantity_step=ONE)

    assert {each.quantity for each in legs} == {D(9)}


def test_a_position_of_many_digits_is_protected_whole() -> None:
    held = D("12345678901234567890.123456789012345678")
    legs = wanted(held, [replace(opening(), quantity=held)], quantity_step=D("1e-18"))

    assert {each.quantity for each in legs} == {held}


def test_legs_that_are_missing_are_placed() -> None:
    assert changes((STOP, TAKE), ()) == (STOP, TAKE)


def test_legs_that_fit_are_left_alone() -> None:
    assert changes((STOP, TAKE), [works(TAKE), works(STOP)]) == ()


@pytest.mark.parametrize("other", [leg(quantity=9), leg(price=91), replace(STOP, side="BUY")])
def test_a_leg_that_no_longer_fits_is_canceled_before_another_is_placed(other: PlaceLeg) -> None:
    working = works(other)

    assert changes((STOP,), [working]) == (CancelLeg(working.order),)
    assert changes((STOP,), [replace(working, is_canceling=True)]) == ()
    assert changes((STOP,), ()) == (STOP,)


def test_a_leg_that_works_twice_works_once_in_the_end() -> None:
    assert changes((STOP,), [works(STOP), replace(works(STOP), order="twice")]) == (CancelLeg("twice"),)


def test_the_sibling_of_a_leg_that_has_filled_goes() -> None:
    assert changes(wanted(D(0), [opening(quantity=0)], quantity_step=ONE), [works(TAKE)]) == (
        CancelLeg("o TAKE_PROFIT 10"),
    )


def test_a_stop_that_has_closed_its_opening_is_not_placed_for_another_one() -> None:
    legs = wanted(D(10), [opening("old", 10), opening("new", 0)], quantity_step=ONE)

    assert {each.opening for each in legs} == {"old"}


def test_a_leg_that_failed_is_placed_once_more_and_then_no_more() -> None:
    once: list[tuple[str, LegKind]] = [("o", "STOP_LOSS")]

    assert changes((STOP,), (), failed=once) == (STOP,)
    assert changes((STOP,), (), failed=once * 2) == ()
    assert changes((STOP, TAKE), (), failed=once * 2) == (TAKE,)


def test_a_position_is_unprotected_while_a_leg_is_missing_another_one_or_going() -> None:
    assert not is_unprotected((STOP, TAKE), [works(TAKE), works(STOP)])
    assert not is_unprotected((), ())
    assert is_unprotected((STOP, TAKE), [works(STOP)])
    assert is_unprotected((STOP,), [works(leg(quantity=9))])
    assert is_unprotected((STOP,), [works(STOP, is_canceling=True)])


OPENINGS = st.lists(
    st.builds(
        Opening,
        uid=st.sampled_from("abcd"),
        side=st.sampled_from(["BUY", "SELL"]),
        quantity=st.decimals(0, 50, places=1),
        protection=st.builds(Protection, stop_loss=st.none() | st.just(D(90)), take_profit=st.none() | st.just(D(120))),
    ),
    max_size=4,
    unique_by=lambda each: each.uid,
)
HELD = st.decimals(-80, 80, places=1)
STEPS = st.sampled_from([ONE, D("0.1"), D(5)])
ANY_LEG = st.builds(
    PlaceLeg,
    opening=st.sampled_from("abcd"),
    leg=st.sampled_from(["STOP_LOSS", "TAKE_PROFIT"]),
    side=st.sampled_from(["BUY", "SELL"]),
    quantity=st.decimals("0.1", 50, places=1),
    price=st.sampled_from([D(90), D(120)]),
)
WORKING = st.lists(st.tuples(ANY_LEG, st.booleans()), max_size=5).map(
    lambda rows: [
        WorkingLeg(order=str(number), wanted=each, is_canceling=canceling)
        for number, (each, canceling) in enumerate(rows)
    ]
)


@given(HELD, OPENINGS, STEPS)
def test_legs_never_close_more_than_is_held_and_never_add_to_it(
    held: Decimal, openings: list[Opening], step: Decimal
) -> None:
    legs = wanted(held, openings, quantity_step=step)

    for kind in ("STOP_LOSS", "TAKE_PROFIT"):
        assert sum(each.quantity for each in legs if each.leg == kind) <= abs(held)
    assert {each.side for each in legs} <= {"SELL" if held > 0 else "BUY"}
    assert all(each.quantity > 0 and each.quantity % step == 0 for each in legs)


@given(HELD, OPENINGS, STEPS, WORKING)
def test_whatever_works_the_wanted_legs_work_once_the_cancels_have_ended(
    held: Decimal, openings: list[Opening], step: Decimal, working: list[WorkingLeg]
) -> None:
    legs = wanted(held, openings, quantity_step=step)
    for turn in range(2):
        steps = changes(legs, working)
        gone = {each.order for each in steps if isinstance(each, CancelLeg)}
        gone |= {each.order for each in working if each.is_canceling}
        placed = [each for each in steps if isinstance(each, PlaceLeg)]
        taken = {(each.wanted.opening, each.wanted.leg) for each in working}
        assert not taken & {(each.opening, each.leg) for each in placed}
        working = [each for each in working if each.order not in gone]
        working += [WorkingLeg(order=f"{turn}/{number}", wanted=each) for number, each in enumerate(placed)]

    assert changes(legs, working) == ()
    assert not is_unprotected(legs, working)
    assert len(working) == len(legs)
