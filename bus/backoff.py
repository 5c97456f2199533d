"""The growing pause between attempts, for whoever tries again."""

import random

MOST_DOUBLINGS = 30
"""Far beyond any longest pause, and within what a float can hold."""


def pause_s(failures: int, *, first_s: float, longest_s: float, jitter: float = 0.0) -> float:
    """Return how long to wait before the next attempt: doubled with each failure, up to a limit.

    Args:
        failures: How many pauses there were before this one; 0 for the first.
        first_s: The first pause, in seconds.
        longest_s: No pause is longer, in seconds.
        jitter: The share of the pause, 0 to 1, of which a random part is left off, so that many do not step together.
    """
    pause = min(longest_s, first_s * 2.0 ** min(failures, MOST_DOUBLINGS))
    return pause * random.uniform(1.0 - jitter, 1.0)  # noqa: S311 - jitter, not a secret
