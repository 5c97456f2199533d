"""BingX's spot: orders, and what is held of coins; not in the demo, which has none.

Follows BingX's "Spot, Trades Endpoints" (read 2026-11).
"""

from datetime import datetime
from typing import Final

from brokers.bingx_venue.contracts import Contracts
from brokers.bingx_venue.orders_wire import Placed
from brokers.bingx_venue.rest import Rest
from brokers.bingx_venue.spot_account import SpotAccount
from brokers.bingx_venue.spot_orders import LOOKED_AT, SpotOrders, total
from brokers.bingx_venue.spot_placing import SpotPlacing
from brokers.bingx_venue.spot_wire import executions_of
from brokers.bingx_venue.symbols import spot
from brokers.bingx_venue.watching import Name
from brokers.venue import Busy, OrderName
from bus.messages.venue_accounts import Cash, Held, Working
from bus.messages.venues import Execution, OrderEvent, OrderType, PlaceOrder
from bus.time_source import SYSTEM_TIME, TimeSource

TYPES: Final[dict[str, OrderType]] = {
    "LIMIT": "LIMIT",
    "TAKE_STOP_LIMIT": "STOP_LIMIT",
    "TRIGGER_LIMIT": "STOP_LIMIT",
    "TAKE_STOP_MARKET": "STOP",
    "TRIGGER_MARKET": "STOP",
}


class Spot:
    """Orders of spot: a `Market`, with its wallet."""

    def __init__(self, rest: Rest, contracts: Contracts, *, time: TimeSource = SYSTEM_TIME) -> None:
        """Keep what is needed.

        Args:
            rest: Calls BingX.
            contracts: Knows the steps of pairs.
            time: The clocks.
        """
        self._rest = rest
        self._account = SpotAccount(rest, time=time)
        self._orders = SpotOrders(rest)
        self._placing = SpotPlacing(rest, self._orders, self._account, contracts)

    async def place(self, order: PlaceOrder) -> OrderEvent:
        """Place an order, once.

        Raises:
            VenueError: Unknown where it may be placed all the same; any other one means that it surely is not.
        """
        return await self._placing.place(order)

    async def cancel(self, account: str, order: OrderName) -> OrderEvent:
        """Cancel an order; return what it is then.

        Raises:
            VenueError: Unknown where it may be canceled all the same; any other one means that it surely is not.
        """
        return await self._placing.cancel(account, order)

    async def find(self, account: str, order: OrderName) -> OrderEvent | None:
        """Find an order with all of its executions; None where whole lists have none of its name now.

        Raises:
            VenueError: It could not be asked, or a list was not whole.
        """
        placed = await self._orders.placed(order)
        return None if placed is None else await self._orders.event(account, placed)

    async def changed(self, account: str, symbol: str, broker_order_id: str) -> OrderEvent | None:
        """Read an order of which the stream says that something has happened, whosever it is.

        Args:
            account: The account's uid.
            symbol: What it trades.
            broker_order_id: BingX's number.

        Returns:
            What it is now; None where BingX has none of that number.

        Raises:
            VenueError: It could not be asked.
        """
        name = Name(client_order_id="", broker_order_id=broker_order_id, instrument=spot(symbol))
        return await self.find(account, name)

    async def executions(self, account: str, since: datetime) -> tuple[Execution, ...]:  # noqa: ARG002 - one account
        """Read all fills from a moment on, those of foreign orders too; of orders that are not older than weeks.

        Raises:
            VenueError: They could not be read whole.
        """
        told: list[Execution] = []
        for each in await self._orders.all_of(since=since - LOOKED_AT):
            if each.executed and each.updated_at >= since:
                told += await self._executions_of(each)
        return tuple(each for each in told if each.exec_time >= since)

    async def working(self, account: str) -> tuple[Working, ...]:  # noqa: ARG002 - there is one account
        """Read the orders that rest, those of other programs and hands too.

        Raises:
            VenueError: They could not be read whole.
        """
        return tuple(_working(each) for each in await self._orders.resting() if each.is_resting)

    async def balances(self) -> tuple[Cash, ...]:
        """Read the wallet SPOT: the currencies that things are bought with.

        Raises:
            VenueError: It could not be read whole.
        """
        return await self._account.balances()

    async def positions(self) -> tuple[Held, ...]:
        """Read what is held of coins.

        Raises:
            VenueError: It could not be read whole.
        """
        return await self._account.positions()

    async def _executions_of(self, placed: Placed) -> tuple[Execution, ...]:
        """Return the fills of an order, once they add up."""
        placed, fills = await self._orders.whole(placed)
        if total(fills) != placed.executed:
            raise Busy("the fills of an order are not all listed yet")
        return executions_of(placed, fills)


def _working(placed: Placed) -> Working:
    """Return a resting order as the bus says it."""
    return Working(
        instrument=spot(placed.symbol),
        client_order_id=placed.client_order_id,
        broker_order_id=placed.broker_order_id,
        side=placed.side,
        type=TYPES.get(placed.kind, "MARKET"),
        quantity=placed.quantity,
        filled_quantity=placed.executed,
    )
