"""How the axis of a chart prints amounts: short, and as exact as its marks need."""

from notifier.charts.request import Currency
from notifier.texts.amounts import with_signs

SIZES = ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "k"))
SHORT_FROM = 10_000
PLAIN = (1, "")
MOST_DECIMALS = {"T": 3, "B": 3, "M": 3, "k": 2, "": 2}


def ticks_as_text(ticks: list[float], currency: Currency) -> list[str]:
    """Print the marks of an axis alike: `$34.5k`, `3.2M ₽`, with as many decimals as tell them apart.

    Args:
        ticks: Two or more, evenly spaced.
        currency: Whose.

    Returns:
        A short text for each; in full where a short one would be no shorter.
    """
    step, largest = abs(ticks[1] - ticks[0]), max(abs(tick) for tick in ticks)
    size, letter = next((each for each in SIZES if largest >= max(each[0], SHORT_FROM)), PLAIN)
    decimals = _decimals(step / size)
    if decimals > MOST_DECIMALS[letter]:
        size, letter = PLAIN
        decimals = _decimals(step)
    if letter or not decimals:
        return [_tick(tick / size, decimals, letter, currency=currency) for tick in ticks]
    return [_tick(tick, 2, "", currency=currency) for tick in ticks]


def _tick(number: float, decimals: int, letter: str, *, currency: Currency) -> str:
    """Return the text of one mark of the axis; a number that is shown as zero has no minus."""
    text = f"{abs(number):,.{decimals}f}{letter}"
    is_zero = not text.strip("0.kMBT")
    return with_signs(text, currency, sign="-" if number < 0 and not is_zero else "")


def _decimals(step: float) -> int:
    """Return how many decimals tell multiples of a step apart."""
    for decimals in range(10):
        if abs(round(step, decimals) - step) < step * 1e-6:
            return decimals
    return 10
