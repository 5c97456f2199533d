"""Placing and canceling orders of spot: what is checked first, one call that sends it, and what became of it.

Follows BingX's "Spot, Trades Endpoints" (read 2026-11).

    buying  ▶ as much as was asked ──────────────────┐
    selling ▶ no more than is free, in whole steps ──┴▶ POST ─▶ taken ─────▶ read with its fills
                                                             ─▶ duplicate ▶ looked up: it is there
                                                             ─▶ lost ─────▶ Unknown
                                                             ─▶ a market order to buy by quantity is not known:
                                                                once more, for an amount of money

Quirks: error 100421 is said of a wrong time, and of orders that the API does not take: sent once more after the time
was measured, it is the latter.
"""

import asyncio
from decimal import Decimal
from typing import Final

import msgspec

from brokers.bingx_venue.contracts import Contracts
from brokers.bingx_venue.errors import TIMESTAMP, is_duplicate
from brokers.bingx_venue.ordered import IN_FORCE, check_steps, held_back
from brokers.bingx_venue.orders_wire import SHORTENED, Placed, text
from brokers.bingx_venue.quotes import Quotes
from brokers.bingx_venue.rest import Rest
from brokers.bingx_venue.spot_account import SpotAccount
from brokers.bingx_venue.spot_orders import SpotOrders
from brokers.bingx_venue.spot_wire import CANCEL, ORDER, read_number
from brokers.bingx_venue.watching import Name
from brokers.venue import Busy, Denied, Malformed, OrderName, Refused, Unknown, VenueError
from bus.messages.venues import AtVenue, OrderEvent, PlaceOrder

READ_S: Final = (0.0, 0.15, 0.3, 0.6, 1.2)
"""How long an order gets to show, a market one to fill, and a cancel to be done: looked at after each pause."""
NO_LEGS: Final = "spot at BingX takes no stop loss or take profit from here: close by a signal, or trade the perpetual"
NO_SHORT: Final = "spot cannot be sold short: trade the perpetual, BTCUSDT.P"
NOT_BY_API: Final = "BingX takes no order of this pair by the API now, or has too many orders of this account"
NOT_CONFIRMED: Final = "the cancel is not confirmed"
BY_QUANTITY_REFUSED: Final = frozenset({"100400"})
WHOLE_MONEY: Final = Decimal("0.01")
RESTING: Final = frozenset({"NEW", "PARTIALLY_FILLED"})


