"""What the paper venue does with an order: refuse, rest, fill, cancel; each in one transaction of its memory."""

import secrets
from decimal import Decimal
from typing import Final

import msgspec

from brokers.bingx_public.markets import Price
from brokers.paper_venue import books
from brokers.paper_venue.books import ZERO, signed
from brokers.paper_venue.filling import NO_QUOTE, Resting, end_of_day, fee, fill_price, plain
from brokers.paper_venue.memory import Kept, Memory, event_of, is_same
from brokers.venue import Refused
from bus.messages.venues import Execution, OrderEvent, PlaceOrder, Traded
from bus.time_source import TimeSource

KNOWN_LIVES: Final = frozenset({"DAY", "GTC", "IOC", "FOK"})
AT_ONCE: Final = frozenset({"IOC", "FOK"})


class Costs(msgspec.Struct, frozen=True, kw_only=True):
    """What trading costs, in hundredths of a percent."""

    slippage_bps: int = 5
    fee_bps: int = 10


class Engine:
    """Keeps the orders of all accounts; knows no network."""

    def __init__(self, memory: Memory, *, costs: Costs, time: TimeSource) -> None:
        """Go on where the memory ends.

        Args:
            memory: All that is known.
            costs: Slippage and fees.
            time: Says when something happens.
        """
        self._memory = memory
        self._costs = costs
        self._time = time

    def place(self, order: PlaceOrder, price: Price | None) -> OrderEvent:
        """Place an order, once for each client order id.

        Args:
            order: The order.
            price: The quote, None where there is none.

        Returns:
            What became of it, or of the one that bears its name already.

        Raises:
            Refused: It cannot be; nothing was kept.
        """
        with self._memory.changing():
            if (known := self.find(order.account, order.client_order_id)) is not None:
                return known
            if why := _why_malformed(order):
                raise Refused(why)
            now = self._time.now()
            resting = Resting(
                order=order,
                broker_order_id=f"paper-{secrets.token_hex(8)}",
                stop_price=order.stop_price,
                expires_at=end_of_day(now) if order.time_in_force == "DAY" else None,
            )
            kept = Kept(resting=resting, status="NEW", at=now)
            at, note = self._first_price(resting, price)
            if at is not None and (why := self._why_not(order, self._size(order), at)):
                raise Refused(why)
            if at is None and (why := self._why_not_rest(order)):
                raise Refused(why)
            if at is not None:
                self._fill(kept, at, note)
            elif order.time_in_force in AT_ONCE:
                kept.status, kept.reason = "EXPIRED", "not to be filled at once"
            self._memory.save_order(kept)
        return self._event(kept)

    def find(self, account: str, client_order_id: str) -> OrderEvent | None:
        """Return what is known of an order, None where there is none of that name."""
        kept = self._memory.order(account, client_order_id)
        return self._event(kept) if kept else None

    def cancel(self, account: str, client_order_id: str) -> OrderEvent:
        """Cancel an order that rests; one that has ended stays as it is.

        Args:
            account: Whose.
            client_order_id: Our name for it.

        Returns:
            What the order is now, with all of its fills.

        Raises:
            Refused: There is none of that name.
            Unknown: The memory could not be written.
        """
        with self._memory.changing():
            kept = self._memory.order(account, client_order_id)
            if kept is None:
                raise Refused("no such order")
            if kept.status == "NEW":
                kept.status, kept.at = "CANCELED", self._time.now()
                self._memory.save_order(kept)
        return self._event(kept)

    def resting(self) -> tuple[Resting, ...]:
        """Return the orders that wait for their price."""
        return self._memory.resting()

    def advance(self, instrument: Traded, price: Price | None) -> tuple[OrderEvent, ...]:
        """Fill what a price fills of an instrument's resting orders, and end those whose day is over.

        Args:
            instrument: Whose orders.
            price: Its quote, None where there is none.

        Returns:
            What is new.
        """
        waiting = [each for each in self._memory.resting() if is_same(each.order.instrument, instrument)]
        events = (self._advance_one(each.order, price) for each in waiting)
        return tuple(event for event in events if event is not None)

    def _advance_one(self, order: PlaceOrder, price: Price | None) -> OrderEvent | None:
        """Look at one resting order; None where nothing is to be told."""
        with self._memory.changing():
            kept = self._memory.order(order.account, order.client_order_id)
            if kept is None or kept.status != "NEW":
                return None
            before = msgspec.structs.replace(kept.resting)
            now, ends_at = self._time.now(), kept.resting.expires_at
            at = None if price is None else fill_price(kept.resting, price, slippage_bps=self._costs.slippage_bps)
            if ends_at is not None and now >= ends_at:
                kept.status, kept.reason, kept.at = "EXPIRED", "its day is over", now
            elif at is not None:
                self._fill_or_cancel(kept, at)
            elif before == kept.resting:
                return None
            self._memory.save_order(kept)
            if kept.status == "NEW":
                return None
        return self._event(kept)

    def _first_price(self, resting: Resting, price: Price | None) -> tuple[Decimal | None, str]:
        """Return at what price a new order fills at once, None where it rests, and a note for its execution."""
        order = resting.order
        if price is not None:
            return fill_price(resting, price, slippage_bps=self._costs.slippage_bps), ""
        if order.type != "MARKET":
            return None, ""
        if order.expected_price is None:
            raise Refused("no quote, and the order names no price")
        return order.expected_price, NO_QUOTE

    def _size(self, order: PlaceOrder) -> Decimal:
        """Return how much of an order can be filled: all, or what a reduce-only one may take."""
        if not order.reduce_only:
            return order.quantity
        held = self._memory.position(order.account, order.instrument).quantity
        return min(order.quantity, books.reducible(order.side, held))

    def _why_not_rest(self, order: PlaceOrder) -> str:
        """Return why an order may not even wait; empty where it may."""
        held = self._memory.position(order.account, order.instrument).quantity
        can_go_short = books.is_margined(order.instrument)
        if order.side == "SELL" and not can_go_short and order.quantity > held and not order.reduce_only:
            return f"{held} held, and {order.quantity} to sell"
        return "nothing to reduce" if order.reduce_only and not self._size(order) else ""

    def _why_not(self, order: PlaceOrder, quantity: Decimal, at: Decimal) -> str:
        """Return why an order may not be filled at a price; empty where it may."""
        if not quantity:
            return "nothing to reduce"
        held = self._memory.position(order.account, order.instrument)
        if order.side == "SELL" and not books.is_margined(order.instrument) and quantity > held.quantity:
            return f"{held.quantity} held, and {quantity} to sell"
        after = books.after(order.instrument, held, signed(order.side, quantity), at)
        only_reduces = after.position.quantity * held.quantity >= 0 and abs(after.position.quantity) < abs(
            held.quantity
        )
        if only_reduces:
            return ""
        currency = order.instrument.currency
        costs = fee(quantity, at, order.instrument.multiplier, fee_bps=self._costs.fee_bps)
        tied = books.tied(order.instrument, after.position) - books.tied(order.instrument, held)
        available = self.available(order.account, currency)
        needed = plain(costs + tied - after.cash)
        return "" if needed <= available else f"{needed} {currency} needed, {available} available"

    def available(self, account: str, currency: str) -> Decimal:
        """Return what an account may spend of a currency: its cash, less what stands behind positions.

        Args:
            account: Whose.
            currency: Which.
        """
        held = (each for each in self._memory.positions(account) if each.instrument.currency == currency)
        tied = (
            books.tied(
                each.instrument, books.Position(quantity=each.quantity, average_price=each.average_price or ZERO)
            )
            for each in held
        )
        return plain(self._memory.cash(account, currency) - sum(tied, ZERO))

    def _fill_or_cancel(self, kept: Kept, at: Decimal) -> None:
        """Fill an order that has rested; one that cannot be filled any more is cancelled with the reason."""
        order = kept.resting.order
        if why := self._why_not(order, self._size(order), at):
            kept.status, kept.reason, kept.at = "CANCELED", why, self._time.now()
        else:
            self._fill(kept, at, "")

    def _fill(self, kept: Kept, at: Decimal, note: str) -> None:
        """Write a fill, and what it makes of cash and position; what a reduce-only order cannot take is cancelled."""
        order, quantity, now = kept.resting.order, self._size(kept.resting.order), self._time.now()
        instrument = order.instrument
        costs = fee(quantity, at, instrument.multiplier, fee_bps=self._costs.fee_bps)
        held = self._memory.position(order.account, instrument)
        after = books.after(instrument, held, signed(order.side, quantity), at)
        cash = self._memory.cash(order.account, instrument.currency)
        self._memory.set_position(order.account, instrument, after.position)
        self._memory.set_cash(order.account, instrument.currency, plain(cash + after.cash - costs))
        trade_id = f"{kept.resting.broker_order_id}-1"
        self._memory.add_execution(
            order.account,
            Execution(
                broker_trade_id=trade_id,
                execution=trade_id,
                side=order.side,
                quantity=quantity,
                price=at,
                exec_time=now,
                fee=costs,
                fee_currency=instrument.currency,
                client_order_id=order.client_order_id,
                broker_order_id=kept.resting.broker_order_id,
                instrument=instrument,
                note=note,
            ),
        )
        kept.status, kept.at = "FILLED", now
        if quantity < order.quantity:
            kept.status, kept.reason = "CANCELED", "reduce-only: nothing more to reduce"

    def _event(self, kept: Kept) -> OrderEvent:
        """Return what is told of an order."""
        order = kept.resting.order
        return event_of(kept, self._memory.executions_of(order.account, order.client_order_id))


def _why_malformed(order: PlaceOrder) -> str:
    """Return what an order lacks, or what nobody here knows; empty where it is whole."""
    needed: dict[str, tuple[Decimal | None, ...]] = {
        "MARKET": (),
        "LIMIT": (order.price,),
        "STOP": (order.stop_price,),
        "STOP_LIMIT": (order.stop_price, order.price),
        "TRAILING": (order.price,),
    }
    if order.time_in_force not in KNOWN_LIVES:
        return f"the paper venue has no {order.time_in_force} orders"
    if order.quantity <= 0 or any(each is not None and each <= 0 for each in (order.price, order.stop_price)):
        return "quantity and prices must be above zero"
    if any(each is None for each in needed[order.type]):
        return f"a {order.type} order needs its price"
    return ""
