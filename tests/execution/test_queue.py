"""Which of the waiting signals goes first: examples, and what holds of any queue."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execution.queue import MOST_OVERTAKEN, Waiting, after, ready
from tests.execution.values import NOW

FAST = 1000


def waits(sequence: int, instrument: str = "", *, is_closing: bool = False, account: str = "a") -> Waiting:
    """Return a signal that waits, of an instrument of its own unless it is named."""
    name = instrument or f"i{sequence}"
    return Waiting(
        uid=str(sequence), account=account, instrument=name, is_closing=is_closing, since=NOW, sequence=sequence
    )


def order(waiting: Sequence[Waiting], *, busy: Sequence[tuple[str, str]] = (), per_second: int = FAST) -> list[int]:
    """Return the numbers of what may go now."""
    return [int(uid) for uid in ready(waiting, busy=busy, sent_lately={}, per_second=per_second, now=NOW)]


def run(waiting: Sequence[Waiting]) -> list[Waiting]:
    """Return everything in the order in which it goes, one at a time, each ended before the next."""
    gone, left = [], tuple(waiting)
    while left:
        (uid,) = ready(left, busy=(), sent_lately={}, per_second=1, now=NOW)
        first = next(each for each in left if each.uid == uid)
        left = after(left, first)
        gone.append(first)
    return gone


def test_first_come_first_served() -> None:
    assert order([waits(3), waits(1), waits(2)]) == [1, 2, 3]


def test_a_closing_overtakes_openings_of_other_instruments() -> None:
    assert order([waits(1), waits(2), waits(3, is_closing=True)]) == [3, 1, 2]


def test_a_closing_does_not_overtake_what_came_first_of_its_own_instrument() -> None:
    assert order([waits(1, "x"), waits(2, "x", is_closing=True)]) == [1]


def test_one_instrument_has_one_order_at_a_time() -> None:
    assert order([waits(1, "x"), waits(2, "x"), waits(3, "y")]) == [1, 3]


def test_a_busy_instrument_waits_and_holds_up_nobody_else() -> None:
    assert order([waits(1, "x"), waits(2, "y")], busy=[("a", "x")]) == [2]


def test_an_instrument_that_is_busy_in_one_account_is_free_in_another() -> None:
    assert order([waits(1, "x"), waits(2, "x", account="b")], busy=[("a", "x")]) == [2]


def test_an_opening_that_was_overtaken_enough_goes_before_the_next_closing() -> None:
    closings = [waits(number, is_closing=True) for number in range(2, 20)]
    gone = [int(each.uid) for each in run([waits(1), *closings])]

    assert gone.index(1) == MOST_OVERTAKEN


def test_one_that_is_asked_for_all_at_once_counts_the_same() -> None:
    closings = [waits(number, is_closing=True) for number in range(2, 20)]

    assert order([waits(1), *closings]).index(1) == MOST_OVERTAKEN


def test_only_closings_of_its_account_that_came_later_have_overtaken_an_opening() -> None:
    opening = waits(5)
    goers = [waits(4, is_closing=True), waits(6, is_closing=True, account="b"), waits(7), waits(8, is_closing=True)]

    assert [after((opening,), gone)[0].overtaken for gone in goers] == [0, 0, 0, 1]


@pytest.mark.parametrize(("ago", "may_go"), [(0.0, 1), (0.99, 1), (1.0, 2)])
def test_each_account_has_its_rate(ago: float, may_go: int) -> None:
    sent = {"a": [NOW - timedelta(seconds=ago)], "b": [NOW] * 9}
    found = ready([waits(1), waits(2), waits(3)], busy=(), sent_lately=sent, per_second=2, now=NOW)

    assert found == ("1", "2", "3")[:may_go]


def test_an_account_at_its_rate_sends_nothing() -> None:
    assert ready([waits(1)], busy=(), sent_lately={"a": [NOW] * 5}, per_second=2, now=NOW) == ()


QUEUES = st.lists(st.tuples(st.sampled_from("abcdef"), st.booleans()), max_size=40).map(
    lambda rows: [waits(number, instrument, is_closing=closing) for number, (instrument, closing) in enumerate(rows)]
)


@given(QUEUES)
def test_everything_goes_once_and_in_its_turn_within_an_instrument(queue: list[Waiting]) -> None:
    gone = run(queue)

    assert {each.uid for each in gone} == {each.uid for each in queue}
    assert len(gone) == len(queue)
    for instrument in "abcdef":
        numbers = [each.sequence for each in gone if each.instrument == instrument]
        assert numbers == sorted(numbers)


@given(QUEUES)
def test_no_opening_is_overtaken_by_more_closings_than_the_bound(queue: list[Waiting]) -> None:
    gone = run(queue)

    for place, opening in enumerate(gone):
        overtook = [each for each in gone[:place] if each.is_closing and each.sequence > opening.sequence]
        assert opening.is_closing or len(overtook) <= MOST_OVERTAKEN


@given(QUEUES)
def test_an_opening_overtakes_only_what_waits_for_its_own_instrument(queue: list[Waiting]) -> None:
    gone = run(queue)
    places = {each.uid: place for place, each in enumerate(gone)}

    for opening in (each for each in gone if not each.is_closing):
        overtaken = [each for each in queue if each.sequence < opening.sequence]
        for each in (one for one in overtaken if places[one.uid] > places[opening.uid]):
            ahead = [one for one in queue if one.instrument == each.instrument and one.sequence < each.sequence]
            assert any(places[one.uid] > places[opening.uid] for one in ahead)


@given(QUEUES, st.integers(0, 5), st.sets(st.sampled_from("abcdef")), st.randoms())
def test_what_may_go_is_free_within_the_rate_and_does_not_depend_on_the_order_of_the_rows(
    queue: list[Waiting], per_second: int, busy: set[str], random: Random
) -> None:
    lanes = [("a", instrument) for instrument in busy]
    found = order(queue, busy=lanes, per_second=per_second)
    shuffled = list(queue)
    random.shuffle(shuffled)
    names = [next(each.instrument for each in queue if each.sequence == number) for number in found]

    assert len(found) <= per_second
    assert len(set(names)) == len(names)
    assert busy.isdisjoint(names)
    assert order(shuffled, busy=lanes, per_second=per_second) == found
