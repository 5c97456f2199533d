"""The loop of every broker: what execution has signed in, what the venue says of it out, signed.

    from brokers.loop import serve
    serve("broker-paper", venue, key=key)

One event loop owns the bus and the venue. Its tasks: the pulse (heartbeat, state, what may have come unheard), the
connection (kept for ever, with growing pauses), the venue's own events, and one for each call under way. A call has a
deadline; whatever else goes wrong ends the process, which supervisord starts again: its orders are then looked up.
"""

import asyncio
import contextlib
import secrets
import signal
from collections.abc import Coroutine

from brokers.desk.calls import read
from brokers.desk.mailbox import Mailbox
from brokers.desk.margining import Margining
from brokers.desk.orders import Orders
from brokers.desk.pace import JITTER, USUAL, Pace
from brokers.desk.reading import Reading
from brokers.desk.standing import Standing
from brokers.venue import Venue, VenueError
from bus import backoff
from bus.alerts import Alerts
from bus.connection import Bus
from bus.log import logger
from bus.messages.base import topic
from bus.messages.delivery import AlertStored
from bus.messages.venue_accounts import AskAccount
from bus.messages.venues import (
    AskInstrument,
    AskMargin,
    AskQuote,
    CancelOrder,
    LookUpOrder,
    PlaceOrder,
    Said,
    SetMargin,
    Signed,
)
from bus.process import join
from bus.signing import LIFE
from bus.time_source import SYSTEM_TIME

log = logger(__name__)


def serve(name: str, venue: Venue, *, key: bytes, accounts: tuple[str, ...] = (), pace: Pace = USUAL) -> None:
    """Serve a venue until told to leave.

    Args:
        name: The program, such as `broker-paper`; envelopes are addressed to it.
        venue: What it serves.
        key: What it shares with execution.
        accounts: The accounts that it serves, by their uids; empty for all of its kind.
        pace: How long to wait.
    """
    with join(name, topic(Signed, name), topic(AlertStored), signals=False) as bus:
        asyncio.run(Broker(bus, venue, key=key, accounts=accounts, pace=pace).run())


