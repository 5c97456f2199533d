"""The book alone: whatever is asked of it, its figures agree."""

from datetime import UTC, datetime
from decimal import Decimal

import msgspec
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from sandbox.ib_gateway import events
from sandbox.ib_gateway.book import Book, HandTrade
from sandbox.ib_gateway.contracts import BY_NAME
from sandbox.ib_gateway.orders import Order, Ticket
from sandbox.ib_gateway.state import State

NOON = datetime(2026, 11, 25, 17, tzinfo=UTC)
AAPL = BY_NAME["AAPL"]
CASH = Decimal(10_000_000)
QUANTITY = some.integers(1, 50).map(Decimal)
PRICE = some.integers(26_000, 28_000).map(lambda cents: Decimal(cents) / 100)


class AnyOrders(RuleBasedStateMachine):
    """Orders, quotes, cancels, fills and corrections in any order."""

    def __init__(self) -> None:
        """Begin with an empty book."""
        super().__init__()
        self.book = Book(State(cash=CASH), lambda: NOON)
        self.count = 0

    def _ticket(self, action: str, quantity: Decimal, kind: str, price: Decimal, **more: object) -> Ticket:
        """Return the next ticket."""
        self.count += 1
        limit, stop = (price if "LMT" in kind else None), (price if "STP" in kind else None)
        terms = {"action": action, "quantity": quantity, "type": kind, "limit": limit, "stop": stop, **more}
        return Ticket(client_id=1, order_id=self.count, instrument=AAPL, account="DU1234567", **terms)  # type: ignore[arg-type]

    def _some(self, number: int) -> Order | None:
        """Return one of the orders."""
        orders = list(self.book.orders.values())
        return orders[number % len(orders)] if orders else None

    @rule(
        action=some.sampled_from(["BUY", "SELL"]),
        quantity=QUANTITY,
        kind=some.sampled_from(["MKT", "LMT", "STP", "STP LMT"]),
        price=PRICE,
        group=some.sampled_from(["", "a", "b"]),
        oca_type=some.sampled_from([1, 2, 3]),
    )
    def place(self, action: str, quantity: Decimal, kind: str, price: Decimal, group: str, oca_type: int) -> None:
        """Place an order, perhaps one of a group."""
        self.book.place(self._ticket(action, quantity, kind, price, oca_group=group, oca_type=oca_type))

    @rule(quantity=QUANTITY, limit=PRICE, stop=PRICE)
    def bracket(self, quantity: Decimal, limit: Decimal, stop: Decimal) -> None:
        """Place a bracket."""
        parent = self._ticket("BUY", quantity, "LMT", limit, transmit=False)
        self.book.place(parent)
        self.book.place(self._ticket("SELL", quantity, "LMT", limit, transmit=False, parent_id=parent.order_id))
        self.book.place(self._ticket("SELL", quantity, "STP", stop, parent_id=parent.order_id))

    @rule(number=some.integers(0, 99), quantity=QUANTITY, price=PRICE)
    def fill(self, number: int, quantity: Decimal, price: Decimal) -> None:
        """Fill an order, even one that is cancelled."""
        if (order := self._some(number)) is not None:
            self.book.fill(order, quantity=quantity, price=price)

    @rule(number=some.integers(0, 99), quantity=some.one_of(some.none(), some.just(Decimal(0)), QUANTITY), price=PRICE)
    def correct(self, number: int, quantity: Decimal | None, price: Decimal) -> None:
        """Correct or bust the last fill of an order."""
        if (order := self._some(number)) is not None:
            self.book.correct(order, quantity=quantity, price=price)

    @rule(number=some.integers(1, 99), is_pending=some.booleans())
    def cancel(self, number: int, is_pending: bool) -> None:
        """Cancel an order."""
        self.book.cancel(1, number, is_pending=is_pending)

    @rule(number=some.integers(1, 99), quantity=QUANTITY, price=PRICE)
    def change(self, number: int, quantity: Decimal, price: Decimal) -> None:
        """Change an order's terms."""
        order = self.book.find(1, number)
        if order is not None:
            ticket = self._ticket(order.ticket.action, quantity, order.ticket.type, price)
            self.book.place(_numbered(ticket, number))

    @rule(bid=PRICE)
    def move(self, bid: Decimal) -> None:
        """Move the quote."""
        quote = self.book.state.quotes["AAPL"]
        quote.bid, quote.ask, quote.last = bid, bid + Decimal("0.02"), bid
        self.book.look_again("AAPL")

    @rule(share=some.sampled_from([Decimal(1), Decimal("0.5"), Decimal("0.1")]), hold=some.booleans())
    def behave(self, share: Decimal, hold: bool) -> None:
        """Fill slowly, in parts, or at once."""
        self.book.state.fill_share, self.book.state.hold_fills = share, hold

    @rule(quantity=QUANTITY, sign=some.sampled_from([1, -1]))
    def by_hand(self, quantity: Decimal, sign: int) -> None:
        """Trade by hand."""
        self.book.by_hand(HandTrade(AAPL, quantity * sign))

    @invariant()
    def the_position_is_the_sum_of_the_executions(self) -> None:
        """Add up the newest revision of each execution."""
        newest = {each.number: each for each in self.book.holdings.executions}

        assert self.book.holdings.position(AAPL).quantity == sum(each.signed for each in newest.values())

    @invariant()
    def the_cash_is_what_was_not_spent(self) -> None:
        """Add up what was paid and earned."""
        newest = {each.number: each for each in self.book.holdings.executions}
        spent = sum(each.signed * each.price + each.commission for each in newest.values())

        assert self.book.state.cash == CASH - spent

    @invariant()
    def no_order_is_filled_beyond_itself(self) -> None:
        """Look at each order."""
        for order in self.book.orders.values():
            executed = sum(each.quantity for each in self.book.holdings.newest_of(order.perm_id))

            assert order.filled == executed
            assert 0 <= order.filled <= order.ticket.quantity
            assert order.remaining >= 0
            assert order.is_working or order.ended_at is not None

    @invariant()
    def nothing_is_told_of_an_execution_before_its_order(self) -> None:
        """Read what was told."""
        shown: set[int] = set()
        for event in self.book.events:
            match event:
                case events.Shown(order):
                    shown.add(order.perm_id)
                case events.Executed(execution):
                    assert execution.perm_id in shown or execution.ticket.transmit is False


def _numbered(ticket: Ticket, number: int) -> Ticket:
    """Return a ticket under an old number."""
    return msgspec.structs.replace(ticket, order_id=number)


TestAnyOrders = AnyOrders.TestCase
