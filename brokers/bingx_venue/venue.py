"""BingX as the loop sees it: one account, spot and perpetuals.

REST decides; the stream only says what to read. Reduce-only is BingX's own in both position modes. Legs know nothing of
one another there, so that execution cancels the sibling of one that fills.
"""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from brokers.bingx_venue.access import Access
from brokers.bingx_venue.account import Account
from brokers.bingx_venue.contracts import Contracts
from brokers.bingx_venue.following import Following
from brokers.bingx_venue.funding import Funding
from brokers.bingx_venue.margin import Margin
from brokers.bingx_venue.markets import Market
from brokers.bingx_venue.perpetuals import Perpetuals
from brokers.bingx_venue.proof import Proof
from brokers.bingx_venue.quotes import Quotes
from brokers.bingx_venue.rest import RECV_WINDOW_MS, Rest
from brokers.bingx_venue.spot import Spot
from brokers.bingx_venue.stream import Stream
from brokers.bingx_venue.symbols import NO_SPOT
from brokers.venue import Margins, OrderName, Refused, VenueError
from bus.messages.venues import (
    AssetType,
    Cash,
    CashEvent,
    Execution,
    Held,
    InstrumentState,
    OrderEvent,
    PlaceOrder,
    Quote,
    Traded,
    Working,
)
from bus.time_source import SYSTEM_TIME, TimeSource

SURELY_AFTER = timedelta(milliseconds=2 * RECV_WINDOW_MS)
"""An order that has not arrived this long after it was sent never does: the window, and as much for clocks."""
LOOKS = 2


class BingxVenue:
    """One account at BingX."""

    has_reduce_only = True
    has_brackets = False
    margins: Margins | None

    def __init__(self, rest: Rest, access: Access, *, time: TimeSource = SYSTEM_TIME) -> None:
        """Keep what is needed.

        Args:
            rest: Calls BingX.
            access: Whose account it is, and where.
            time: The clocks.
        """
        self.number = ""
        self._access = access
        self._contracts = Contracts(rest, has_spot=access.is_live, time=time)
        self._quotes = Quotes(rest, time=time)
        self._account = Account(rest, is_live=access.is_live)
        self._proof = Proof(rest, access, account=self._account, time=time)
        self._funding = Funding(rest)
        self._margin = Margin(rest, self._contracts, time=time)
        self.margins = self._margin
        self._perpetuals = Perpetuals(rest, self._contracts, self._margin)
        self._spot = Spot(rest, self._contracts, time=time) if access.is_live else None
        self._stream = Stream(rest, access, config_changed=self._margin.forget, time=time)
        self._following = Following()

    async def connect(self) -> bool | None:
        """Make sure that BingX answers, and prove the account.

        Raises:
            VenueError: It does not answer, or the key is not what it must be.
        """
        self.number = await self._proof.check()
        return self._access.is_live

    async def place(self, order: PlaceOrder) -> OrderEvent:
        """Place an order.

        Raises:
            VenueError: Unknown where it may be placed all the same; any other one means that it surely is not.
        """
        market = self._market(order.instrument)
        self._following.begin(order)
        return self._following.heard(await market.place(order))

    async def cancel(self, account: str, order: OrderName) -> OrderEvent:
        """Cancel an order.

        Raises:
            VenueError: Unknown where it may be canceled all the same; any other one means that it surely is not.
        """
        return self._following.heard(await self._market(order.instrument).cancel(account, order))

    async def find(self, account: str, order: OrderName) -> OrderEvent | None:
        """Find an order, with all of its executions.

        Raises:
            VenueError: It could not be asked.
        """
        found = await self._market(order.instrument).find(account, order)
        return found if found is None else self._following.found(order, found)

    def is_surely_nowhere(self, *, placed_at: datetime, looked: int, now: datetime) -> bool:
        """Tell whether an order will never appear: BingX takes none after its window, and has twice had none."""
        return looked >= LOOKS and now - placed_at > SURELY_AFTER

    async def executions(self, account: str, since: datetime) -> tuple[Execution, ...]:
        """Read the fills from a moment on.

        Raises:
            VenueError: They could not be read whole.
        """
        found: list[Execution] = []
        for market in self._markets():
            found += await market.executions(account, since)
        return tuple(found)

    def reach(self, now: datetime) -> datetime | None:
        """Tell how far back fills are told."""
        return now - timedelta(days=6)

    async def working(self, account: str) -> tuple[Working, ...]:
        """Read the orders that rest, those of other programs and hands too.

        Raises:
            VenueError: They could not be read whole.
        """
        found: list[Working] = []
        for market in self._markets():
            found += await market.working(account)
        return tuple(found)

    async def positions(self, account: str) -> tuple[Held, ...]:  # noqa: ARG002 - there is one account
        """Read what is held.

        Raises:
            VenueError: It could not be read whole.
        """
        held = await self._account.positions()
        return held if self._spot is None else (*held, *await self._spot.positions())

    async def balances(self, account: str) -> tuple[Cash, ...]:  # noqa: ARG002 - there is one account
        """Read the money of each wallet.

        Raises:
            VenueError: It could not be read whole.
        """
        cash = await self._account.balances()
        return cash if self._spot is None else (*cash, *await self._spot.balances())

    async def cash_events(self, account: str, since: datetime) -> tuple[CashEvent, ...]:  # noqa: ARG002 - one account
        """Read funding, and what else came and went without an order.

        Raises:
            VenueError: It could not be read whole.
        """
        return await self._funding.cash_events(since)

    async def quote(self, account: str, instrument: Traded) -> Quote:
        """Ask what an instrument costs.

        Raises:
            VenueError: There is no quote.
        """
        return await self._quotes.quote(account, instrument)

    async def instrument(
        self, account: str, symbol: str, exchange: str | None, *, kind: AssetType | None = None
    ) -> InstrumentState:
        """Find what a symbol means, with its steps.

        Raises:
            VenueError: It could not be asked.
        """
        return await self._contracts.instrument(account, symbol, exchange, kind=kind)

    def hindrance(self) -> VenueError | None:
        """Tell that BingX's stream is not heard, where that is so; orders go on."""
        return self._stream.hindrance()

    async def events(self) -> AsyncIterator[OrderEvent]:
        """Yield what has become of the orders of which the stream says that something has happened."""
        async for woken in self._stream.woken():
            for account, order in self._following.meant(woken):
                found = await self.find(account, order)
                if found is not None:
                    yield found

    def _market(self, instrument: Traded) -> Market:
        """Return where an instrument is traded."""
        if instrument.asset_type == "FUTURE":
            return self._perpetuals
        if instrument.asset_type != "CRYPTO":
            raise Refused(f"BingX has no {instrument.asset_type.lower()} here")
        if self._spot is None:
            raise Refused(NO_SPOT)
        return self._spot

    def _markets(self) -> tuple[Market, ...]:
        """Return all markets that there are."""
        return (self._perpetuals,) if self._spot is None else (self._perpetuals, self._spot)
