"""What the pretend gateway refuses before an order exists; follows the TWS API's message codes (read 2026-11).

Quirks: a purchase needs free cash times the leverage; a sale needs nothing.
"""

from decimal import Decimal

from sandbox.ib_gateway.market import Market
from sandbox.ib_gateway.orders import Order, Refused, Ticket

_TYPES = frozenset({"MKT", "LMT", "STP", "STP LMT"})


def check(ticket: Ticket, market: Market) -> None:
    """Look at a new order, or at an old one's new terms.

    Raises:
        Refused: With the code and text of the real one.
    """
    if ticket.account not in {"", market.state.account}:
        raise Refused(321, "Error validating request.-'bT' : cause - Invalid account code.")
    if ticket.type not in _TYPES or ticket.action not in {"BUY", "SELL"}:
        raise Refused(387, "Unsupported order type for this exchange and security type.")
    if ticket.has_cash_quantity:
        raise Refused(10244, "Cash Quantity cannot be used for this order.")
    if not ticket.quantity.is_finite() or ticket.quantity <= 0:
        raise Refused(434, "The order size cannot be zero.")
    _check_parent(ticket, market)
    _check_steps(ticket, market)
    _check_money(ticket, market)


def check_change(order: Order, ticket: Ticket) -> None:
    """Look at whether an order may have other terms.

    Raises:
        Refused: It is over, or it is another order.
    """
    if order.status == "Filled":
        raise Refused(104, "Cannot modify a filled order.")
    if not order.is_working:
        raise Refused(103, "Duplicate order id")
    same = (order.ticket.instrument, order.ticket.action) == (ticket.instrument, ticket.action)
    if not same or ticket.quantity <= order.filled:
        raise Refused(105, "Order being modified does not match original order")


def _check_parent(ticket: Ticket, market: Market) -> None:
    """Refuse what hangs on an order that there is not, or that is over and was not filled."""
    if not ticket.parent_id:
        return
    parent = market.find(ticket.client_id, ticket.parent_id)
    if parent is None:
        raise Refused(10006, "Missing parent order.")
    if not parent.is_working and parent.status != "Filled":
        raise Refused(201, "Order rejected - reason:Parent order is being cancelled.")


def _check_steps(ticket: Ticket, market: Market) -> None:
    """Refuse fractions and prices that are not on the instrument's steps."""
    instrument = ticket.instrument
    is_refused = market.state.refuses_fractions and ticket.quantity % 1
    if is_refused or ticket.quantity % instrument.step:
        raise Refused(
            10243, "Fractional-sized order cannot be placed via API. Please use desktop version to place this order."
        )
    prices = (ticket.limit if "LMT" in ticket.type else None, ticket.stop if "STP" in ticket.type else None)
    for price in prices:
        if price is not None and (price < 0 or price % instrument.tick):
            raise Refused(110, "The price does not conform to the minimum price variation for this contract.")


def _check_money(ticket: Ticket, market: Market) -> None:
    """Refuse a purchase that the free cash does not pay."""
    position = market.holdings.position(ticket.instrument).quantity
    if ticket.action != "BUY" or position < 0:
        return
    cost, power = cost_of(ticket, market), buying_power(market, ticket)
    if cost > power:
        raise Refused(
            201,
            "Order rejected - reason:YOUR ORDER IS NOT ACCEPTED. IN ORDER TO OBTAIN THE DESIRED POSITION YOUR "
            f"AVAILABLE FUNDS [{power:.2f} USD] MUST EXCEED THE INITIAL MARGIN [{cost:.2f} USD]",
        )


def cost_of(ticket: Ticket, market: Market) -> Decimal:
    """Return what a purchase would cost, USD."""
    quote = market.state.quotes.get(ticket.instrument.name)
    ask = quote.ask if quote is not None and quote.ask is not None else Decimal(0)
    price = ticket.limit if ticket.limit is not None and "LMT" in ticket.type else max(ask, ticket.stop or Decimal(0))
    return ticket.quantity * price


def buying_power(market: Market, but: Ticket | None = None) -> Decimal:
    """Return what may be spent, USD: free cash less what working purchases will cost, times the leverage.

    Args:
        market: The orders and the account.
        but: An order that does not count, since it is about to be changed.
    """
    spoken_for = Decimal(0)
    for order in market.working:
        ticket = order.ticket
        is_counted = but is None or order.key != (but.client_id, but.order_id)
        if ticket.action == "BUY" and is_counted and not ticket.parent_id:
            spoken_for += cost_of(ticket, market) * order.remaining / ticket.quantity
    return max(Decimal(0), market.state.cash * market.state.leverage - spoken_for)
