"""How amounts and rates are printed, in the message and on every page alike."""

from decimal import Decimal

from bus.money import rounded, rounded_rate


def money(amount: Decimal, currency: str) -> str:
    """Print an amount: `$34,619.59`, `-$1.00`, `3,196,081 ₽`."""
    number = rounded(amount, currency)
    sign, size = "-" if number < 0 else "", f"{number.copy_abs():,}"
    return f"{sign}${size}" if currency == "USD" else f"{sign}{size} ₽"


def rate_number(rate: Decimal) -> str:
    """Print a rate with two to four decimals: `92.32`."""
    text = f"{rounded_rate(rate)}"
    return text[:-2] + text[-2:].rstrip("0")
