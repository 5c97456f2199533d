"""Why the pretend BingX would not take an order.

Follows BingX's documentation, "USDT-M Perp Futures, Place order" and "Error codes" (read 2026-11); it changes nothing.

Quirks of BingX that are kept: in hedge mode no order may be reduce-only, in one-way mode none may name a side; a wrong
combination is 109400, whatever is wrong with it.
"""

from decimal import Decimal
from typing import Protocol

from sandbox.bingx import codes
from sandbox.bingx.holdings import Holdings
from sandbox.bingx.orders import NOTHING, PROFITS, STOPS, Attached, Order, Ticket
from sandbox.bingx.quotes import Prices
from sandbox.bingx.state import MARKETS, BingxState
from sandbox.gateway import Refused

_LONGEST_ID = 40
_ATTACHABLE = frozenset({"MARKET", "LIMIT"})


class Known(Protocol):
    """What the checks look at."""

    state: BingxState
    holdings: Holdings

    def prices(self, symbol: str) -> Prices:
        """Return a symbol's prices of now."""

    def resting(self) -> list[Order]:
        """Return the orders that can still fill."""

    def free(self) -> Decimal:
        """Return the money that no position and no order binds."""


def check(ticket: Ticket, known: Known) -> None:
    """Look at an order before it is taken.

    Args:
        ticket: What it asks for.
        known: The account.

    Raises:
        Refused: It is not taken; the code says why.
    """
    _check_mode(ticket, known.state)
    _check_steps(ticket)
    _check_trigger(ticket, known.prices(ticket.symbol))
    if ticket.closes:
        _check_closing(ticket, known)
    else:
        _check_opening(ticket, known)
    _check_attached(ticket, known.prices(ticket.symbol))


def opened_by(ticket: Ticket, known: Known) -> Decimal:
    """Return how much of an order makes a position larger."""
    return NOTHING if ticket.closes else max(NOTHING, ticket.quantity - known.holdings.closable(ticket))


def cost_of(ticket: Ticket, quantity: Decimal, known: Known) -> Decimal:
    """Return the margin that a quantity of an order binds."""
    prices = known.prices(ticket.symbol)
    price = ticket.price or ticket.stop_price or (prices.ask if ticket.side == "BUY" else prices.bid)
    return quantity * price / known.holdings.leverage_of(ticket)


def _check_mode(ticket: Ticket, state: BingxState) -> None:
    """Refuse what does not fit the position mode."""
    if state.is_dual and ticket.position_side not in {"LONG", "SHORT"}:
        text = "In the Hedge mode, the 'PositionSide' field can only be set to LONG or SHORT."
        raise Refused(codes.WRONG_PARAMETER, text)
    if not state.is_dual and ticket.position_side != "BOTH":
        text = "In the One-way mode, the 'PositionSide' field can only be set to BOTH."
        raise Refused(codes.WRONG_PARAMETER, text)
    if state.is_dual and ticket.reduce_only:
        raise Refused(codes.WRONG_PARAMETER, "In the Hedge mode, the 'ReduceOnly' field can not be filled.")
    if len(ticket.client_id) > _LONGEST_ID:
        raise Refused(codes.WRONG_PARAMETER, "clientOrderId must be 1 to 40 characters long")


def _check_steps(ticket: Ticket) -> None:
    """Refuse a quantity or a price between the steps, and what is too small."""
    market = MARKETS[ticket.symbol]
    if ticket.close_position and ticket.quantity:
        raise Refused(codes.WRONG_PARAMETER, "closePosition can not be sent with quantity")
    if not ticket.close_position and ticket.quantity <= 0:
        raise Refused(codes.WRONG_PARAMETER, "quantity must be greater than 0")
    if _is_between(ticket.quantity, market.quantity_precision):
        raise Refused(codes.WRONG_STEP)
    attached = [each for each in (ticket.stop_loss, ticket.take_profit) if each is not None]
    prices = [ticket.price, ticket.stop_price]
    prices += [price for each in attached for price in (each.price, each.stop_price)]
    if any(price is not None and _is_between(price, market.price_precision) for price in prices):
        raise Refused(codes.WRONG_PRICE_STEP)


