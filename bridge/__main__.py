"""The bridge: publishes what trading tells of to RabbitMQ, for whoever listens there.

    [program:bridge]
    command="%(here)s/.venv/bin/python" -m launch bridge

Events are rows, written with what they tell of. This program reads those that wait, publishes them one by one and marks
what RabbitMQ has confirmed, many in one transaction: who is killed between the two says them again, under the same id,
and nothing is lost or comes in another order. While RabbitMQ or the ledger cannot be used the rows wait, and nobody
waits for them. Of several bridges on one ledger one works, the others wait.
"""

import os
from collections.abc import Iterator
from typing import Final

from bridge.listeners import Listeners
from bridge.rabbitmq import Exchange
from bridge.settings import Settings
from bridge.telling import Telling
from bridge.trouble import NOBODY_BOUND, ExchangeGone, Trouble
from bus.alerts import Alerts
from bus.connection import Bus
from bus.log import logger
from bus.machine import own_name
from bus.messages.base import topic
from bus.messages.delivery import AlertStored
from bus.messages.trading import OutboxFilled
from bus.process import join, run
from bus.settings import take
from bus.time_source import SYSTEM_TIME, TimeSource
from ledger.one_alone import place
from ledger.store import Ledger, NotReady, open_ledger
from ledger.trading.flow.outgoing import BATCH, Outgoing, bridged, keep_bridged, mark_published, waiting
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work
from ledger.unavailable import LedgerUnavailable

NAME: Final = "bridge"
LOOK_S: Final = 2.0
"""So often it is looked for events of which nothing was heard, and whether the place is still ours."""
TOGETHER_S: Final = 0.2
"""Events that come within so short a time share a transaction."""
BATCH_S: Final = 2.0
"""No batch takes longer: then it is time to look at the bus."""
AGAIN_S: Final = 1.0
LONGEST_WAIT_S: Final = 1.0
MOST_AT_ONCE: Final = 200

log = logger(__name__)


def main() -> None:
    """Publish until told to leave."""
    settings = take(Settings, os.environ)
    with (
        open_ledger(settings.database_url.reveal()) as ledger,
        join(own_name(NAME), topic(OutboxFilled), topic(AlertStored)) as bus,
    ):
        bridge = Bridge(settings, ledger, bus)
        while True:
            bridge.handle(bus.receive(bridge.wait_s()))
            for message in _arrived(bus):
                bridge.handle(message)
            bridge.turn()


def _arrived(bus: Bus) -> Iterator[object]:
    """Yield what has come already: while a heap of events goes out, more comes than one message for each batch."""
    for _ in range(MOST_AT_ONCE):
        if (message := bus.next_message()) is None:
            return
        yield message


