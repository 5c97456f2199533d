"""The orders of the pretend BingX's perpetuals: taken, triggered, filled, ended, with the legs that come with them.

Follows BingX's documentation, "USDT-M Perp Futures, Trade" (read 2026-11); no input or output.

Quirks of BingX that are kept: attached legs become orders of their own when their order fills, and grow with it; they
go when the position is closed. A leg that is triggered closes no more than is held; with nothing held it expires.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import ROUND_DOWN, Decimal

import msgspec

from sandbox.bingx.checks import check, cost_of, crosses, opened_by
from sandbox.bingx.holdings import MAKER, TAKER, Execution, Holdings
from sandbox.bingx.journal import Journal
from sandbox.bingx.legs import is_above, leg_of, reaches
from sandbox.bingx.orders import NOTHING, Order, Ticket
from sandbox.bingx.quotes import Prices, prices_of
from sandbox.bingx.state import MARKETS, BingxState


class Manner(msgspec.Struct, frozen=True, kw_only=True):
    """How an order is taken, where not all is well.

    Attributes:
        share: How much of it fills at once; what is left rests until it is told to fill.
        hidden_ms: How long nothing is told of it.
        fills_hidden_ms: How long its fills are not in the list of fills.
        loses_legs: Its attached legs are not made when it fills.
    """

    share: Decimal = Decimal(1)
    hidden_ms: int = 0
    fills_hidden_ms: int = 0
    loses_legs: bool = False


class Book:
    """The orders of the one account.

    Attributes:
        orders: All orders by number, oldest first.
        stops_all_at_ms: When all orders are canceled unless told again; 0 for never.
    """

    def __init__(self, state: BingxState, clock: Callable[[], datetime]) -> None:
        """Start with no orders."""
        self.state = state
        self.clock = clock
        self.journal = Journal()
        self.holdings = Holdings(state, self.journal, clock)
        self.forget()

    def forget(self) -> None:
        """Have no orders and no positions, as at the start."""
        self.holdings.forget()
        self.orders: dict[int, Order] = {}
        self.stops_all_at_ms = 0
        self._resting: dict[int, Order] = {}
        self._legs: dict[tuple[int, str], Order] = {}
        self._by_client_id: dict[str, Order] = {}

    def prices(self, symbol: str) -> Prices:
        """Return a symbol's prices of now."""
        return prices_of(self.state, symbol, self.clock())

    def resting(self) -> list[Order]:
        """Return the orders that can still fill, oldest first."""
        return list(self._resting.values())

    def frozen(self) -> Decimal:
        """Return the money that resting orders bind."""
        binding = [each.ticket for each in self.resting() if not each.ticket.waits and each.ticket.type == "LIMIT"]
        return sum((cost_of(ticket, opened_by(ticket, self), self) for ticket in binding), NOTHING)

    def free(self) -> Decimal:
        """Return the money that no position and no order binds."""
        holdings = self.holdings
        return self.state.wallet + holdings.unrealised() - holdings.used() - self.frozen()

    def find(self, order_id: int = 0, client_id: str = "") -> Order | None:
        """Return an order by its number or its client id."""
        return self.orders.get(order_id) or self._by_client_id.get(client_id.lower())

    def place(self, ticket: Ticket, manner: Manner | None = None) -> Order:
        """Take an order, and fill it as far as it fills at once.

        Args:
            ticket: The order.
            manner: How, where not all is well.

        Returns:
            The order as it is then.

        Raises:
            Refused: It is not taken.
        """
        check(ticket, self)
        manner = manner or Manner(share=self.state.fill_share)
        order = self.enter(ticket, manner)
        if ticket.waits or self.state.hold_fills or not crosses(ticket, self.prices(ticket.symbol)):
            return self._unless_immediate(order)
        self._fill_share(order, at_once=True)
        return self._unless_immediate(order)

    def enter(self, ticket: Ticket, manner: Manner | None = None) -> Order:
        """Keep a new order and say so, whatever it asks for."""
        order = self.drafted(ticket, manner)
        self.orders[order.order_id] = self._resting[order.order_id] = order
        if ticket.client_id:
            self._by_client_id[ticket.client_id] = order
        self.journal.order(order, "NEW", at_ms=order.created_ms)
        return order

    def drafted(self, ticket: Ticket, manner: Manner | None = None) -> Order:
        """Return the order that a ticket would become; it is kept nowhere."""
        manner, now_ms = manner or Manner(), self.holdings.now_ms()
        return Order(
            order_id=self.holdings.number(),
            ticket=ticket,
            leverage=self.holdings.leverage_of(ticket),
            created_ms=now_ms,
            updated_ms=now_ms,
            is_above=is_above(ticket, self.prices(ticket.symbol)),
            share=manner.share,
            loses_legs=manner.loses_legs,
            hidden_until_ms=now_ms + manner.hidden_ms if manner.hidden_ms else 0,
            fills_hidden_until_ms=now_ms + manner.fills_hidden_ms if manner.fills_hidden_ms else 0,
        )

    def fill(
        self, order: Order, *, quantity: Decimal | None = None, price: Decimal | None = None, at_once: bool = False
    ) -> None:
        """Fill an order, a stop after triggering it: all that remains and at the quote, where nothing else is said.

        Args:
            order: One that rests.
            quantity: How much, at most what remains.
            price: Another price than the market's.
            at_once: It has not rested, and pays a taker's fee.
        """
        if order.ticket.waits and not order.is_triggered and not self._trigger(order):
            return
        ticket = order.ticket
        fee = MAKER if ticket.type == "LIMIT" and not at_once else TAKER
        if price is None:
            prices = self.prices(ticket.symbol)
            quoted = prices.ask if ticket.side == "BUY" else prices.bid
            price = ticket.price or quoted if fee == MAKER else quoted
        taken = min(quantity or order.remaining, order.remaining)
        last_ms = order.fills[-1].at_ms if order.fills else 0
        at_ms = max(self.holdings.now_ms(), last_ms + 1)
        direction = self._direction(ticket)
        fill = self.holdings.apply(order, Execution(taken, price, fee, at_ms))
        order.fills = [*order.fills, fill]
        order.updated_ms = at_ms
        order.status = "PARTIALLY_FILLED" if order.remaining else "FILLED"
        if not order.is_resting:
            self._resting.pop(order.order_id, None)
        self.journal.order(order, "CALCULATED" if order.kind == "LIQUIDATION" else "TRADE", fill=fill, at_ms=at_ms)
        self._grow_legs(order)
        if direction and self._direction(ticket) != direction:
            self._drop_legs(ticket)

    def end(self, order: Order, status: str = "CANCELED", *, silently: bool = False) -> None:
        """End an order that rests.

        Args:
            order: The order.
            status: CANCELED, EXPIRED or FAILED.
            silently: Nobody is told.
        """
        if not order.is_resting:
            return
        order.status, order.updated_ms = status, self.holdings.now_ms()
        self._resting.pop(order.order_id, None)
        if not silently:
            told = "CANCELED" if status == "CANCELED" else "EXPIRED"
            self.journal.order(order, told, at_ms=order.updated_ms)

    def look(self) -> None:
        """Trigger and fill what the prices of now reach, and keep the dead man's switch."""
        if self.stops_all_at_ms and self.holdings.now_ms() >= self.stops_all_at_ms:
            self.stops_all_at_ms = 0
            for order in self.resting():
                self.end(order)
        if self.state.hold_fills:
            return
        for order in self.resting():
            if order.is_resting and not order.is_held:
                self._match(order)

    def by_hand(self, ticket: Ticket, *, price: Decimal | None = None, kind: str = "") -> Order:
        """Trade as a person does in BingX's app, or as BingX does by itself; nothing is checked.

        Args:
            ticket: What is traded; a LIMIT rests.
            price: Another price than the market's.
            kind: LIQUIDATION, where BingX does it by itself.

        Returns:
            The order.
        """
        order = self.enter(ticket)
        order.kind = kind
        if ticket.type == "MARKET":
            self.fill(order, price=price)
        return order

    def _match(self, order: Order) -> None:
        """Fill an order where the prices of now reach it."""
        ticket, prices = order.ticket, self.prices(order.ticket.symbol)
        if prices.last <= 0:
            return  # nothing is traded where there is no price
        if ticket.waits and not order.is_triggered:
            if not reaches(order, prices) or not self._trigger(order):
                return
            ticket = order.ticket
        if crosses(ticket, prices):
            self._fill_share(order)

    def _fill_share(self, order: Order, *, at_once: bool = False) -> None:
        """Fill as much of an order as fills by itself, in whole steps."""
        order.is_held = order.share < 1
        step = Decimal(1).scaleb(-MARKETS[order.ticket.symbol].quantity_precision)
        quantity = (order.remaining * order.share).quantize(step, rounding=ROUND_DOWN)
        if quantity:
            self.fill(order, quantity=quantity, at_once=at_once)

    def _trigger(self, order: Order) -> bool:
        """Let a stop begin to trade; return whether there is anything for it to do."""
        ticket = order.ticket
        order.is_triggered = True
        if not ticket.closes:
            return True
        held = self.holdings.closable(ticket)
        if not held:
            self.end(order, "EXPIRED")
            return False
        quantity = held if ticket.close_position else min(ticket.quantity, held)
        order.ticket = msgspec.structs.replace(ticket, quantity=quantity)
        return True

    def _unless_immediate(self, order: Order) -> Order:
        """End what may not rest."""
        if order.ticket.time_in_force in {"IOC", "FOK"} and order.is_resting:
            self.end(order, "EXPIRED")
        return order

    def _direction(self, ticket: Ticket) -> str:
        """Return which way the position is that an order moves, "" where there is none."""
        position = self.holdings.positions.get((ticket.symbol, ticket.position_side))
        return "" if position is None else position.direction

    def _grow_legs(self, order: Order) -> None:
        """Make the legs of an order that fills, or let them grow with it."""
        ticket = order.ticket
        for attached in (ticket.stop_loss, ticket.take_profit):
            if attached is None or order.loses_legs:
                continue
            quantity = min(order.executed, attached.quantity or order.executed)
            leg = self._legs.get((order.order_id, attached.type))
            if leg is None:
                leg = self.enter(leg_of(order, attached, quantity))
                leg.position_id = order.position_id
                self._legs[order.order_id, attached.type] = leg
            elif leg.is_resting and not leg.is_triggered:
                leg.ticket = msgspec.structs.replace(leg.ticket, quantity=quantity)

    def _drop_legs(self, ticket: Ticket) -> None:
        """Cancel the attached legs of a position that is no more."""
        for order in self.resting():
            same = (order.ticket.symbol, order.ticket.position_side) == (ticket.symbol, ticket.position_side)
            if same and order.ticket.parent_id:
                self.end(order)
