"""Numbers of the TWS API as they were written.

Quirk: ib_async makes a float of each text; its shortest writing is that text again, never binary noise. What is not set
comes as the greatest float.
"""

import math
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from ib_async.util import UNSET_DOUBLE

from brokers.venue import Malformed
from bus import reasons

_MOST: Final = 1e15


def exact(number: float) -> Decimal:
    """Return a number as it was written on the wire.

    Args:
        number: What ib_async has made of it.

    Raises:
        Malformed: It is none, or not set.
    """
    if not math.isfinite(number) or abs(number) > _MOST:
        raise Malformed(reasons.BAD_ANSWER, code="no number")
    return Decimal(int(number)) if number == int(number) else Decimal(format(Decimal(repr(number)), "f"))


def price(number: float, step: Decimal | None) -> Decimal | None:
    """Return a price, to the nearest step.

    Args:
        number: What ib_async has made of it; -1, nan and unset are its words for none.
        step: What prices are multiples of; None for anything.

    Returns:
        The price, above zero; None where there is none.
    """
    if number in {UNSET_DOUBLE, math.inf} or not number > 0:
        return None
    found = exact(number)
    if not step:
        return found
    stepped = (found / step).to_integral_value(ROUND_HALF_EVEN) * step
    return stepped if stepped > 0 else None
