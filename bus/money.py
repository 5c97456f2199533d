"""How money is rounded, for whoever adds it up and whoever prints it: as shown, halves away from zero."""

from decimal import ROUND_HALF_UP, Decimal, localcontext

STEPS = {"USD": Decimal("0.01"), "RUB": Decimal(1)}
"""The currencies that are known, each with the smallest step that is shown."""

DIGITS = 60
"""Of working precision: sums of amounts below 10^15 and their products with a rate stay exact."""

_RATE_STEP = Decimal("0.0001")


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Round an amount as the message shows it.

    Args:
        amount: A finite amount below 10^50.
        currency: USD or RUB.

    Returns:
        The amount in cents or in whole roubles; zero has no sign.

    Raises:
        ValueError: Another currency.
    """
    step = STEPS.get(currency)
    if step is None:
        raise ValueError(f"currency {currency!r}: only USD and RUB are known")
    return _quantized(amount, step)


def rounded_rate(rate: Decimal) -> Decimal:
    """Round a rate to the four decimals that sums are made with.

    Args:
        rate: Roubles for one US dollar.

    Returns:
        The rate, halves rounded away from zero.
    """
    return _quantized(rate, _RATE_STEP)


def _quantized(amount: Decimal, step: Decimal) -> Decimal:
    """Return an amount rounded to a step, halves away from zero, and never a negative zero."""
    with localcontext(prec=DIGITS):
        return amount.quantize(step, rounding=ROUND_HALF_UP) + 0  # `+ 0` takes the sign off a negative zero
