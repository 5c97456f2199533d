"""Execution: the one writer of trading rows, from the inbox to the books.

    [program:execution]
    command="%(here)s/.venv/bin/python" -m launch execution

Two desks share its loop: the signals desk makes intents of signals, the orders desk follows intents to their venues and
takes in what becomes of them. All that they know is rows, so that a kill at any moment is harmless. While the ledger or
the inbox cannot be used everything waits, and goes on by itself. Of several on a ledger in a file one works, the others
wait; on a server they share its accounts (`execution.sharing`), and the one that leads speaks for all.
"""

import os
from collections.abc import Iterator
from typing import Final

from bus.alerts import Alerts
from bus.connection import Bus
from bus.log import logger
from bus.machine import own_name
from bus.messages.base import topic
from bus.messages.delivery import AlertStored
from bus.messages.operations import Heartbeat
from bus.messages.trading import JobDue, OutboxFilled, SignalArrived, TradingRequested
from bus.messages.venues import Signed
from bus.process import join, run
from bus.settings import take
from bus.time_source import SYSTEM_TIME, TimeSource
from execution.desks import Desks
from execution.settings import Settings
from execution.sharing import Sharing
from execution.venue_peer import NAME
from ledger.inbox.opening import Inbox
from ledger.inbox.place import WHAT, inbox_url
from ledger.store import Ledger, NotReady, file_of, open_ledger
from ledger.unavailable import LedgerUnavailable

STATE_S: Final = 2.0
SHARE_S: Final = 1.0
DEAF_AFTER_S: Final = 30.0
"""Where nothing was heard for so long, not even the clock's beat each five seconds, the bus is out of reach."""
CLOCK: Final = "clock"
AGAIN_S: Final = 1.0
PATIENCE_S: Final = 10.0
"""For so long nothing is said of a ledger that cannot be used: it is being made ready, or is busy."""
REFUSED_EVERY_S: Final = 3600.0
LONGEST_WAIT_S: Final = 0.25
MOST_AT_ONCE: Final = 200

log = logger(__name__)


def main() -> None:
    """Trade until told to leave."""
    settings = take(Settings, os.environ)
    url = settings.database_url.reveal()
    inbox = Inbox(inbox_url(url))
    heard = [topic(SignalArrived), topic(TradingRequested), topic(JobDue), topic(AlertStored), topic(Signed, NAME)]
    if file_of(url) is None:
        heard.append(topic(Heartbeat, CLOCK))  # whoever shares must know whether the bus is there
    with open_ledger(url) as ledger, join(own_name(NAME), *heard) as bus:
        execution = Execution(settings, ledger, inbox, bus)
        while True:
            execution.handle(bus.receive(execution.wait_s()))
            for message in _arrived(bus):
                execution.handle(message)
            execution.turn()


def _arrived(bus: Bus) -> Iterator[object]:
    """Yield what has come already, so much of it that there is a turn now and then."""
    for _ in range(MOST_AT_ONCE):
        if (message := bus.next_message()) is None:
            return
        yield message


