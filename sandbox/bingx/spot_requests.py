"""What is asked of the pretend BingX's spot account, read and checked as BingX checks it.

Follows BingX's documentation, "Spot, Trades Endpoints" (read 2026-11).

Quirks of BingX that are kept: a quantity wins over an amount of USDT; a client id is `newClientOrderId` in an order,
`clientOrderID` in a question. Which code BingX gives for which wrong figure is not documented: here it is that of a
wrong parameter.
"""

import re
from collections.abc import Mapping
from decimal import ROUND_DOWN, Decimal

from sandbox.bingx.quotes import Quote
from sandbox.bingx.spot_orders import LIMITED, NOTHING, TYPES, WAITING, SpotTicket
from sandbox.bingx.state import MARKETS, BingxState, Market
from sandbox.gateway import Refused

WRONG_PARAMETER, NO_SYMBOL, NOT_FOR_API = "100400", "100400", "100421"
_NUMBER = re.compile(r"\d{1,18}(\.\d{1,18})?", re.ASCII)
_CLIENT_ID = re.compile(r"[\w-]{1,40}", re.ASCII)
_TIMES_IN_FORCE = {"GTC", "IOC", "FOK", "PostOnly"}


def ticket_of(query: Mapping[str, str], state: BingxState, quote: Quote) -> SpotTicket:
    """Read an order.

    Args:
        query: The parameters.
        state: Says which symbols are closed.
        quote: The symbol's prices of now.

    Returns:
        What is ordered, its quantity worked out where an amount of USDT was given.

    Raises:
        Refused: A parameter is missing or wrong, or beyond the market's steps or smallest order.
    """
    market, kind = MARKETS[symbol_of(query)], query.get("type", "")
    if symbol_of(query) in state.closed_symbols:
        raise Refused(NOT_FOR_API, "This pair is currently restricted from API trading, please use the app")
    side, time_in_force = query.get("side", ""), query.get("timeInForce") or "GTC"
    if side not in {"BUY", "SELL"} or kind not in TYPES or time_in_force not in _TIMES_IN_FORCE:
        raise Refused(WRONG_PARAMETER, "Invalid parameters: side, type or timeInForce")
    price = _price(query, "price", market) if kind in LIMITED else None
    stop_price = _price(query, "stopPrice", market) if kind in WAITING else None
    at = price or stop_price or Decimal(quote.ask if side == "BUY" else quote.bid)
    spent = NOTHING if query.get("quantity") else _number(query, "quoteOrderQty")
    quantity = _number(query, "quantity") if not spent else _rounded_down(spent / at, market)
    _check(quantity, at if not spent else spent / quantity if quantity else at, market)
    client_id = query.get("newClientOrderId", "")
    if client_id and not _CLIENT_ID.fullmatch(client_id):
        raise Refused(WRONG_PARAMETER, "newClientOrderId: 1 to 40 letters, digits, - or _")
    return SpotTicket(
        symbol=symbol_of(query),
        side=side,
        type=kind,
        quantity=quantity,
        quote_quantity=spent,
        price=price,
        stop_price=stop_price,
        time_in_force=time_in_force,
        client_id=client_id,
    )


def symbol_of(query: Mapping[str, str]) -> str:
    """Return the symbol that is named.

    Raises:
        Refused: None is named, or one that there is not.
    """
    symbol = query.get("symbol", "")
    if symbol not in MARKETS:
        raise Refused(NO_SYMBOL, f"symbol {symbol or 'is missing'} not exist")
    return symbol


def whole(query: Mapping[str, str], name: str, default: int) -> int:
    """Return a whole number, or what stands for none.

    Raises:
        Refused: It is no number.
    """
    text = query.get(name, "")
    if text and not text.isdecimal():
        raise Refused(WRONG_PARAMETER, f"{name} must be a number")
    return int(text) if text else default


def _number(query: Mapping[str, str], name: str) -> Decimal:
    """Return a figure above zero."""
    text = query.get(name, "")
    if not _NUMBER.fullmatch(text) or not Decimal(text):
        raise Refused(WRONG_PARAMETER, f"{name} is mandatory, and greater than 0")
    return Decimal(text)


def _price(query: Mapping[str, str], name: str, market: Market) -> Decimal:
    """Return a price with no more decimals than the market has."""
    price = _number(query, name)
    if price != round(price, market.price_precision):
        raise Refused(WRONG_PARAMETER, f"{name}: the precision is {market.price_precision}")
    return price


def _rounded_down(quantity: Decimal, market: Market) -> Decimal:
    """Round down to the market's step."""
    return quantity.quantize(Decimal(1).scaleb(-market.quantity_precision), ROUND_DOWN)


def _check(quantity: Decimal, price: Decimal, market: Market) -> None:
    """Refuse what is no step or too small."""
    if quantity != _rounded_down(quantity, market):
        raise Refused(WRONG_PARAMETER, f"quantity: the precision is {market.quantity_precision}")
    if quantity < Decimal(market.minimum_quantity):
        raise Refused(WRONG_PARAMETER, f"the minimum quantity is {market.minimum_quantity}")
    if quantity * price < Decimal(market.minimum_value):
        raise Refused(WRONG_PARAMETER, f"the minimum order amount is {market.minimum_value} USDT")
