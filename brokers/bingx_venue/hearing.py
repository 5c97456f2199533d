"""What BingX says by itself: nothing that is believed, and all that is needed to know what to read by REST.

    order has changed ──────────▶ it is read, once for all that is said of it meanwhile; told if it is news
    stream opened, again or first ▶ all orders that have not ended are read, and those of fills that nobody has told
    stream away ────────────────▶ orders that have not ended are read every few seconds
    margin has changed ─────────▶ what is kept of it is forgotten
    stream lost ────────────────▶ `events` raises, and the loop looks whether BingX answers

While a call that places or cancels an order is under way, the order is told by that call, and read after it.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from datetime import datetime, timedelta
from typing import Final, Protocol

import msgspec

from brokers.bingx_venue.frames import ConfigChanged, OrderChanged, Said
from brokers.bingx_venue.stream import Opened, Stream
from brokers.bingx_venue.watching import Due, Name, Pauses, Watching, liquidated, name_of
from brokers.venue import Busy, Denied, OrderName, VenueError
from bus import backoff, reasons
from bus.log import logger
from bus.messages.venues import Execution, OrderEvent
from bus.time_source import TimeSource

AWAY_TOLD_S: Final = 60.0
MARGIN: Final = timedelta(minutes=1)
"""Of time that is looked at twice after a gap: clocks differ."""
READ_WITHIN_S: Final = 10.0
MOST_LOOKS: Final = 6
"""So often an order is looked for that was spoken of and is not to be found."""

log = logger(__name__)


class Orders(Protocol):
    """Where orders and fills are read."""

    async def find(self, account: str, order: OrderName) -> OrderEvent | None:
        """Find an order with all of its executions; None where there is none of its name now."""
        ...

    async def executions(self, account: str, since: datetime) -> tuple[Execution, ...]:
        """Read all fills from a moment on, those of foreign orders too."""
        ...


class Hearing:
    """Listens to the streams, for as long as the process lives, and reads what they speak of."""

    def __init__(
        self,
        streams: tuple[Stream, ...],
        orders: Orders,
        *,
        config_changed: Callable[[str], None],
        time: TimeSource,
        pauses: Pauses = Pauses(),  # noqa: B008 - frozen
    ) -> None:
        """Listen to nothing yet.

        Args:
            streams: Of perpetuals, and of spot where there is any.
            orders: Where orders are read.
            config_changed: Hears the symbol whose margin mode or leverage is not what it was; empty for any.
            time: The clocks.
            pauses: How long to wait.
        """
        self._streams = streams
        self._orders = orders
        self._config_changed = config_changed
        self._time = time
        self._pauses = pauses
        self._watching = Watching()
        self._account = ""
        self._calls: list[OrderName] = []
        self._settings: dict[str, str] = {}
        self._away_since = {each.asset_type: time.monotonic() for each in streams}
        self._heard_at = {each.asset_type: time.now() for each in streams}
        self._unheard_since: datetime | None = None
        self._queue: asyncio.Queue[OrderEvent | VenueError] = asyncio.Queue()
        self._stirred = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def events(self) -> AsyncIterator[OrderEvent]:
        """Yield what has become of orders, each time that it is news.

        Raises:
            VenueError: A stream was lost; called again it goes on.
        """
        if not self._tasks:
            self._tasks = [self._start(self._listen(each)) for each in self._streams]
            self._tasks.append(self._start(self._read_all()))
        try:
            while True:
                item = await self._queue.get()
                if isinstance(item, VenueError):
                    raise item
                yield item
        except (asyncio.CancelledError, GeneratorExit):
            await self._end()
            raise

    def hindrance(self) -> VenueError | None:
        """Tell that a stream has been away for long; orders go on."""
        since_s = min(self._away_since.values(), default=None)
        if since_s is None or self._time.monotonic() - since_s < AWAY_TOLD_S:
            return None
        return Busy(f"BingX's stream is away: orders are asked for every {self._pauses.away_s:g} s", code="stream")

    def remember(self, account: str) -> None:
        """Remember the account that execution has last named: nothing is read before.

        Args:
            account: Its uid in the ledger.
        """
        if account != self._account:
            self._account = account
            self._stirred.set()

    @contextlib.contextmanager
    def calling(self, order: OrderName) -> Iterator[None]:
        """Leave an order to the call for it that is under way, which tells of it.

        Args:
            order: Its names.
        """
        self._calls.append(order)
        try:
            yield
        finally:
            self._calls.remove(order)
            self._stirred.set()

    def learn(self, order: OrderName, event: OrderEvent) -> OrderEvent:
        """Take in what a call has found an order to be.

        Args:
            order: Its names.
            event: What it is.

        Returns:
            The event.
        """
        self._watching.learn(order, event, now_s=self._time.monotonic())
        self._stirred.set()
        return event

    def _start(self, work: Coroutine[None, None, None]) -> "asyncio.Task[None]":
        """Start a part that lives as long as this does."""
        task = asyncio.ensure_future(work)
        task.add_done_callback(_ended)
        return task

    async def _end(self) -> None:
        """End all parts."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _listen(self, stream: Stream) -> None:
        """Hear one stream, for ever, with pauses that grow while it cannot be opened."""
        failures, kind, pauses = 0, stream.asset_type, self._pauses
        while True:
            try:
                async for said in stream.messages():
                    failures = 0
                    self._hear(said, stream)
            except VenueError as error:
                log.info("stream ended", kind=kind, reason=error.reason, code=error.code, failures=failures)
                if kind not in self._away_since or isinstance(error, Denied):
                    self._queue.put_nowait(error)
            self._away_since.setdefault(kind, self._time.monotonic())
            self._stirred.set()
            pause_s = backoff.pause_s(
                failures, first_s=pauses.first_connect_s, longest_s=pauses.longest_connect_s, jitter=0.3
            )
            failures += 1
            await asyncio.sleep(pause_s)

    def _hear(self, said: Opened | Said, stream: Stream) -> None:
        """Take in what a stream says; never waits."""
        now = self._time.now()
        match said:
            case Opened():
                log.info("stream opened", kind=stream.asset_type)
                self._away_since.pop(stream.asset_type, None)
                since = self._heard_at[stream.asset_type] - MARGIN
                self._unheard_since = min(self._unheard_since or since, since)
                for each in self._watching.watched():
                    self._watching.want(each.name, at_s=0.0)
                self._settings.clear()
                self._stirred.set()
            case OrderChanged():
                names = {each.client_order_id for each in self._calls}
                self._watching.want(name_of(said, names), at_s=0.0, is_liquidation=said.is_liquidation)
                self._stirred.set()
            case ConfigChanged() if self._settings.get(said.symbol) != said.setting:
                self._settings[said.symbol] = said.setting
                self._config_changed(said.symbol)
        self._heard_at[stream.asset_type] = now

    def _is_calling(self, name: Name) -> bool:
        """Tell whether an order may be the one of a call under way; one without a name is, of the same instrument."""
        return any(
            each.client_order_id == name.client_order_id
            or (not name.client_order_id and each.instrument == name.instrument)
            for each in self._calls
        )

    async def _read_all(self) -> None:
        """Read what is due, one after another, for ever."""
        while True:
            self._stirred.clear()
            now_s = self._time.monotonic()
            if self._account:
                self._want_watched(now_s)
                if self._unheard_since is not None:
                    await self._catch_up(self._unheard_since)
                if (due := self._watching.take(now_s, but=self._is_calling)) is not None:
                    await self._read(self._account, due)
                    continue
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stirred.wait(), self._pause_s(now_s))

    def _pause_s(self, now_s: float) -> float:
        """Return after how long something may be due by itself."""
        next_s = self._watching.next_s(but=self._is_calling)
        pause_s = self._pauses.away_s if next_s is None else min(self._pauses.away_s, next_s - now_s)
        return max(pause_s, 0.01)

    def _want_watched(self, now_s: float) -> None:
        """Have the orders read that have not ended, and were not read for a while."""
        for each in self._watching.watched():
            is_away = each.name.instrument.asset_type in self._away_since
            if now_s - each.read_s >= (self._pauses.away_s if is_away else self._pauses.calm_s):
                each.read_s = now_s
                self._watching.want(each.name, at_s=now_s)

    async def _catch_up(self, since: datetime) -> None:
        """Have the orders read that were filled while nothing was heard."""
        self._unheard_since = None
        try:
            async with asyncio.timeout(READ_WITHIN_S):
                executions = await self._orders.executions(self._account, since)
        except (VenueError, TimeoutError) as error:
            log.info("fills cannot be read", error=type(error).__name__)
            self._unheard_since = min(self._unheard_since or since, since)
            await asyncio.sleep(self._pauses.first_again_s)
            return
        for name in self._watching.untold(executions):
            self._watching.want(name, at_s=0.0)

    async def _read(self, account: str, due: Due) -> None:
        """Read an order, and tell what is news; one that cannot be read is read again."""
        due.name = self._watching.known(due.name)
        try:
            async with asyncio.timeout(READ_WITHIN_S):
                found = await self._orders.find(account, due.name)
        except (VenueError, TimeoutError) as error:
            code = error.code if isinstance(error, VenueError) else reasons.TIMEOUT
            log.info("order cannot be read", order=due.name.key, code=code)
            self._again(due)
            return
        if found is None:
            if due.failures < MOST_LOOKS:
                self._again(due)
            return
        if found.status in {"UNKNOWN", "NOWHERE"}:  # fills and order do not agree yet
            self._again(due)
            return
        event = liquidated(found) if due.is_liquidation else found
        if self._watching.learn(due.name, event, now_s=self._time.monotonic()):
            self._queue.put_nowait(msgspec.structs.replace(event, reply_to=""))

    def _again(self, due: Due) -> None:
        """Have an order read again after a pause."""
        pauses = self._pauses
        pause_s = backoff.pause_s(due.failures, first_s=pauses.first_again_s, longest_s=pauses.longest_again_s)
        self._watching.again(due, at_s=self._time.monotonic() + pause_s)


def _ended(task: "asyncio.Task[None]") -> None:
    """Hand an error that nobody foresaw to the event loop, which ends the process."""
    if not task.cancelled() and (error := task.exception()) is not None:
        asyncio.get_running_loop().call_exception_handler({"message": "hearing failed", "exception": error})
