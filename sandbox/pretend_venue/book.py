"""The pretend venue's accounts, orders, fills and journal; follows no outside page.

Quirks: a market order fills at once at the quote; a limit or stop order rests until a quote set by a test reaches it;
nothing is margined, and a position may be short; the journal is what a stream of events would say.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Literal

import msgspec

FEE_RATE = Decimal("0.001")
Status = Literal["NEW", "PARTIALLY_FILLED", "FILLED", "CANCELED", "REJECTED", "EXPIRED"]


class RefusedOrder(Exception):
    """The venue says no; its text is told."""


class DuplicateOrder(Exception):
    """There is an order of that client id already."""


class Quote(msgspec.Struct):
    """What a symbol costs."""

    bid: Decimal
    ask: Decimal
    last: Decimal


class Asked(msgspec.Struct, kw_only=True):
    """An order as it is sent."""

    client_id: str
    symbol: str
    side: Literal["BUY", "SELL"]
    type: Literal["MARKET", "LIMIT", "STOP"]
    quantity: Decimal
    price: Decimal | None = None
    stop_price: Decimal | None = None
    reduce_only: bool = False
    leg: str = ""


class Fill(msgspec.Struct, kw_only=True):
    """A fill; a correction has the same name and a higher revision, a busted one no quantity."""

    id: str
    name: str
    revision: int
    client_id: str
    symbol: str
    side: str
    quantity: Decimal
    price: Decimal
    fee: Decimal
    at: datetime
    note: str = ""


class Order(msgspec.Struct, kw_only=True):
    """An order that the venue has."""

    id: str
    asked: Asked
    status: Status
    at: datetime
    fills: list[Fill] = []
    hidden_until: datetime | None = None

    @property
    def filled(self) -> Decimal:
        """Return what its fills add up to; the last revision of each counts."""
        newest = {fill.name: fill for fill in sorted(self.fills, key=lambda fill: fill.revision)}
        return sum((fill.quantity for fill in newest.values()), Decimal(0))


class Event(msgspec.Struct):
    """One word of the venue's stream."""

    number: int
    account: str
    order: Order


class Account(msgspec.Struct):
    """One account."""

    cash: Decimal = Decimal(100_000)
    positions: dict[str, Decimal] = {}
    orders: dict[str, Order] = {}


