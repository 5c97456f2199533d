"""Numbers in the columns of a table: as the message prints them where there is room, shorter where there is not."""

from decimal import ROUND_HALF_UP, Decimal, localcontext

from bus.money import DIGITS, rounded
from notifier.texts.amounts import sign_of, with_signs

NO_NUMBER = "-"
LETTERS = (("K", 3), ("M", 6), ("B", 9), ("T", 12), ("Q", 15))


def figure(amount: Decimal, currency: str, *, width: int, bare: bool = False, signed: bool = False) -> str:
    """Word an amount within some columns: without its cents, then as `1.2M`, where it is too long.

    Args:
        amount: A finite amount.
        currency: USD or RUB.
        width: How many columns there are; six are enough for everything below 10^18, eight with signs around it.
        bare: Without `$` and `₽`.
        signed: A plus before what is above zero.

    Returns:
        The text, not padded.
    """
    number = rounded(amount, currency)
    sign, size = sign_of(number, signed=signed), number.copy_abs()
    texts = [f"{size:,}", f"{_whole(size):,}", *(_short(size, letter, power) for letter, power in LETTERS)]
    worded = [f"{sign}{text}" if bare else with_signs(text, currency, sign=sign) for text in texts if text]
    return next((text for text in worded if len(text) <= width), worded[-1])


def percent(change: Decimal, base: Decimal) -> str:
    """Word a change as a part of what was there before, in at most six columns.

    Args:
        change: How much it grew.
        base: What it was.

    Returns:
        `+0.36%`, `+12.3%`, `+123%`; a dash where there was nothing, or less, that could grow.
    """
    if base <= 0:
        return NO_NUMBER
    with localcontext(prec=DIGITS):
        share = change / base * 100
        for step, limit in ((Decimal("0.01"), 10), (Decimal("0.1"), 100), (Decimal(1), 1000)):
            shown = share.quantize(step, rounding=ROUND_HALF_UP) + 0
            if abs(shown) < limit:
                return f"{shown:+}%" if shown else f"{shown}%"
    return ">999%" if share > 0 else "<-999%"


def _whole(size: Decimal) -> Decimal:
    """Return a size without decimals, halves rounded up."""
    with localcontext(prec=DIGITS):
        return size.quantize(Decimal(1), rounding=ROUND_HALF_UP)


def _short(size: Decimal, letter: str, power: int) -> str:
    """Return `1.2M`, `12.3M` or `123M`; empty where it is no such size."""
    with localcontext(prec=DIGITS):
        scaled = size / Decimal(10) ** power
        shown = scaled.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
        if shown >= 100:
            shown = scaled.quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return f"{shown}{letter}" if Decimal("0.1") <= shown < 1000 or letter == LETTERS[-1][0] else ""
