"""Orders of BingX's perpetuals, each part of their life by its own file."""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from brokers.bingx_venue.account import Account
from brokers.bingx_venue.cancelling import Cancelling
from brokers.bingx_venue.contracts import Contracts
from brokers.bingx_venue.fills import AROUND, WINDOW, Fill, executions_of, total
from brokers.bingx_venue.margin import Margin
from brokers.bingx_venue.orders_wire import Placed
from brokers.bingx_venue.parts import Parts
from brokers.bingx_venue.placing import Placing
from brokers.bingx_venue.rest import Rest
from brokers.bingx_venue.working import working_of
from brokers.venue import Busy, OrderName
from bus.log import logger
from bus.messages.venue_accounts import Working
from bus.messages.venues import Execution, OrderEvent, PlaceOrder

LAGS_FOR: Final = timedelta(minutes=10)
"""So long after an order has changed its fills may still come to be listed."""

log = logger(__name__)


class Perpetuals:
    """Orders of perpetuals: a `Market`."""

    def __init__(self, rest: Rest, contracts: Contracts, margin: Margin, *, account: Account) -> None:
        """Keep what is needed.

        Args:
            rest: Calls BingX.
            contracts: Knows the steps of instruments.
            margin: Sees to margin mode and leverage before an opening.
            account: Tells what is held.
        """
        self._rest = rest
        self._parts = Parts(rest, margin.modes)
        self._placing = Placing(self._parts, contracts=contracts, margin=margin, account=account)
        self._cancelling: Cancelling = self._parts.cancelling

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
        return await self._cancelling.cancel(account, order)

    async def find(self, account: str, order: OrderName) -> OrderEvent | None:
        """Find an order with all of its executions; None where BingX has answered twice that it has none.

        Raises:
            VenueError: It could not be asked.
        """
        return await self._parts.finding.find(account, order)

    async def changed(self, account: str, symbol: str, broker_order_id: str) -> OrderEvent | None:
        """Read an order of which the stream says that something has happened, whosever it is.

        Args:
            account: The account's uid.
            symbol: What it trades.
            broker_order_id: BingX's number.

        Returns:
            What it is, without a name where it is not ours; None where BingX has none of that number.

        Raises:
            VenueError: It could not be asked.
        """
        return await self._parts.finding.by_number(account, symbol, broker_order_id)

    async def working(self, account: str) -> tuple[Working, ...]:  # noqa: ARG002 - there is one account
        """Read the orders that rest, those of other programs and hands too.

        Raises:
            VenueError: They could not be read whole.
        """
        return tuple(working_of(each) for each in await self._parts.lists.working())

    async def executions(self, account: str, since: datetime) -> tuple[Execution, ...]:  # noqa: ARG002 - one account
        """Read all fills from a moment on, those of foreign orders and of liquidations too; of a week at most.

        Raises:
            VenueError: They could not be read whole.
        """
        begins_at = max(since, self._rest.clock.now() - WINDOW + 2 * AROUND)
        fills, history = await asyncio.gather(self._parts.fills.since(begins_at), self._parts.lists.history(begins_at))
        orders = {each.broker_order_id: each for each in history if each.executed}
        told: list[Execution] = []
        for number in dict.fromkeys((*(each.broker_order_id for each in fills), *orders)):
            placed = orders.get(number) or await self._of_fills(number, fills)
            told += await self._executions_of(placed, fills)
        return tuple(each for each in told if each.exec_time >= begins_at)

    async def _executions_of(self, placed: Placed, listed: Iterable[Fill]) -> tuple[Execution, ...]:
        """Return the executions of an order once they add up; those of an old one that never do are left out, said."""
        placed, fills, is_whole = await self._parts.finding.whole(placed, listed)
        if is_whole:
            return executions_of(placed, fills)
        if self._rest.clock.now() - placed.updated_at < LAGS_FOR:
            raise Busy("the fills of an order are not all listed yet")
        log.warning("fills do not add up", order=placed.broker_order_id, listed=total(fills), filled=placed.executed)
        return ()

    async def _of_fills(self, number: str, listed: Iterable[Fill]) -> Placed:
        """Return an order of which only fills are listed: asked for, or, where BingX does not know it, made of them."""
        fills = [each for each in listed if each.broker_order_id == number]
        found = await self._parts.lists.by_number(fills[0].symbol, number) if fills[0].symbol else None
        if found is not None:
            return found
        if fills[0].side is None:
            raise Busy("an order of which there are fills does not show")
        return Placed(
            broker_order_id=number,
            client_order_id="",
            symbol=fills[0].symbol,
            side=fills[0].side,
            position_side="BOTH",
            kind="MARKET",
            word="FILLED",
            quantity=total(fills),
            executed=total(fills),
            created_at=fills[0].at,
            updated_at=fills[-1].at,
        )
