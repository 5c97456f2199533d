"""Where a protective leg goes, as a person writes it: a price, or how far from the price; pure."""

import re
from decimal import Context, Decimal
from typing import Final

import msgspec

from ledger.exact import ARITHMETIC
from ledger.trading.flow.records import NO_PRICE, NoPrice
from notifier.commands.buttons import Button, Buttons

LEGS: Final = ("stop_loss", "take_profit")
DISTANCES: Final = {"stop_loss": ("1", "2", "5"), "take_profit": ("1", "2", "5", "10")}
"""In percent; those that have a button."""
SIGNIFICANT: Final = Context(prec=6, rounding=ARITHMETIC.rounding)
"""How exact a price is that comes from a distance; execution and the venue bring it to a price that there is."""
WORD_OF_NONE: Final = "none"
_PRICE: Final = re.compile(r"\d{1,15}(?:\.\d{1,18})?", re.ASCII)
_DISTANCE: Final = re.compile(r"[-+−]?(?P<percent>\d{1,3}(?:\.\d{1,4})?)\s?%", re.ASCII)


class Leg(msgspec.Struct, frozen=True, kw_only=True):
    """A leg of what would be opened.

    Attributes:
        name: One of LEGS.
        price: What it would be opened at; None where that is not known.
        is_short: Whether it would be a short one.
    """

    name: str
    price: Decimal | None
    is_short: bool

    @property
    def is_above(self) -> bool:
        """Whether it belongs above the price."""
        return (self.name == "take_profit") != self.is_short

    def at(self, percent: Decimal, price: Decimal) -> Decimal:
        """Return where it is, so far from a price.

        Args:
            percent: How far, whatever its side: the leg's own is meant.
            price: From where.
        """
        share = percent / 100
        return SIGNIFICANT.create_decimal(price * (1 + share if self.is_above else 1 - share)).normalize()

    def is_beyond(self, where: Decimal) -> bool:
        """Tell whether a price lies on the leg's side; where none is known, any may.

        Args:
            where: The leg's price.
        """
        return self.price is None or (where > self.price if self.is_above else where < self.price)

    def read(self, text: str, *words_of_none: str) -> Decimal | NoPrice | None:
        """Return where a text says that it goes.

        Args:
            text: Such as `95.5`, `2%`, `-2 %` or `none`.
            words_of_none: What says none besides, in the person's language.

        Returns:
            The price; NO_PRICE for none at all; None where it says nothing, or a distance from no price.
        """
        said = text.strip()
        if said.casefold() in {WORD_OF_NONE, *(word.casefold() for word in words_of_none)}:
            return NO_PRICE
        distance = _DISTANCE.fullmatch(said)
        if distance is not None and self.price is not None:
            found = self.at(Decimal(distance["percent"]), self.price)
            return found if found > 0 else None
        return Decimal(said) if _PRICE.fullmatch(said) and Decimal(said) else None

    def choices(self, none: str) -> Buttons:
        """Return its buttons: usual distances, and none.

        Args:
            none: What stands on the button for none.
        """
        sign = "+" if self.is_above else "−"
        distances = () if self.price is None else DISTANCES[self.name]
        row = tuple(Button(f"{sign}{percent} %", f"{percent}%") for percent in distances)
        return (*((row,) if row else ()), (Button(none, WORD_OF_NONE),))


def is_distance(text: str) -> bool:
    """Tell whether a text says how far from the price.

    Args:
        text: What was typed.
    """
    return _DISTANCE.fullmatch(text.strip()) is not None
