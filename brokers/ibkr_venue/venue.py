"""Interactive Brokers as the loop sees it: one account through one gateway.

Reduce-only is this program's own: what is sold is no more than the gateway says is held. Of the legs of one opening the
gateway itself cancels the sibling of the one that fills: they are one OCA group.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from decimal import Decimal
from typing import Final

from brokers.ibkr_venue.account import Account
from brokers.ibkr_venue.contracts import Contracts, Known
from brokers.ibkr_venue.executions import midnight
from brokers.ibkr_venue.finding import Finding, Lists, is_surely_nowhere
from brokers.ibkr_venue.hearing import Hearing
from brokers.ibkr_venue.link import Link
from brokers.ibkr_venue.placing import Placing
from brokers.ibkr_venue.quotes import Quotes
from brokers.venue import Margins, OrderName, Refused, VenueError
from bus.messages.venue_accounts import Cash, CashEvent, Held, Working
from bus.messages.venues import AssetType, Execution, InstrumentState, OrderEvent, PlaceOrder, Quote, Traded
from bus.time_source import SYSTEM_TIME, TimeSource

MOVING_S: Final = 0.5
"""So long a position may take to show a fill that was heard of."""
LOOKS_AT_HELD: Final = 3


class IbkrVenue:
    """One account at Interactive Brokers."""

    has_reduce_only = False
    has_brackets = True
    margins: Margins | None = None

    def __init__(self, link: Link, *, fractional: bool, time: TimeSource = SYSTEM_TIME) -> None:
        """Keep what is needed.

        Args:
            link: The link to the gateway.
            fractional: Whether fractions of shares are ordered where the instrument allows them.
            time: The clocks.
        """
        self.number = link.number
        self._link = link
        self._time = time
        self._contracts = Contracts(link, fractional=fractional, time=time)
        self._quotes = Quotes(link, self._contracts, time=time)
        self._account = Account(link, self._contracts)
        lists = Lists(link, self._contracts)
        self._lists = lists
        self._hearing = Hearing(link, self._contracts, lists, time=time)
        self._finding = Finding(lists, time=time)
        self._placing = Placing(link, self._hearing, self._finding, time=time)

    async def connect(self) -> bool | None:
        """Connect, or make sure that it still is; prove the account, and hear of what came unheard.

        Raises:
            VenueError: It is not connected; the code is one of `states`.
        """
        is_live = await self._link.connect()
        await self._hearing.catch_up()
        self._hearing.look_again()
        return is_live

    async def place(self, order: PlaceOrder) -> OrderEvent:
        """Place an order.

        Raises:
            VenueError: Unknown where it may be placed all the same; any other one means that it surely is not.
        """
        self._hearing.remember(order.account)
        known = await self._contracts.known(order.instrument)
        self._check(order, known)
        quantity = await self._reduced(order, known) if order.reduce_only else order.quantity
        return await self._placing.place(order, known.contract, quantity)

    async def cancel(self, account: str, order: OrderName) -> OrderEvent:
        """Cancel an order.

        Raises:
            VenueError: Unknown where it may be canceled all the same; any other one means that it surely is not.
        """
        self._hearing.remember(account)
        return await self._placing.cancel(account, order)

    async def find(self, account: str, order: OrderName) -> OrderEvent | None:
        """Find an order, with all of its executions, or nothing in lists that are whole.

        Raises:
            VenueError: A list did not come whole.
        """
        self._hearing.remember(account)
        return self._hearing.agreed(order.client_order_id, await self._finding.find(account, order))

    def is_surely_nowhere(self, *, placed_at: datetime, looked: int, now: datetime) -> bool:
        """Tell whether an order will never appear."""
        return is_surely_nowhere(placed_at=placed_at, looked=looked, now=now)

    async def executions(self, account: str, since: datetime) -> tuple[Execution, ...]:
        """Read the fills from a moment on, no further back than `reach`.

        Raises:
            VenueError: They could not be read whole.
        """
        self._hearing.remember(account)
        return tuple(each for each in await self._lists.executions() if each.exec_time >= since)

    def reach(self, now: datetime) -> datetime | None:
        """Tell how far back fills are told: to New York's midnight."""
        return midnight(now)

    async def working(self, account: str) -> tuple[Working, ...]:
        """Read the orders that rest, those of other programs and hands too.

        Raises:
            VenueError: They could not be read whole.
        """
        self._hearing.remember(account)
        return await self._account.working()

    async def positions(self, account: str) -> tuple[Held, ...]:
        """Read what is held.

        Raises:
            VenueError: It could not be read whole.
        """
        self._hearing.remember(account)
        return await self._account.positions()

    async def balances(self, account: str) -> tuple[Cash, ...]:
        """Read the money.

        Raises:
            VenueError: It could not be read whole.
        """
        self._hearing.remember(account)
        return await self._account.balances()

    async def cash_events(self, account: str, since: datetime) -> tuple[CashEvent, ...]:  # noqa: ARG002 - the protocol's
        """Return nothing: there is no money here that comes or goes without an order."""
        return ()

    async def quote(self, account: str, instrument: Traded) -> Quote:
        """Ask what an instrument costs.

        Raises:
            VenueError: There is no quote.
        """
        return await self._quotes.quote(account, instrument)

    async def instrument(
        self,
        account: str,
        symbol: str,
        exchange: str | None,
        *,
        kind: AssetType | None = None,  # noqa: ARG002 - a symbol stands for one kind here
    ) -> InstrumentState:
        """Find what a symbol means, with its steps and hours.

        Raises:
            VenueError: It could not be asked.
        """
        return await self._contracts.instrument(account, symbol, exchange)

    def hindrance(self) -> VenueError | None:
        """Tell that another session has the quotes, where one has; orders go on."""
        return self._link.hindrance()

    def events(self) -> AsyncIterator[OrderEvent]:
        """Yield what the gateway says by itself; raise when the link is lost."""
        return self._hearing.events()

    def _check(self, order: PlaceOrder, known: Known) -> None:
        """Refuse a quantity that the gateway would refuse."""
        step = self._contracts.step(known)
        if order.quantity <= 0:
            raise Refused("the quantity is zero")
        if order.quantity % step == 0:
            return
        if order.quantity % 1 != 0 and step == 1:
            raise Refused(
                f"{known.traded.symbol} is ordered in whole ones: IB_FRACTIONAL=yes where IB allows fractions"
            )
        raise Refused(f"{known.traded.symbol} is ordered in steps of {step:f}")

    async def _reduced(self, order: PlaceOrder, known: Known) -> Decimal:
        """Return how much of a closing may go out: no more than is held on the other side, as it is now."""
        held = await self._held(order, known)
        for _ in range(LOOKS_AT_HELD - 1):
            if held >= order.quantity or not self._hearing.has_just_filled(known.traded):
                break
            await asyncio.sleep(MOVING_S)
            held = await self._held(order, known)
        if held <= 0:
            word = "sell" if order.side == "SELL" else "buy back"
            raise Refused(f"nothing to {word}: {order.quantity:f} {known.traded.symbol} wanted, 0 held")
        return min(held, order.quantity)

    async def _held(self, order: PlaceOrder, known: Known) -> Decimal:
        """Return how much is held that an order would take away."""
        positions = await self._account.positions()
        held = sum((each.quantity for each in positions if each.instrument == known.traded), Decimal(0))
        return held if order.side == "SELL" else -held
