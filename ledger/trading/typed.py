"""Numbers as a person types them into the chat; what is none is for whoever asked to say, in the person's language."""

import re
from decimal import Decimal
from typing import Final

_NUMBER: Final = re.compile(r"[0-9]{1,15}(\.[0-9]{1,18})?")


def typed_number(text: str) -> Decimal | None:
    """Return a number of money or pieces, above zero.

    Args:
        text: As it was typed: digits, and a point before the fraction. Commas, signs, exponents and other digits are
            not taken, since what they mean would be a guess.

    Returns:
        The number, exact; None where it is none that can be kept.
    """
    if _NUMBER.fullmatch(text) is None:
        return None
    return Decimal(text) or None