def _check_trigger(ticket: Ticket, prices: Prices) -> None:
    """Refuse a stop that its price has already reached."""
    if ticket.stop_price is None or ticket.type not in STOPS | PROFITS:
        return
    now = prices.last if ticket.working_type == "CONTRACT_PRICE" else prices.mark
    is_of_long = ticket.side == "SELL"
    wants_over = (ticket.type in PROFITS) == is_of_long
    if (ticket.stop_price > now) != wants_over:
        raise Refused(_wrong_side(is_profit=ticket.type in PROFITS, is_long=is_of_long))


def _check_closing(ticket: Ticket, known: Known) -> None:
    """Refuse to close what is not held."""
    held = known.holdings.closable(ticket)
    if not held:
        position = known.holdings.positions.get((ticket.symbol, ticket.position_side))
        raise Refused(codes.NOTHING_TO_CLOSE if position is None else codes.NOT_REDUCING)
    if not ticket.waits:
        held -= sum((order.remaining for order in known.resting() if _competes(order.ticket, ticket)), NOTHING)
    if ticket.quantity > held:
        text = f"The available amount of the position is {held.normalize():f}, less than the order's"
        raise Refused(codes.NOTHING_TO_CLOSE, text)


def _check_opening(ticket: Ticket, known: Known) -> None:
    """Refuse what may not be opened, and what there is no money for."""
    market, prices = MARKETS[ticket.symbol], known.prices(ticket.symbol)
    status = known.state.contract_status.get(ticket.symbol, 1)
    if status != 1 or ticket.symbol in known.state.closed_symbols:
        raise Refused(codes.NOT_TRADABLE)
    if ticket.quantity < Decimal(market.minimum_quantity):
        raise Refused(codes.TOO_SMALL, f"The minimum order amount is {market.minimum_quantity} {ticket.symbol[:3]}")
    if ticket.quantity * (ticket.price or prices.last) < Decimal(market.minimum_value):
        raise Refused(codes.TOO_SMALL_VALUE, f"The minimum order amount is {market.minimum_value} USDT")
    if cost_of(ticket, opened_by(ticket, known), known) > known.free():
        raise Refused(codes.NO_MARGIN)
    if ticket.time_in_force == "PostOnly" and ticket.price is not None and crosses(ticket, prices):
        raise Refused(codes.WOULD_CROSS)


def _check_attached(ticket: Ticket, prices: Prices) -> None:
    """Refuse legs on the wrong side of the order's price."""
    if (ticket.stop_loss or ticket.take_profit) and (ticket.type not in _ATTACHABLE or ticket.closes):
        raise Refused(codes.WRONG_PARAMETER, "stopLoss and takeProfit come with an opening MARKET or LIMIT order only")
    base = ticket.price or prices.last
    _check_leg(ticket, ticket.stop_loss, base, is_profit=False)
    _check_leg(ticket, ticket.take_profit, base, is_profit=True)


def _check_leg(ticket: Ticket, leg: Attached | None, base: Decimal, *, is_profit: bool) -> None:
    is_long = ticket.side == "BUY"
    if leg is not None and (leg.stop_price > base) != (is_profit == is_long):
        raise Refused(_wrong_side(is_profit=is_profit, is_long=is_long))


def _wrong_side(*, is_profit: bool, is_long: bool) -> str:
    """Return the code for a leg on the wrong side."""
    profit = codes.PROFIT_OF_LONG if is_long else codes.PROFIT_OF_SHORT
    loss = codes.LOSS_OF_LONG if is_long else codes.LOSS_OF_SHORT
    return profit if is_profit else loss


def _competes(other: Ticket, ticket: Ticket) -> bool:
    """Return whether another order keeps part of a position from being closed by this one."""
    same = (other.symbol, other.position_side, other.side) == (ticket.symbol, ticket.position_side, ticket.side)
    return same and other.closes and not other.waits


def crosses(ticket: Ticket, prices: Prices) -> bool:
    """Return whether an order's limit, if it has one, is met by the market."""
    if ticket.price is None:
        return True
    return prices.ask <= ticket.price if ticket.side == "BUY" else prices.bid >= ticket.price


def _is_between(figure: Decimal, places: int) -> bool:
    """Return whether a figure has more decimals than it may."""
    return figure != round(figure, places)
