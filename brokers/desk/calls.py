"""A call of the venue: over in time, and failed in the venue's own few ways only."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from brokers.venue import Busy, Unknown, VenueError
from bus import reasons
from bus.log import logger

Result = TypeVar("Result")

log = logger(__name__)


async def read(call: Awaitable[Result], *, within_s: float) -> Result:
    """Wait for a call that changes nothing; one that gives no answer is Busy.

    Args:
        call: The call.
        within_s: The most that it may take, in seconds.

    Returns:
        What the call returns.

    Raises:
        VenueError: What the venue raises, or Busy.
    """
    return await _bounded(call, within_s, lost=Busy)


async def change(call: Awaitable[Result], *, within_s: float) -> Result:
    """Wait for a call that changes something; whether one that gives no answer was done is Unknown.

    Args:
        call: The call.
        within_s: The most that it may take, in seconds.

    Returns:
        What the call returns.

    Raises:
        VenueError: What the venue raises, or Unknown.
    """
    return await _bounded(call, within_s, lost=Unknown)


async def _bounded(call: Awaitable[Result], within_s: float, *, lost: type[VenueError]) -> Result:
    """Wait for a call, and turn whatever is no VenueError into the one that stands for a lost answer."""
    try:
        async with asyncio.timeout(within_s):
            return await call
    except VenueError:
        raise
    except TimeoutError:
        raise lost(reasons.TIMEOUT, code="no answer in time") from None
    except Exception as error:  # noqa: BLE001 - the outermost place of one call: logged, and never read as "not done"
        log.crash("unexpected", error)
        raise lost(reasons.BAD_ANSWER, code=type(error).__name__) from None
