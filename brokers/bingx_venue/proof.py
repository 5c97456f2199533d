"""Whose account the key is of, and what it may do."""

from brokers.bingx_venue.access import Access
from brokers.bingx_venue.rest import Rest
from bus.time_source import SYSTEM_TIME, TimeSource


class Proof:
    """Proves the account before anything is ordered, and from time to time again."""

    def __init__(self, rest: Rest, access: Access, *, time: TimeSource = SYSTEM_TIME) -> None:
        """Nothing is proven yet."""
        self._rest = rest
        self._access = access
        self._time = time

    async def check(self) -> str:
        """Make sure that BingX answers, and that the key is what it must be; return the account's number."""
        raise NotImplementedError
