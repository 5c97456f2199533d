"""Placing orders of perpetuals: what has to be known first, one call that sends it, and what became of it.

Follows BingX's "Place order" of perpetuals (read 2026-11).

    mode, steps ▶ opening: margin and leverage as wanted ─┐
                ▶ closing: what is held ──────────────────┼▶ POST ─▶ taken ──────▶ read with its fills
                ▶ leg: what came with its opening ────────┘        ─▶ duplicate ─▶ looked up: it is there
                                                                   ─▶ no position ▶ asked for again, then Refused
                                                                   ─▶ wrong mode ─▶ once more, for the other one
                                                                   ─▶ lost ──────▶ Unknown

Quirks: what is answered to an order says nothing of its fills. Error 109400 is said of an order for the other position
mode, and of other things; the mode tells which.
"""

import asyncio
from datetime import datetime
from decimal import Decimal
from typing import Final

from brokers.bingx_venue.account import Account
from brokers.bingx_venue.contracts import Contracts
from brokers.bingx_venue.errors import NOTHING_TO_CLOSE, is_duplicate
from brokers.bingx_venue.fills import total
from brokers.bingx_venue.legs import KINDS
from brokers.bingx_venue.margin import Margin
from brokers.bingx_venue.modes import WRONG_MODE, position_side
from brokers.bingx_venue.ordered import check_steps, held_back, parameters
from brokers.bingx_venue.orders_wire import ORDER, Placed, read_number, text
from brokers.bingx_venue.parts import Parts
from brokers.bingx_venue.remembered import Sent
from brokers.desk.known import Name
from brokers.venue import Busy, Malformed, Refused, Unknown, VenueError
from bus.messages.venues import AtVenue, OrderEvent, PlaceOrder

POST_ONLY_CROSSES: Final = "101215"
FILLED_S: Final = (0.0, 0.15, 0.3, 0.6)
"""How long a market order gets to fill, looked at after each of these pauses."""
AGAIN_S: Final = 0.5
"""So long a position may take to show, or to show no more, what was filled."""
MOVING_S: Final = 3.0
"""An order this young may have filled without the position showing it."""
SHOWN_S: Final = 0.3
MOST_LOOKS: Final = 5
"""So often a leg that came with its opening is looked for, which BingX may list late, or in parts."""
CROSSED: Final = "it would have been filled at once"


