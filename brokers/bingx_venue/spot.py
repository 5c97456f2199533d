"""BingX's spot: orders, and what is held of coins."""

from datetime import datetime

from brokers.bingx_venue.contracts import Contracts
from brokers.bingx_venue.rest import Rest
from brokers.venue import OrderName
from bus.messages.venues import Cash, Execution, Held, OrderEvent, PlaceOrder, Working
from bus.time_source import SYSTEM_TIME, TimeSource


class Spot:
    """Orders of spot: a `Market`, with its wallet."""

    def __init__(self, rest: Rest, contracts: Contracts, *, time: TimeSource = SYSTEM_TIME) -> None:
        """Keep what is needed."""
        self._rest = rest
        self._contracts = contracts
        self._time = time

    async def place(self, order: PlaceOrder) -> OrderEvent:
        """Place an order, once."""
        raise NotImplementedError

    async def cancel(self, account: str, order: OrderName) -> OrderEvent:
        """Cancel an order; return what it is then."""
        raise NotImplementedError

    async def find(self, account: str, order: OrderName) -> OrderEvent | None:
        """Find an order with all of its executions; None where there is none of its name now."""
        raise NotImplementedError

    async def changed(self, account: str, symbol: str, broker_order_id: str) -> OrderEvent | None:
        """Read an order of which the stream says that something has happened, whosever it is."""
        raise NotImplementedError

    async def executions(self, account: str, since: datetime) -> tuple[Execution, ...]:
        """Read all fills from a moment on, those of foreign orders too."""
        raise NotImplementedError

    async def working(self, account: str) -> tuple[Working, ...]:
        """Read the orders that rest."""
        raise NotImplementedError

    async def balances(self) -> tuple[Cash, ...]:
        """Read the wallet SPOT: the currencies that things are bought with."""
        raise NotImplementedError

    async def positions(self) -> tuple[Held, ...]:
        """Read what is held of coins."""
        raise NotImplementedError
