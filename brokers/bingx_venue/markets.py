"""What each of BingX's two markets, perpetuals and spot, does with orders; the venue asks the one that is meant."""

from datetime import datetime
from typing import Protocol

import msgspec

from brokers.venue import OrderName
from bus.messages.venues import AssetType, Cash, Execution, OrderEvent, PlaceOrder, Working


class Woken(msgspec.Struct, frozen=True, kw_only=True):
    """What the stream says has changed; only a reason to read it. With no order named, anything may have changed."""

    kind: AssetType = "FUTURE"
    symbol: str = ""
    client_order_id: str = ""
    broker_order_id: str = ""


class Market(Protocol):
    """Orders of one kind of instrument. Every call may raise any VenueError, as the venue's own of the same name."""

    async def place(self, order: PlaceOrder) -> OrderEvent:
        """Place an order, once."""
        ...

    async def cancel(self, account: str, order: OrderName) -> OrderEvent:
        """Cancel an order; return what it is then."""
        ...

    async def find(self, account: str, order: OrderName) -> OrderEvent | None:
        """Find an order with all of its executions; None where there is none of its name now."""
        ...

    async def executions(self, account: str, since: datetime) -> tuple[Execution, ...]:
        """Read all fills from a moment on, those of foreign orders too."""
        ...

    async def working(self, account: str) -> tuple[Working, ...]:
        """Read the orders that rest."""
        ...


class Money(Protocol):
    """A market whose money lies in a wallet of its own."""

    async def balances(self) -> tuple[Cash, ...]:
        """Read the wallet."""
        ...
