"""The broker of BingX: one account, spot and perpetuals in USDT, by its REST interface and its stream.

    [program:broker-bingx]
    command="%(here)s/.venv/bin/python" -m launch broker-bingx

docs/bingx.md says how a key is made, and what it may do: trade, and never withdraw or transfer.
"""

import os
import re
import sys
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlsplit

from msgspec import Meta

from bus.broker_names import called
from bus.process import run
from bus.settings import BaseUrl, NotConfigured, Secret, take
from bus.trading_settings import OffUntilConfigured, OrderKey

if TYPE_CHECKING:
    from brokers.bingx_venue.venue import BingxVenue

PROCESS = "broker-bingx"
CURRENCY = "USDT"
LIVE_URL = "https://open-api.bingx.com"
DEMO_URL = "https://open-api-vst.bingx.com"
TWIN = ".bingx.pro"
"""What the name of each host's twin ends with, instead of `.bingx.com`."""
LIVE_STREAM = "wss://open-api-swap.bingx.com/swap-market"
LIVE_SPOT_STREAM = "wss://open-api-ws.bingx.com/market"
DEMO_STREAM = "wss://vst-open-api-ws.bingx.com/swap-market"
STREAM_URL = r"^(wss://[A-Za-z0-9.-]+(:\d+)?|ws://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?)(/[A-Za-z0-9._~/-]*)?\Z"


class Settings(OffUntilConfigured, frozen=True, kw_only=True):
    """Whose account is traded in, and where."""

    order_key: OrderKey = Secret("")
    bingx_api_key: Annotated[
        Secret | None, Meta(description="of a key that may read and trade, and neither withdraw nor transfer")
    ] = None
    bingx_api_secret: Annotated[Secret | None, Meta(description="its secret")] = None
    bingx_subaccount_id: Annotated[
        str,
        Meta(
            description="the UID of the account that the key must be of, digits; empty: whichever it is of",
            pattern=r"^[0-9]{0,20}\Z",
        ),
    ] = ""
    bingx_demo: Annotated[
        Literal["yes", "no"],
        Meta(description="yes or no: whether it trades BingX's virtual money, at the demo's own host"),
    ] = "yes"
    bingx_base_url: Annotated[
        BaseUrl | None, Meta(description="where the REST interface is; empty: BingX's own, live or demo")
    ] = None
    bingx_ws_url: Annotated[
        Annotated[str, Meta(pattern=STREAM_URL)] | None,
        Meta(description="where the stream of perpetuals is; empty: BingX's own, live or demo"),
    ] = None

    def __post_init__(self) -> None:
        """Refuse to run where there is no key.

        Raises:
            NotConfigured: Trading is off, or there is no key.
            ValueError: One half of the key is missing; names it. Or the address is that of the other kind of money.
        """
        super().__post_init__()
        halves = {"BINGX_API_KEY": self.bingx_api_key, "BINGX_API_SECRET": self.bingx_api_secret}
        missing = [name for name, half in halves.items() if half is None]
        if len(missing) == len(halves):
            raise NotConfigured(())
        if missing:
            raise ValueError(f"{missing[0]} is missing: BingX shows both halves when a key is made")
        host = (urlsplit(self.bingx_base_url or "").hostname or "").replace(TWIN, ".bingx.com")
        other = urlsplit(DEMO_URL if self.is_live else LIVE_URL).hostname
        if host == other:  # the key is the same at both: only this tells virtual money from real money
            kind, word = ("the demo's host", "yes") if self.is_live else ("the host of real money", "no")
            raise ValueError(f"BINGX_BASE_URL is {kind}: leave it empty, or set BINGX_DEMO={word}")

    @property
    def is_live(self) -> bool:
        """Whether real money is traded."""
        return self.bingx_demo == "no"

    @property
    def hosts(self) -> tuple[str, ...]:
        """Where the REST interface is, and its twin where it has one."""
        host = self.bingx_base_url or (LIVE_URL if self.is_live else DEMO_URL)
        return (host, host.replace(".bingx.com", TWIN)) if host in {LIVE_URL, DEMO_URL} else (host,)

    @property
    def stream_url(self) -> str:
        """Where the stream of perpetuals is."""
        return self.bingx_ws_url or (LIVE_STREAM if self.is_live else DEMO_STREAM)

    @property
    def spot_stream_url(self) -> str:
        """Where the stream of spot is: beside that of perpetuals where that is set; empty in the demo, without spot."""
        if not self.is_live:
            return ""
        return (
            LIVE_SPOT_STREAM if self.bingx_ws_url is None else re.sub(r"/swap-market\Z", "/market", self.bingx_ws_url)
        )


def venue_of(settings: Settings) -> "BingxVenue":
    """Return the account that settings name, unconnected.

    Args:
        settings: Whose it is, and where.
    """
    from brokers.bingx_venue.access import Access  # not needed by who reads the settings alone
    from brokers.bingx_venue.rest import Rest
    from brokers.bingx_venue.venue import BingxVenue

    access = Access(
        key=settings.bingx_api_key or Secret(""),
        secret=settings.bingx_api_secret or Secret(""),
        hosts=settings.hosts,
        stream_url=settings.stream_url,
        spot_stream_url=settings.spot_stream_url,
        is_live=settings.is_live,
        subaccount=settings.bingx_subaccount_id,
    )
    return BingxVenue(Rest(access), access)


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
