"""Margin mode and leverage of BingX's perpetuals."""

from brokers.bingx_venue.contracts import Contracts
from brokers.bingx_venue.rest import Rest
from bus.messages.venues import AskMargin, MarginState, SetMargin
from bus.time_source import SYSTEM_TIME, TimeSource


class Margin:
    """Sets margin mode and leverage; keeps what it has read back until something may have changed it."""

    def __init__(self, rest: Rest, contracts: Contracts, *, time: TimeSource = SYSTEM_TIME) -> None:
        """Know nothing yet."""
        self._rest = rest
        self._contracts = contracts
        self._time = time

    async def read(self, asked: AskMargin) -> MarginState:
        """Read how an instrument is margined."""
        raise NotImplementedError

    async def set(self, wanted: SetMargin) -> MarginState:
        """Set how an instrument is margined, and read it back; what is half done is taken back."""
        raise NotImplementedError

    def forget(self, symbol: str = "") -> None:
        """Read again what is kept of a symbol before it is believed; empty: of all."""