class SpotPlacing:
    """Sends orders and cancels, and reads what became of them."""

    def __init__(self, rest: Rest, orders: SpotOrders, account: SpotAccount, contracts: Contracts) -> None:
        """Keep what is needed.

        Args:
            rest: Calls BingX.
            orders: Reads orders.
            account: Tells what is free.
            contracts: Knows the steps of pairs.
        """
        self._rest = rest
        self._orders = orders
        self._account = account
        self._contracts = contracts
        self._quotes = Quotes(rest)

    async def place(self, order: PlaceOrder) -> OrderEvent:
        """Place an order, once.

        Args:
            order: What execution wants.

        Returns:
            What became of it, with its fills so far.

        Raises:
            VenueError: Unknown where it may be placed all the same; any other one means that it surely is not.
        """
        if order.leg in {"STOP_LOSS", "TAKE_PROFIT"} or order.type not in {"MARKET", "LIMIT"}:
            raise Refused(NO_LEGS)
        kind = _kind(order)
        steps = await self._contracts.steps(order.instrument, is_opening=order.side == "BUY")
        if order.side == "BUY":
            check_steps(order, steps)
            return await self._bought(order, kind)
        if not order.reduce_only:
            raise Refused(NO_SHORT)
        free = await self._account.free(order.instrument.base_currency or "")
        quantity = held_back(order, min(free, order.quantity), steps)
        check_steps(msgspec.structs.replace(order, quantity=quantity, reduce_only=False), steps)
        name = order.client_order_id if quantity == order.quantity else f"{order.client_order_id}{SHORTENED}"
        event = await self._send(order, {**kind, "quantity": text(quantity), "newClientOrderId": name})
        return _with_dust(event, order, free - quantity)

    async def cancel(self, account: str, order: OrderName) -> OrderEvent:
        """Cancel an order.

        Args:
            account: The account's uid.
            order: Its names.

        Returns:
            What it is then: a fill that crosses the cancel wins.

        Raises:
            VenueError: Unknown where it may be canceled all the same; any other one means that it surely is not.
        """
        number = self._orders.number_of(order)
        wanted = {"orderId": number} if number else {"clientOrderID": order.client_order_id}
        try:
            await self._rest.change("POST", CANCEL, symbol=order.instrument.symbol, **wanted)
        except (Busy, Denied):
            raise
        except VenueError:
            placed = await self._placed_for_sure(order)
            if placed is None or placed.is_resting:
                raise
            return await self._orders.event(account, placed)
        for pause_s in READ_S:
            await asyncio.sleep(pause_s)
            placed = await self._placed_for_sure(order)
            if placed is not None and not placed.is_resting:
                return await self._orders.event(account, placed)
        raise Unknown(NOT_CONFIRMED)

    async def _bought(self, order: PlaceOrder, kind: dict[str, str]) -> OrderEvent:
        """Buy; a market order for money where BingX does not take it by quantity."""
        sent = {**kind, "quantity": text(order.quantity), "newClientOrderId": order.client_order_id}
        try:
            return await self._send(order, sent)
        except (Refused, Malformed) as error:
            if order.type != "MARKET" or error.code not in BY_QUANTITY_REFUSED:
                raise
        quote = await self._quotes.quote(order.account, order.instrument)
        money = (order.quantity * quote.bid).quantize(WHOLE_MONEY, rounding="ROUND_DOWN")
        name = f"{order.client_order_id}{SHORTENED}"
        return await self._send(order, {**kind, "quoteOrderQty": text(money), "newClientOrderId": name})

    async def _send(self, order: PlaceOrder, wanted: dict[str, str], *, is_second: bool = False) -> OrderEvent:
        """Send an order, and read what became of it."""
        try:
            data = await self._rest.change("POST", ORDER, **wanted)
        except Unknown as error:
            return await self._perhaps(order, error)
        except Busy as error:
            if error.code != TIMESTAMP:
                raise
            if is_second:
                raise Refused(NOT_BY_API, code=error.code) from None
            return await self._send(order, wanted, is_second=True)
        try:
            number = read_number(data)
        except Malformed as error:
            raise Unknown(error.reason, code=error.code) from None
        self._orders.learn(order.client_order_id, number)
        return await self._taken(order, number)

    async def _perhaps(self, order: PlaceOrder, error: Unknown) -> OrderEvent:
        """Return what an order is that BingX says to have already; raise for one whose answer was lost."""
        if not is_duplicate(error):
            raise error
        placed = await self._placed_for_sure(_name(order))
        if placed is None:
            raise error
        return await self._told(order, placed)

    async def _taken(self, order: PlaceOrder, number: str) -> OrderEvent:
        """Return what became of an order that BingX has taken; what cannot be read now is looked for."""
        name = msgspec.structs.replace(_name(order), broker_order_id=number)
        placed: Placed | None = None
        try:
            for pause_s in READ_S:
                await asyncio.sleep(pause_s)
                placed = await self._orders.placed(name)
                if placed is not None and not (order.type == "MARKET" and placed.is_resting):
                    break
        except VenueError as error:
            return self._event(order, "UNKNOWN", number=number, reason=error.reason, code=error.code)
        if placed is None:
            return self._event(order, "UNKNOWN", number=number, reason="it does not show yet")
        return await self._told(order, placed)

    async def _told(self, order: PlaceOrder, placed: Placed) -> OrderEvent:
        """Return an order that was found, with its fills; UNKNOWN while these cannot be read."""
        try:
            return await self._orders.event(order.account, placed)
        except VenueError as error:
            number = placed.broker_order_id
            return self._event(order, "UNKNOWN", number=number, reason=error.reason, code=error.code)

    async def _placed_for_sure(self, order: OrderName) -> Placed | None:
        """Find an order after a change; what cannot be read leaves the change unknown."""
        try:
            return await self._orders.placed(order)
        except VenueError as error:
            raise Unknown(error.reason, code=error.code) from None

    def _event(self, order: PlaceOrder, status: AtVenue, *, number: str, reason: str, code: str = "") -> OrderEvent:
        """Return an event without fills."""
        return OrderEvent(
            account=order.account,
            client_order_id=order.client_order_id,
            broker_order_id=number,
            status=status,
            at=self._rest.clock.now(),
            reason=reason,
            code=code,
        )


def _kind(order: PlaceOrder) -> dict[str, str]:
    """Return what of an order does not depend on how much it is for."""
    wanted = {"symbol": order.instrument.symbol, "side": order.side, "type": order.type}
    if order.type != "LIMIT":
        return wanted
    if order.price is None or order.price <= 0:
        raise Refused("the order lacks its price")
    if order.time_in_force not in IN_FORCE:
        raise Refused(f"BingX has no time in force {order.time_in_force}: use GTC, IOC or FOK")
    return {**wanted, "price": text(order.price), "timeInForce": IN_FORCE[order.time_in_force]}


def _with_dust(event: OrderEvent, order: PlaceOrder, left: Decimal) -> OrderEvent:
    """Return a sale that has sold less than was asked, with what stays behind."""
    if event.status in RESTING or not event.reason or left <= 0:
        return event
    coin = order.instrument.base_currency or order.instrument.symbol
    return msgspec.structs.replace(event, reason=f"{event.reason}; {text(left.normalize())} {coin} stay")


def _name(order: PlaceOrder) -> Name:
    """Return what names an order that was sent."""
    return Name(client_order_id=order.client_order_id, broker_order_id=None, instrument=order.instrument)
