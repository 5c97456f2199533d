"""The paper broker: accounts whose orders cost nothing, filled at a public quote.

    [program:broker-paper]
    command="%(here)s/.venv/bin/python" -m launch broker-paper

Quotes and steps of crypto are BingX's public ones; whatever has none there, such as a share, is filled at the price
that the signal names, and its execution says so. An account has its starting cash in each currency that it trades in.
"""

import os
from decimal import Decimal
from typing import Annotated

from msgspec import Meta

from bus.process import run
from bus.settings import BaseUrl, Secret, take
from bus.trading_settings import OffUntilConfigured, OrderKey

PROCESS = "broker-paper"


class Settings(OffUntilConfigured, frozen=True, kw_only=True):
    """What paper trading costs, and whose quotes it fills at."""

    order_key: OrderKey = Secret("")
    paper_slippage_bps: Annotated[
        int, Meta(ge=0, le=1000, description="by how many hundredths of a percent paper fills are worse than the quote")
    ] = 5
    paper_fee_bps: Annotated[
        int, Meta(ge=0, le=1000, description="the fee of paper fills, in hundredths of a percent")
    ] = 10
    paper_start_cash: Annotated[
        int, Meta(ge=1, le=10**12, description="what a paper account has of each currency at first")
    ] = 100_000
    paper_quotes_url: Annotated[BaseUrl, Meta(description="where paper quotes come from: BingX's public API")] = (
        "https://open-api.bingx.com"
    )


def main() -> None:
    """Serve all paper accounts until told to leave."""
    settings = take(Settings, os.environ)

    from brokers.loop import serve  # not needed by who reads the settings alone
    from brokers.paper_venue.engine import Costs
    from brokers.paper_venue.memory import Memory
    from brokers.paper_venue.quotes import Quotes
    from brokers.paper_venue.venue import PaperVenue

    memory = Memory(start_cash=Decimal(settings.paper_start_cash))
    costs = Costs(slippage_bps=settings.paper_slippage_bps, fee_bps=settings.paper_fee_bps)
    venue = PaperVenue(memory, Quotes(settings.paper_quotes_url), costs=costs)
    serve(PROCESS, venue, key=bytes.fromhex(settings.order_key.reveal()))


if __name__ == "__main__":
    run(main, name=PROCESS)
