"""What an instrument costs at BingX."""

from brokers.bingx_venue.rest import Rest
from bus.messages.venues import Quote, Traded
from bus.time_source import SYSTEM_TIME, TimeSource


class Quotes:
    """Asks for prices."""

    def __init__(self, rest: Rest, *, time: TimeSource = SYSTEM_TIME) -> None:
        """Keep where to ask."""
        self._rest = rest
        self._time = time

    async def quote(self, account: str, instrument: Traded) -> Quote:
        """Ask what an instrument costs now; never a zero or crossed quote."""
        raise NotImplementedError
