"""Exact numbers: 20 digits before the point and 18 behind it, in every database alike; a float is never one.

Sums and differences of such numbers are exact here. Products and quotients are rounded to 18 places, half to even, in
one place: `rounded`.
"""

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Context, Decimal, Inexact, localcontext

PLACES = Decimal("1e-18")
LIMIT = Decimal("1e20")
ARITHMETIC = Context(prec=120, rounding=ROUND_HALF_EVEN)
"""Wide enough that a product of two exact numbers, and a sum of millions of them, is whole.

Whoever computes does so in `decimal.localcontext(ARITHMETIC)`: Python's own 28 digits cut even a sum, and a minus sign.
"""
ZERO = Decimal(0)


class InexactNumber(ValueError):
    """A number cannot be kept as it is: not a Decimal, not finite, or with more digits than a column has."""


def exact(value: object) -> Decimal:
    """Return a number in the one way in which it is written: without zeros at its end, zero without a sign.

    Args:
        value: A Decimal or an int.

    Returns:
        The same number, which `format(…, "f")` writes alike in every database.

    Raises:
        InexactNumber: It is a float or something else, NaN or infinite, or would be cut.
    """
    if isinstance(value, bool) or not isinstance(value, (Decimal, int)):
        raise InexactNumber(f"an amount is a Decimal, not {type(value).__name__}")
    number = Decimal(value)
    if not number.is_finite():
        raise InexactNumber(f"{number} is no amount")
    if number.copy_abs() >= LIMIT:
        raise InexactNumber(f"{number:.3e} has more than 20 digits before the point")
    try:
        number.quantize(PLACES, context=Context(prec=60, traps=[Inexact]))
    except Inexact:
        raise InexactNumber(f"{number} has more than 18 places") from None
    return _plain(number)


def rounded(value: Decimal) -> Decimal:
    """Return a number rounded to 18 places, half to even.

    Args:
        value: What came out of a product or quotient, computed in `ARITHMETIC`.

    Raises:
        InexactNumber: It has more than 20 digits before the point.
    """
    return exact(value.quantize(PLACES, context=ARITHMETIC))


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Return the sum of exact numbers; raises InexactNumber where it does not fit.

    Args:
        amounts: The numbers.
    """
    with localcontext(ARITHMETIC):
        return exact(sum(amounts, ZERO))


def difference(amount: Decimal, less: Decimal) -> Decimal:
    """Return an exact number less another one; raises InexactNumber where it does not fit.

    Args:
        amount: The number.
        less: What is taken from it.
    """
    return exact(ARITHMETIC.subtract(amount, less))


def _plain(number: Decimal) -> Decimal:
    """Return a number without zeros at its end and without an exponent, zero as `0`."""
    if not number:
        return ZERO
    bare = number.normalize(ARITHMETIC)
    whole = bare.to_integral_value(context=ARITHMETIC)
    return whole.quantize(Decimal(1), context=ARITHMETIC) if bare == whole else bare