class Execution:
    """What execution knows between two messages.

    Attributes:
        desks: Those that work; None while this one waits for the ledger, or for another one to leave it.
    """

    def __init__(
        self, settings: Settings, ledger: Ledger, inbox: Inbox, bus: Bus, *, time: TimeSource = SYSTEM_TIME
    ) -> None:
        """Wait for the ledger.

        Args:
            settings: Execution's.
            ledger: Not used yet.
            inbox: Not used yet.
            bus: Execution's place on the bus.
            time: The clocks.
        """
        self.desks: Desks | None = None
        self._settings = settings
        self._ledger = ledger
        self._inbox = inbox
        self._bus = bus
        self._time = time
        self._alerts = Alerts(bus, time=time)
        self._sharing = Sharing(ledger, settings.database_url.reveal(), time=time)
        self._is_standing_down = False
        self._not_before_s = 0.0
        self._trouble_since_s: float | None = None
        self._is_trouble_told = False
        self._next_state_s, self._next_share_s = 0.0, 0.0
        self._must_look = False
        self._heard_s = time.monotonic()
        self._refused_told, self._refused_next_s = 0, 0.0

    def wait_s(self) -> float:
        """Return how long nothing has to be done."""
        now_s = self._time.monotonic()
        if now_s < self._not_before_s:
            return self._not_before_s - now_s
        return LONGEST_WAIT_S if self.desks is None else min(LONGEST_WAIT_S, self.desks.wait_s())

    def handle(self, message: object) -> None:
        """Take in a message; one that is lost while the ledger cannot be used is said again by who said it.

        Args:
            message: From the bus; None where nothing came.
        """
        self._alerts.handle(message)
        self._heard_s = self._heard_s if message is None else self._time.monotonic()
        if message is None or self.desks is None or (self._must_look and isinstance(message, JobDue)):
            return  # a job before the look would fail for the same reason, and put the look off
        try:
            self.desks.handle(message)
        except LedgerUnavailable as trouble:
            self._note(trouble)
        if isinstance(message, TradingRequested):
            self._next_state_s = 0.0  # a strategy may have got an address, which the webhook is to know at once

    def turn(self) -> None:
        """Do what is due, unless the ledger could not be used a moment ago."""
        self._alerts.repeat()
        if self._time.monotonic() < self._not_before_s:
            return
        try:
            if self.desks is None and not self._begin():
                return
            if self.desks is not None:
                self._work(self.desks)
        except LedgerUnavailable as trouble:
            self._note(trouble)
            return
        except NotReady as error:
            self._note(LedgerUnavailable(str(error)))
            return
        if self._is_trouble_told:
            self._alerts.tell(NAME, "trading_goes_on", once=self._once("goes-on"))
        self._trouble_since_s, self._is_trouble_told = None, False

    def _work(self, desks: Desks) -> None:
        """Let the desks do what is due, and say how trading is."""
        now_s = self._time.monotonic()
        is_late = now_s >= self._next_share_s + SHARE_S  # this process, or its machine, stood still
        if self._must_look or is_late:  # whoever was cut off makes sure first that nobody else has taken the accounts
            self._sharing.look(desks, may_give=False, hears=self._hears())
            self._must_look = False
        try:
            desks.turn()
        finally:
            if desks.take_told():
                self._bus.publish(OutboxFilled())
        now_s = self._time.monotonic()
        if now_s >= self._next_share_s:
            self._next_share_s = now_s + SHARE_S
            self._sharing.look(desks, may_give=True, hears=self._hears())
        is_due = now_s >= self._next_state_s
        if is_due:
            desks.look_after()
            self._tell_refused(desks, now_s)
            self._next_state_s = now_s + STATE_S
        if self._sharing.held.is_leader and (desks.take_changed() or is_due):
            self._bus.publish(desks.state())

    def _begin(self) -> bool:
        """Start the desks, once the ledger is there and nobody else works on it; tells whether they are."""
        self._ledger.check()  # who cannot use it takes no place from those who can
        if not self._sharing.take():
            if not self._is_standing_down:
                log.warning("standing down: another execution works on this ledger")
            self._is_standing_down = True
            self._not_before_s = self._time.monotonic() + AGAIN_S
            return False
        self._is_standing_down = False
        self._inbox.make_ready(now=self._time.now)
        self._tell_set_aside()
        desks = Desks(self._settings, self._ledger, self._inbox, self._bus, time=self._time, held=self._sharing.held)
        desks.start()
        self._sharing.look(desks, may_give=False, hears=self._hears())
        self.desks = desks
        log.info("trading", mode=self._settings.trading)
        return True

    def _hears(self) -> bool:
        """Tell whether the bus is heard."""
        return self._time.monotonic() - self._heard_s < DEAF_AFTER_S

    def _note(self, trouble: LedgerUnavailable) -> None:
        """Wait a moment, and tell the owner once where it lasts; what is damaged is begun anew."""
        now_s = self._time.monotonic()
        self._not_before_s = now_s + AGAIN_S
        self._must_look = True
        if self._trouble_since_s is None:
            self._trouble_since_s = now_s
            log.warning("trading waits", because=trouble.reason)
        if trouble.damaged:
            self.desks = None  # who sets the ledger aside makes another one; the inbox is looked at by `_begin`
        if self.desks is None:
            self._sharing.leave()  # accounts kept for who cannot begin would be nobody's
        if now_s - self._trouble_since_s >= PATIENCE_S and not self._is_trouble_told:
            self._is_trouble_told = True
            self._alerts.tell(NAME, "trading_waits", once=self._once("waits"), reason=trouble.reason)

    def _once(self, what: str) -> str:
        """Return the name of an alert that all executions of a ledger raise together, so that it is told once."""
        now = self._time.now()
        return "" if self._sharing.held.is_everything else f"trading-{what}-{now:%Y%m%dT%H}{now.minute // 10}"

    def _tell_refused(self, desks: Desks, now_s: float) -> None:
        """Tell of envelopes that were not to be obeyed, at most once an hour."""
        count, because = desks.refused()
        is_new = self._sharing.held.is_leader and count not in {0, self._refused_told}
        if is_new and now_s >= self._refused_next_s:
            self._refused_told, self._refused_next_s = count, now_s + REFUSED_EVERY_S
            self._alerts.tell(NAME, "not_signed_event", count=str(count), reason=because)

    def _tell_set_aside(self) -> None:
        """Tell that a damaged inbox was set aside."""
        kept = self._inbox.set_aside
        if kept:
            self._inbox.set_aside = ""
            log.error("begun anew", what=WHAT, kept=kept)
            self._alerts.tell(NAME, "inbox_damaged", kept=kept, once=f"inbox-{kept}")


if __name__ == "__main__":
    run(main, name=own_name(NAME))
