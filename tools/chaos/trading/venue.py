"""What a chaos run of trading knows of the venue that it is played at; each has a file or a folder beside this."""

import random
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Protocol

import msgspec

from ledger.store import Ledger

Lift = Callable[[], None]


class Disturbance(msgspec.Struct, frozen=True, kw_only=True):
    """What is done to whom, how long it lasts (0: nothing lifts it), and how long nothing is done after it, seconds."""

    target: str
    what: str
    fields: dict[str, object] = {}
    lasts_s: float = 0.0
    pause_s: float = 1.0

    def __str__(self) -> str:
        """Say it in a line."""
        fields = "".join(f" {name}={value}" for name, value in self.fields.items())
        return f"{self.what} {self.target}{fields}" + (f" for {self.lasts_s:.1f} s" if self.lasts_s else "")


class Goods(msgspec.Struct, frozen=True, kw_only=True):
    """What is traded: symbols as an alert names them, the price of each, and the smallest quantity.

    An opening's quantity is its alert's number in such steps, so that the venue's own book tells which alert an order
    is of.
    """

    symbols: tuple[str, ...]
    price: Decimal
    step: Decimal


class VenueOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order that the venue has; `opens` says that it buys and is no protective leg."""

    client_id: str
    quantity: Decimal
    opens: bool


class AtVenue(msgspec.Struct, frozen=True, kw_only=True):
    """The venue's account: orders, the names of all executions, and what is held by symbol, none of it zero."""

    orders: list[VenueOrder]
    executions: list[str]
    held: dict[str, Decimal]


class TradedVenue(Protocol):
    """The venue of a run: what it trades, what can be done to it, and what it truly has.

    `per_second` alerts are sent where nothing else is said: many of few symbols supersede each other.
    """

    broker: str
    goods: Goods
    per_second: float
    settings: dict[str, str]

    def prepare(self, home: Path) -> None:
        """Change the system's folder, which is made and not started, so that it trades there."""

    def draw(self, chance: random.Random) -> Disturbance:
        """Draw something that happens at the venue; its target is `venue`."""

    def begin(self, disturbance: Disturbance) -> Lift:
        """Let it happen; return what takes it away."""

    def clear(self) -> None:
        """Let all be well."""

    def read(self, ledger: Ledger) -> AtVenue:
        """Read what the venue has of the one account, past every broker.

        Args:
            ledger: Knows the account's name.
        """


def nothing() -> None:
    """Take nothing away."""
