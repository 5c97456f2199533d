"""Tries the keys of an account once, before it is written down: run by `make account`, never under supervisord.

    python -m brokers.proving brokers.bingx     is told the settings as a broker is, and prints what it has proven

It connects as the broker does, so what the broker would refuse is refused here, in the same words; and orders nothing.
"""

import asyncio
import importlib
import os
import sys
from typing import Protocol

import msgspec

from brokers.venue import Venue, VenueError
from bus import log
from bus.settings import NotConfigured, SettingsError, take

WITHIN_S = 30.0
NOT_CONNECTED = 4
"""The exit code where the venue was asked, and does not let these keys in; what it says is printed."""


class Proven(msgspec.Struct, frozen=True, kw_only=True):
    """What the venue says of the account: its number, whether its money is real, and in what it counts.

    `reason` says why it does not let the keys in; empty where it does.
    """

    number: str = ""
    is_live: bool = False
    currency: str = ""
    reason: str = ""


class BrokerFile(Protocol):
    """What is used of a broker's file."""

    Settings: type[msgspec.Struct]
    CURRENCY: str

    def venue_of(self, settings: msgspec.Struct) -> Venue:
        """Return the venue that settings name."""
        ...


async def prove(venue: Venue, *, currency: str) -> Proven:
    """Connect once.

    Args:
        venue: The venue.
        currency: In which its accounts count.

    Returns:
        What it has proven, or why it does not let us in.
    """
    try:
        is_live = await asyncio.wait_for(venue.connect(), WITHIN_S)
    except VenueError as error:
        return Proven(reason=str(error))
    except TimeoutError:
        return Proven(reason=f"no answer within {WITHIN_S:.0f} s")
    return Proven(number=venue.number, is_live=bool(is_live), currency=currency)


def main() -> None:
    """Try the account that is handed over, and print what is found as JSON.

    Raises:
        SystemExit: The venue does not let the keys in, or the settings are wrong.
    """
    log.set_up("proving", level="ERROR", stream=sys.stderr)
    broker: BrokerFile = importlib.import_module(sys.argv[1])
    try:
        venue = broker.venue_of(take(broker.Settings, os.environ))
    except (SettingsError, NotConfigured) as error:
        raise SystemExit(str(error)) from None
    found = asyncio.run(prove(venue, currency=broker.CURRENCY))
    sys.stdout.write(msgspec.json.encode(found).decode())
    sys.stdout.flush()
    os._exit(NOT_CONNECTED if found.reason else 0)  # connections that a library keeps open hold nothing up


if __name__ == "__main__":
    main()
