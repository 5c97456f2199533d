"""Orders, fills and positions as the pretend BingX keeps them; nothing of how they are told.

Follows BingX's documentation, "USDT-M Perp Futures, Trade" (read 2026-11).

Quirks of BingX that are kept: an order's number has 19 digits; client ids are lower-cased; a commission that was paid
is negative; the legs attached to an order become orders of their own, without a client id, once it fills.
"""

from decimal import Decimal

import msgspec

NOTHING = Decimal(0)
RESTING = frozenset({"NEW", "PARTIALLY_FILLED"})
STOPS = frozenset({"STOP_MARKET", "STOP"})
PROFITS = frozenset({"TAKE_PROFIT_MARKET", "TAKE_PROFIT"})
TRIGGERS = frozenset({"TRIGGER_MARKET", "TRIGGER_LIMIT"})
WAITING = STOPS | PROFITS | TRIGGERS
"""The types that do nothing until a price triggers them."""
LIMITED = frozenset({"LIMIT", "STOP", "TAKE_PROFIT", "TRIGGER_LIMIT"})


class Attached(msgspec.Struct, frozen=True, kw_only=True):
    """A stop loss or a take profit that comes with an order; no quantity is as much as the order fills."""

    type: str
    stop_price: Decimal
    price: Decimal | None = None
    working_type: str = "MARK_PRICE"
    quantity: Decimal | None = None
    stop_guaranteed: str = "false"


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """What an order asks for; `quantity` is 0 where `close_position` takes all that is held then."""

    symbol: str
    side: str
    position_side: str
    type: str
    quantity: Decimal
    price: Decimal | None = None
    stop_price: Decimal | None = None
    time_in_force: str = "GTC"
    working_type: str = "MARK_PRICE"
    client_id: str = ""
    reduce_only: bool = False
    close_position: bool = False
    stop_loss: Attached | None = None
    take_profit: Attached | None = None
    parent_id: int = 0

    @property
    def sign(self) -> int:
        """Return 1 for what buys, -1 for what sells."""
        return 1 if self.side == "BUY" else -1

    @property
    def waits(self) -> bool:
        """Return whether a price has to trigger it."""
        return self.type in WAITING

    @property
    def closes(self) -> bool:
        """Return whether it can only make a position smaller."""
        is_opposite = (self.side, self.position_side) in {("SELL", "LONG"), ("BUY", "SHORT")}
        return is_opposite or self.reduce_only or self.close_position


class Fill(msgspec.Struct, frozen=True, kw_only=True):
    """One execution; the commission is below zero where it was paid, `profit` is what closing realised."""

    trade_id: int
    quantity: Decimal
    price: Decimal
    commission: Decimal
    profit: Decimal
    at_ms: int
    maker: bool = False


class Order(msgspec.Struct, kw_only=True):
    """An order that was taken.

    Attributes:
        order_id: 19 digits.
        ticket: What it asks for.
        leverage: The leverage of its side when it came.
        status: NEW, PARTIALLY_FILLED, FILLED, CANCELED, EXPIRED or FAILED; how it is spelled is the state's.
        fills: Its executions, oldest first.
        is_triggered: A price has reached its stop price.
        is_above: A price at or over its stop price triggers it, else one at or under it.
        kind: What is told as its type: the ticket's, or LIQUIDATION.
        share: How much of it fills by itself; what is left is held.
        is_held: It fills no further until it is told to.
        loses_legs: Its attached legs are not made when it fills.
        hidden_until_ms: Nothing of it is told before.
        fills_hidden_until_ms: Its fills are not in the list of fills before.
    """

    order_id: int
    ticket: Ticket
    leverage: int
    created_ms: int
    updated_ms: int
    position_id: int = 0
    status: str = "NEW"
    fills: list[Fill] = []
    is_triggered: bool = False
    is_above: bool = False
    kind: str = ""
    share: Decimal = Decimal(1)
    is_held: bool = False
    loses_legs: bool = False
    hidden_until_ms: int = 0
    fills_hidden_until_ms: int = 0

    @property
    def is_resting(self) -> bool:
        """Return whether it can still fill."""
        return self.status in RESTING

    @property
    def executed(self) -> Decimal:
        """Return how much of it has been filled."""
        return sum((fill.quantity for fill in self.fills), NOTHING)

    @property
    def remaining(self) -> Decimal:
        """Return how much of it is left."""
        return self.ticket.quantity - self.executed

    @property
    def value(self) -> Decimal:
        """Return what its executions cost."""
        return sum((fill.quantity * fill.price for fill in self.fills), NOTHING)

    @property
    def average(self) -> Decimal:
        """Return its average price, 0 where nothing is filled."""
        return self.value / self.executed if self.fills else NOTHING

    @property
    def profit(self) -> Decimal:
        """Return what its executions realised."""
        return sum((fill.profit for fill in self.fills), NOTHING)

    @property
    def commission(self) -> Decimal:
        """Return what its executions cost in fees, below zero."""
        return sum((fill.commission for fill in self.fills), NOTHING)


class Position(msgspec.Struct, kw_only=True):
    """What is held on one side of a symbol; the quantity is below zero where it is short.

    Attributes:
        side: LONG or SHORT in hedge mode, BOTH in one-way mode.
        margin_mode: CROSSED, ISOLATED or SEPARATE_ISOLATED, as it was opened.
    """

    position_id: int
    symbol: str
    side: str
    margin_mode: str
    leverage: int
    quantity: Decimal = NOTHING
    average: Decimal = NOTHING
    realised: Decimal = NOTHING
    created_ms: int = 0
    updated_ms: int = 0

    @property
    def direction(self) -> str:
        """Return LONG or SHORT."""
        return "SHORT" if self.quantity < 0 else "LONG"

    @property
    def margin(self) -> Decimal:
        """Return what it binds."""
        return abs(self.quantity) * self.average / self.leverage

    def unrealised(self, mark: Decimal) -> Decimal:
        """Return what it has won at a price, below zero what it has lost."""
        return self.quantity * (mark - self.average)


class Income(msgspec.Struct, frozen=True, kw_only=True):
    """One movement of money that is not an order's value: funding, a fee, a profit, a transfer."""

    symbol: str
    kind: str
    amount: Decimal
    text: str
    at_ms: int
    number: int
    trade_id: str = ""
