"""What is done once for all accounts, whoever works on them: by the one execution of a ledger that leads.

Whoever becomes the leader begins anew from rows, as after a restart: jobs that are not done are announced again by the
clock, what was told stands in the outbox under its name.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from bus.connection import Bus
from bus.log import logger
from bus.messages.trading import JobDue
from execution.child import Child
from execution.daily_reports import DailyReports
from execution.day_starts import DayStarts
from execution.jobs import Jobs, Task
from execution.reporting import report_by_schedule
from execution.setup import add_proven, copy_tokens, give_limits, set_up
from execution.signals_desk.around import Around
from execution.signals_desk.desk import SignalsDesk
from execution.venues import AWAITED
from execution.watching.desk import Watching
from execution.watching.flushes import Flushes
from execution.watching.syncs import Syncs
from execution.worths import Worths
from ledger.inbox.inbox import BATCH as FORGET_AT_ONCE
from ledger.inbox.inbox import forget_old as forget_signals
from ledger.inbox.opening import Inbox
from ledger.trading import retention
from ledger.trading.people.portfolios import list_portfolios
from ledger.trading.people.strategy_tokens import TokenInForce, tokens_in_force
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work

FORGET_EVERY_S = 1.0

log = logger(__name__)


class Leading:
    """The work of the leader. Every method may raise LedgerUnavailable; the next turn goes on then.

    Attributes:
        worths: What portfolios have gained.
        has_told: Whether something was committed since this was last set to False that may have messages.
    """

    def __init__(self, around: Around, inbox: Inbox, bus: Bus, *, signals: SignalsDesk, books_check: Child) -> None:
        """Have done nothing; `set_up` comes first.

        Args:
            around: What the desks work with.
            inbox: Ready.
            bus: Execution's place on the bus.
            signals: Knows the open signals of all accounts.
            books_check: The nightly check, which may be running.
        """
        self.has_told = False
        self._around = around
        self._inbox = inbox
        ledger, link, time = around.ledger, around.link, around.time
        self.worths = Worths(ledger, link, time=time)
        gained = self.worths.gained
        self._days = DayStarts(ledger, link, time=time)
        self._syncs = Syncs(around, reconcile=around.orders.reconcile_now)
        self._flushes = Flushes(around, open_signals=lambda: signals.open_signals)
        self._watching = Watching(around, does={"report": partial(report_by_schedule, gained=gained)})
        self._reports = DailyReports(ledger, extra_closed=around.extra_closed, gained=gained, time=time)
        self._books_check = books_check
        self._jobs = Jobs(ledger, bus, self._tasks(), time=time)
        self._is_set_up = False
        self._proven: set[tuple[str, str]] = set()
        self._tokens: tuple[TokenInForce, ...] | None = None
        self._portfolios: frozenset[str] = frozenset()
        self._forgetting = False
        self._forget_at_s = 0.0

    def set_up(self) -> None:
        """Make what must be there, once."""
        if not self._is_set_up:
            set_up(self._around.ledger, self._around.settings, now=self._around.time.now())
            self._is_set_up = True

    def handle(self, message: JobDue) -> None:
        """Do a job.

        Args:
            message: The clock's.
        """
        self._jobs.handle(message)
        self.has_told = True

    def turn(self) -> None:
        """Do what is due."""
        self.has_told |= self._flushes.turn()
        self._days.turn()
        self._syncs.turn()
        self.has_told |= self._watching.turn()
        self.has_told |= self.worths.turn()
        self.has_told |= self._reports.turn()
        self._forget_some()

    def look_after(self) -> None:
        """Know new portfolios, whose secrets are in force, and which accounts brokers have proven."""
        self.set_up()
        self._add_proven()
        ledger, now = self._around.ledger, self._around.time.now()
        with ledger.reading() as connection:
            portfolios = frozenset(each.uid for each in list_portfolios(SYSTEM, connection))
            tokens = tokens_in_force(SYSTEM, connection)
        if made := portfolios - self._portfolios:
            give_limits(ledger, self._around.settings, sorted(made), now=now)
        self._portfolios = portfolios
        if tokens != self._tokens:
            copy_tokens(ledger, self._inbox, now=now)
            self._tokens = tokens
            log.info("secrets in force", count=len(tokens))

    def _add_proven(self) -> None:
        """Make the accounts that brokers have proven to serve; each number is looked at once in this life."""
        link, around = self._around.link, self._around
        for broker in AWAITED:
            state = link.state_of(broker)
            if state is None or not state.number or not link.has_venue(broker):
                continue
            if (broker, state.number) not in self._proven and add_proven(
                around.ledger, around.settings, state, now=around.time.now()
            ):
                self._proven.add((broker, state.number))
                self.has_told = True

    def _tasks(self) -> Mapping[str, Task]:
        """Return what each job does; a job that is not here only wakes."""
        return {
            "day_start": self._days.begin,
            "day_start_new_york": self._days.begin,
            "daily_report": self._reports.begin,
            "nightly_sync": self._sync,
            "self_check": self._books_check.begin,
            "retention": self._forget,
            "login": self._watching.logins.begin,
        }

    def _sync(self, _due_at: datetime) -> Mapping[str, object]:
        """Compare all accounts with their venues: these here, others by whoever has them and hears the same."""
        self._around.orders.reconcile_now()
        return {}

    def _forget(self, _due_at: datetime) -> Mapping[str, object]:
        """Begin to forget the steps of signals that ended long ago; `turn` goes on, a few at a time."""
        self._forgetting = True
        return {}

    def _forget_some(self) -> None:
        """Forget some of what is old, here and in the inbox, once a second: writers wait for one another."""
        time = self._around.time
        if not self._forgetting or time.monotonic() < self._forget_at_s:
            return
        self._forget_at_s = time.monotonic() + FORGET_EVERY_S
        days = self._around.settings.trading_keep_days
        with self._around.ledger.writing() as connection:
            is_done = retention.forget_old(SYSTEM, Work(connection, time.now()), keep_days=days).is_done
        with self._inbox.writing() as connection:
            count = forget_signals(Work(connection, time.now()), keep_days=days)
        self._forgetting = not is_done or count >= FORGET_AT_ONCE
