"""What becomes of a signal: each step as it comes, until its end or until a person has to do something."""

import time
from collections.abc import Callable, Iterator

from ledger.store import Ledger
from ledger.trading.enumerations import SignalState
from ledger.trading.flow.lives import life_of_inbox
from ledger.trading.flow.records import SignalEvent
from ledger.trading.principal import SYSTEM

LOOK_S = 0.2
ENDS: tuple[SignalState, ...] = ("DONE", "REJECTED", "EXPIRED", "DUPLICATE", "SUPERSEDED")
RESTS: tuple[SignalState, ...] = ("AWAITING_CONFIRMATION", "WAITING_FOR_MARKET")
"""What lasts until somebody presses a button, or a market opens."""


class Clock:
    """Monotonic seconds and waiting, so that a test does not wait."""

    monotonic: Callable[[], float] = staticmethod(time.monotonic)
    sleep: Callable[[float], None] = staticmethod(time.sleep)


def follow(ledger: Ledger, inbox_uid: str, *, within_s: float, clock: Clock) -> Iterator[SignalEvent]:
    """Yield the steps of a signal's life as they come.

    Args:
        ledger: The ledger.
        inbox_uid: Its name in the inbox.
        within_s: For how long it is followed, seconds.
        clock: Tells and passes the time.

    Yields:
        Each step once; the last is one of `ENDS` or `RESTS`, or what it had come to when the time was up.
    """
    seen, ends_at = 0, clock.monotonic() + within_s
    while True:
        with ledger.reading() as connection:
            life = life_of_inbox(SYSTEM, connection, inbox_uid)
        yield from life[seen:]
        seen = len(life)
        if (life and life[-1].state in ENDS + RESTS) or clock.monotonic() >= ends_at:
            return
        clock.sleep(LOOK_S)
