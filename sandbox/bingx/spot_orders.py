"""Orders and executions of spot as the pretend BingX keeps them; nothing of how they are told.

Follows BingX's documentation, "Spot, Trades Endpoints" (read 2026-11).

Quirks of BingX that are kept: whoever buys pays the fee in the coin that was bought, and so gets less than was filled;
a fee that was paid is below zero; a market order buys for an amount of USDT or a quantity of coins.
"""

from decimal import Decimal

import msgspec

NOTHING = Decimal(0)
RESTING = frozenset({"NEW", "PARTIALLY_FILLED"})
TAKE_STOPS = frozenset({"TAKE_STOP_MARKET", "TAKE_STOP_LIMIT"})
TRIGGERS = frozenset({"TRIGGER_MARKET", "TRIGGER_LIMIT"})
WAITING = TAKE_STOPS | TRIGGERS
"""The types that do nothing until a price triggers them; only TAKE_STOP ones bind money meanwhile."""
LIMITED = frozenset({"LIMIT", "TAKE_STOP_LIMIT", "TRIGGER_LIMIT"})
TYPES = WAITING | LIMITED | {"MARKET"}


class SpotTicket(msgspec.Struct, frozen=True, kw_only=True):
    """What an order asks for; `quote_quantity` is what a market order spends where no quantity is given, else 0."""

    symbol: str
    side: str
    type: str
    quantity: Decimal
    quote_quantity: Decimal = NOTHING
    price: Decimal | None = None
    stop_price: Decimal | None = None
    time_in_force: str = "GTC"
    client_id: str = ""

    @property
    def base(self) -> str:
        """Return the coin that is bought or sold."""
        return self.symbol.partition("-")[0]

    @property
    def quote(self) -> str:
        """Return the coin that it is paid in."""
        return self.symbol.partition("-")[2]

    @property
    def is_buy(self) -> bool:
        """Return whether it buys."""
        return self.side == "BUY"

    @property
    def waits(self) -> bool:
        """Return whether a price has to trigger it."""
        return self.type in WAITING


class SpotFill(msgspec.Struct, frozen=True, kw_only=True):
    """One execution; the fee is below zero."""

    number: int
    order_id: int
    symbol: str
    is_buy: bool
    quantity: Decimal
    price: Decimal
    fee: Decimal
    fee_asset: str
    is_maker: bool
    at_ms: int


class SpotOrder(msgspec.Struct, kw_only=True):
    """An order that was taken.

    Attributes:
        order_id: 19 digits.
        ticket: What it asks for.
        status: NEW, PARTIALLY_FILLED, FILLED or CANCELED.
        fills: Its executions, oldest first.
        is_triggered: A price has reached its stop price.
        is_above: It is triggered by a price at or over its stop price, else at or under it.
        hidden_until_ms: Nothing tells of it before.
    """

    order_id: int
    ticket: SpotTicket
    created_ms: int
    updated_ms: int
    status: str = "NEW"
    fills: list[SpotFill] = []
    is_triggered: bool = False
    is_above: bool = False
    hidden_until_ms: int = 0

    @property
    def is_resting(self) -> bool:
        """Return whether it can still fill."""
        return self.status in RESTING

    @property
    def is_live(self) -> bool:
        """Return whether it can fill at the prices of now."""
        return self.is_resting and (self.is_triggered or not self.ticket.waits)

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
    def fee(self) -> Decimal:
        """Return what its executions cost in fees, below zero."""
        return sum((fill.fee for fill in self.fills), NOTHING)

    @property
    def fee_asset(self) -> str:
        """Return the coin that its fees are paid in."""
        return self.ticket.base if self.ticket.is_buy else self.ticket.quote
