"""What clients and tests ask of the pretend gateway's orders: place, change, estimate, cancel, trade by hand.

Follows the TWS API's reference of orders and message codes (read 2026-11); no input or output.
"""

from decimal import Decimal

import msgspec

from sandbox.ib_gateway import events
from sandbox.ib_gateway.checks import check, check_change, cost_of
from sandbox.ib_gateway.contracts import Instrument
from sandbox.ib_gateway.holdings import commission_of
from sandbox.ib_gateway.market import Market
from sandbox.ib_gateway.orders import Order, Refused, Ticket

_REJECTED = 201
_NOT_FOUND, _NOT_CANCELLABLE, _UNKNOWN, _IN_NO_STATE = 10147, 10148, 135, 161


class HandTrade(msgspec.Struct, frozen=True):
    """What a person does in TWS, or the broker by itself (`liquidation` 1); below zero sells, `limit` lets it rest."""

    instrument: Instrument
    quantity: Decimal
    price: Decimal | None = None
    limit: Decimal | None = None
    liquidation: int = 0


class Book(Market):
    """The orders of the one account, as clients ask for them."""

    def place(self, ticket: Ticket, *, refusal: Refused | None = None) -> Order | None:
        """Take an order, change one that works, or estimate one.

        Args:
            ticket: The order.
            refusal: What the gateway says without looking at it.

        Returns:
            The order, None where there is none.
        """
        known = self.find(ticket.client_id, ticket.order_id)
        self.next_id = max(self.next_id, ticket.order_id + 1)
        try:
            if known is not None:
                check_change(known, ticket)
            if refusal is not None:
                raise refusal
            check(ticket, self)
        except Refused as refused:
            self.say(ticket, refused.code, str(refused))
            if known is None and refused.code == _REJECTED and not ticket.what_if:
                self.finish(self.enter(ticket), "Inactive", str(refused))
            return None
        if ticket.what_if:
            self.events.append(self._estimated(ticket))
            return None
        return self._changed(known, ticket) if known is not None else self._entered(ticket)

    def cancel(self, client_id: int, order_id: int, *, code: int = 0, is_pending: bool = False) -> None:
        """Cancel a client's order.

        Args:
            client_id: Who asks.
            order_id: Its number.
            code: A code to refuse with, 0 for none.
            is_pending: It is taken, and then nothing happens until a test ends or fills it.
        """
        order = self.find(client_id, order_id)
        if order is not None and order.is_working and not code:
            if is_pending:
                self.become(order, "PendingCancel")
            else:
                self.end(order)
            return
        state = "" if order is None else order.status
        code = code or (_NOT_FOUND if order is None else _NOT_CANCELLABLE)
        texts = {
            _NOT_FOUND: f"OrderId {order_id} that needs to be cancelled is not found.",
            _NOT_CANCELLABLE: f"OrderId {order_id} that needs to be cancelled cannot be cancelled, state: {state}.",
            _UNKNOWN: f"Can't find order with ID = {order_id}",
            _IN_NO_STATE: "Cancel attempted when order is not in a cancellable state. Order permId = "
            f"{0 if order is None else order.perm_id}",
        }
        self.events.append(events.Said(client_id, order_id, code, texts.get(code, "The order cannot be cancelled.")))

    def cancel_all(self) -> None:
        """Cancel every order, whoever made it."""
        for order in self.working:
            self.end(order)

    def by_hand(self, trade: HandTrade) -> Order:
        """Make an order of no client, without an orderRef; without a limit it is filled."""
        ticket = Ticket(
            client_id=0,
            order_id=0,
            instrument=trade.instrument,
            action="BUY" if trade.quantity > 0 else "SELL",
            quantity=abs(trade.quantity),
            type="MKT" if trade.limit is None else "LMT",
            limit=trade.limit,
            account=self.state.account,
        )
        order = self.enter(ticket)
        self.show(order)
        if trade.limit is None:
            self.fill(order, price=trade.price, liquidation=trade.liquidation)
        else:
            self.work(order)
        return order

    def _entered(self, ticket: Ticket) -> Order:
        """Take a new order in; it is inert until it, or the last of its family, is transmitted."""
        order = self.enter(ticket)
        order.is_inert = True
        if ticket.transmit:
            self._transmit(order)
        return order

    def _changed(self, order: Order, ticket: Ticket) -> Order:
        """Give an order other terms, and transmit it where it was not."""
        order.ticket = ticket
        if order.is_inert and ticket.transmit:
            self._transmit(order)
        elif not order.is_inert:
            self.show(order)
            self.work(order)
        return order

    def _transmit(self, order: Order) -> None:
        """Let an order begin, and with it those of its family that wait for it, the parent first."""
        parent = self.parent_of(order)
        head = order if parent is None else parent
        family = [each for each in [head, *self.children_of(head)] if each.is_inert]
        for each in family:
            each.is_inert = False
            self.show(each)
        for each in family:
            self.work(each)

    def _estimated(self, ticket: Ticket) -> events.Estimated:
        """Return what an order would do."""
        quote = self.state.quotes.get(ticket.instrument.name)
        price = (ticket.limit or (quote.last if quote is not None else None)) or Decimal(0)
        value = cost_of(ticket, self) if ticket.action == "BUY" else ticket.quantity * price
        commission = commission_of(ticket.quantity, price)
        return events.Estimated(ticket, value=value, equity=self.holdings.equity, commission=commission)
