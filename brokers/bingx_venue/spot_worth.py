"""What coins of spot are worth in USDT, by one question for the prices of all pairs.

Follows BingX's "24hr ticker price change statistics" of spot (read 2026-11): without a symbol it tells all pairs.

Quirks: prices are numbers where perpetuals have texts; a pair that is traded no more may be told with zero. A coin
without a price makes the whole unknown, since what is left out would be missing from what the account is worth.
"""

from collections.abc import Sequence
from decimal import Decimal, localcontext
from typing import Final

import msgspec

from brokers.bingx_venue.amounts import ABSENT, optional_amount
from brokers.bingx_venue.quotes import TICKERS
from brokers.bingx_venue.rest import Rest
from brokers.bingx_venue.spot_coins import Coin
from brokers.venue import Malformed, VenueError
from bus import reasons
from bus.log import logger
from bus.time_source import TimeSource

MONEY: Final = "USDT"
FRESH_S: Final = 5.0
DIGITS: Final = 60
"""As many as an amount and a price can have together, so that their product is exact."""
PLACES: Final = Decimal("1e-18")
"""So exact are amounts on the bus."""

log = logger(__name__)


class _Ticker(msgspec.Struct, rename="camel"):
    """What a pair was traded at last."""

    symbol: str
    last_price: msgspec.Raw = ABSENT


_tickers = msgspec.json.Decoder(list[_Ticker] | _Ticker)


class SpotWorth:
    """Tells what coins are worth; prices that are some seconds old are good for all who ask."""

    def __init__(self, rest: Rest, *, time: TimeSource) -> None:
        """Know no prices.

        Args:
            rest: Calls BingX.
            time: The clocks.
        """
        self._rest = rest
        self._time = time
        self._kept: dict[str, msgspec.Raw] = {}
        self._read_s: float | None = None

    async def of(self, coins: Sequence[Coin]) -> Decimal | None:
        """Return what coins are worth in USDT.

        Args:
            coins: What is held; no money.

        Returns:
            The worth, zero for none; None where the price of any of them is not known now.
        """
        held = [each for each in coins if each.free + each.locked > 0]
        if not held:
            return Decimal(0)
        try:
            prices = await self._prices()
            found = {each.asset: optional_amount(prices.get(f"{each.asset}-{MONEY}", ABSENT)) for each in held}
        except VenueError as error:
            log.info("coins have no prices", reason=error.reason, code=error.code)
            return None
        worth = Decimal(0)
        for each in held:
            price = found[each.asset]
            if price is None or price <= 0:
                log.info("a coin has no price, equity is not known", coin=each.asset)
                return None
            with localcontext(prec=DIGITS):
                worth += ((each.free + each.locked) * price).quantize(PLACES)
        return worth

    async def _prices(self) -> dict[str, msgspec.Raw]:
        """Return the last prices of all pairs, as they are written."""
        now_s = self._time.monotonic()
        if self._read_s is not None and now_s - self._read_s < FRESH_S:
            return self._kept
        try:
            found = _tickers.decode(await self._rest.get(TICKERS["CRYPTO"]))
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise Malformed(reasons.BAD_ANSWER, code="tickers") from None
        told = found if isinstance(found, list) else [found]
        self._kept, self._read_s = {each.symbol: each.last_price.copy() for each in told}, now_s
        return self._kept
