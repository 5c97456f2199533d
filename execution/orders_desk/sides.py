"""Long and short of one instrument, which some venues hold apart: then each side is compared with the books for itself.

Which of both ways an account is in, is not asked: where its venue says a long and a short one of the same instrument,
they lie apart there, and else what several strategies hold of it is one position.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final, Literal

import msgspec

from bus.messages.venue_accounts import Held
from ledger.exact import ZERO, total
from ledger.trading.books.positions import PositionLine
from ledger.trading.flow.records import VenuePosition

Side = Literal["", "LONG", "SHORT"]
LONG: Final = "LONG"
SHORT: Final = "SHORT"


class Part(msgspec.Struct, frozen=True, order=True):
    """What is compared: an instrument, or one side of it where its venue holds both; `side` is empty elsewhere."""

    symbol: str
    asset_type: str
    side: Side = ""

    @property
    def key(self) -> tuple[str, str]:
        """The instrument."""
        return self.symbol, self.asset_type

    @property
    def name(self) -> str:
        """What it is called in the chat."""
        return f"{self.symbol} {self.side}".rstrip()


class Parts:
    """Which instruments a venue holds both sides of."""

    def __init__(self, there: Iterable[Held | VenuePosition]) -> None:
        """Look at what a venue holds.

        Args:
            there: All of its positions of an account.
        """
        signs: dict[tuple[str, str], set[bool]] = {}
        for each in there:
            if each.quantity:
                signs.setdefault(_key(each), set()).add(each.quantity > ZERO)
        self._hedged = {key for key, found in signs.items() if len(found) > 1}

    def of(self, position: Held | VenuePosition | PositionLine) -> Part:
        """Return which part a position is of.

        Args:
            position: At the venue, or in the books.
        """
        key = _key(position)
        if key not in self._hedged:
            return Part(*key)
        return Part(*key, LONG if position.quantity > ZERO else SHORT)

    def sums(self, positions: Sequence[Held | VenuePosition | PositionLine]) -> dict[Part, Decimal]:
        """Return what positions come to, by their parts.

        Args:
            positions: At the venue, or in the books.
        """
        found: dict[Part, Decimal] = {}
        for each in positions:
            part = self.of(each)
            found[part] = total((found.get(part, ZERO), each.quantity))
        return found


def of_side(rows: Sequence[VenuePosition], held: Decimal) -> list[VenuePosition]:
    """Return what bears on a position: where the venue holds both sides of its instrument, the rows of its own alone.

    Args:
        rows: What the venue holds of one instrument.
        held: The position, below zero for a short one.
    """
    is_hedged = len({each.quantity > ZERO for each in rows if each.quantity}) > 1
    return [each for each in rows if each.quantity * held > ZERO] if is_hedged else list(rows)


def _key(position: Held | VenuePosition | PositionLine) -> tuple[str, str]:
    """Return what a position is of."""
    of = position.instrument if isinstance(position, Held) else position
    return of.symbol, of.asset_type
