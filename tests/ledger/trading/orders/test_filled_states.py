"""What executions make of an order's state; where they contradict it, the rest is looked up."""

from decimal import Decimal

import pytest

from ledger.trading.enumerations import OrderStatus
from ledger.trading.orders.states import after_fills


@pytest.mark.parametrize(
    ("status", "filled", "after"),
    [
        ("NEW", "10", "FILLED"),
        ("CANCELED", "10", "FILLED"),
        ("REJECTED", "10", "FILLED"),
        ("NEW", "11", "FILLED"),
        ("PENDING_NEW", "4", "PARTIALLY_FILLED"),
        ("UNKNOWN", "4", "PARTIALLY_FILLED"),
        ("NOT_PLACED", "4", "PARTIALLY_FILLED"),
        ("CANCELED", "4", "CANCELED"),
        ("EXPIRED", "4", "EXPIRED"),
        ("PENDING_CANCEL", "4", "PENDING_CANCEL"),
        ("REJECTED", "4", "UNKNOWN"),
        ("FILLED", "4", "PARTIALLY_FILLED"),
        ("FILLED", "0", "NEW"),
        ("PARTIALLY_FILLED", "0", "NEW"),
    ],
)
def test_a_fill_wins_and_the_rest_of_a_refused_order_is_not_taken_for_ended(
    status: OrderStatus, filled: str, after: OrderStatus
) -> None:
    assert after_fills(status, quantity=Decimal(10), filled=Decimal(filled)) == after
