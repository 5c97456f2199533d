"""The orders of a broker: each placed at most once, whatever is repeated, replayed or lost.

    heard, surely new ───────────────▶ place ──▶ what the venue says
    heard, never before, written for this very life of the broker ──▶ surely new
    heard, perhaps known ──▶ find ──▶ found: what it is · surely nowhere: place · else UNKNOWN, looked for
    place: Busy ─────────────▶ NOWHERE with `retry_after_s`: said again after that, it is placed
    place: Unknown ──▶ UNKNOWN, looked for with growing pauses ──▶ found, or NOWHERE by the venue's rule

An order that was NOWHERE without `retry_after_s` is placed again only when it is told with `may_be_known` off: then
execution has read the NOWHERE and has decided anew, and it is no repetition that was on its way.
"""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime
from decimal import Decimal
from typing import Literal

import msgspec

from brokers.desk.calls import change
from brokers.desk.known import Known, Memory, Name
from brokers.desk.looking import Looking
from brokers.desk.merging import ENDED, looked_up, merged
from brokers.desk.standing import Standing
from brokers.venue import Busy, Unknown, Venue, VenueError
from bus.log import logger
from bus.messages.venues import AtVenue, CancelOrder, LookUpOrder, OrderEvent, PlaceOrder
from bus.signing import LIFE

Start = Callable[[Coroutine[None, None, None]], object]
Cause = Literal["placeorder", "cancelorder", "lookuporder", ""]

log = logger(__name__)


