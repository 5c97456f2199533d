"""What the collectors' loop asks of a platform, and what a platform gives back."""

import time
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol, runtime_checkable

import msgspec

from bus.messages.rounds import Account
from collectors.key import Key


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What a platform holds; the fields are those of `bus.messages.rounds.Balance`."""

    amount: Decimal
    currency: str
    as_of: datetime
    fetched_at: datetime
    wallets: tuple[str, ...]
    covers: str = ""
    close_of: date | None = None
    accounts: tuple[Account, ...] = ()


class RateReading(msgspec.Struct, frozen=True, kw_only=True):
    """Roubles for one dollar; the fields are those of `bus.messages.rounds.Rate`."""

    rate: Decimal
    source: str
    valid_for: date
    fetched_at: datetime
    stale: bool = False
    unconfirmed: bool = False
    second_source: str = ""
    second_rate: Decimal | None = None


class Deadline:
    """The time that a piece of work may take; counted on the monotonic clock from when it is made."""

    def __init__(self, seconds: float) -> None:
        """Start counting.

        Args:
            seconds: The time from now on.
        """
        self.ends_at = time.monotonic() + seconds

    def left_s(self) -> float:
        """Return the seconds left, never below zero."""
        return max(0.0, self.ends_at - time.monotonic())


class Source(Protocol):
    """One platform. Both methods run in the collector's worker thread, one at a time, and raise PlatformError only."""

    def fetch(self, deadline: Deadline) -> Reading | RateReading:
        """Return the current reading, or raise Busy, Denied or Malformed; keep within the deadline."""
        ...

    def prefetch(self, deadline: Deadline) -> float:
        """Do what need not wait for a round (prove the key, warm the connection, fetch ahead).

        Returns:
            After how many seconds to call again.
        """
        ...


@runtime_checkable
class Keyed(Protocol):
    """A source that asks with a key; the loop publishes its state on request, and alerts the owner."""

    key: Key
