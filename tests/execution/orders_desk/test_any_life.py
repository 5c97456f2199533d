"""Whatever the order in which a venue's words of one order's life come, and however often, the end is the same."""

import shutil
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bus.messages.venues import OrderEvent
from execution.orders_desk.steps import next_step
from execution.venues import VenueRule
from ledger.store import open_ledger
from ledger.trading.orders.records import Order
from ledger.trading.orders.states import ALLOWED, may_become
from tests.execution.orders_desk.stage import Stage, event, fill
from tests.ledger.trading import world

D = Decimal
LIVES = ("filled", "canceled", "rejected")


def life(row: Order, end: str) -> list[OrderEvent]:
    """Return all words of a life."""
    one, two = fill("1", "1"), fill("2", "1", price="104")
    if end == "rejected":
        return [event(row, "UNKNOWN"), event(row, "REJECTED", reason="no")]
    begin = [event(row, "UNKNOWN"), event(row, "NEW"), event(row, "PARTIALLY_FILLED", one)]
    last = event(row, "FILLED", one, two) if end == "filled" else event(row, "CANCELED", one)
    return [*begin, last]


@settings(max_examples=10)
@given(st.data(), st.sampled_from(LIVES))
def test_any_order_of_a_lifes_words_gives_the_same_end(empty_ledger: Path, data: st.DataObject, end: str) -> None:
    with TemporaryDirectory() as folder:
        path = shutil.copy(empty_ledger, f"{folder}/portfolio.db")
        with open_ledger(f"sqlite:///{path}") as ledger:
            world.settle(ledger)
            stage = Stage(ledger)
            row = stage.sent()
            words = life(row, end)
            said = data.draw(st.permutations(words)) + data.draw(st.lists(st.sampled_from(words), max_size=3))
            for each in said:
                if data.draw(st.booleans()):
                    stage.start()
                stage.says(each)
            after, held = stage.row(row.uid), stage.held()

    filled = {"filled": D(2), "canceled": D(1), "rejected": D(0)}[end]
    assert after.status == end.upper()
    assert after.filled_quantity == filled
    assert held == [filled] * bool(filled)


@given(
    st.sampled_from(sorted(ALLOWED)),
    st.sampled_from(["0", "1", "2"]),
    st.sampled_from(["NEW", "PARTIALLY_FILLED", "FILLED", "CANCELED", "REJECTED", "EXPIRED", "UNKNOWN", "NOWHERE"]),
    st.sampled_from([None, 0.5]),
    st.booleans(),
)
def test_no_word_asks_for_a_step_that_orders_cannot_take(
    status: str, filled: str, said: str, retry_after_s: float | None, places_again: bool
) -> None:
    assume(status != "PARTIALLY_FILLED" or filled == "1")
    assume((status == "FILLED") == (filled == "2"))
    assume(status not in {"PENDING_NEW", "NEW", "NOT_PLACED", "REJECTED"} or filled == "0")
    order = an_order(status, D(filled))
    word = OrderEvent(
        account="a",
        client_order_id="c",
        broker_order_id=None,
        status=said,  # type: ignore[arg-type]  # one of the words
        at=world.NOW,
        retry_after_s=retry_after_s,
    )
    step = next_step(order, word, VenueRule(places_again=places_again))
    states = [order.status, *step.moves]
    wrong = [(one, other) for one, other in pairwise(states) if not may_become(one, other)]

    assert wrong == []
    assert not (order.filled_quantity and {"NOT_PLACED", "PENDING_NEW"} & set(step.moves))


def an_order(status: str, filled: Decimal) -> Order:
    """Return an order in a state."""
    fields = dict.fromkeys(Order.__struct_fields__)
    known = {"status": status, "quantity": D(2), "filled_quantity": filled, "reason": None}
    return Order(**{**fields, **known})  # type: ignore[arg-type]  # nothing else is looked at
