"""The pretend BingX's spot account: what it holds, and orders that fill at the prices of now.

Follows BingX's documentation, "Spot, Trades Endpoints" (read 2026-11).

Quirks: what an order binds is not taken away but counted, so that a balance which a test sets is the whole of a coin. A
market order takes the best price whatever its size. With `fill_share` below 1 an order fills that share and rests.
"""

import copy
import random
from collections.abc import Callable
from datetime import datetime
from decimal import ROUND_DOWN, Decimal

import msgspec

from sandbox.bingx.quotes import Quote, milliseconds, quote_of
from sandbox.bingx.spot_orders import LIMITED, NOTHING, TAKE_STOPS, SpotFill, SpotOrder, SpotTicket
from sandbox.bingx.state import MARKETS, BingxState
from sandbox.gateway import Refused

FEE_RATE = Decimal("0.001")
INSUFFICIENT, NO_ORDER, DUPLICATE = "100202", "100404", "101481"
_FEE_STEP = Decimal("0.0000000001")


class SpotTold(msgspec.Struct, frozen=True):
    """Something happened to an order of spot: `execution_type` is NEW, TRADE or CANCELED."""

    order: SpotOrder
    execution_type: str
    fill: SpotFill | None
    at_ms: int


class CoinsTold(msgspec.Struct, frozen=True):
    """What is held of coins changed; by coin, how much there is and by how much it changed."""

    amounts: dict[str, Decimal]
    changes: dict[str, Decimal]
    at_ms: int


Told = SpotTold | CoinsTold


