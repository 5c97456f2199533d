"""Whether prices fit: a signal's and the market's, a question's and now's, a leg's and its entry's; pure."""

from decimal import Decimal, localcontext

from execution.refusal import HUNDRED, Refusal, percent, refuse
from ledger.exact import ARITHMETIC


def price_sanity(symbol: str, price: Decimal, *, quote: Decimal, limit_percent: Decimal) -> Refusal | None:
    """Refuse a signal whose price is far from the market's: a wrong symbol, currency or split.

    Args:
        symbol: Of what.
        price: The signal's.
        quote: The market's, above zero.
        limit_percent: How far it may be away, in percent of the market's.

    Returns:
        A refusal `PRICE_SANITY`; None where the price is near enough.
    """
    off = _off(price, quote, limit_percent)
    if off is None:
        return None
    return refuse("PRICE_SANITY", symbol=symbol, price=price, quote=quote, percent=off, limit=limit_percent)


def price_drift(symbol: str, asked: Decimal, *, price: Decimal, limit_percent: Decimal) -> Refusal | None:
    """Tell that a price has moved since a question was asked: ask again.

    Args:
        symbol: Of what.
        asked: The price that the question named, above zero.
        price: The price now.
        limit_percent: How far it may have moved, in percent of the price that was asked about.

    Returns:
        A refusal `PRICE_DRIFT`; None where the price is near enough.
    """
    off = _off(price, asked, limit_percent)
    if off is None:
        return None
    return refuse("PRICE_DRIFT", symbol=symbol, asked=asked, price=price, percent=off, limit=limit_percent)


def wrong_side(
    symbol: str, price: Decimal, *, is_short: bool, stop_loss: Decimal | None, take_profit: Decimal | None
) -> Refusal | None:
    """Refuse an opening whose protective legs would fill at once.

    Args:
        symbol: Of what.
        price: At which it opens.
        is_short: Whether it opens a short.
        stop_loss: Below the price of a long, above that of a short; None where there is none.
        take_profit: The other way round.

    Returns:
        A refusal `STOP_WRONG_SIDE`, which names the leg; None where both are on their side.
    """
    for leg, stop, is_below in (("stop_loss", stop_loss, not is_short), ("take_profit", take_profit, is_short)):
        if stop is not None and (stop >= price if is_below else stop <= price):
            return refuse("STOP_WRONG_SIDE", symbol=symbol, leg=leg, stop=stop, price=price)
    return None


def _off(price: Decimal, whole: Decimal, limit_percent: Decimal) -> Decimal | None:
    """Return how far a price is from another one in percent, None within the limit."""
    with localcontext(ARITHMETIC):
        distance = abs(price - whole)
        return percent(distance, whole) if distance * HUNDRED > limit_percent * whole else None
