"""What each of BingX's two markets, perpetuals and spot, does with orders; the venue asks the one that is meant."""

from datetime import datetime
from typing import Protocol

from brokers.venue import OrderName
from bus.messages.venue_accounts import Working
from bus.messages.venues import Execution, OrderEvent, PlaceOrder


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

    async def changed(self, account: str, symbol: str, broker_order_id: str) -> OrderEvent | None:
        """Read an order of which the stream says that something has happened, whosever it is.

        Args:
            symbol: What it trades, as BingX writes it.
            broker_order_id: BingX's number of it.

        Returns:
            What it is now; None where BingX has none of that number.
        """
        ...

    async def executions(self, account: str, since: datetime) -> tuple[Execution, ...]:
        """Read all fills from a moment on, those of foreign orders too."""
        ...

    async def working(self, account: str) -> tuple[Working, ...]:
        """Read the orders that rest."""
        ...