class Placing:
    """Sends orders, and reads what became of them."""

    def __init__(self, parts: Parts, *, contracts: Contracts, margin: Margin, account: Account) -> None:
        """Keep what is needed.

        Args:
            parts: What finds and cancels orders.
            contracts: Knows the steps of instruments.
            margin: Sees to margin mode and leverage before an opening.
            account: Tells what is held.
        """
        self._parts = parts
        self._contracts = contracts
        self._margin = margin
        self._account = account
        self._sent_at: dict[str, datetime] = {}

    async def place(self, order: PlaceOrder) -> OrderEvent:
        """Place an order, once.

        Args:
            order: What execution wants.

        Returns:
            What became of it, with its fills so far.

        Raises:
            VenueError: Unknown where it may be placed all the same; any other one means that it surely is not.
        """
        steps = await self._contracts.steps(order.instrument)
        check_steps(order, steps)
        side = position_side(order, is_hedged=await self._parts.modes.is_hedged())
        parameters(order, side, order.quantity)
        if order.leg in KINDS:
            taken = await self._adopted(order, side)
            if taken is not None:
                return await self._parts.finding.event(order.account, taken)
        if order.reduce_only:
            return await self._send(order, side, held_back(order, await self._held(order), steps))
        await self._margin.ensure(order)
        return await self._send(order, side, order.quantity)

    async def _adopted(self, order: PlaceOrder, side: str) -> Placed | None:
        """Return what came with the opening and is this leg; what came in other sizes goes first, each of it."""
        for _ in range(MOST_LOOKS):
            found = await self._parts.legs.look(order, side)
            if found.taken is not None:
                return found.taken
            if found.misfit is not None:
                await self._remove(found.misfit)
            elif self._is_awaited(order):
                await asyncio.sleep(SHOWN_S)
            else:
                return None
        if found.misfit is not None:
            raise Busy("there are more legs than can go at once", retry_after_s=AGAIN_S)
        return None

    async def _remove(self, misfit: Placed) -> None:
        """Cancel a leg that does not fit; Busy where it may have closed something meanwhile."""
        try:
            has_gone = await self._parts.cancelling.remove(misfit)
        except Unknown as error:
            raise Busy(error.reason, code=error.code) from None
        if not has_gone:
            raise Busy("the leg that came with the opening has just changed", retry_after_s=AGAIN_S)

    def _is_awaited(self, leg: PlaceOrder) -> bool:
        """Tell whether a leg went out with its opening a moment ago: BingX may not list it yet."""
        sent = self._parts.remembered.find(leg.parent or "")
        if sent is None or sent.order is None or sent.at is None:
            return False
        carried = sent.order.stop_loss if leg.leg == "STOP_LOSS" else sent.order.take_profit
        return carried is not None and (self._parts.rest.clock.now() - sent.at).total_seconds() < MOVING_S

    async def _send(self, order: PlaceOrder, side: str, quantity: Decimal, *, is_second: bool = False) -> OrderEvent:
        """Send an order, and read what became of it."""
        parts, now = self._parts, self._parts.rest.clock.now()
        sent = Sent(order=order, position_side=side, at=now, is_shortened=quantity != order.quantity)
        parts.remembered.sending(sent)
        self._sent_at[order.instrument.symbol] = now
        try:
            data = await parts.rest.change("POST", ORDER, **parameters(order, side, quantity))
        except Unknown as error:
            return await self._perhaps(order, error)
        except VenueError as error:
            parts.remembered.forget(order.client_order_id)
            if error.code in WRONG_MODE and not is_second:
                parts.modes.forget()
                other = position_side(order, is_hedged=await parts.modes.is_hedged())
                if other != side:
                    return await self._send(order, other, quantity, is_second=True)
            return await self._refused(order, error)
        try:
            number = read_number(data)
        except Malformed as error:
            raise Unknown(error.reason, code=error.code) from None
        parts.remembered.learn(order.client_order_id, number)
        return await self._taken(sent, quantity, number)

    async def _perhaps(self, order: PlaceOrder, error: Unknown) -> OrderEvent:
        """Return what an order is that BingX says to have already; raise for one whose answer was lost."""
        if not is_duplicate(error):
            raise error
        name = Name(client_order_id=order.client_order_id, broker_order_id=None, instrument=order.instrument)
        try:
            event = await self._parts.finding.find(order.account, name)
        except VenueError as trouble:
            raise Unknown(trouble.reason, code=trouble.code) from None
        if event is None:
            raise error
        return event

    async def _refused(self, order: PlaceOrder, error: VenueError) -> OrderEvent:
        """Return what an order is that BingX has not taken, where that is more than a refusal."""
        if error.code == POST_ONLY_CROSSES:
            return self._event(order, "CANCELED", reason=CROSSED, code=error.code)
        if error.code not in NOTHING_TO_CLOSE or not order.reduce_only:
            raise error
        self._parts.modes.forget()
        if await self._held_now(order) > 0:
            raise Busy("BingX does not see the position yet", code=error.code, retry_after_s=AGAIN_S)
        word = "sell" if order.side == "SELL" else "buy back"
        raise Refused(
            f"nothing to {word}: {text(order.quantity)} {order.instrument.symbol} wanted, 0 held", code=error.code
        )

    async def _taken(self, sent: Sent, quantity: Decimal, number: str) -> OrderEvent:
        """Return what became of an order that BingX has taken; what cannot be read now is looked for."""
        order = sent.order
        if order is None:
            raise Unknown("nothing was sent")
        try:
            if order.type == "MARKET" and (event := await self._at_once(sent, quantity, number)) is not None:
                return event
            return await self._read(order, number)
        except VenueError as error:
            return self._event(order, "UNKNOWN", reason=error.reason, code=error.code, number=number)

    async def _at_once(self, sent: Sent, quantity: Decimal, number: str) -> OrderEvent | None:
        """Return a market order that is filled whole by its fills alone, None for one that is not."""
        order, finding = sent.order, self._parts.finding
        if order is None or sent.at is None:
            return None
        whole = Placed(
            broker_order_id=number,
            client_order_id=order.client_order_id,
            symbol=order.instrument.symbol,
            side=order.side,
            position_side=sent.position_side,
            kind="MARKET",
            word="FILLED",
            quantity=quantity,
            executed=quantity,
            created_at=sent.at,
            updated_at=sent.at,
            is_shortened=sent.is_shortened,
        )
        fills = await self._parts.fills.of(whole)
        is_whole = total(fills) == quantity
        return finding.told(order.account, whole, fills, is_whole=True) if is_whole else None

    async def _read(self, order: PlaceOrder, number: str) -> OrderEvent:
        """Read an order that was taken; a market one gets a moment to fill."""
        finding, lists = self._parts.finding, self._parts.lists
        placed: Placed | None = None
        for pause_s in FILLED_S:
            await asyncio.sleep(pause_s)
            placed = await lists.by_number(order.instrument.symbol, number)
            if placed is not None and not (order.type == "MARKET" and placed.is_resting):
                break
        if placed is None:
            raise Busy("it does not show yet")
        return await finding.event(order.account, placed)

    async def _held(self, order: PlaceOrder) -> Decimal:
        """Return how much is held that a closing takes away; just after an order it is asked for again."""
        held = await self._held_now(order)
        sent_at = self._sent_at.get(order.instrument.symbol)
        is_moving = sent_at is not None and (self._parts.rest.clock.now() - sent_at).total_seconds() < MOVING_S
        if held < order.quantity and is_moving:
            await asyncio.sleep(AGAIN_S)
            held = await self._held_now(order)
        if not held and is_moving and order.leg in KINDS:
            raise Busy("the position does not show yet", retry_after_s=AGAIN_S)
        return held

    async def _held_now(self, order: PlaceOrder) -> Decimal:
        """Return how much is held, long for what sells and short for what buys."""
        held = [each.quantity for each in await self._account.positions() if each.instrument == order.instrument]
        sign = 1 if order.side == "SELL" else -1
        return sum((sign * each for each in held if sign * each > 0), Decimal(0))

    def _event(self, order: PlaceOrder, status: AtVenue, *, reason: str, code: str, number: str = "") -> OrderEvent:
        """Return an event without fills."""
        return OrderEvent(
            account=order.account,
            client_order_id=order.client_order_id,
            broker_order_id=number or None,
            status=status,
            at=self._parts.rest.clock.now(),
            reason=reason,
            code=code,
        )
