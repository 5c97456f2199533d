"""Funding of BingX's perpetuals, and what else comes and goes without an order."""

from datetime import datetime

from brokers.bingx_venue.rest import Rest
from bus.messages.venues import CashEvent


class Funding:
    """Reads the income of the account."""

    def __init__(self, rest: Rest) -> None:
        """Keep where to ask."""
        self._rest = rest

    async def cash_events(self, since: datetime) -> tuple[CashEvent, ...]:
        """Read what money came and went from a moment on."""
        raise NotImplementedError
