"""The pretend gateway's market: holds, triggers, fills and ends orders, and corrects what was filled.

Follows the TWS API's reference of order types, OCA groups and brackets (read 2026-11).

Quirks: a market order fills at once at the quote; a limit order, at the quote, once that reaches it; a stop, once the
side at which it would trade reaches it. Only liquid hours fill, and until then orders are held (399). Children of a
bracket wait until their parent is filled whole; then they are a group whose rest shrinks (type 3). By New York's
calendar what is good for the day ends with it.
"""

import copy
from collections.abc import Callable
from datetime import datetime
from decimal import ROUND_DOWN, Decimal

import msgspec

from sandbox.ib_gateway import events
from sandbox.ib_gateway.holdings import Holdings, commission_of
from sandbox.ib_gateway.hours import is_open, next_open
from sandbox.ib_gateway.orders import Execution, Order
from sandbox.ib_gateway.register import Register
from sandbox.ib_gateway.state import State

_ALL_CANCELLED, _REDUCED = 1, 3


class Market(Register):
    """Orders, and what becomes of them.

    Attributes:
        holdings: Positions, cash and executions.
    """

    def __init__(self, state: State, now: Callable[[], datetime]) -> None:
        """Begin empty; see `Register`."""
        super().__init__(state, now)
        self.holdings = Holdings(state)
        self._numbers = 0

    def forget(self) -> None:
        """Be as new."""
        super().forget()
        self.holdings.forget()

    def look_again(self, name: str = "") -> None:
        """Look at the orders that work again, after quotes or hours have changed; "" is all instruments."""
        for order in self.working:
            if name in {"", order.ticket.instrument.name}:
                self.work(order)

    def work(self, order: Order) -> None:
        """Hold an order, let it rest, or fill it."""
        parent = self.parent_of(order)
        if not order.is_working or order.status == "PendingCancel" or (parent and parent.status != "Filled"):
            return
        if not self._is_open(order):
            is_over = order.has_worked and order.ticket.tif == "DAY" and self.state.hours == "calendar"
            (self.end if is_over else self._hold)(order)
            return
        order.is_held, order.has_worked = False, True
        is_reached = self._is_reached(order)
        if is_reached and not self.state.hold_fills and not (self.state.fill_share < 1 and order.filled):
            self.fill(order, quantity=self._share(order))
        elif is_reached or order.ticket.type in {"MKT", "LMT"} or order.is_triggered:
            self.become(order, "Submitted")

    def fill(
        self, order: Order, *, quantity: Decimal | None = None, price: Decimal | None = None, liquidation: int = 0
    ) -> None:
        """Fill an order, even one that is cancelled: a fill that crossed has the last word.

        Args:
            order: The order.
            quantity: How much, at most what remains; None is that.
            price: None is the quote's.
            liquidation: 1 for what the broker did by itself.
        """
        rest = order.ticket.quantity - order.filled
        amount = rest if quantity is None else min(quantity, rest)
        at_price = price or self.touch(order) or order.ticket.limit or order.ticket.stop
        if at_price is None or amount <= 0:
            return
        order.average = (order.average * order.filled + at_price * amount) / (order.filled + amount)
        order.filled, order.last_price, order.is_inert = order.filled + amount, at_price, False
        booked = self.holdings.book(self._execution(order, amount, at_price, liquidation=liquidation))
        self.events.append(events.Executed(booked))
        if order.filled >= order.ticket.quantity:
            order.status, order.ended_at, order.ending = "Filled", self.now(), f"Filled Size: {order.filled}"
        elif order.is_working:
            order.status = "Submitted"
        self.show(order)
        self.events.append(events.Charged(booked))
        self._follow(order, amount)

    def correct(self, order: Order, *, quantity: Decimal | None = None, price: Decimal | None = None) -> None:
        """Correct the last execution of an order; a quantity of 0 busts it."""
        newest = self.holdings.newest_of(order.perm_id)
        if not newest:
            return
        old = newest[-1]
        amount = (
            old.quantity if quantity is None else min(quantity, order.ticket.quantity - order.filled + old.quantity)
        )
        at_price = price or old.price
        before = newest[:-1]
        order.filled = sum((each.quantity for each in before), amount)
        value = sum((each.quantity * each.price for each in before), amount * at_price)
        order.average = value / order.filled if order.filled else Decimal(0)
        new = msgspec.structs.replace(
            old,
            revision=old.revision + 1,
            quantity=amount,
            price=at_price,
            cumulative=order.filled,
            average=order.average,
            commission=commission_of(amount, at_price) if amount else Decimal(0),
        )
        booked = self.holdings.correct(old, new)
        self.events += [events.Executed(booked), events.StatusChanged(copy.copy(order)), events.Charged(booked)]

    def end(self, order: Order, *, reason: str = "", is_alone: bool = False) -> None:
        """Cancel an order, and with it what hangs on it.

        Args:
            order: The order.
            reason: What is said of it.
            is_alone: Whether its group stays even where the state says that it goes with it.
        """
        if not order.is_working:
            return
        self.finish(order, "Cancelled", f"Cancelled {reason}".strip())
        self.say(order.ticket, 202, f"Order Canceled - reason:{reason}")
        for child in self.children_of(order):
            self.end(child, is_alone=True)
        if self.state.oca_cancels_all and not is_alone:
            for sibling in self.siblings_of(order):
                self.end(sibling, is_alone=True)

    def reject(self, order: Order, reason: str) -> None:
        """Let the exchange refuse an order that was taken already."""
        if order.is_working:
            self.say(order.ticket, 201, f"Order rejected - reason:{reason}")
            self.finish(order, "Inactive", f"Rejected {reason}".strip())
            for child in self.children_of(order):
                self.end(child, is_alone=True)

    def touch(self, order: Order) -> Decimal | None:
        """Return the price at which an order would trade now."""
        quote = self.state.quotes.get(order.ticket.instrument.name)
        if quote is None or quote.halted:
            return None
        return quote.ask if order.ticket.action == "BUY" else quote.bid

    def _is_open(self, order: Order) -> bool:
        """Tell whether an order may trade now; a market order never before or after the exchange's hours."""
        ticket = order.ticket
        is_extended = ticket.outside_rth and ticket.type != "MKT"
        currency = ticket.instrument.is_currency
        return is_open(self.now(), self.state.hours, is_currency=currency, is_extended=is_extended)

    def _hold(self, order: Order) -> None:
        """Keep an order until its exchange opens, and say so once."""
        if order.is_held:
            return
        order.is_held = True
        ticket = order.ticket
        self.become(order, "PreSubmitted")
        begins = next_open(self.now(), self.state.hours, is_currency=ticket.instrument.is_currency)
        until = f"until {begins:%Y-%m-%d %H:%M:%S} US/Eastern" if begins else "while its exchange is closed"
        what = f"{ticket.action} {ticket.quantity} {ticket.instrument.name} {ticket.instrument.primary}"
        warning = f"Warning: Your order will not be placed at the exchange {until}."
        self.say(ticket, 399, f"Order Message:\n{what}\n{warning}")

    def _is_reached(self, order: Order) -> bool:
        """Tell whether the quote fills an order now; a stop that was reached stays so."""
        price, ticket = self.touch(order), order.ticket
        if price is None:
            return False
        sign = 1 if ticket.action == "BUY" else -1
        if ticket.stop is not None and ticket.type.startswith("STP"):
            order.is_triggered = order.is_triggered or sign * (price - ticket.stop) >= 0
            if not order.is_triggered:
                return False
        return ticket.limit is None or "LMT" not in ticket.type or sign * (price - ticket.limit) <= 0

    def _share(self, order: Order) -> Decimal:
        """Return how much of an order is filled at once, in whole steps and at least one."""
        step = order.ticket.instrument.step
        part = (order.remaining * self.state.fill_share / step).to_integral_value(ROUND_DOWN) * step
        return max(part, min(step, order.remaining))

    def _execution(self, order: Order, amount: Decimal, price: Decimal, *, liquidation: int) -> Execution:
        """Return a new execution."""
        self._numbers += 1
        return Execution(
            number=self._numbers,
            revision=1,
            ticket=order.ticket,
            perm_id=order.perm_id,
            at=self.now(),
            quantity=amount,
            price=price,
            cumulative=order.filled,
            average=order.average,
            commission=commission_of(amount, price),
            liquidation=liquidation,
        )

    def _follow(self, order: Order, amount: Decimal) -> None:
        """Let a fill have its effect on the order's group and on what hangs on it."""
        for sibling in self.siblings_of(order):
            left = sibling.ticket.quantity - amount
            if order.ticket.oca_type == _ALL_CANCELLED or order.status == "Filled" or left <= sibling.filled:
                self.end(sibling, is_alone=True)
            else:
                sibling.ticket = msgspec.structs.replace(sibling.ticket, quantity=left)
                self.show(sibling)
        if order.status != "Filled":
            return
        for child in self.children_of(order):
            if not child.ticket.oca_group:
                group = {"oca_group": str(order.perm_id), "oca_type": _REDUCED}
                child.ticket = msgspec.structs.replace(child.ticket, **group)
        for child in self.children_of(order):
            self.work(child)
