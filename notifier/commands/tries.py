"""What the tries of a reply have in common: a limit of time, and whether and when there is another one."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from notifier.delivery.telegram import RetryAfter, asked_pause_s, is_refusal, may_have_arrived, readable

Answer = TypeVar("Answer")


async def once(call: Callable[[], Awaitable[Answer]], within_s: float) -> Answer:
    """Call Telegram within a limit of time and return the answer.

    Args:
        call: The call.
        within_s: The limit.

    Raises:
        TelegramError: Its refusal, or what went wrong on the way; an answer that cannot be read is an error.
        TimeoutError: There was none in time.
    """
    with readable():
        async with asyncio.timeout(within_s):
            return await call()


def surely_not_taken(error: Exception) -> bool:
    """Tell whether Telegram took nothing and refused nothing, so that the call may be made again.

    Args:
        error: What the call raised.
    """
    return not is_refusal(error) and not may_have_arrived(error)


def pause_before(error: Exception, failures: int) -> float:
    """Return the pause before the next try, in seconds: what Telegram asks for, else twice as long each time.

    Args:
        error: What the last try raised.
        failures: How many have failed.
    """
    if isinstance(error, RetryAfter):
        return asked_pause_s(error) + random.uniform(0.1, 2.0)  # noqa: S311 - replies that wait must not step together
    return 2.0**failures / 2
