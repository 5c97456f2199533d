"""Both markets of BingX's as one: what is asked of an order goes to its own, what is asked of the account to each."""

from datetime import datetime

from brokers.bingx_venue.markets import Market
from brokers.bingx_venue.symbols import NO_SPOT
from brokers.venue import OrderName, Refused
from bus.messages.venue_accounts import Working
from bus.messages.venues import Execution, OrderEvent, Traded


class Both:
    """Perpetuals, and spot where there is any."""

    def __init__(self, perpetuals: Market, spot: Market | None) -> None:
        """Keep them.

        Args:
            perpetuals: The one.
            spot: The other; None where there is none, as in the demo.
        """
        self._perpetuals = perpetuals
        self._spot = spot

    def market(self, instrument: Traded) -> Market:
        """Return where an instrument is traded.

        Args:
            instrument: What is traded.

        Raises:
            Refused: Nowhere here.
        """
        if instrument.asset_type == "FUTURE":
            return self._perpetuals
        if instrument.asset_type != "CRYPTO":
            raise Refused(f"BingX has no {instrument.asset_type.lower()} here")
        if self._spot is None:
            raise Refused(NO_SPOT)
        return self._spot

    async def find(self, account: str, order: OrderName) -> OrderEvent | None:
        """Find an order, with all of its executions; None where there is none of its name now.

        Args:
            account: Whose, its uid in the ledger.
            order: Its names.

        Raises:
            VenueError: It could not be asked.
        """
        market = self.market(order.instrument)
        if order.client_order_id:
            return await market.find(account, order)
        return await market.changed(account, order.instrument.symbol, order.broker_order_id or "")

    async def executions(self, account: str, since: datetime) -> tuple[Execution, ...]:
        """Read the fills from a moment on.

        Args:
            account: Whose.
            since: The moment, aware UTC.

        Raises:
            VenueError: They could not be read whole.
        """
        found: list[Execution] = []
        for market in self._markets():
            found += await market.executions(account, since)
        return tuple(found)

    async def working(self, account: str) -> tuple[Working, ...]:
        """Read the orders that rest.

        Args:
            account: Whose.

        Raises:
            VenueError: They could not be read whole.
        """
        found: list[Working] = []
        for market in self._markets():
            found += await market.working(account)
        return tuple(found)

    def _markets(self) -> tuple[Market, ...]:
        """Return all markets that there are."""
        return (self._perpetuals,) if self._spot is None else (self._perpetuals, self._spot)
