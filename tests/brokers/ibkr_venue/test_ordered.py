"""Orders of ours as the TWS API has them, and back."""

from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest
from ib_async import Order, OrderStatus, Stock, Trade

from brokers.ibkr_venue.executions import execution_of
from brokers.ibkr_venue.ordered import Placed, event_of, order_of, placed_of, status_of, text
from brokers.venue import Refused
from bus.messages.venues import OrderType, PlaceOrder, TimeInForce, Traded
from tests.brokers.ibkr_venue.test_executions import AAPL, fill

NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)
BUY = PlaceOrder(
    account="acc",
    is_live=False,
    client_order_id="a1",
    instrument=Traded(symbol="AAPL", asset_type="EQUITY", currency="USD"),
    side="BUY",
    type="MARKET",
    time_in_force="DAY",
    quantity=Decimal(10),
    price=Decimal("1.10"),
    stop_price=Decimal("2.20"),
)


def placed(word: str, *, quantity: str = "10", filled: str = "0", ref: str = "a1") -> Placed:
    """Return an order at the gateway."""
    return Placed(
        ref=ref,
        perm_id=7,
        client_id=1,
        order_id=3,
        word=word,
        quantity=Decimal(quantity),
        filled=Decimal(filled),
    )


@pytest.mark.parametrize(
    ("number", "written"), [("1E+2", "100"), ("0.10", "0.10"), ("1E-4", "0.0001"), ("12345678.9", "12345678.9")]
)
def test_a_number_goes_out_with_all_of_its_digits(number: str, written: str) -> None:
    assert text(Decimal(number)) == written


@pytest.mark.parametrize(
    ("kind", "word", "limit", "stop"),
    [
        ("MARKET", "MKT", None, None),
        ("LIMIT", "LMT", "1.10", None),
        ("STOP", "STP", None, "2.20"),
        ("STOP_LIMIT", "STP LMT", "1.10", "2.20"),
        ("TRAILING", "TRAIL", None, "2.20"),
    ],
)
def test_each_type_goes_out_with_its_prices_alone(
    kind: OrderType, word: str, limit: str | None, stop: str | None
) -> None:
    made = order_of(msgspec.structs.replace(BUY, type=kind), number="DU1", quantity=BUY.quantity)
    unset = Order()

    assert (made.orderType, str(made.totalQuantity), made.orderRef, made.account) == (word, "10", "a1", "DU1")
    assert made.lmtPrice == (limit or unset.lmtPrice)
    assert made.auxPrice == (stop or unset.auxPrice)
    assert (made.outsideRth, made.transmit, made.tif) == (False, True, "DAY")


@pytest.mark.parametrize(("kind", "tif", "sent"), [("MARKET", "CLS", ("MOC", "DAY")), ("LIMIT", "OPG", ("LMT", "OPG"))])
def test_an_order_of_the_auctions_goes_out_as_the_api_has_it(
    kind: OrderType, tif: TimeInForce, sent: tuple[str, str]
) -> None:
    made = order_of(msgspec.structs.replace(BUY, type=kind, time_in_force=tif), number="DU1", quantity=BUY.quantity)

    assert (made.orderType, made.tif) == sent


def test_a_leg_is_of_its_openings_group_so_that_the_gateway_cancels_its_sibling() -> None:
    leg = msgspec.structs.replace(BUY, type="STOP", parent="a0", leg="SL")
    made = order_of(leg, number="DU1", quantity=BUY.quantity)

    assert (made.ocaGroup, made.ocaType) == ("a0", 1)


@pytest.mark.parametrize(
    "order",
    [
        msgspec.structs.replace(BUY, time_in_force="GTD"),
        msgspec.structs.replace(BUY, type="STOP", time_in_force="CLS"),
        msgspec.structs.replace(BUY, type="LIMIT", price=None),
        msgspec.structs.replace(BUY, type="STOP", stop_price=None),
    ],
)
def test_what_the_venue_has_not_is_refused(order: PlaceOrder) -> None:
    with pytest.raises(Refused):
        order_of(order, number="DU1", quantity=order.quantity)


@pytest.mark.parametrize(
    ("word", "filled", "status"),
    [
        ("PendingSubmit", "0", "NEW"),
        ("PreSubmitted", "0", "NEW"),
        ("Submitted", "4", "PARTIALLY_FILLED"),
        ("PendingCancel", "0", "NEW"),
        ("ValidationError", "0", "NEW"),
        ("Filled", "10", "FILLED"),
        ("Submitted", "10", "FILLED"),
        ("Cancelled", "10", "FILLED"),
        ("Cancelled", "4", "CANCELED"),
        ("ApiCancelled", "0", "CANCELED"),
        ("Inactive", "0", "REJECTED"),
        ("Inactive", "4", "CANCELED"),
        ("SomethingNew", "0", "UNKNOWN"),
    ],
)
def test_each_word_of_the_gateway_is_one_of_fix_and_a_fill_wins(word: str, filled: str, status: str) -> None:
    assert status_of(placed(word), Decimal(filled)) == status


def test_an_order_made_smaller_is_over_with_its_rest_canceled() -> None:
    """Else it would be looked up for ever: it is filled, and lacks a part."""
    event = event_of("acc", placed("Filled", quantity="4", filled="4", ref="a1~"), (), at=NOW)

    assert (event.client_order_id, event.status, event.filled_quantity) == ("a1", "CANCELED", Decimal(4))
    assert event.reason
    assert order_of(BUY, number="DU1", quantity=Decimal(4)).orderRef == "a1~"


def test_a_bust_takes_the_fill_away_whatever_the_status_says() -> None:
    old = execution_of(fill(), None, AAPL)
    busted = msgspec.structs.replace(old, broker_trade_id="x.02", revision=2, quantity=Decimal(0))
    event = event_of("acc", placed("Filled", filled="10"), (busted, old), at=NOW)

    assert event.filled_quantity == 0
    assert len(event.executions) == 2


def test_what_ib_async_has_of_an_order_is_read_whole() -> None:
    order = Order(orderId=3, clientId=1, permId=7, totalQuantity=10.0, orderRef="a1")
    trade = Trade(Stock("AAPL", "SMART", "USD"), order, OrderStatus(3, "Submitted", 4.0, 6.0), [], [])

    assert placed_of(trade) == placed("Submitted", filled="4")
