"""The pretend BingX: whatever is traded, its books add up."""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as some

from sandbox.bingx.book import Book
from sandbox.bingx.orders import Order, Position, Ticket
from sandbox.bingx.state import BingxState
from tests.sandbox.bingx.driving import BTC

START = Decimal(1_000_000)
EMPTY = Position(position_id=0, symbol=BTC, side="BOTH", margin_mode="CROSSED", leverage=1)
TRADES = some.lists(some.tuples(some.sampled_from(["BUY", "SELL"]), some.integers(1, 500), some.integers(50, 150)))


@given(TRADES)
def test_money_is_what_it_was_and_all_profits_and_fees_and_the_position_is_all_fills(
    trades: list[tuple[str, int, int]],
) -> None:
    state = BingxState(wallet=START, is_dual=False, spread_bps=0)
    book = Book(state, lambda: datetime(2026, 11, 28, tzinfo=UTC))
    orders = [placed(book, side, Decimal(quantity), Decimal(price)) for side, quantity, price in trades]
    fills = [fill for order in orders for fill in order.fills]
    profit, fees = total(fill.profit for fill in fills), total(fill.commission for fill in fills)
    position = book.holdings.positions.get((BTC, "BOTH"), EMPTY)

    assert state.wallet == START + profit + fees
    assert position.quantity == total(order.executed * order.ticket.sign for order in orders)
    spent = total(order.value * order.ticket.sign for order in orders)
    assert abs(profit - (position.quantity * position.average - spent)) < Decimal("0.01")


def placed(book: Book, side: str, quantity: Decimal, price: Decimal) -> Order:
    """Trade at a price."""
    book.state.prices[BTC] = str(price)
    return book.place(Ticket(symbol=BTC, side=side, position_side="BOTH", type="MARKET", quantity=quantity))


def total(figures: Iterable[Decimal]) -> Decimal:
    """Add up."""
    return sum(figures, Decimal(0))
