"""BingX's user stream: it wakes, and is never believed."""

from collections.abc import AsyncIterator, Callable

from brokers.bingx_venue.access import Access
from brokers.bingx_venue.markets import Woken
from brokers.bingx_venue.rest import Rest
from brokers.venue import VenueError
from bus.time_source import SYSTEM_TIME, TimeSource


class Stream:
    """One connection for perpetuals, and one for spot where there is any."""

    def __init__(
        self,
        rest: Rest,
        access: Access,
        *,
        config_changed: Callable[[str], None],
        time: TimeSource = SYSTEM_TIME,
    ) -> None:
        """Connect to nothing yet; `config_changed` hears the symbol whose margin mode or leverage was changed."""
        self._rest = rest
        self._access = access
        self._config_changed = config_changed
        self._time = time

    async def woken(self) -> AsyncIterator[Woken]:
        """Yield what has changed, for as long as it is connected; first of all that anything may have."""
        raise NotImplementedError
        yield Woken()

    def hindrance(self) -> VenueError | None:
        """Tell that nothing is heard, where that is so; orders go on."""
        return None
