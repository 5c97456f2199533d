"""What an instrument costs at BingX.

Follows BingX's "24hr ticker price change statistics" of both markets (read 2026-11).
"""

import asyncio
from typing import Final

from brokers.bingx_public.markets import NO_SUCH_SYMBOL, Price, price_in
from brokers.bingx_venue.rest import Rest
from brokers.venue import Refused, VenueError
from bus.messages.venues import AssetType, Quote, Traded
from bus.time_source import SYSTEM_TIME, TimeSource

TICKERS: Final[dict[AssetType, str]] = {
    "FUTURE": "/openApi/swap/v2/quote/ticker",
    "CRYPTO": "/openApi/spot/v1/ticker/24hr",
}
SOURCE: Final = "BingX"
FRESH_S = 0.5


class Quotes:
    """Asks for prices; one that is half a second old is good for all who ask."""

    def __init__(self, rest: Rest, *, time: TimeSource = SYSTEM_TIME) -> None:
        """Keep where to ask.

        Args:
            rest: Calls BingX.
            time: The clocks.
        """
        self._rest = rest
        self._time = time
        self._locks: dict[tuple[str, str], asyncio.Lock] = {}
        self._kept: dict[tuple[str, str], tuple[float, Price]] = {}

    async def quote(self, account: str, instrument: Traded) -> Quote:
        """Ask what an instrument costs now.

        Args:
            account: For whom.
            instrument: A perpetual or a spot pair.

        Returns:
            The quote; never a zero or crossed one.

        Raises:
            VenueError: There is none.
        """
        price = await self._price(instrument)
        return Quote(
            account=account,
            instrument=instrument,
            bid=price.bid,
            ask=price.ask,
            last=price.last,
            as_of=price.as_of,
            source=SOURCE,
        )

    async def _price(self, instrument: Traded) -> Price:
        """Return a price that was asked for a moment ago at most."""
        name = (instrument.asset_type, instrument.symbol)
        async with self._locks.setdefault(name, asyncio.Lock()):
            kept = self._kept.get(name)
            if kept is not None and self._time.monotonic() - kept[0] < FRESH_S:
                return kept[1]
            price = await self._asked(instrument)
            self._kept[name] = (self._time.monotonic(), price)
            return price

    async def _asked(self, instrument: Traded) -> Price:
        """Ask for a price."""
        path = TICKERS.get(instrument.asset_type)
        if path is None:
            raise Refused("BingX has no quotes of it")
        as_of = self._time.now()
        try:
            return price_in(await self._rest.get(path, symbol=instrument.symbol), instrument.symbol, as_of)
        except VenueError as error:
            if error.code in NO_SUCH_SYMBOL:
                raise Refused(f"BingX has no {instrument.symbol}", code=error.code) from None
            raise
