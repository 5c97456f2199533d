"""Whatever is said of an order, in whatever order: what is final stays, and what is executed counts."""

from contextlib import suppress
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ledger.store import Ledger
from ledger.trading.books.records import Fill
from ledger.trading.books.trades import ingest
from ledger.trading.enumerations import OrderStatus
from ledger.trading.errors import Invalid
from ledger.trading.orders.finding import find
from ledger.trading.orders.orders import acknowledge, move, place
from ledger.trading.orders.states import ALLOWED
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work
from tests.ledger.trading.world import NOW, order, work

FINAL = {status for status, following in ALLOWED.items() if not following}
STEPS = st.one_of(st.sampled_from(sorted(ALLOWED)), st.just("acknowledge"), st.integers(1, 3))
"""A state that is said, an acknowledgement, or an execution of that quantity."""


class RolledBack(Exception):
    """The end of an example."""


def play(unit: Work, uid: str, number: int, step: OrderStatus | str | int) -> None:
    """Say one thing of an order; what is refused changes nothing."""
    if isinstance(step, int):
        fill = Fill(broker_trade_id=str(number), side="BUY", quantity=Decimal(step), price=Decimal(100), exec_time=NOW)
        ingest(SYSTEM, unit, fill, order=uid)
    else:
        with suppress(Invalid):
            if step == "acknowledge":
                acknowledge(SYSTEM, unit, uid, broker_order_id="7")
            else:
                move(SYSTEM, unit, uid, step)  # type: ignore[arg-type]  # a name of ALLOWED


@given(steps=st.lists(STEPS, max_size=12))
def test_a_final_state_is_left_by_executions_alone_and_these_always_count(
    books: Ledger, steps: list[OrderStatus | str | int]
) -> None:
    with suppress(RolledBack), work(books) as unit:
        uid = place(SYSTEM, unit, order(quantity=Decimal(5))).order.uid
        executed = 0
        for number, step in enumerate(steps):
            before = find(SYSTEM, unit.connection, uid)
            play(unit, uid, number, step)
            after = find(SYSTEM, unit.connection, uid)
            executed += step if isinstance(step, int) else 0

            assert after.filled_quantity == executed
            assert (after.status == "FILLED") == (executed >= 5)
            if not isinstance(step, int):
                assert after.status == before.status or after.status in ALLOWED[before.status]
                assert after.status == before.status or before.status not in FINAL
            if executed:
                assert after.status not in {"NEW", "PENDING_NEW", "NOT_PLACED"}
        raise RolledBack