class Broker:
    """Ties the bus to the desk, and the desk to the venue."""

    def __init__(self, bus: Bus, venue: Venue, *, key: bytes, accounts: tuple[str, ...], pace: Pace) -> None:
        """Begin a life, unconnected.

        Args:
            bus: This process's place on the bus.
            venue: What it serves.
            key: What it shares with execution.
            accounts: Those that it serves; empty for all of its kind.
            pace: How long to wait.
        """
        self._bus = bus
        self._venue = venue
        self._accounts = accounts
        self._boot = secrets.token_hex(8)
        self._started_at = SYSTEM_TIME.now()
        self._alerts = Alerts(bus)
        self._mailbox = Mailbox(bus, self._alerts, key=key, time=SYSTEM_TIME)
        self._standing = Standing(pace=pace)
        self._calls: set[asyncio.Task[None]] = set()
        self._failed = asyncio.Event()
        self._error: BaseException | None = None
        self._orders = Orders(venue, self._standing, say=self._mailbox.say, start=self._start, boot=self._boot)
        self._margins = Margining(
            venue, self._standing, say=self._mailbox.say, start=self._start, lane=self._orders.lane
        )
        self._reading = Reading(venue, self._standing, say=self._mailbox.say, start=self._start)

    async def run(self) -> None:
        """Serve until SIGTERM; an error in any task ends the process. Calls under way get a moment to end."""
        loop = asyncio.get_running_loop()
        stop = asyncio.Event()
        for each in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(each, stop.set)
        loop.set_exception_handler(lambda _, context: self._fail(context.get("exception")))
        loop.add_reader(self._bus.fileno(), self._drain)
        work = (
            self._pulse(),
            self._tell_changes(),
            self._connection(),
            self._events(),
            self._failed.wait(),
            stop.wait(),
        )
        tasks = [asyncio.ensure_future(each) for each in work]
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        loop.remove_reader(self._bus.fileno())
        if self._calls:
            await asyncio.wait(self._calls, timeout=self._standing.pace.finish_s)
        for task in tasks:
            task.cancel()
        for task in done:
            task.result()
        if self._failed.is_set():
            raise self._error or RuntimeError("the event loop has failed")

    async def _pulse(self) -> None:
        """Say that the process lives and how it is, and look at what may have come unheard."""
        while True:
            self._bus.heartbeat_if_due()
            self._tell_state()
            self._drain()
            self._alerts.repeat()
            await asyncio.sleep(self._standing.pace.state_s)

    async def _tell_changes(self) -> None:
        """Tell at once what has changed."""
        while True:
            await self._standing.changed.wait()
            self._standing.changed.clear()
            self._tell_state()

    async def _connection(self) -> None:
        """Connect, and see to it that it stays so; for ever, with pauses that grow while the venue is away."""
        failures, pace = 0, self._standing.pace
        while True:
            was_connected = self._standing.is_connected
            self._standing.wanted.clear()
            try:
                proven_live = await read(self._venue.connect(), within_s=pace.call_s)
            except VenueError as error:
                pause_s = backoff.pause_s(
                    failures, first_s=pace.first_reconnect_s, longest_s=pace.longest_reconnect_s, jitter=JITTER
                )
                failures += 1
                log.warning("venue away", reason=error.reason, code=error.code, pause_s=round(pause_s, 1))
                self._standing.lost(error)
            else:
                failures, pause_s = 0, pace.check_s
                self._standing.connected(proven_live, number=self._venue.number, hindrance=self._venue.hindrance())
                if not was_connected:
                    log.info("connected", is_live=proven_live)
                    self._orders.look_now()
            await self._pause(pause_s)

    async def _pause(self, pause_s: float) -> None:
        """Wait until the venue is to be looked at again; shorter where somebody waits for it."""
        least_s = min(pause_s, self._standing.pace.hurry_s)
        await asyncio.sleep(least_s)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._standing.wanted.wait(), pause_s - least_s)

    async def _events(self) -> None:
        """Take in what the venue says by itself; begin anew whenever that ends."""
        failures, pace = 0, self._standing.pace
        while True:
            try:
                async for event in self._venue.events():
                    failures = 0
                    self._orders.heard_of(event)
            except VenueError as error:
                log.info("events ended", reason=error.reason, code=error.code)
                self._standing.note(error)
            pause_s = backoff.pause_s(failures, first_s=pace.first_reconnect_s, longest_s=pace.check_s, jitter=JITTER)
            failures += 1
            await asyncio.sleep(pause_s)

    def _drain(self) -> None:
        """Take in everything that has come from the bus."""
        while (message := self._bus.next_message()) is not None:
            self._alerts.handle(message)
            if isinstance(message, Signed) and (said := self._mailbox.open(message)) is not None:
                left_s = (message.expires_at - SYSTEM_TIME.now()).total_seconds()
                self._do(said, left_s=left_s, is_older=message.expires_at - LIFE < self._started_at)

    def _do(self, said: Said, *, left_s: float, is_older: bool) -> None:
        """Do what execution wants, within the seconds that are left to the envelope.

        `is_older`: it was said before this life began, and the one before may have heard it.
        """
        match said:
            case PlaceOrder():
                self._orders.place(said, within_s=left_s, is_doubtful=is_older)
            case CancelOrder():
                self._orders.cancel(said)
            case LookUpOrder():
                self._orders.look_up(said)
            case AskAccount():
                self._reading.account(said)
            case AskQuote():
                self._reading.quote(said)
            case AskInstrument():
                self._reading.instrument(said)
            case SetMargin() | AskMargin():
                self._margins.hear(said)

    def _tell_state(self) -> None:
        """Say how this broker is."""
        abilities = (self._venue.has_reduce_only, self._venue.has_brackets, self._venue.margins is not None)
        self._mailbox.say(
            self._standing.state(self._bus.program, self._boot, accounts=self._accounts, abilities=abilities)
        )

    def _start(self, call: Coroutine[None, None, None]) -> None:
        """Start a call of the venue, which ends by itself."""
        task = asyncio.ensure_future(call)
        self._calls.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        """Forget a call that has ended; one that failed in a way that nobody foresaw ends the process."""
        self._calls.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._fail(task.exception())

    def _fail(self, error: BaseException | None) -> None:
        """End the process with an error: what a callback raises would only be logged by the event loop."""
        self._error = self._error or error
        self._failed.set()
