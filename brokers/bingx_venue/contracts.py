"""What BingX trades: steps and minimums of perpetuals and spot pairs, kept for an hour."""

from brokers.bingx_venue.rest import Rest
from brokers.paper_venue.wire import Steps
from bus.messages.venues import AssetType, InstrumentState, Traded
from bus.time_source import SYSTEM_TIME, TimeSource


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

    async def steps(self, instrument: Traded) -> Steps:
        """Return the steps and minimums of an instrument that can be traded now.

        Raises:
            Refused: There is none, or it is not traded now.
            VenueError: It could not be asked.
        """
        raise NotImplementedError

    async def instrument(
        self, account: str, symbol: str, exchange: str | None, *, kind: AssetType | None
    ) -> InstrumentState:
        """Find what a symbol means, with its steps."""
        raise NotImplementedError
