"""What a venue that places nothing again by itself has surely not got: a person decides, and a late fill is a fill."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from bus.messages.venues import Execution, OrderEvent
from ledger.inbox.opening import Inbox
from ledger.store import Ledger
from ledger.trading.orders.records import Order
from tests.execution.signals_desk.stage import AAPL, Stage
from tests.execution.signals_desk.test_requests import answer


@pytest.fixture
def stage(books: Ledger, inbox: Inbox) -> Stage:
    """Return a stage whose account is at a venue that is not paper."""
    return Stage(books, inbox, code="IBKR")


def says_of(stage: Stage, order: Order, status: str, *fills: Execution) -> None:
    """Let the venue say something of an order."""
    said = OrderEvent(
        account=stage.account,
        client_order_id=order.client_order_id,
        broker_order_id=None if status == "NOWHERE" else "7",
        status=status,  # type: ignore[arg-type]  # a word of the test's
        at=stage.time.now(),
        executions=fills,
        filled_quantity=sum((each.quantity for each in fills), Decimal(0)),
    )
    stage.says(said)
    stage.turn()


def filled(stage: Stage) -> Execution:
    """Return the execution of four shares."""
    return Execution(
        broker_trade_id="late.01", side="BUY", quantity=Decimal(4), price=Decimal(201), exec_time=stage.time.now()
    )


def nowhere(stage: Stage) -> Order:
    """Order four shares, and let the venue say that it surely has no such order."""
    stage.venue.is_deaf = True
    stage.arrives(symbol="AAPL")
    stage.turn()
    [order] = stage.made()
    says_of(stage, order, "UNKNOWN")
    says_of(stage, order, "NOWHERE")
    stage.venue.is_deaf = False
    stage.passes(60)
    return stage.made()[0]


def test_it_is_not_placed_again_by_itself(stage: Stage) -> None:
    """Fault T13a."""
    order = nowhere(stage)

    assert order.status == "NOT_PLACED"
    assert stage.venue.placed == {}
    assert "was not placed" in stage.told()[-1]


def test_a_person_places_it_again_under_a_new_name(stage: Stage) -> None:
    order = nowhere(stage)
    request = stage.wants("place_again", order=order.uid)
    stage.passes(5)
    placed = stage.made()[-1]

    assert stage.request(request).state == "DONE"
    assert (placed.status, placed.quantity) == ("FILLED", Decimal(4))
    assert placed.client_order_id != order.client_order_id
    assert stage.venue.held[AAPL] == 4


def test_placing_it_again_passes_every_check_anew(stage: Stage) -> None:
    order = nowhere(stage)
    stage.venue.prices.clear()
    stage.passes(6)
    request = stage.wants("place_again", order=order.uid)
    stage.passes(12)

    assert stage.request(request).state == "REFUSED"
    assert answer(stage).startswith("✖ Not known: quote")
    assert stage.venue.placed == {}


def test_a_fill_that_comes_after_all_is_booked_and_told_and_it_is_not_placed_again(stage: Stage) -> None:
    """Fault T15."""
    order = nowhere(stage)
    says_of(stage, order, "FILLED", filled(stage))
    told = stage.told()[-1]
    request = stage.wants("place_again", order=order.uid)
    stage.turn()

    assert stage.made()[0].status == "FILLED"
    assert stage.held() == [("AAPL", Decimal(4))]
    assert "bought 4 @ 201" in told
    assert stage.request(request).state == "REFUSED"
    assert len(stage.made()) == 1


def test_a_fill_that_a_reading_finds_after_all_is_booked_and_told(stage: Stage) -> None:
    order = nowhere(stage)
    stage.venue.executions = (replace(filled(stage), client_order_id=order.client_order_id),)
    stage.venue.held[AAPL] = Decimal(4)
    stage.orders.reconcile_now(stage.account)
    stage.passes(5)

    assert stage.made()[0].status == "FILLED"
    assert stage.held() == [("AAPL", Decimal(4))]
    assert any("bought 4 @ 201" in each for each in stage.told())
