"""What goes out for an order: BingX's words for what execution wants, checked against the instrument's steps.

Follows BingX's "Place order" of perpetuals (read 2026-11).

    MARKET ▶ MARKET  LIMIT ▶ LIMIT  STOP ▶ STOP_MARKET  STOP_LIMIT ▶ STOP  LIMIT of a take profit ▶ TAKE_PROFIT_MARKET

Quirks: which position is meant is named in hedge mode; `reduceOnly` exists in one-way mode alone. What triggers is the
mark price, which a single trade far away does not move. Legs are attached to market and limit orders only.
"""

from decimal import ROUND_FLOOR, Decimal
from typing import Final

import msgspec

from brokers.bingx_public.markets import Steps
from brokers.bingx_venue.orders_wire import SHORTENED, plain, text
from brokers.venue import Refused
from bus.messages.venues import PlaceOrder, TimeInForce

TRIGGERED_BY: Final = "MARK_PRICE"
IN_FORCE: Final[dict[TimeInForce, str]] = {"GTC": "GTC", "DAY": "GTC", "IOC": "IOC", "FOK": "FOK"}
"""There is no day at a market that never closes: what is good for a day is good until it is canceled."""
_json = msgspec.json.Encoder()


class _Attached(msgspec.Struct, frozen=True, rename="camel"):
    """A leg that goes with its opening, as large as what fills of that."""

    type: str
    stop_price: msgspec.Raw
    working_type: str = TRIGGERED_BY


def parameters(order: PlaceOrder, position_side: str, quantity: Decimal) -> dict[str, str]:
    """Return an order as BingX takes it.

    Args:
        order: What execution wants.
        position_side: LONG or SHORT in hedge mode, else BOTH.
        quantity: How much of it.

    Raises:
        Refused: BingX has nothing of the kind.
    """
    name = order.client_order_id if quantity == order.quantity else f"{order.client_order_id}{SHORTENED}"
    wanted = {
        "symbol": order.instrument.symbol,
        "side": order.side,
        "positionSide": position_side,
        "quantity": text(quantity),
        "clientOrderId": name,
        **_kind(order),
    }
    if order.reduce_only and position_side == "BOTH":
        wanted["reduceOnly"] = "true"
    return wanted if order.reduce_only else {**wanted, **_attached(order)}


def check_steps(order: PlaceOrder, steps: Steps) -> None:
    """Refuse a quantity that BingX would refuse.

    Args:
        order: What execution wants.
        steps: Of the instrument.

    Raises:
        Refused: It is no multiple of the step or less than the least; with both numbers.
    """
    symbol, quantity = order.instrument.symbol, order.quantity
    if quantity <= 0:
        raise Refused("the quantity is zero")
    if quantity % steps.quantity_step:
        raise Refused(f"{symbol} is ordered in steps of {text(steps.quantity_step)}, not {text(quantity)}: round down")
    least = steps.minimum_quantity
    if least is not None and quantity < least:
        raise Refused(f"{text(quantity)} {symbol} is less than BingX takes, {text(least)}: raise the amount")
    price = order.price or order.stop_price or order.expected_price
    if order.reduce_only or steps.minimum_value is None or price is None or quantity * price >= steps.minimum_value:
        return
    value = f"{quantity * price:.2f}"
    raise Refused(
        f"{value} {order.instrument.currency} of {symbol} is less than BingX takes, "
        f"{plain(steps.minimum_value)}: raise the amount"
    )


def held_back(order: PlaceOrder, held: Decimal, steps: Steps) -> Decimal:
    """Return how much of a closing may go out: no more than is held, rounded down to the step.

    Args:
        order: The closing.
        held: What is held that it would take away.
        steps: Of the instrument.

    Raises:
        Refused: Nothing is held that could be ordered; with both numbers.
    """
    symbol, word = order.instrument.symbol, "sell" if order.side == "SELL" else "buy back"
    wanted = f"{text(order.quantity)} {symbol} wanted"
    if held <= 0:
        raise Refused(f"nothing to {word}: {wanted}, 0 held")
    step = steps.quantity_step
    whole = (held / step).to_integral_value(rounding=ROUND_FLOOR) * step
    if whole <= 0:
        raise Refused(f"nothing to {word}: {wanted}, only {text(held)} held, and the step is {text(step)}")
    return min(whole, order.quantity)


def _kind(order: PlaceOrder) -> dict[str, str]:
    """Return an order's type with its prices and its time in force, where it has these."""
    if order.leg == "TAKE_PROFIT" and order.type == "LIMIT":
        return {"type": "TAKE_PROFIT_MARKET", "stopPrice": _price(order.price), "workingType": TRIGGERED_BY}
    match order.type:
        case "MARKET":
            return {"type": "MARKET"}
        case "LIMIT":
            return {"type": "LIMIT", "price": _price(order.price), "timeInForce": _in_force(order)}
        case "STOP":
            return {"type": "STOP_MARKET", "stopPrice": _price(order.stop_price), "workingType": TRIGGERED_BY}
        case "STOP_LIMIT":
            return {
                "type": "STOP",
                "price": _price(order.price),
                "stopPrice": _price(order.stop_price),
                "workingType": TRIGGERED_BY,
                "timeInForce": _in_force(order),
            }
        case "TRAILING":
            raise Refused("trailing stops are not sent to BingX: use a stop")


def _attached(order: PlaceOrder) -> dict[str, str]:
    """Return the legs that go with an opening."""
    if order.type not in {"MARKET", "LIMIT"}:
        return {}
    legs = (("stopLoss", "STOP_MARKET", order.stop_loss), ("takeProfit", "TAKE_PROFIT_MARKET", order.take_profit))
    return {name: _leg(kind, price) for name, kind, price in legs if price is not None}


def _leg(kind: str, price: Decimal) -> str:
    """Return a leg as it goes out: a number in JSON too has all of its digits and no exponent."""
    return _json.encode(_Attached(kind, msgspec.Raw(_price(price).encode()))).decode()


def _in_force(order: PlaceOrder) -> str:
    """Return BingX's word for a time in force."""
    if order.time_in_force not in IN_FORCE:
        raise Refused(f"BingX has no time in force {order.time_in_force}: use GTC, IOC or FOK")
    return IN_FORCE[order.time_in_force]


def _price(price: Decimal | None) -> str:
    """Return a price as it goes out; refuse an order that lacks it."""
    if price is None or price <= 0:
        raise Refused("the order lacks its price")
    return text(price)
