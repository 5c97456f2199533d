"""What is known of an order, from pieces in any order."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brokers.desk.merging import filled, looked_up, merged
from bus.messages.venues import AtVenue, Execution, OrderEvent

NOW = datetime(2026, 2, 11, 9, 0, tzinfo=UTC)


def fill(number: int, quantity: str = "1", *, revision: int = 1) -> Execution:
    """Return a fill of an order."""
    return Execution(
        broker_trade_id=f"f{number}.{revision}",
        execution=f"f{number}",
        revision=revision,
        side="BUY",
        quantity=Decimal(quantity),
        price=Decimal(100),
        exec_time=NOW + timedelta(seconds=number),
    )


def event(status: AtVenue, *fills: Execution) -> OrderEvent:
    """Return what the venue says."""
    return OrderEvent(account="a", client_order_id="c", broker_order_id=None, status=status, at=NOW, executions=fills)


LIFE = (event("NEW"), event("PARTIALLY_FILLED", fill(1)), event("PARTIALLY_FILLED", fill(2)), event("FILLED", fill(3)))


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_in_whatever_order_a_life_is_told_its_end_is_the_same(order: tuple[int, ...]) -> None:
    """Fault T16."""
    known: OrderEvent | None = None
    for place in (*order, *order):
        known = merged(known, LIFE[place])

    assert known is not None
    assert (known.status, known.filled_quantity) == ("FILLED", Decimal(3))
    assert [each.broker_trade_id for each in known.executions] == ["f1.1", "f2.1", "f3.1"]


def test_a_fill_after_the_cancel_is_kept_and_the_order_stays_cancelled() -> None:
    known = merged(event("CANCELED"), event("PARTIALLY_FILLED", fill(1)))

    assert (known.status, known.filled_quantity) == ("CANCELED", Decimal(1))


def test_what_the_venue_answers_when_asked_wins_and_no_fill_is_forgotten() -> None:
    known = looked_up(event("FILLED", fill(1), fill(2)), event("CANCELED", fill(2, "0", revision=2)))

    assert (known.status, known.filled_quantity) == ("CANCELED", Decimal(1))
    assert len(known.executions) == 3


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 5), st.integers(1, 4)), max_size=12))
def test_of_one_and_its_corrections_the_last_counts(drawn: list[tuple[int, int, int]]) -> None:
    fills = {(number, revision): fill(number, str(quantity), revision=revision) for number, quantity, revision in drawn}
    last = {number: max(r for n, r in fills if n == number) for number, _ in fills}

    assert filled(fills.values()) == sum((fills[each].quantity for each in last.items()), Decimal(0))
