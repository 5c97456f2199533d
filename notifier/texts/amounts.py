"""How an amount is printed, wherever the chat shows one: `$34,619.59`, `-$1.00`, `3,196,081 ₽`."""

from decimal import Decimal

from bus.money import rounded


def money(amount: Decimal, currency: str, *, signed: bool = False) -> str:
    """Print an amount in full, rounded as the message shows it.

    Args:
        amount: The amount.
        currency: `USD` or `RUB`.
        signed: Whether a plus stands before what is above zero.

    Returns:
        The amount with its currency's sign: `-$1,234`.
    """
    number = rounded(amount, currency)
    return with_signs(f"{number.copy_abs():,}", currency, sign=sign_of(number, signed=signed))


def sign_of(number: Decimal, *, signed: bool = False) -> str:
    """Return a number's sign; that of one above zero only where it is wanted.

    Args:
        number: The number, rounded already.
        signed: Whether a plus stands before what is above zero.
    """
    if number < 0:
        return "-"
    return "+" if signed and number > 0 else ""


def with_signs(size: str, currency: str, *, sign: str) -> str:
    """Put sign and currency around an amount's size.

    Args:
        size: The amount's size, printed, without a sign.
        currency: `USD` or `RUB`.
        sign: `-`, `+` or nothing.

    Returns:
        The whole: `-$1,234`, `1,234 ₽`.
    """
    return f"{sign}${size}" if currency == "USD" else f"{sign}{size} ₽"
