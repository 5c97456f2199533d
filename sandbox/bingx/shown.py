"""How the pretend BingX writes orders, fills, positions and money.

Follows BingX's documentation, "USDT-M Perp Futures, Trade" and "Account" (read 2026-11).

Quirks of BingX that are kept: most figures are texts, but leverages, liquidation prices and all figures of an order
that was just taken are numbers; what does not apply is "" in one place and 0 in another; an order's number stands
twice, as a number and as a text; a short position has a positive quantity; a fill has no number of its own.
"""

from datetime import UTC, datetime
from decimal import Decimal

from sandbox.bingx.book import Book
from sandbox.bingx.orders import NOTHING, Attached, Fill, Order, Position
from sandbox.bingx.state import MARKETS, BingxState

_MONEY_PLACES = 8
_BARE_LEG = {"type": "", "quantity": 0, "stopPrice": 0, "price": 0, "workingType": "", "stopGuaranteed": ""}


def text(figure: Decimal) -> str:
    """Write a figure without an exponent and without zeros at the end."""
    rounded = round(figure, _MONEY_PLACES)
    return f"{rounded.normalize():f}" if rounded else "0"


def status_of(order: Order, state: BingxState) -> str:
    """Spell an order's status as the state wants it."""
    return {"CANCELED": state.canceled_as, "NEW": state.resting_as}.get(order.status, order.status)


def new_order(order: Order, state: BingxState) -> dict[str, object]:
    """Write an order that was just taken: figures as numbers."""
    ticket = order.ticket
    return {
        "orderId": order.order_id,
        "orderID": str(order.order_id),
        "symbol": ticket.symbol,
        "positionSide": ticket.position_side,
        "side": ticket.side,
        "type": ticket.type,
        "price": float(ticket.price or 0),
        "quantity": float(ticket.quantity),
        "origQty": text(ticket.quantity),
        "stopPrice": float(ticket.stop_price or 0),
        "workingType": ticket.working_type,
        "clientOrderID": ticket.client_id,
        "clientOrderId": ticket.client_id,
        "timeInForce": ticket.time_in_force,
        "priceRate": 0,
        "stopLoss": "" if ticket.stop_loss is None else ticket.stop_loss.type,
        "takeProfit": "" if ticket.take_profit is None else ticket.take_profit.type,
        "reduceOnly": ticket.reduce_only,
        "activationPrice": 0,
        "closePosition": str(ticket.close_position).lower() if ticket.close_position else "",
        "stopGuaranteed": "",
        "status": status_of(order, state),
    }


def full_order(order: Order, state: BingxState) -> dict[str, object]:
    """Write an order as it is told when asked for."""
    ticket = order.ticket
    return {
        "symbol": ticket.symbol,
        "orderId": order.order_id,
        "orderID": str(order.order_id),
        "side": ticket.side,
        "positionSide": ticket.position_side,
        "type": order.kind or ticket.type,
        "origQty": text(ticket.quantity),
        "price": text(ticket.price or NOTHING),
        "executedQty": text(order.executed),
        "avgPrice": text(order.average),
        "cumQuote": text(order.value),
        "stopPrice": "" if ticket.stop_price is None else text(ticket.stop_price),
        "profit": text(order.profit),
        "commission": text(order.commission),
        "status": status_of(order, state),
        "time": order.created_ms,
        "updateTime": order.updated_ms,
        "clientOrderId": ticket.client_id,
        "leverage": f"{order.leverage}X" if order.fills else "",
        "takeProfit": _leg(ticket.take_profit),
        "stopLoss": _leg(ticket.stop_loss),
        "advanceAttr": 0,
        "positionID": order.position_id,
        "takeProfitEntrustPrice": 0,
        "stopLossEntrustPrice": 0,
        "orderType": "",
        "workingType": ticket.working_type,
        "onlyOnePosition": ticket.position_side == "BOTH",
        "reduceOnly": ticket.reduce_only,
        "stopGuaranteed": "false",
        "triggerOrderId": ticket.parent_id,
        "trailingStopRate": 0,
        "trailingStopDistance": 0,
        "postOnly": ticket.time_in_force == "PostOnly",
        "closePosition": str(ticket.close_position).lower() if ticket.close_position else "",
    }


