"""Tries the keys of an account once, before it is written down: run by `make account`, never under supervisord.

    python -m brokers.bingx prove     is told the settings as the broker is, and prints what it has proven

It connects as the broker does, so what the broker would refuse is refused here, in the same words; and orders nothing.
"""

import asyncio
import os
import sys
from collections.abc import Callable

import msgspec

from brokers.venue import Venue, VenueError
from bus import log
from bus.proven import Proven
from bus.settings import NotConfigured, SettingsError

WITHIN_S = 30.0
NOT_CONNECTED = 4
"""The exit code where the venue was asked, and does not let these keys in; what it says is printed."""


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


def try_once(venue_of: Callable[[], Venue], *, currency: str) -> None:
    """Try the account that is handed over, print what is found as JSON, and end this process.

    Args:
        venue_of: Returns the venue that the settings name.
        currency: In which its accounts count.

    Raises:
        SystemExit: The settings are wrong.
    """
    log.set_up("proving", level="ERROR", stream=sys.stderr)
    try:
        venue = venue_of()
    except (SettingsError, NotConfigured) as error:
        raise SystemExit(str(error)) from None
    found = asyncio.run(prove(venue, currency=currency))
    sys.stdout.write(msgspec.json.encode(found).decode())
    sys.stdout.flush()
    os._exit(NOT_CONNECTED if found.reason else 0)  # connections that a library keeps open hold nothing up
