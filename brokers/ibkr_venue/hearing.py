"""What the gateway says by itself of orders and executions, told once each time that it says more.

    status, fill, commission ──▶ told
    error that names an order ─▶ looked up; told when open orders and executions agree that something has changed
    position has moved ────────▶ executions are asked for: those made by hand or by another program come no other way
    link lost ─────────────────▶ `events` raises, and the loop looks

While a call that places or cancels an order is under way, the order is told by that call.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import Final

import msgspec
from ib_async import IB, Position, Trade

from brokers.ibkr_venue import states
from brokers.ibkr_venue.contracts import Contracts
from brokers.ibkr_venue.executions import execution_of, midnight
from brokers.ibkr_venue.finding import Lists
from brokers.ibkr_venue.heard import Heard
from brokers.ibkr_venue.link import Link
from brokers.ibkr_venue.refusals import Trouble
from brokers.ibkr_venue.seen import Memory, Seen
from brokers.venue import Busy, VenueError
from bus.log import logger
from bus.messages.venues import OrderEvent, Traded
from bus.time_source import TimeSource

JUST_S: Final = 5.0

log = logger(__name__)


class _Look(msgspec.Struct, frozen=True):
    """Stands in the queue for a look at executions, and at the orders that an error has named."""


class Hearing:
    """Listens to the link, for as long as the process lives."""

    def __init__(self, link: Link, contracts: Contracts, lists: Lists, *, time: TimeSource) -> None:
        """Begin to listen.

        Args:
            link: The link to the gateway.
            contracts: Names what is traded.
            lists: Reads the gateway's lists.
            time: The clocks.
        """
        self._link = link
        self._contracts = contracts
        self._lists = lists
        self._time = time
        self._memory = Memory()
        self._numbers: dict[int, Seen] = {}
        self._doubtful: dict[str, Seen] = {}
        self._queue: asyncio.Queue[Seen | VenueError | _Look] = asyncio.Queue()
        self._filled_s: dict[Traded, float] = {}
        self._is_look_due = False
        self._looking: asyncio.Task[None] | None = None
        self._is_caught_up = False
        self._held: dict[int, float] = {}
        self._hooked: IB | None = None
        link.listen(self._hear)

    async def events(self) -> AsyncIterator[OrderEvent]:
        """Yield what the gateway says by itself, each time that it says more.

        Raises:
            VenueError: The link was lost.
        """
        while True:
            item = await self._queue.get()
            if isinstance(item, VenueError):
                raise item
            if isinstance(item, _Look):
                self._begin_look()
            elif (event := self._untold(item)) is not None:
                item.told = event
                yield event

    def remember(self, account: str) -> None:
        """Remember the account that execution has last named; what could not be told without it is told now.

        Args:
            account: Its uid in the ledger.
        """
        if account != self._link.account:
            self._link.remember(account)
            for seen in self._memory:
                self._queue.put_nowait(seen)

    @contextlib.contextmanager
    def calling(self, client_order_id: str) -> Iterator[Seen]:
        """Give what is heard of an order while a call for it is under way, which tells of it.

        Args:
            client_order_id: Our name for it.

        Yields:
            What is heard of it, growing while the `with` lasts.
        """
        seen = self._memory.of(client_order_id, 0)
        seen.calls += 1
        seen.begin()
        try:
            yield seen
        finally:
            seen.calls -= 1
            self._queue.put_nowait(seen)

    def agreed(self, client_order_id: str, found: OrderEvent | None) -> OrderEvent | None:
        """Return what the lists have of an order, with the reason that the gateway has told of it.

        Args:
            client_order_id: Our name for it.
            found: What they have; None for nothing.

        Raises:
            Busy: They have nothing, and fills of this day were heard of: they are not whole.
        """
        seen, since = self._memory.of(client_order_id, 0), midnight(self._time.now())
        if found is None and any(each.exec_time >= since for each in seen.executions.values()):
            raise Busy("IB's lists lack fills that it has told", code="lists")
        return found and seen.with_reason(found)

    def number(self, order_id: int, seen: Seen) -> None:
        """Note under which number an order goes on this connection: errors name it so.

        Args:
            order_id: The number.
            seen: The order.
        """
        self._numbers[order_id] = seen

    def has_just_filled(self, traded: Traded) -> bool:
        """Tell whether a fill was heard of so recently that positions may not show it yet.

        Args:
            traded: The instrument.
        """
        return self._time.monotonic() - self._filled_s.get(traded, -JUST_S) < JUST_S

    def look_again(self) -> None:
        """Have the orders looked up soon that could not be looked up before."""
        if self._doubtful:
            self._want_look()

    async def catch_up(self) -> None:
        """Ask for the executions that were not heard of; those from before this life are only learned.

        Raises:
            VenueError: They could not be read.
        """
        executions = await self._lists.executions()
        for each in executions:
            seen = self._memory.of(each.client_order_id or "", int(each.broker_order_id or 0))
            is_new = seen.take((each,))
            if is_new and self._is_caught_up and seen.placed is None and each.client_order_id:
                self._doubt(seen)  # executions alone do not say what it is
            elif is_new and self._is_caught_up:
                self._queue.put_nowait(seen)
            elif is_new and not seen.calls:
                seen.told = self._event(seen)
        self._is_caught_up = True

    def _hear(self, heard: Heard) -> None:
        """Take in what the link tells; never waits."""
        match heard:
            case Heard(kind="LOST"):
                self._lose()
            case Heard(kind="WELL"):
                self._hook()
                self._want_look()
            case Heard(kind="ERROR"):
                self._erred(heard)
            case Heard(kind="OPEN" | "STATUS", trade=trade) if trade is not None and self._is_mine(trade.order.account):
                seen = self._seen(trade)
                if heard.kind == "OPEN":
                    seen.opened(trade)
                else:
                    seen.word(trade)
                self._queue.put_nowait(seen)
            case Heard(fill=fill) if fill is not None and self._is_mine(fill.execution.acctNumber):
                seen = self._memory.of(fill.execution.orderRef, fill.execution.permId)
                traded, seen.is_known = self._contracts.traded(fill.contract), True
                seen.take((execution_of(fill, fill.commissionReport, traded),))
                self._filled_s[traded] = self._time.monotonic()
                self._queue.put_nowait(seen)

    def _is_mine(self, number: str) -> bool:
        """Tell whether an account is this one; an order's is empty until the gateway has said it."""
        return number in {"", self._link.number}

    def _seen(self, trade: Trade) -> Seen:
        """Return what is heard of an order, by its name; note its number, where it is one of this program's."""
        seen = self._memory.of(trade.order.orderRef, trade.order.permId or trade.orderStatus.permId)
        if trade.order.clientId == self._link.client_id and trade.order.orderId > 0:
            self._numbers[trade.order.orderId] = seen
        return seen

    def _erred(self, heard: Heard) -> None:
        """Take in an error that names an order: it ends nothing, and is looked into."""
        seen = self._numbers.get(heard.request)
        if seen is None or (seen.is_over and not seen.calls):
            return
        seen.trouble = Trouble(heard.number, heard.text)
        seen.stir()
        log.info("the gateway says of an order", order=seen.key, code=heard.number)
        if seen.trouble.is_news:
            self._queue.put_nowait(seen)
        elif not seen.calls:
            self._doubt(seen)

    def _lose(self) -> None:
        """Note that the link was lost: what was sent last may not have arrived, and numbers mean nothing any more."""
        self._numbers.clear()
        for seen in self._memory:
            seen.lose()
        self._queue.put_nowait(states.error(states.DROPPED))

    def _hook(self) -> None:
        """Learn the numbers of the orders that the connection has; have it told when a position moves, once on each."""
        ib = self._link.ib
        for trade in ib.trades():
            self._seen(trade)
        if ib is not self._hooked:
            self._hooked, self._held = ib, {}
            ib.positionEvent += self._moved

    def _moved(self, position: Position) -> None:
        """Look at executions when a position is not what it was."""
        con_id = position.contract.conId
        if self._held.get(con_id) != position.position:
            self._held[con_id] = position.position
            self._want_look()

    def _doubt(self, seen: Seen) -> None:
        """Have an order looked up soon."""
        self._doubtful[seen.key] = seen
        self._want_look()

    def _want_look(self) -> None:
        """Have a look taken soon, once."""
        if not self._is_look_due:
            self._is_look_due = True
            self._queue.put_nowait(_Look())

    def _begin_look(self) -> None:
        """Look beside what is told, which must not wait for it; once at a time, and again for what came meanwhile."""
        if self._looking is not None and not self._looking.done():
            self._looking.add_done_callback(lambda _: self._queue.put_nowait(_Look()))
            return
        self._is_look_due = False
        self._looking = asyncio.ensure_future(self._look())
        self._looking.add_done_callback(_ended)

    async def _look(self) -> None:
        """Look at executions, and at the orders that an error has named; what cannot be read is read another time."""
        try:
            await self.catch_up()
            if self._doubtful:
                await self._look_into_doubtful()
        except VenueError as error:
            log.info("executions cannot be read", reason=error.reason, code=error.code)

    async def _look_into_doubtful(self) -> None:
        """Read what became of the orders that an error has named."""
        doubtful, whole = dict(self._doubtful), await self._lists.read()
        for key, seen in doubtful.items():
            self._doubtful.pop(key, None)
            found = next((each for each in reversed(whole.orders) if seen.is_of(each)), None)
            if found is not None:
                seen.placed = found
            self._queue.put_nowait(seen)

    def _untold(self, seen: Seen) -> OrderEvent | None:
        """Return what is to be told of an order; None where nothing is new, or a call tells it."""
        event = self._event(seen)
        if event is None or seen.calls or not self._link.account:
            return None
        if seen.placed is None and seen.key in self._doubtful:
            return None  # a look is due that says what it is
        told = seen.told and msgspec.structs.replace(seen.told, account=event.account, at=event.at)
        return None if told == event else event

    def _event(self, seen: Seen) -> OrderEvent | None:
        """Return all that is known of an order."""
        return seen.event(self._link.account, at=self._time.now())


def _ended(task: "asyncio.Task[None]") -> None:
    """Hand an error that nobody foresaw to the event loop, which ends the process."""
    if not task.cancelled() and (error := task.exception()) is not None:
        asyncio.get_running_loop().call_exception_handler({"message": "looking failed", "exception": error})