def fill_row(order: Order, fill: Fill, state: BingxState, *, in_contracts: bool = False) -> dict[str, object]:
    """Write one execution, its volume in coins or in contracts, which are as large as the smallest order."""
    size = Decimal(MARKETS[order.ticket.symbol].minimum_quantity) if in_contracts else 1
    at, ticket = datetime.fromtimestamp(fill.at_ms / 1000, UTC), order.ticket
    whose = {"side": ticket.side, "positionSide": ticket.position_side, "type": order.kind or ticket.type}
    return {
        "filledTm": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "volume": text(fill.quantity / size),
        "price": text(fill.price),
        "amount": text(fill.quantity * fill.price),
        "commission": text(fill.commission),
        "currency": state.asset,
        "orderId": str(order.order_id),
        "liquidatedPrice": "0",
        "liquidatedMarginRatio": "0",
        "filledTime": f"{at:%Y-%m-%dT%H:%M:%S}.{fill.at_ms % 1000:03}+0000",
        "clientOrderID": ticket.client_id,
        "symbol": ticket.symbol,
        **({} if state.bare_fills else whose),
    }


def position_row(position: Position, book: Book) -> dict[str, object]:
    """Write a position."""
    mark, is_both = book.prices(position.symbol).mark, position.side == "BOTH"
    held = abs(position.quantity)
    closing = [each for each in book.resting() if _closes(each, position)]
    free = held - sum((each.remaining for each in closing), NOTHING)
    unrealised = position.unrealised(mark)
    signed = position.quantity if is_both and book.state.both_is_told else held
    return {
        "positionId": str(position.position_id),
        "symbol": position.symbol,
        "currency": book.state.asset,
        "positionAmt": text(signed),
        "availableAmt": text(free),
        "positionSide": "BOTH" if is_both and book.state.both_is_told else position.direction,
        "isolated": position.margin_mode != "CROSSED",
        "avgPrice": text(position.average),
        "initialMargin": text(position.margin),
        "margin": text(position.margin + unrealised),
        "leverage": position.leverage,
        "unrealizedProfit": text(unrealised),
        "realisedProfit": text(position.realised),
        "liquidationPrice": _liquidation_price(position, book),
        "pnlRatio": text(unrealised / position.margin),
        "maxMarginReduction": "0",
        "riskRate": "0.01",
        "markPrice": text(mark),
        "positionValue": text(held * mark),
        "onlyOnePosition": is_both,
        "createTime": position.created_ms,
        "updateTime": position.updated_ms,
    }


def balance_row(book: Book) -> dict[str, object]:
    """Write the money of perpetuals."""
    holdings, wallet = book.holdings, book.state.wallet
    unrealised = holdings.unrealised()
    return {
        "userId": book.state.uid,
        "asset": book.state.asset,
        "balance": text(wallet),
        "equity": text(wallet + unrealised),
        "unrealizedProfit": text(unrealised),
        "realisedProfit": text(holdings.realised()),
        "availableMargin": text(max(NOTHING, book.free())),
        "usedMargin": text(holdings.used()),
        "freezedMargin": text(book.frozen()),
        "shortUid": book.state.uid[-8:],
    }


def bare_balance(asset: str, state: BingxState) -> dict[str, object]:
    """Write an asset that is not used: empty texts."""
    figures = ("balance", "equity", "unrealizedProfit", "realisedProfit", "availableMargin", "usedMargin")
    unused: dict[str, object] = dict.fromkeys((*figures, "freezedMargin"), "")
    return {"userId": state.uid, "asset": asset} | unused | {"shortUid": state.uid[-8:]}


def _leg(attached: Attached | None) -> dict[str, object]:
    """Write a leg that came with an order."""
    if attached is None:
        return dict(_BARE_LEG)
    return {
        "type": attached.type,
        "quantity": float(attached.quantity or 0),
        "stopPrice": float(attached.stop_price),
        "price": float(attached.price or 0),
        "workingType": attached.working_type,
        "stopGuaranteed": attached.stop_guaranteed,
    }


def _closes(order: Order, position: Position) -> bool:
    """Return whether an order keeps a part of a position for itself."""
    ticket = order.ticket
    same = (ticket.symbol, ticket.position_side) == (position.symbol, position.side)
    return same and ticket.closes and not ticket.waits


def _liquidation_price(position: Position, book: Book) -> float:
    """Return about where a position is liquidated: its margin, or all money where it is crossed, is gone."""
    cushion = position.margin if position.margin_mode != "CROSSED" else max(NOTHING, book.state.wallet)
    way = cushion / position.quantity
    return float(round(max(NOTHING, position.average - way), 4))
