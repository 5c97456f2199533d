"""What BingX's account of perpetuals holds: money and positions."""

from brokers.bingx_venue.rest import Rest
from bus.messages.venues import Cash, Held


class Account:
    """Reads the account of perpetuals whole."""

    def __init__(self, rest: Rest) -> None:
        """Keep where to ask."""
        self._rest = rest

    async def balances(self) -> tuple[Cash, ...]:
        """Read the wallet FUTURES."""
        raise NotImplementedError

    async def positions(self) -> tuple[Held, ...]:
        """Read what is held, below zero for a short one."""
        raise NotImplementedError