class Bridge:
    """What the bridge knows between two messages."""

    def __init__(self, settings: Settings, ledger: Ledger, bus: Bus, *, time: TimeSource = SYSTEM_TIME) -> None:
        """Wait for the ledger.

        Args:
            settings: The bridge's.
            ledger: Not used yet.
            bus: The bridge's place on the bus.
            time: The clocks.
        """
        self._address = settings.address
        self._ledger = ledger
        self._bus = bus
        self._time = time
        self._exchange = Exchange(settings)
        self._alerts = Alerts(bus, time=time)
        self._telling = Telling(self._alerts, NAME, time=time)
        self._place = place(settings.database_url.reveal(), NAME)
        self._listeners: Listeners | None = None
        self._confirmed: list[str] = []
        self._after = 0
        self._is_standing_down = False
        self._not_before_s = self._next_look_s = self._own_until_s = 0.0

    def wait_s(self) -> float:
        """Return how long nothing has to be done."""
        due_s = max(self._next_look_s, self._not_before_s)
        return max(0.0, min(LONGEST_WAIT_S, due_s - self._time.monotonic()))

    def handle(self, message: object) -> None:
        """Take in a message.

        Args:
            message: From the bus; None where nothing came.
        """
        self._alerts.handle(message)
        if isinstance(message, OutboxFilled):
            self._next_look_s = min(self._next_look_s, self._time.monotonic() + TOGETHER_S)

    def turn(self) -> None:
        """Publish what waits, unless something could not be done a moment ago."""
        self._alerts.repeat()
        try:
            self._exchange.look()
            if self._time.monotonic() < max(self._next_look_s, self._not_before_s) or not self._has_place():
                return
            self._work()
        except LedgerUnavailable as trouble:
            if trouble.damaged:
                self._listeners = None  # who sets the ledger aside makes another one
            self._wait_for_ledger(trouble.reason)
        except NotReady as error:
            self._wait_for_ledger(str(error))
        except ExchangeGone:
            log.warning("the exchange is gone")  # the next turn makes it again
        except Trouble as trouble:
            self._not_before_s = self._time.monotonic() + self._telling.note(trouble)

    def _has_place(self) -> bool:
        """Take the one place on the ledger, or make sure of it now and then; tells whether it is ours."""
        now_s = self._time.monotonic()
        if self._listeners is not None and now_s < self._own_until_s:
            return True
        self._ledger.check()
        if not self._place.take():
            if not self._is_standing_down:
                log.warning("standing down: another bridge works on this ledger")
            self._is_standing_down, self._listeners = True, None
            self._exchange.close()
            self._not_before_s = now_s + AGAIN_S
            return False
        self._is_standing_down = False
        self._own_until_s = now_s + LOOK_S
        if self._listeners is None:
            with self._ledger.reading() as connection:
                self._listeners = Listeners(bridged(SYSTEM, connection), self._address)
            log.info("publishing", to=self._address)
        return True

    def _work(self) -> None:
        """Publish a batch, and write down what was confirmed of it, whatever ended it."""
        if self._listeners is None:
            return
        self._keep(self._listeners)  # what could not be kept when it should have been
        try:
            if not self._exchange.is_open:
                self._open(self._listeners)
            is_full = self._publish(self._listeners)
        finally:
            self._keep(self._listeners)
        self._telling.note_well()
        if not is_full:
            self._next_look_s = self._time.monotonic() + LOOK_S

    def _open(self, listeners: Listeners) -> None:
        """Connect to the exchange; tell the owner where it has lost its queues."""
        is_made = self._exchange.open()
        log.info("connected", to=self._address, is_exchange_new=is_made)
        if listeners.opened(is_made=is_made, now=self._time.now()):
            self._telling.queues_lost(self._address)

    def _publish(self, listeners: Listeners) -> bool:
        """Publish what waits, a batch of it; tells whether there may be more."""
        with self._ledger.reading() as connection:
            events = waiting(SYSTEM, connection, after=self._after)
        until_s = self._time.monotonic() + BATCH_S
        for event in events:
            self._one(event, listeners)
            self._bus.heartbeat_if_due()
            if self._time.monotonic() > until_s:
                return True
        was_after, self._after = self._after, events[-1].account_id if len(events) == BATCH else 0
        return len(events) == BATCH or was_after > 0

    def _one(self, event: Outgoing, listeners: Listeners) -> None:
        """Publish an event; raises Trouble where it must wait."""
        if self._exchange.publish(event):
            listeners.note_taken(event.routing_key)
        elif not listeners.may_drop(event.routing_key, self._time.now()):
            raise Trouble(NOBODY_BOUND)
        self._confirmed.append(event.uid)

    def _keep(self, listeners: Listeners) -> None:
        """Write down what was confirmed, and what is known of who listens."""
        now = self._time.now()
        is_due = listeners.is_due(now)
        if not self._confirmed and not is_due:
            return
        with self._ledger.writing() as connection:
            work = Work(connection, now)
            mark_published(SYSTEM, work, self._confirmed)
            if is_due:
                keep_bridged(SYSTEM, work, listeners.kept(now))
        log.debug("published", count=len(self._confirmed))
        self._confirmed.clear()
        if is_due:
            listeners.note_kept(now)

    def _wait_for_ledger(self, reason: str) -> None:
        """Wait a moment, and make sure afterwards that nobody else has taken the ledger."""
        self._own_until_s = 0.0
        self._not_before_s = self._time.monotonic() + AGAIN_S
        self._telling.note_ledger(reason)


if __name__ == "__main__":
    run(main, name=NAME)
