"""What BingX trades: steps and minimums of perpetuals and spot pairs, kept for an hour.

Follows BingX's "Query contracts" and "Spot trading symbols" (read 2026-11). Crypto never closes.
"""

from typing import Final

import msgspec

from brokers.bingx_public.markets import NO_SUCH_SYMBOL, Steps, contract_in, spot_symbol_in
from brokers.bingx_venue.rest import Rest
from brokers.bingx_venue.symbols import HOW_TO_WRITE, resolve
from brokers.venue import Busy, Refused, VenueError
from bus.log import logger
from bus.messages.venues import AssetType, InstrumentState, Traded
from bus.time_source import SYSTEM_TIME, TimeSource

CONTRACTS = "/openApi/swap/v2/quote/contracts"
SYMBOLS = "/openApi/spot/v1/common/symbols"
GOOD_FOR_S = 3600.0
NOT_TRADED: Final = "is not traded at BingX now; its announcements say when, or trade another"
CLOSED_TO_OPENINGS: Final = "takes no openings by the API now; positions can be closed"

log = logger(__name__)


class Contracts:
    """Knows the instruments."""

    def __init__(self, rest: Rest, *, has_spot: bool, time: TimeSource = SYSTEM_TIME) -> None:
        """Know nothing yet.

        Args:
            rest: Where to ask.
            has_spot: Whether spot is traded here.
            time: The clocks.
        """
        self._rest = rest
        self._has_spot = has_spot
        self._time = time
        self._kept: dict[tuple[str, str], tuple[float, Steps]] = {}

    async def steps(self, instrument: Traded, *, is_opening: bool = False) -> Steps:
        """Return the steps and minimums of an instrument.

        Args:
            instrument: A perpetual or a spot pair.
            is_opening: Whether it must be open to openings.

        Raises:
            Refused: There is none, or no opening of it is taken now.
            VenueError: It could not be asked.
        """
        steps = await self._listed(instrument)
        if is_opening and not steps.can_open:
            why = CLOSED_TO_OPENINGS if steps.can_close else NOT_TRADED
            raise Refused(f"{instrument.symbol} {why}")
        return steps

    async def instrument(
        self,
        account: str,
        symbol: str,
        exchange: str | None,  # noqa: ARG002 - the venue decides, whichever exchange a chart shows
        *,
        kind: AssetType | None = None,
    ) -> InstrumentState:
        """Find what a symbol means, with its steps.

        Args:
            account: For whom.
            symbol: As the signal has it.
            exchange: As the signal has it.
            kind: Which kind the strategy trades; None: what the symbol says.

        Returns:
            It with its steps, or why there is none.

        Raises:
            VenueError: It could not be asked.
        """
        found = resolve(symbol, kind=kind, has_spot=self._has_spot)
        none = InstrumentState(id="", account=account, symbol=symbol, instrument=None)
        if isinstance(found, str):
            return msgspec.structs.replace(none, reason=found)
        try:
            steps = await self._listed(found)
        except Refused:
            name = "perpetual" if found.asset_type == "FUTURE" else "spot pair"
            return msgspec.structs.replace(none, reason=f"BingX has no {name} {found.symbol}; {HOW_TO_WRITE}")
        if not (steps.can_open or steps.can_close):
            return msgspec.structs.replace(none, reason=f"{found.symbol} {NOT_TRADED}")
        return _stated(none, found, steps)

    async def _listed(self, instrument: Traded) -> Steps:
        """Return what is known of an instrument; what is old is good enough while BingX cannot be asked."""
        name = (instrument.asset_type, instrument.symbol)
        kept = self._kept.get(name)
        if kept is not None and self._time.monotonic() - kept[0] < GOOD_FOR_S:
            return kept[1]
        try:
            steps = await self._asked(instrument)
        except Busy as error:
            if kept is None:
                raise
            log.info("steps are old", symbol=instrument.symbol, reason=error.reason, code=error.code)
            return kept[1]
        self._kept[name] = (self._time.monotonic(), steps)
        return steps

    async def _asked(self, instrument: Traded) -> Steps:
        """Ask for an instrument."""
        symbol = instrument.symbol
        try:
            if instrument.asset_type == "FUTURE":
                return contract_in(await self._rest.get(CONTRACTS, symbol=symbol), symbol)
            return spot_symbol_in(await self._rest.get(SYMBOLS, symbol=symbol), symbol)
        except VenueError as error:
            if error.code in NO_SUCH_SYMBOL:
                raise Refused("no such symbol", code=error.code) from None
            raise


def _stated(none: InstrumentState, instrument: Traded, steps: Steps) -> InstrumentState:
    """Return the answer of an instrument that is there."""
    return msgspec.structs.replace(
        none,
        instrument=instrument,
        reason="" if steps.can_open else f"{instrument.symbol} {CLOSED_TO_OPENINGS}",
        quantity_step=steps.quantity_step,
        price_step=steps.price_step,
        minimum_quantity=steps.minimum_quantity,
        minimum_value=steps.minimum_value,
        is_always_open=True,
    )