class Book:
    """All accounts of the venue."""

    def __init__(self, quotes: dict[str, Quote]) -> None:
        """Begin empty.

        Args:
            quotes: What symbols cost; the service's state, which tests change.
        """
        self.quotes = quotes
        self.accounts: dict[str, Account] = {}
        self.journal: list[Event] = []
        self._numbers = 0

    def forget(self) -> None:
        """Be as new."""
        self.accounts.clear()
        self.journal.clear()

    def account(self, name: str) -> Account:
        """Return an account; it is opened when somebody first names it."""
        return self.accounts.setdefault(name, Account())

    def place(self, account: str, asked: Asked, *, share: Decimal = Decimal(1), hidden_s: float = 0) -> Order:
        """Take an order.

        Args:
            account: Whose.
            asked: The order.
            share: How much of a market order is filled at once.
            hidden_s: For how long a look-up does not find it.

        Raises:
            DuplicateOrder: Its client id is taken.
            RefusedOrder: The venue says no.
        """
        held = self.account(account)
        if asked.client_id in held.orders:
            raise DuplicateOrder
        if asked.symbol not in self.quotes:
            raise RefusedOrder("no such symbol")
        position = held.positions.get(asked.symbol, Decimal(0))
        if asked.reduce_only and not (position < 0 if asked.side == "BUY" else position > 0):
            raise RefusedOrder("nothing to reduce")
        if asked.side == "BUY" and not asked.reduce_only and asked.quantity * self._price(asked) > held.cash:
            raise RefusedOrder("not enough money")
        order = Order(id=f"V{self._number()}", asked=asked, status="NEW", at=datetime.now(UTC))
        order.hidden_until = order.at + timedelta(seconds=hidden_s)
        held.orders[asked.client_id] = order
        if asked.type == "MARKET":
            wanted = min(asked.quantity, abs(position)) if asked.reduce_only else asked.quantity
            self.fill(account, order, quantity=wanted * share)
            if wanted < asked.quantity:
                self.end(account, order, "CANCELED")
        return order

    def fill(
        self, account: str, order: Order, *, quantity: Decimal, price: Decimal | None = None, note: str = ""
    ) -> None:
        """Fill a part of an order."""
        at_price = self._price(order.asked) if price is None else price
        name = f"F{self._number()}"
        order.fills.append(
            Fill(
                id=f"{name}.01",
                name=name,
                revision=1,
                client_id=order.asked.client_id,
                symbol=order.asked.symbol,
                side=order.asked.side,
                quantity=quantity,
                price=at_price,
                fee=quantity * at_price * FEE_RATE,
                at=datetime.now(UTC),
                note=note,
            )
        )
        self._move(account, order.asked, quantity, at_price)
        if order.status in {"NEW", "PARTIALLY_FILLED"}:
            order.status = "FILLED" if order.filled >= order.asked.quantity else "PARTIALLY_FILLED"
        elif order.filled >= order.asked.quantity:
            order.status = "FILLED"
        self.tell(account, order)

    def correct(self, account: str, order: Order, *, price: Decimal | None, quantity: Decimal | None) -> None:
        """Correct the last fill of an order; a quantity of zero busts it."""
        last = order.fills[-1]
        changed = msgspec.structs.replace(
            last,
            id=f"{last.name}.{last.revision + 1:02}",
            revision=last.revision + 1,
            price=last.price if price is None else price,
            quantity=last.quantity if quantity is None else quantity,
        )
        self._move(account, order.asked, -last.quantity, last.price)
        self._move(account, order.asked, changed.quantity, changed.price)
        order.fills.append(changed)
        if order.status == "FILLED" and order.filled < order.asked.quantity:
            order.status = "CANCELED"
        self.tell(account, order)

    def end(self, account: str, order: Order, status: Status) -> None:
        """End an order that is not filled yet."""
        if order.status in {"NEW", "PARTIALLY_FILLED"}:
            order.status = status
            self.tell(account, order)

    def trade_by_hand(self, account: str, symbol: str, quantity: Decimal, *, note: str) -> None:
        """Change a position as a person at the venue does, or the venue itself: with an order of nobody here."""
        side: Literal["BUY", "SELL"] = "BUY" if quantity > 0 else "SELL"
        asked = Asked(client_id="", symbol=symbol, side=side, type="MARKET", quantity=abs(quantity))
        order = Order(id=f"V{self._number()}", asked=asked, status="NEW", at=datetime.now(UTC))
        self.account(account).orders[f"by hand {order.id}"] = order
        self.fill(account, order, quantity=abs(quantity), note=note)

    def move_quote(self, symbol: str, quote: Quote) -> None:
        """Set what a symbol costs; what rests at that price fills."""
        self.quotes[symbol] = quote
        for name, account in self.accounts.items():
            for order in list(account.orders.values()):
                if order.status == "NEW" and order.asked.symbol == symbol and self._is_reached(order.asked):
                    self.fill(name, order, quantity=order.asked.quantity)

    def tell(self, account: str, order: Order) -> None:
        """Put an order as it is now into the journal."""
        copied = msgspec.convert(msgspec.to_builtins(order), Order)
        self.journal.append(Event(len(self.journal) + 1, account, copied))

    def _is_reached(self, asked: Asked) -> bool:
        quote = self.quotes[asked.symbol]
        if asked.type == "LIMIT" and asked.price is not None:
            return quote.ask <= asked.price if asked.side == "BUY" else quote.bid >= asked.price
        if asked.stop_price is not None:
            return quote.ask >= asked.stop_price if asked.side == "BUY" else quote.bid <= asked.stop_price
        return asked.type == "MARKET"

    def _price(self, asked: Asked) -> Decimal:
        quote = self.quotes[asked.symbol]
        return quote.ask if asked.side == "BUY" else quote.bid

    def _move(self, account: str, asked: Asked, quantity: Decimal, price: Decimal) -> None:
        held, change = self.account(account), quantity if asked.side == "BUY" else -quantity
        held.positions[asked.symbol] = held.positions.get(asked.symbol, Decimal(0)) + change
        held.cash -= change * price + abs(quantity) * price * FEE_RATE

    def _number(self) -> int:
        self._numbers += 1
        return self._numbers
