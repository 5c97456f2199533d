"""When to look whether something has happened: often at first, then ever more rarely.

Many tests wait at once, and what they wait for needs the processor that looking costs.
"""

import time
from collections.abc import Iterator

FIRST_S = 0.005
LONGEST_S = 0.1
GROWTH = 1.3


def looks(within_s: float) -> Iterator[None]:
    """Yield each time that it is time to look; the last time when the time is over.

    Args:
        within_s: How long.
    """
    ends_at, pause_s = time.monotonic() + within_s, FIRST_S
    while (left_s := ends_at - time.monotonic()) > 0:
        yield
        time.sleep(min(pause_s, left_s))
        pause_s = min(pause_s * GROWTH, LONGEST_S)
    yield
