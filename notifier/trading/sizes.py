"""A size as a person writes it: a quantity, or an amount with its currency; pure. What is not clear is no size."""

import re
from decimal import Decimal
from typing import Final

import msgspec

_NUMBER: Final = r"(?P<number>\d{1,15}(?:\.\d{1,18})?)"
_SIZE: Final = re.compile(rf"(?P<sign>\$)?{_NUMBER}\s?(?P<currency>[A-Za-z]{{3,8}})?", re.ASCII)


class Size(msgspec.Struct, frozen=True, kw_only=True):
    """A number above zero, and the currency that it is an amount of; empty for a quantity."""

    number: Decimal
    currency: str = ""

    def __str__(self) -> str:
        """Return it as it is written."""
        return f"{self.number:f} {self.currency}".rstrip()


def read_size(text: str) -> Size | None:
    """Return the size that a text says.

    Args:
        text: Such as `5`, `0.25`, `500 USD` or `$500`; a comma is never guessed at.

    Returns:
        The size; None where it says none, or zero.
    """
    found = _SIZE.fullmatch(text.strip())
    if found is None or (found["sign"] and found["currency"]) or not Decimal(found["number"]):
        return None
    currency = "USD" if found["sign"] else (found["currency"] or "").upper()
    return Size(number=Decimal(found["number"]), currency=currency)