class Orders:
    """Places, cancels and looks up; the calls of one account go out one after another, in the order heard."""

    def __init__(
        self, venue: Venue, standing: Standing, *, say: Callable[[OrderEvent], None], start: Start, boot: str
    ) -> None:
        """Know no order.

        Args:
            venue: Where they are placed.
            standing: How the connection is, what was proven, the clocks and the pace.
            say: Tells execution.
            start: Starts a task that ends with the process.
            boot: Names this life of the broker.
        """
        self._venue = venue
        self._standing = standing
        self._say = say
        self._start = start
        self._boot = boot
        self._began_at = standing.time.now()  # until then an earlier life may have sent what this one has not heard of
        self._memory = Memory()
        self._lanes: dict[str, asyncio.Lock] = {}
        self._looking = Looking(venue, standing, found=self._found)

    def place(self, order: PlaceOrder, *, within_s: float = LIFE.total_seconds(), is_doubtful: bool) -> None:
        """Place an order, or say again what is known of it.

        Args:
            order: What to place.
            within_s: The call of the venue begins within so many seconds, or not at all: execution counts on it.
            is_doubtful: Whether an earlier life of this program may have heard the same words.
        """
        known = self._memory.find(order.account, order.client_order_id)
        if known is None:
            known = self._new(order, may_be_there=self._may_be_there(order, is_doubtful=is_doubtful))
        elif known.is_calling:
            known.order, known.until_s = order, self._standing.time.monotonic() + within_s
            return  # what is said of it comes with the call
        elif not self._may_place(known, order):
            self._say_again(known, "placeorder")
            return
        known.order, known.until_s = order, self._standing.time.monotonic() + within_s
        known.is_calling = True
        self._start(self._place(known))

    def cancel(self, order: CancelOrder) -> None:
        """Cancel an order, once at a time.

        Args:
            order: What to cancel; one that is nowhere is said so again.
        """
        known = self._of(order, placed_at=self._standing.time.now())
        if known.event is not None and known.event.status == "NOWHERE" and not known.is_calling:
            known.event = msgspec.structs.replace(known.event, retry_after_s=None)
            self._say_again(known, "cancelorder")
            return
        self._start(self._cancel(known))

    def look_up(self, order: LookUpOrder) -> None:
        """Find out what an order is; while it is placed the placing is the answer.

        Args:
            order: What to look for.
        """
        known = self._of(order, placed_at=max(order.placed_at, self._began_at))
        if not known.is_calling:
            self._look(known)

    def heard_of(self, event: OrderEvent) -> None:
        """Take in what the venue says by itself, and tell it with all that is known.

        Args:
            event: Of any order, those of nobody here too.
        """
        known = self._memory.find(event.account, event.client_order_id) if event.client_order_id else None
        if known is None:
            self._say(event)
            return
        known.event = merged(known.event, event)
        self._say(msgspec.structs.replace(known.event, reply_to=""))

    def look_now(self) -> None:
        """Look at once for all that is looked for: the venue has just come back."""
        self._looking.hurry()

    def lane(self, account: str) -> asyncio.Lock:
        """Return what lets the calls of an account through one by one, in the order in which they came.

        Args:
            account: Its uid.
        """
        return self._lanes.setdefault(account, asyncio.Lock())

    async def _place(self, known: Known) -> None:
        """Place an order when its turn has come."""
        try:
            async with self.lane(known.account):
                event = await self._placed(known)
        finally:
            known.is_calling = False
        self._settle(known, event, "placeorder")
        if event.status == "UNKNOWN":
            self._look(known)

    async def _placed(self, known: Known) -> OrderEvent:
        """Make sure that an order is not at the venue, then place it; return what is known then."""
        order, pace = known.order, self._standing.pace
        if order is None:
            return self._event(known, "UNKNOWN")
        if known.may_be_there:
            there = await self._first_look(known)
            if there is not None:
                return there
        if self._standing.time.monotonic() >= known.until_s:
            return self._later(known, Busy("it waited too long for its turn", retry_after_s=0.0))
        if not self._standing.is_connected:
            return self._later(known, Busy(self._standing.reason or "not connected"))
        if refusal := self._standing.why_not_of(order):
            return self._event(known, "REJECTED", reason=refusal)
        known.placed_at, known.may_be_there = self._standing.time.now(), True
        try:
            return merged(known.event, await change(self._venue.place(order), within_s=pace.call_s))
        except Busy as error:
            known.may_be_there = False
            return self._later(known, error)
        except Unknown as error:
            known.placed_at = self._standing.time.now()  # it may have left at any moment of the call
            return self._unknown(known, error)
        except VenueError as error:
            known.may_be_there = False
            self._standing.note(error)
            return self._event(known, "REJECTED", reason=error.reason, code=error.code)

    async def _first_look(self, known: Known) -> OrderEvent | None:
        """Ask for an order before it is placed; None when it is surely nowhere."""
        try:
            found = await self._looking.once(known)
        except VenueError as error:
            return self._unknown(known, error)
        if found is not None:
            return looked_up(known.event, found)
        now = self._standing.time.now()
        if self._venue.is_surely_nowhere(placed_at=known.placed_at, looked=1, now=now):
            return None
        return self._event(known, "UNKNOWN", reason="not found yet")

    async def _cancel(self, known: Known) -> None:
        """Cancel an order when its turn has come; whatever goes wrong, what it is then is looked up."""
        async with self.lane(known.account):
            try:
                call = self._venue.cancel(known.account, known.name)
                event = await change(call, within_s=self._standing.pace.call_s)
            except VenueError as error:
                log.info("not cancelled", order=known.name.client_order_id, reason=error.reason, code=error.code)
                self._standing.note(error)
                self._look(known, reason=error.reason)
                return
        self._settle(known, looked_up(known.event, event), "cancelorder")
        if event.status == "UNKNOWN":
            self._look(known)

    def _look(self, known: Known, *, reason: str = "") -> None:
        """Look for an order until it is found or surely nowhere; where that goes on already, do it now."""
        if known.is_looking:
            self._looking.hurry()
            return
        known.is_looking = True
        self._start(self._looking.until_found(known, reason=reason))

    def _found(self, known: Known, found: OrderEvent | None, *, reason: str = "") -> None:
        """Settle what a look has found; None for nowhere."""
        if found is None:
            known.may_be_there = False
            self._settle(known, self._event(known, "NOWHERE", reason=reason), "lookuporder")
            return
        event = looked_up(known.event, found)
        words = event.reason or ("" if event.status in ENDED else reason)
        self._settle(known, msgspec.structs.replace(event, reason=words), "lookuporder")

    def _may_place(self, known: Known, order: PlaceOrder) -> bool:
        """Tell whether an order that was heard of may go to the venue: only where it surely is not there."""
        event = known.event
        if known.is_looking or event is None or event.status != "NOWHERE":
            return False
        if event.retry_after_s is None:
            return not order.may_be_known
        return self._standing.time.monotonic() >= known.again_s

    def _may_be_there(self, order: PlaceOrder, *, is_doubtful: bool) -> bool:
        """Tell whether the venue may have an order that is not remembered.

        It has not where the order was written for this very life: nobody else can have placed it, and this life would
        remember it, unless it has forgotten orders already.
        """
        if order.boot == self._boot and not self._memory.has_forgotten:
            return False
        return order.may_be_known or is_doubtful

    def _later(self, known: Known, error: Busy) -> OrderEvent:
        """Return the event of an order that is surely not at the venue, and may be said again after a while."""
        pause_s = self._standing.pace.busy_s if error.retry_after_s is None else error.retry_after_s
        known.again_s = self._standing.time.monotonic() + pause_s
        self._standing.note(error)
        event = self._event(known, "NOWHERE", reason=error.reason, code=error.code)
        return msgspec.structs.replace(event, retry_after_s=pause_s)

    def _unknown(self, known: Known, error: VenueError) -> OrderEvent:
        """Return the event of an order whose answer was lost; what the venue has told by itself meanwhile stays."""
        if known.event is not None and known.event.status not in {"UNKNOWN", "NOWHERE"}:
            return known.event
        return self._event(known, "UNKNOWN", reason=error.reason, code=error.code)

    def _settle(self, known: Known, event: OrderEvent, cause: Cause) -> None:
        """Keep what is known of an order, and tell it."""
        known.event = msgspec.structs.replace(event, reply_to=cause)
        log.info("order", id=known.name.client_order_id, status=event.status, why=cause, code=event.code or "-")
        if event.broker_order_id:
            known.name = msgspec.structs.replace(known.name, broker_order_id=event.broker_order_id)
        self._say(known.event)

    def _say_again(self, known: Known, cause: Cause) -> None:
        """Say what was said of an order, if anything was."""
        if known.event is not None:
            self._say(msgspec.structs.replace(known.event, reply_to=cause))

    def _event(self, known: Known, status: AtVenue, *, reason: str = "", code: str = "") -> OrderEvent:
        """Return an event of our own making, with the executions that are known."""
        return OrderEvent(
            account=known.account,
            client_order_id=known.name.client_order_id,
            broker_order_id=known.name.broker_order_id,
            status=status,
            at=self._standing.time.now(),
            executions=known.event.executions if known.event else (),
            filled_quantity=known.event.filled_quantity if known.event else Decimal(0),
            reason=reason,
            code=code,
        )

    def _new(self, order: PlaceOrder, *, may_be_there: bool) -> Known:
        """Remember an order that is to be placed."""
        name = Name(client_order_id=order.client_order_id, broker_order_id=None, instrument=order.instrument)
        placed_at = self._standing.time.now()
        return self._memory.add(
            Known(account=order.account, name=name, placed_at=placed_at, order=order, may_be_there=may_be_there)
        )

    def _of(self, order: CancelOrder | LookUpOrder, *, placed_at: datetime) -> Known:
        """Return what is known of an order that execution names; remembered from now on."""
        known = self._memory.find(order.account, order.client_order_id)
        if known is not None:
            return known
        name = Name(
            client_order_id=order.client_order_id,
            broker_order_id=order.broker_order_id,
            instrument=order.instrument,
        )
        return self._memory.add(Known(account=order.account, name=name, placed_at=placed_at))
