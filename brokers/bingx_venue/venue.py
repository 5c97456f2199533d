"""BingX as the loop sees it: one account, spot and perpetuals.

REST decides; the stream only says what to read. Reduce-only is BingX's own in both position modes. Legs know nothing of
one another there, so that execution cancels the sibling of one that fills.
"""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from brokers.bingx_venue.access import Access
from brokers.bingx_venue.account import Account
from brokers.bingx_venue.both import Both
from brokers.bingx_venue.contracts import Contracts
from brokers.bingx_venue.funding import Funding
from brokers.bingx_venue.hearing import Hearing
from brokers.bingx_venue.listen_key import ListenKeys
from brokers.bingx_venue.margin import Margin
from brokers.bingx_venue.perpetuals import Perpetuals
from brokers.bingx_venue.proof import Proof
from brokers.bingx_venue.quotes import Quotes
from brokers.bingx_venue.rest import LANDED_S, Rest
from brokers.bingx_venue.spot import Spot
from brokers.bingx_venue.stream import Stream
from brokers.bingx_venue.watching import Name
from brokers.venue import Margins, OrderName, VenueError
from bus.messages.venue_accounts import Cash, CashEvent, Held, Working
from bus.messages.venues import AssetType, Execution, InstrumentState, OrderEvent, PlaceOrder, Quote, Traded
from bus.time_source import SYSTEM_TIME, TimeSource

SURELY_AFTER = timedelta(seconds=LANDED_S)
"""An order that has not arrived this long after it was sent never does."""
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
        self._rest = rest
        self._access = access
        self._contracts = Contracts(rest, has_spot=access.is_live, time=time)
        self._quotes = Quotes(rest, time=time)
        self._account = Account(rest, is_live=access.is_live)
        self._proof = Proof(rest, access, account=self._account, time=time)
        self._funding = Funding(rest)
        self._margin = Margin(rest, self._contracts, time=time)
        self.margins = self._margin
        perpetuals = Perpetuals(rest, self._contracts, self._margin, account=self._account)
        self._spot = Spot(rest, self._contracts, time=time) if access.is_live else None
        self._both = Both(perpetuals, self._spot)
        keys = ListenKeys(rest, time=time)
        streams = [Stream(access.stream_url, keys)]
        if access.spot_stream_url:
            streams.append(Stream(access.spot_stream_url, keys, asset_type="CRYPTO"))
        self._hearing = Hearing(tuple(streams), self._both, config_changed=self._margin.forget, time=time)

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
        market = self._both.market(order.instrument)
        self._hearing.remember(order.account)
        name = Name(client_order_id=order.client_order_id, broker_order_id=None, instrument=order.instrument)
        with self._hearing.calling(name):
            return self._hearing.learn(name, await market.place(order))

    async def cancel(self, account: str, order: OrderName) -> OrderEvent:
        """Cancel an order.

        Raises:
            VenueError: Unknown where it may be canceled all the same; any other one means that it surely is not.
        """
        self._hearing.remember(account)
        with self._hearing.calling(order):
            return self._hearing.learn(order, await self._both.market(order.instrument).cancel(account, order))

    async def find(self, account: str, order: OrderName) -> OrderEvent | None:
        """Find an order, with all of its executions.

        Raises:
            VenueError: It could not be asked.
        """
        self._hearing.remember(account)
        found = await self._both.find(account, order)
        return found if found is None else self._hearing.learn(order, found)

    def is_surely_nowhere(self, *, placed_at: datetime, looked: int, now: datetime) -> bool:
        """Tell whether an order will never appear: BingX takes none after its window, and has twice had none.

        Both moments are of a clock that may have been set meanwhile, so that the one that nobody sets has to agree.
        """
        return looked >= LOOKS and self._rest.has_landed and now - placed_at > SURELY_AFTER

    async def executions(self, account: str, since: datetime) -> tuple[Execution, ...]:
        """Read the fills from a moment on.

        Raises:
            VenueError: They could not be read whole.
        """
        self._hearing.remember(account)
        return await self._both.executions(account, since)

    def reach(self, now: datetime) -> datetime | None:
        """Tell how far back fills are told."""
        return now - timedelta(days=6)

    async def working(self, account: str) -> tuple[Working, ...]:
        """Read the orders that rest, those of other programs and hands too.

        Raises:
            VenueError: They could not be read whole.
        """
        self._hearing.remember(account)
        return await self._both.working(account)

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
        return self._hearing.hindrance()

    def events(self) -> AsyncIterator[OrderEvent]:
        """Yield what has become of the orders of which the stream says that something has happened."""
        return self._hearing.events()
