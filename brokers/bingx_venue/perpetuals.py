"""Orders of BingX's perpetuals."""

from datetime import datetime

from brokers.bingx_venue.contracts import Contracts
from brokers.bingx_venue.margin import Margin
from brokers.bingx_venue.rest import Rest
from brokers.venue import OrderName
from bus.messages.venues import Execution, OrderEvent, PlaceOrder, Working
from bus.time_source import SYSTEM_TIME, TimeSource


class Perpetuals:
    """Orders of perpetuals: a `Market`."""

    def __init__(self, rest: Rest, contracts: Contracts, margin: Margin, *, time: TimeSource = SYSTEM_TIME) -> None:
        """Keep what is needed."""
        self._rest = rest
        self._contracts = contracts
        self._margin = margin
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

    async def executions(self, account: str, since: datetime) -> tuple[Execution, ...]:
        """Read all fills from a moment on, those of foreign orders too."""
        raise NotImplementedError

    async def working(self, account: str) -> tuple[Working, ...]:
        """Read the orders that rest."""
        raise NotImplementedError
