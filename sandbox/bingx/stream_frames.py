"""What the pretend BingX's stream says of perpetuals: an account's events, and prices to whoever subscribes.

Follows BingX's documentation, "USDT-M Perp Futures, Websocket Account Data" and "Websocket Market Data" (read 2026-11).

Quirks of BingX that are kept: figures are texts; what was paid is below zero; the margin mode is `cross` or `isolated`,
though REST says CROSSED or ISOLATED; an event of the account has no envelope, a price has one.
"""

from datetime import datetime
from decimal import Decimal

from sandbox.bingx.journal import AccountTold, ConfigTold, OrderTold
from sandbox.bingx.orders import Position
from sandbox.bingx.quotes import milliseconds, quote_of
from sandbox.bingx.spot_messages import plain
from sandbox.bingx.state import BingxState

Fields = dict[str, object]
CHANNELS = ("lastPrice", "markPrice", "trade")


def order_event(told: OrderTold) -> Fields:
    """Return ORDER_TRADE_UPDATE."""
    order, ticket, fill = told.order, told.order.ticket, told.fill
    fields: Fields = {
        "s": ticket.symbol,
        "c": ticket.client_id,
        "i": order.order_id,
        "S": ticket.side,
        "o": order.kind or ticket.type,
        "q": plain(ticket.quantity),
        "p": plain(ticket.price),
        "sp": plain(ticket.stop_price),
        "ap": plain(round(order.average, 8)),
        "x": told.execution_type,
        "X": order.status,
        "N": "USDT",
        "n": plain(fill.commission if fill else None),
        "T": told.at_ms,
        "wt": ticket.working_type,
        "ps": ticket.position_side,
        "rp": plain(fill.profit if fill else None),
        "z": plain(order.executed),
        "l": plain(fill.quantity if fill else None),
        "L": plain(fill.price if fill else None),
        "ro": ticket.reduce_only,
    }
    return {"e": "ORDER_TRADE_UPDATE", "E": told.at_ms, "T": told.at_ms, "o": fields}


def account_event(told: AccountTold, state: BingxState) -> Fields:
    """Return ACCOUNT_UPDATE."""
    money = {
        "a": told.asset,
        "wb": plain(told.wallet),
        "cw": plain(told.cross_wallet),
        "bc": plain(told.change),
    }
    rows = [_position(position, state) for position in told.positions]
    changed: Fields = {"m": told.reason, "B": [money], "P": rows}
    return {"e": "ACCOUNT_UPDATE", "E": told.at_ms, "T": told.at_ms, "a": changed}


def config_event(told: ConfigTold, at_ms: int) -> Fields:
    """Return ACCOUNT_CONFIG_UPDATE."""
    fields: Fields = {
        "s": told.symbol,
        "l": told.long_leverage,
        "S": told.short_leverage,
        "mt": _margin(told.margin_mode),
    }
    return {"e": "ACCOUNT_CONFIG_UPDATE", "E": at_ms, "ac": fields}


def expired_event(key: str, at_ms: int) -> Fields:
    """Return listenKeyExpired."""
    return {"e": "listenKeyExpired", "E": at_ms, "listenKey": key}


def price_event(channel: str, state: BingxState, now: datetime) -> Fields:
    """Return what a channel such as BTC-USDT@lastPrice says now."""
    symbol, _, kind = channel.partition("@")
    at_ms, last = milliseconds(now), quote_of(state, symbol, now).last
    told: object
    match kind:
        case "lastPrice":
            told = {"e": "lastPriceUpdate", "E": at_ms, "s": symbol, "c": last}
        case "markPrice":
            told = {"e": "markPriceUpdate", "E": at_ms, "s": symbol, "p": state.marks.get(symbol) or last}
        case _:
            told = [{"T": at_ms, "s": symbol, "m": False, "p": last, "q": "0.0123"}]
    return {"code": 0, "dataType": channel, "data": told}


def _position(position: Position, state: BingxState) -> Fields:
    mark = Decimal(state.marks.get(position.symbol) or state.prices.get(position.symbol) or "0")
    is_isolated = position.margin_mode != "CROSSED"
    return {
        "s": position.symbol,
        "pa": plain(abs(position.quantity)),
        "ep": plain(round(position.average, 8)),
        "up": plain(round(position.unrealised(mark), 8)),
        "mt": _margin(position.margin_mode),
        "iw": plain(round(position.margin, 8)) if is_isolated else "0",
        "ps": position.side,
    }


def _margin(mode: str) -> str:
    return "cross" if mode == "CROSSED" else "isolated"
