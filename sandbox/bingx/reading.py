"""Orders as clients of the pretend BingX ask for them: query parameters read into tickets.

Follows BingX's documentation, "USDT-M Perp Futures, Place order" (read 2026-11).

Quirks of BingX that are kept: client ids are lower-cased; attached legs are JSON inside a parameter; a quantity may be
given as money; no position side is BOTH.
"""

import json
import re
from collections.abc import Mapping
from decimal import ROUND_DOWN, Decimal

from sandbox.bingx import codes
from sandbox.bingx.orders import LIMITED, NOTHING, PROFITS, STOPS, WAITING, Attached, Ticket
from sandbox.bingx.quotes import Prices
from sandbox.bingx.state import MARKETS
from sandbox.gateway import Refused

_FIGURE = re.compile(r"\d{1,20}(\.\d{1,20})?")
_NUMBER = re.compile("[0-9]{1,19}")
_TYPES = frozenset({"MARKET", "LIMIT"}) | WAITING
_IN_FORCE = frozenset({"GTC", "IOC", "FOK", "PostOnly"})
_WORKING = frozenset({"MARK_PRICE", "CONTRACT_PRICE", "INDEX_PRICE"})


def symbol_of(query: Mapping[str, str]) -> str:
    """Return the symbol that is named.

    Raises:
        Refused: There is none such.
    """
    symbol = query.get("symbol", "")
    if not symbol:
        raise Refused(codes.WRONG_PARAMETER, "symbol is required")
    if symbol not in MARKETS:
        raise Refused(codes.NO_SYMBOL, f"{symbol} not exist, please verify it in api:/openApi/swap/v2/quote/contracts")
    return symbol


def number_of(query: Mapping[str, str], name: str, default: int = 0) -> int:
    """Return a whole number of a query.

    Raises:
        Refused: It is none.
    """
    text = query.get(name, "")
    if text and _NUMBER.fullmatch(text) is None:
        raise Refused(codes.WRONG_PARAMETER, f"{name} must be a number")
    return int(text) if text else default


def ticket_of(query: Mapping[str, str], prices: Prices) -> Ticket:
    """Read an order.

    Args:
        query: The parameters, raw.
        prices: The symbol's prices, for a quantity in money.

    Returns:
        What it asks for.

    Raises:
        Refused: A parameter is missing or makes no sense.
    """
    kind = _one_of(query, "type", _TYPES, "")
    price, stop_price = _figure(query, "price"), _figure(query, "stopPrice")
    if kind in LIMITED and not price:
        raise Refused(codes.WRONG_PARAMETER, "price is required for this type")
    if kind in WAITING and not stop_price:
        raise Refused(codes.WRONG_PARAMETER, "stopPrice is required for this type")
    closes = _switch(query, "closePosition")
    if closes and kind not in {"STOP_MARKET", "TAKE_PROFIT_MARKET"}:
        raise Refused(codes.WRONG_PARAMETER, "closePosition is for STOP_MARKET and TAKE_PROFIT_MARKET only")
    return Ticket(
        symbol=symbol_of(query),
        side=_one_of(query, "side", frozenset({"BUY", "SELL"}), ""),
        position_side=_one_of(query, "positionSide", frozenset({"LONG", "SHORT", "BOTH"}), "BOTH"),
        type=kind,
        quantity=_quantity(query, prices),
        price=price if kind in LIMITED else None,
        stop_price=stop_price if kind in WAITING else None,
        time_in_force=_one_of(query, "timeInForce", _IN_FORCE, "GTC"),
        working_type=_one_of(query, "workingType", _WORKING, "MARK_PRICE"),
        client_id=(query.get("clientOrderId") or query.get("clientOrderID") or "").lower(),
        reduce_only=_switch(query, "reduceOnly"),
        close_position=closes,
        stop_loss=_attached(query, "stopLoss", STOPS),
        take_profit=_attached(query, "takeProfit", PROFITS),
    )


def _quantity(query: Mapping[str, str], prices: Prices) -> Decimal:
    """Return the quantity, or what the money buys, rounded down to the step."""
    quantity, money = _figure(query, "quantity"), _figure(query, "quoteOrderQty")
    if quantity or not money:
        return quantity or NOTHING
    if not prices.last:
        raise Refused(codes.NOT_TRADABLE)
    step = Decimal(1).scaleb(-MARKETS[symbol_of(query)].quantity_precision)
    return (money / prices.last).quantize(step, rounding=ROUND_DOWN)


def _attached(query: Mapping[str, str], name: str, kinds: frozenset[str]) -> Attached | None:
    """Read a leg that comes with an order."""
    text = query.get(name, "")
    if not text:
        return None
    try:
        told = json.loads(text, parse_float=str, parse_int=str)
    except ValueError:
        raise Refused(codes.WRONG_PARAMETER, f"{name} is no JSON") from None
    if not isinstance(told, dict):
        raise Refused(codes.WRONG_PARAMETER, f"{name} is no JSON object")
    fields = {key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in told.items()}
    kind, stop_price = _one_of(fields, "type", kinds, ""), _figure(fields, "stopPrice")
    price = _figure(fields, "price") if kind in LIMITED else None
    if not stop_price or (kind in LIMITED and not price):
        raise Refused(codes.WRONG_PARAMETER, f"stopPrice, and price for a limit, are required in {name}")
    return Attached(
        type=kind,
        stop_price=stop_price,
        price=price,
        working_type=_one_of(fields, "workingType", _WORKING, "MARK_PRICE"),
        quantity=_figure(fields, "quantity"),
        stop_guaranteed=fields.get("stopGuaranteed", "false"),
    )


def _figure(query: Mapping[str, str], name: str) -> Decimal | None:
    """Return a figure; an exponent or a sign is none."""
    text = query.get(name, "")
    if not text:
        return None
    if _FIGURE.fullmatch(text) is None:
        raise Refused(codes.WRONG_PARAMETER, f"{name} must be a number")
    return Decimal(text)


def _one_of(query: Mapping[str, str], name: str, known: frozenset[str], default: str) -> str:
    """Return a word that BingX knows."""
    word = query.get(name, "") or default
    if word not in known:
        raise Refused(codes.WRONG_PARAMETER, f"Invalid parameters, {name}: {word or 'is required'}")
    return word


def _switch(query: Mapping[str, str], name: str) -> bool:
    """Return a switch."""
    return _one_of(query, name, frozenset({"true", "false"}), "false") == "true"
