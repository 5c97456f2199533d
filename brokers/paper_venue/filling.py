"""When an order of the paper venue fills, and at what price: pure arithmetic on quotes."""

from datetime import datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from brokers.bingx_public.markets import Price
from bus.messages.venues import PlaceOrder, Side

BPS: Final = Decimal(10_000)
PLACES: Final = Decimal("1e-10")
ARITHMETIC: Final = Context(prec=60, rounding=ROUND_HALF_EVEN)
NO_QUOTE: Final = "at the signal's price: no quote"
NEW_YORK: Final = ZoneInfo("America/New_York")


class Resting(msgspec.Struct, kw_only=True):
    """An order that waits for its price.

    `stop_price` moves with a trailing one. `is_triggered`: a stop-limit order whose stop was reached is a limit order.
    """

    order: PlaceOrder
    broker_order_id: str
    stop_price: Decimal | None
    is_triggered: bool = False
    expires_at: datetime | None = None


def market_price(side: Side, price: Price, *, slippage_bps: int) -> Decimal:
    """Return what a market order pays: the other side of the quote, and a little worse.

    Args:
        side: Whether it buys.
        price: The quote.
        slippage_bps: How much worse, in hundredths of a percent.
    """
    with localcontext(ARITHMETIC):
        if side == "BUY":
            return plain(price.ask * (BPS + slippage_bps) / BPS)
        return plain(price.bid * (BPS - slippage_bps) / BPS)


def fee(quantity: Decimal, price: Decimal, multiplier: Decimal, *, fee_bps: int) -> Decimal:
    """Return the fee of a fill, in the currency of its price.

    Args:
        quantity: What was filled.
        price: At what price.
        multiplier: A price's value for one of the quantity.
        fee_bps: The rate, in hundredths of a percent.
    """
    with localcontext(ARITHMETIC):
        return plain(quantity * price * multiplier * fee_bps / BPS)


def fill_price(resting: Resting, price: Price, *, slippage_bps: int) -> Decimal | None:
    """Return at what price a resting order fills now, None where it does not; a trailing stop is moved along.

    Args:
        resting: The order; its stop and whether it was triggered may be changed.
        price: The quote.
        slippage_bps: Of market orders, in hundredths of a percent.
    """
    order = resting.order
    at_market = market_price(order.side, price, slippage_bps=slippage_bps)
    if order.type == "TRAILING":
        _trail(resting, price)
    if order.type in {"STOP", "TRAILING", "STOP_LIMIT"} and not resting.is_triggered:
        if not _is_reached(order.side, resting.stop_price, price):
            return None
        resting.is_triggered = True
    if order.type in {"STOP", "TRAILING", "MARKET"}:
        return at_market
    return limited(order.side, order.price, price, at_market)


def limited(side: Side, limit: Decimal | None, price: Price, at_market: Decimal) -> Decimal | None:
    """Return at what price a limit order fills now, never worse than its limit; None where it does not.

    Args:
        side: Whether it buys.
        limit: Its limit.
        price: The quote.
        at_market: What a market order would pay.
    """
    if limit is None:
        return None
    if side == "BUY":
        return min(at_market, limit) if price.ask <= limit else None
    return max(at_market, limit) if price.bid >= limit else None


def end_of_day(now: datetime) -> datetime:
    """Return when a DAY order ends: at New York's next midnight.

    Args:
        now: Aware.
    """
    tomorrow = now.astimezone(NEW_YORK).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), NEW_YORK).astimezone(now.tzinfo)


def plain(amount: Decimal) -> Decimal:
    """Return an amount of at most ten places, without zeros at its end and without an exponent.

    Args:
        amount: What came out of a product.
    """
    bare = amount.quantize(PLACES, context=ARITHMETIC).normalize(ARITHMETIC)
    return bare.quantize(Decimal(1), context=ARITHMETIC) if bare == bare.to_integral_value() else bare


def _is_reached(side: Side, stop_price: Decimal | None, price: Price) -> bool:
    """Tell whether the market has reached a stop: above it to buy, below it to sell."""
    if stop_price is None:
        return False
    return price.ask >= stop_price if side == "BUY" else price.bid <= stop_price


def _trail(resting: Resting, price: Price) -> None:
    """Move a trailing stop along with the market, never back; `price` of the order is how far behind it stays."""
    distance, stop_price = resting.order.price, resting.stop_price
    if distance is None:
        return
    if resting.order.side == "SELL":
        wanted = price.bid - distance
        resting.stop_price = wanted if stop_price is None else max(stop_price, wanted)
    else:
        wanted = price.ask + distance
        resting.stop_price = wanted if stop_price is None else min(stop_price, wanted)
