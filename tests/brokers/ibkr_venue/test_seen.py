"""What was heard of an order, in pieces that come twice, late and in any order."""

from datetime import UTC, datetime
from decimal import Decimal
from itertools import permutations

import msgspec
import pytest
from ib_async import CommissionReport, Order, OrderStatus, Stock, Trade
from ib_async.objects import TradeLogEntry

from brokers.ibkr_venue.executions import execution_of
from brokers.ibkr_venue.refusals import Trouble
from brokers.ibkr_venue.seen import Memory, Seen
from tests.brokers.ibkr_venue.test_executions import AAPL, AT, fill


def trade(word: str, *, filled: float = 0.0, perm_id: int = 7, code: int = 0) -> Trade:
    """Return what ib_async has of an order of ten shares; with a code, its word is made of an error."""
    order = Order(orderId=3, clientId=1, permId=7, totalQuantity=10.0, orderRef="a1")
    status = OrderStatus(3, word, filled, 10.0 - filled, permId=perm_id)
    return Trade(Stock("AAPL", "SMART", "USD"), order, status, [], [TradeLogEntry(AT, word, "", code)])


def test_pieces_in_any_order_come_to_the_same() -> None:
    bare = execution_of(fill(), None, AAPL)
    charged = execution_of(fill(), CommissionReport(execId=bare.broker_trade_id, commission=1.0, currency="USD"), AAPL)

    def played(pieces: tuple[int, ...]) -> object:
        """Hear the pieces in an order, and return what is known in the end."""
        seen = Seen("a1")
        for piece in (*pieces, *pieces):
            match piece:
                case 0:
                    seen.opened(trade("PreSubmitted"))
                case 1:
                    seen.take((bare,))
                case 2:
                    seen.take((charged,))
        seen.word(trade("Filled", filled=10.0))
        return seen.event("acc", at=AT)

    ends = [played(each) for each in permutations(range(3))]

    assert all(each == ends[0] for each in ends)


@pytest.mark.parametrize("code", [10147, 161, 201, 399])
def test_a_word_that_is_made_of_an_error_is_none_of_the_gateways(code: int) -> None:
    seen = Seen("a1")
    seen.word(trade("Submitted"))
    seen.word(trade("Cancelled", code=code))

    assert seen.placed is not None
    assert seen.placed.word == "Submitted"
    assert not seen.is_over


def test_a_status_of_another_order_under_the_same_number_is_not_this_ones() -> None:
    seen = Seen("a1")
    seen.word(trade("Cancelled", perm_id=8))

    assert seen.placed is None


@pytest.mark.parametrize(
    ("word", "code", "reason"),
    [
        ("Submitted", 399, "held until 09:30"),
        ("Submitted", 161, ""),
        ("Submitted", 10349, ""),
        ("Cancelled", 399, ""),
        ("Cancelled", 202, "held until 09:30"),
        ("Inactive", 201, "held until 09:30"),
    ],
)
def test_a_reason_is_told_of_what_it_is_a_reason_for(word: str, code: int, reason: str) -> None:
    seen = Seen("a1")
    seen.word(trade(word))
    seen.trouble = Trouble(code, "reason:held until 09:30")
    event = seen.event("acc", at=AT)

    assert event is not None
    assert event.reason == reason


def test_an_order_of_which_only_executions_are_known_is_filled_at_least_partly() -> None:
    seen = Seen("a1")
    seen.take((execution_of(fill(), None, AAPL),))
    event = seen.event("acc", at=datetime(2026, 3, 4, tzinfo=UTC))

    assert event is not None
    assert (event.status, event.filled_quantity) == ("PARTIALLY_FILLED", Decimal(10))


def test_the_oldest_orders_are_forgotten_but_those_of_a_call_under_way() -> None:
    memory = Memory(2)
    held = memory.of("a1", 1)
    held.calls = 1
    for name in ("a2", "a3", "a4"):
        memory.of(name, 0)

    assert [each.key for each in memory] == ["a1", "a4"]
    assert memory.of("a1~", 1) is held
    assert memory.of("", 9).key == "#9"


def test_a_correction_counts_and_the_old_one_stays() -> None:
    seen = Seen("a1")
    seen.word(trade("Filled", filled=10.0))
    old = execution_of(fill(), None, AAPL)
    seen.take((old, msgspec.structs.replace(old, broker_trade_id="x.02", revision=2, quantity=Decimal(4))))
    event = seen.event("acc", at=AT)

    assert event is not None
    assert (len(event.executions), event.filled_quantity) == (2, Decimal(4))
