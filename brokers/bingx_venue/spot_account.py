"""What is held of coins at BingX's spot: money is what things are bought with, all else is a position.

What the whole wallet is worth stands with its USDT; other money counts by itself.

Follows BingX's "Spot Account, Query Assets" and "Spot trading symbols" (read 2026-11).

Quirk: coins come of themselves, of gifts and of pairs that are traded no more; what has no pair in USDT cannot be sold
here and is not told.
"""

from decimal import Decimal
from typing import Final

from brokers.bingx_venue.rest import Rest
from brokers.bingx_venue.spot_coins import BALANCE, SYMBOLS, Coin, read_coins, read_symbols
from brokers.bingx_venue.spot_worth import MONEY, SpotWorth
from brokers.bingx_venue.symbols import QUOTES, spot
from bus.messages.venue_accounts import Cash, Held
from bus.time_source import TimeSource

GOOD_FOR_S: Final = 3600.0


class SpotAccount:
    """Reads the wallet SPOT whole."""

    def __init__(self, rest: Rest, *, time: TimeSource) -> None:
        """Keep where to ask.

        Args:
            rest: Calls BingX.
            time: The clocks.
        """
        self._rest = rest
        self._time = time
        self._worth = SpotWorth(rest, time=time)
        self._pairs: frozenset[str] = frozenset()
        self._read_s = 0.0

    async def balances(self) -> tuple[Cash, ...]:
        """Read the money; of USDT there is always a row, since no row of it means that there is none.

        Raises:
            VenueError: It could not be read whole.
        """
        found = await self._coins()
        money = {each.asset: each for each in found if each.asset in QUOTES}
        money.setdefault(MONEY, Coin(asset=MONEY, free=Decimal(0), locked=Decimal(0)))
        worth = await self._worth.of([each for each in found if each.asset not in QUOTES])
        return tuple(_cash(each, worth if each.asset == MONEY else Decimal(0)) for each in money.values())

    async def positions(self) -> tuple[Held, ...]:
        """Read what is held of coins that can be sold for USDT.

        Raises:
            VenueError: It could not be read whole.
        """
        held = [each for each in await self._coins() if each.asset not in QUOTES and each.free + each.locked > 0]
        pairs = await self._listed() if held else frozenset[str]()
        return tuple(
            Held(instrument=spot(f"{each.asset}-{MONEY}"), quantity=each.free + each.locked)
            for each in held
            if f"{each.asset}-{MONEY}" in pairs
        )

    async def free(self, asset: str) -> Decimal:
        """Read how much of a coin may be sold or spent now.

        Args:
            asset: The coin.

        Returns:
            How much of it; zero where none is held.

        Raises:
            VenueError: It could not be read.
        """
        return sum((each.free for each in await self._coins() if each.asset == asset), Decimal(0))

    async def _coins(self) -> tuple[Coin, ...]:
        """Read all coins."""
        return read_coins(await self._rest.get(BALANCE))

    async def _listed(self) -> frozenset[str]:
        """Return which pairs there are, read anew now and then."""
        now_s = self._time.monotonic()
        if not self._pairs or now_s - self._read_s >= GOOD_FOR_S:
            self._pairs, self._read_s = read_symbols(await self._rest.get(SYMBOLS)), now_s
        return self._pairs


def _cash(money: Coin, worth: Decimal | None) -> Cash:
    """Return one currency, with what coins are worth in it besides; None where that is not known."""
    held = money.free + money.locked
    return Cash(
        currency=money.asset,
        cash=held,
        available=money.free,
        equity=None if worth is None else held + worth,
        wallet="SPOT",
    )
