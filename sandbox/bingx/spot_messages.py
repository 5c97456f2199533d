"""How the pretend BingX tells of spot: orders, executions and coins, by REST and on the stream.

Follows BingX's documentation, "Spot, Trades Endpoints" and "Spot, Websocket Account Data" (read 2026-11).

Quirks of BingX that are kept: REST has figures as texts, the stream as numbers; `cummulativeQuoteQty` has a second m;
what waits for a price is NEW, what rests in the book PENDING; one order asked for has its stop price as `StopPrice`.
"""

from decimal import Decimal

from sandbox.bingx.spot_book import CoinsTold, SpotBook, SpotTold
from sandbox.bingx.spot_orders import SpotFill, SpotOrder

ORDERS_CHANNEL, COINS_CHANNEL = "spot.executionReport", "ACCOUNT_UPDATE"
Fields = dict[str, object]


def plain(figure: Decimal | None) -> str:
    """Return a figure as text, without an exponent and without zeros at its end."""
    if not figure:
        return "0"
    text = f"{figure:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def placed(order: SpotOrder) -> Fields:
    """Return what is answered to an order."""
    return _shared(order) | {"transactTime": order.created_ms, "stopPrice": plain(order.ticket.stop_price)}


def ended(order: SpotOrder) -> Fields:
    """Return what is answered to a cancel."""
    return _shared(order) | {"stopPrice": plain(order.ticket.stop_price)}


def whole(order: SpotOrder) -> Fields:
    """Return all of one order."""
    return listed(order) | {"avgPrice": plain(round(order.average, 8))}


def listed(order: SpotOrder) -> Fields:
    """Return an order in a list."""
    return _shared(order) | {
        "StopPrice": plain(order.ticket.stop_price),
        "time": order.created_ms,
        "updateTime": order.updated_ms,
        "origQuoteOrderQty": plain(order.ticket.quote_quantity),
        "fee": plain(order.fee),
        "feeAsset": order.fee_asset,
    }


def execution(fill: SpotFill) -> Fields:
    """Return an execution."""
    return {
        "symbol": fill.symbol,
        "id": fill.number,
        "orderId": fill.order_id,
        "price": plain(fill.price),
        "qty": plain(fill.quantity),
        "quoteQty": plain(fill.quantity * fill.price),
        "commission": float(fill.fee),
        "commissionAsset": fill.fee_asset,
        "time": fill.at_ms,
        "isBuyer": fill.is_buy,
        "isMaker": fill.is_maker,
    }


def coins(book: SpotBook) -> list[Fields]:
    """Return what is held of each coin."""
    return [
        {"asset": asset, "disName": asset, "free": plain(book.free(asset)), "locked": plain(book.bound(asset))}
        for asset in book.state.spot
    ]


def order_event(told: SpotTold) -> Fields:
    """Return the stream's executionReport."""
    order, ticket, fill = told.order, told.order.ticket, told.fill
    event: Fields = {
        "e": "executionReport",
        "E": told.at_ms,
        "s": ticket.symbol,
        "S": ticket.side,
        "o": ticket.type,
        "q": float(ticket.quantity),
        "p": float(ticket.price or 0),
        "x": told.execution_type,
        "X": _status(order),
        "i": order.order_id,
        "l": float(fill.quantity) if fill else 0,
        "z": float(order.executed),
        "L": float(fill.price) if fill else 0,
        "n": float(fill.fee) if fill else 0,
        "N": fill.fee_asset if fill else "",
        "T": fill.at_ms if fill else 0,
        "t": fill.number if fill else 0,
        "O": order.created_ms,
        "Z": float(order.value),
        "Y": float(fill.quantity * fill.price) if fill else 0,
        "Q": float(ticket.quote_quantity),
        "m": fill.is_maker if fill else False,
        "C": ticket.client_id,
    }
    return {"code": 0, "dataType": ORDERS_CHANNEL, "data": event}


def coins_event(told: CoinsTold) -> Fields:
    """Return the stream's ACCOUNT_UPDATE of spot."""
    rows = [
        {"a": asset, "bc": plain(told.changes[asset]), "cw": plain(amount), "wb": plain(amount)}
        for asset, amount in told.amounts.items()
    ]
    event = {"e": "ACCOUNT_UPDATE", "E": told.at_ms, "T": told.at_ms, "a": {"m": "ORDER", "B": rows}}
    return {"code": 0, "dataType": COINS_CHANNEL, "data": event}


def _shared(order: SpotOrder) -> Fields:
    """Return what all answers tell of an order."""
    ticket = order.ticket
    return {
        "symbol": ticket.symbol,
        "orderId": order.order_id,
        "price": plain(ticket.price or (order.average and round(order.average, 8))),
        "origQty": plain(ticket.quantity),
        "executedQty": plain(order.executed),
        "cummulativeQuoteQty": plain(order.value),
        "status": _status(order),
        "type": ticket.type,
        "side": ticket.side,
        "clientOrderID": ticket.client_id,
    }


def _status(order: SpotOrder) -> str:
    """Return a status as BingX writes it."""
    is_in_book = order.status == "NEW" and (order.is_triggered or not order.ticket.waits)
    return "PENDING" if is_in_book else order.status