class SpotBook:
    """All orders of spot.

    Attributes:
        state: What may be set of it.
        orders: By number, oldest first.
        listeners: Who is told what happens, the moment that it happens.
    """

    def __init__(self, state: BingxState, clock: Callable[[], datetime]) -> None:
        """Begin without orders."""
        self.state = state
        self.clock = clock
        self.orders: dict[int, SpotOrder] = {}
        self.listeners: list[Callable[[Told], None]] = []
        self._numbers = random.Random(15)
        self._last_fill = 0

    def reset(self) -> None:
        """Forget all orders."""
        self.orders.clear()
        self._last_fill = 0

    def now_ms(self) -> int:
        """Return the moment, as BingX writes it."""
        return milliseconds(self.clock())

    def quote(self, symbol: str) -> Quote:
        """Return a symbol's prices of now."""
        return quote_of(self.state, symbol, self.clock())

    def bound(self, asset: str) -> Decimal:
        """Return how much of a coin resting orders bind."""
        return sum((self._binds(order, asset) for order in self.orders.values() if order.is_resting), NOTHING)

    def free(self, asset: str) -> Decimal:
        """Return how much of a coin can be ordered with."""
        return self.state.spot.get(asset, NOTHING) - self.bound(asset)

    def place(self, ticket: SpotTicket) -> SpotOrder:
        """Take an order, and fill what can be filled.

        Raises:
            Refused: Its client id was used before, or there is too little to pay or sell.
        """
        if ticket.client_id and self.named(ticket.symbol, client_id=ticket.client_id) is not None:
            raise Refused(DUPLICATE, "clientOrderID already exists")
        now_ms = self.now_ms()
        order_id = 10**18 + now_ms * 100_000 + self._numbers.randrange(100_000)
        order = SpotOrder(order_id=order_id, ticket=ticket, created_ms=now_ms, updated_ms=now_ms)
        order.is_above = ticket.stop_price is not None and ticket.stop_price > Decimal(self.quote(ticket.symbol).last)
        asset = ticket.quote if ticket.is_buy else ticket.base
        if self._binds(order, asset) > self.free(asset):
            raise Refused(INSUFFICIENT)
        self.orders[order.order_id] = order
        self._tell(SpotTold(copy.deepcopy(order), "NEW", None, now_ms))
        if self._would_take_though_it_must_not(order):
            self.end(order)
        self._match(order, is_new=True)
        if order.is_resting and ticket.time_in_force in {"IOC", "FOK"}:
            self.end(order)
        return order

    def end(self, order: SpotOrder) -> None:
        """Cancel an order."""
        order.status, order.updated_ms = "CANCELED", self.now_ms()
        self._tell(SpotTold(copy.deepcopy(order), "CANCELED", None, order.updated_ms))

    def named(self, symbol: str, *, order_id: str = "", client_id: str = "") -> SpotOrder | None:
        """Return the order of a number or of a client id, if there is one; no symbol is any."""
        for order in self.orders.values():
            is_it = str(order.order_id) == order_id or (client_id and order.ticket.client_id == client_id)
            if is_it and symbol in {"", order.ticket.symbol}:
                return order
        return None

    def look(self) -> None:
        """Trigger and fill what the prices of now reach."""
        for order in [each for each in self.orders.values() if each.is_resting]:
            self._trigger(order)
            self._match(order, is_new=False)

    def fill(self, order: SpotOrder, *, quantity: Decimal, price: Decimal, is_maker: bool) -> None:
        """Fill a part of an order, or what is left of it."""
        ticket, at_ms = order.ticket, self.now_ms()
        quantity = min(quantity, order.remaining)
        self._last_fill += 1
        fee = ((quantity if ticket.is_buy else quantity * price) * FEE_RATE).quantize(_FEE_STEP)
        fill = SpotFill(
            number=self._last_fill,
            order_id=order.order_id,
            symbol=ticket.symbol,
            is_buy=ticket.is_buy,
            quantity=quantity,
            price=price,
            fee=-fee,
            fee_asset=order.fee_asset,
            is_maker=is_maker,
            at_ms=at_ms,
        )
        order.fills.append(fill)
        order.updated_ms, order.status = at_ms, "PARTIALLY_FILLED" if order.remaining else "FILLED"
        sign = 1 if ticket.is_buy else -1
        changes = {ticket.base: sign * quantity, ticket.quote: -sign * quantity * price}
        changes[fill.fee_asset] -= fee
        self._tell(SpotTold(copy.deepcopy(order), "TRADE", fill, at_ms))
        self.move(changes)

    def move(self, changes: dict[str, Decimal]) -> None:
        """Change what is held of coins."""
        for asset, change in changes.items():
            self.state.spot[asset] = self.state.spot.get(asset, NOTHING) + change
        amounts = {asset: self.state.spot[asset] for asset in changes}
        self._tell(CoinsTold(amounts, changes, self.now_ms()))

    def _tell(self, told: Told) -> None:
        for listener in list(self.listeners):
            listener(told)

    def _binds(self, order: SpotOrder, asset: str) -> Decimal:
        """Return how much of a coin an order binds."""
        ticket = order.ticket
        if asset != (ticket.quote if ticket.is_buy else ticket.base):
            return NOTHING
        if ticket.waits and not order.is_triggered and ticket.type not in TAKE_STOPS:
            return NOTHING
        if not ticket.is_buy:
            return order.remaining
        return order.remaining * (ticket.price or ticket.stop_price or Decimal(self.quote(ticket.symbol).ask))

    def _would_take_though_it_must_not(self, order: SpotOrder) -> bool:
        """Tell whether a post-only order would cross, or an order of all or nothing would fill in part."""
        price = self._reached(order)
        match order.ticket.time_in_force:
            case "PostOnly":
                return price is not None
            case "FOK":
                return price is None or self.state.fill_share < 1 or self.state.hold_fills
        return False

    def _reached(self, order: SpotOrder) -> Decimal | None:
        """Return the price at which an order would fill now, None where it would not."""
        ticket, quote = order.ticket, self.quote(order.ticket.symbol)
        best = Decimal(quote.ask if ticket.is_buy else quote.bid)
        if ticket.price is None or ticket.type not in LIMITED:
            return best
        is_reached = best <= ticket.price if ticket.is_buy else best >= ticket.price
        return best if is_reached else None

    def _trigger(self, order: SpotOrder) -> None:
        """Let a price trigger an order."""
        stop = order.ticket.stop_price
        if stop is None or order.is_triggered:
            return
        last = Decimal(self.quote(order.ticket.symbol).last)
        order.is_triggered = last >= stop if order.is_above else last <= stop

    def _match(self, order: SpotOrder, *, is_new: bool) -> None:
        """Fill an order where a price reaches it."""
        price, share = self._reached(order), self.state.fill_share
        if not order.is_live or price is None or self.state.hold_fills or (order.fills and share < 1):
            return
        step = Decimal(1).scaleb(-MARKETS[order.ticket.symbol].quantity_precision)
        quantity = order.remaining if share >= 1 else (order.remaining * share).quantize(step, ROUND_DOWN)
        is_maker = order.ticket.type == "LIMIT" and not is_new
        paid = order.ticket.price if is_maker and order.ticket.price is not None else price
        if quantity > 0:
            self.fill(order, quantity=quantity, price=paid, is_maker=is_maker)
