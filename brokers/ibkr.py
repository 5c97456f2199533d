"""The broker of Interactive Brokers: one account, through an IB Gateway (or TWS) that the owner runs.

    [program:broker-ibkr]
    command="%(here)s/.venv/bin/python" -m launch broker-ibkr

It speaks the TWS protocol through ib_async, asynchronously only. The gateway has the login; this program knows no
password, only which account it may trade in. docs/ib-gateway.md says how a gateway is installed.
"""

import os
import sys
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta

from bus.broker_names import called
from bus.process import run
from bus.settings import NotConfigured, Secret, take
from bus.trading_settings import IbAccount, OffUntilConfigured, OrderKey

if TYPE_CHECKING:
    from brokers.ibkr_venue.venue import IbkrVenue

PROCESS = "broker-ibkr"
CURRENCY = "USD"


class Settings(OffUntilConfigured, frozen=True, kw_only=True):
    """Where the gateway listens, and which account is traded in."""

    order_key: OrderKey = Secret("")
    ib_account: IbAccount = ""
    ib_host: Annotated[str, Meta(min_length=1, description="where IB Gateway or TWS listens")] = "127.0.0.1"
    ib_port: Annotated[
        int,
        Meta(ge=1, le=65535, description="its port: 4002 of a paper gateway, 4001 of a live one, 7497 and 7496 of TWS"),
    ] = 4002
    ib_client_id: Annotated[
        int, Meta(ge=1, le=999, description="under which number this program speaks to it; no other program may use it")
    ] = 1
    ib_fractional: Annotated[
        Literal["yes", "no"],
        Meta(description="yes or no: whether fractions of shares are ordered where the instrument allows them"),
    ] = "no"

    def __post_init__(self) -> None:
        """Refuse to run where there is no account.

        Raises:
            NotConfigured: Trading is off, or IB_ACCOUNT is not set.
        """
        super().__post_init__()
        if not self.ib_account:
            raise NotConfigured(())


def venue_of(settings: Settings) -> "IbkrVenue":
    """Return the account that settings name, unconnected.

    Args:
        settings: Which it is, and where its gateway listens.
    """
    from brokers.ibkr_venue.link import Link  # not needed by who reads the settings alone
    from brokers.ibkr_venue.venue import IbkrVenue

    link = Link(settings.ib_host, settings.ib_port, client_id=settings.ib_client_id, number=settings.ib_account)
    return IbkrVenue(link, fractional=settings.ib_fractional == "yes")


def main() -> None:
    """Serve the account until told to leave."""
    settings = take(Settings, os.environ)

    from brokers.loop import serve  # not needed by who reads the settings alone

    serve(called(PROCESS), venue_of(settings), key=bytes.fromhex(settings.order_key.reveal()))


def prove() -> None:
    """Try the account once, and say what was found."""
    from brokers.proving import try_once  # not needed by who serves

    try_once(lambda: venue_of(take(Settings, os.environ)), currency=CURRENCY)


if __name__ == "__main__":
    if sys.argv[1:] == ["prove"]:
        prove()
    run(main, name=called(PROCESS))
