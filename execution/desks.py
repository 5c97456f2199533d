"""The two desks and the jobs, on one ledger: who hears what, and in which order they work."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from bus.connection import Bus
from bus.log import logger
from bus.messages.trading import JobDue, MarginRules, SignalArrived, TradingRequested, TradingState
from bus.messages.venues import Signed
from bus.time_source import TimeSource
from execution.child import Child
from execution.daily_reports import DailyReports
from execution.day_starts import DayStarts
from execution.jobs import Jobs, Task
from execution.orders_desk.desk import OrdersDesk
from execution.reporting import report_by_schedule
from execution.settings import Settings
from execution.setup import add_proven, copy_tokens, give_limits, set_up
from execution.signals_desk.around import Around
from execution.signals_desk.desk import SignalsDesk
from execution.signals_desk.halting import may_still_go
from execution.told_hours import told_hours
from execution.venue_link import VenueLink
from execution.venues import AWAITED
from execution.watching.desk import Watching
from execution.watching.flushes import Flushes
from execution.watching.syncs import Syncs
from execution.worths import Worths
from ledger.inbox.inbox import BATCH as FORGET_AT_ONCE
from ledger.inbox.inbox import forget_old as forget_signals
from ledger.inbox.opening import Inbox
from ledger.store import Ledger
from ledger.trading import retention
from ledger.trading.flow.live_lock import why_locked
from ledger.trading.flow.states import OPEN
from ledger.trading.people.accounts import list_accounts
from ledger.trading.people.portfolios import list_portfolios
from ledger.trading.people.strategy_tokens import TokenInForce, tokens_in_force
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work

FORGET_EVERY_S = 1.0

log = logger(__name__)


class Desks:
    """All that works on a ledger. Every method may raise LedgerUnavailable; the next turn goes on then."""

    def __init__(self, settings: Settings, ledger: Ledger, inbox: Inbox, bus: Bus, *, time: TimeSource) -> None:
        """Know nothing; `start` comes first.

        Args:
            settings: Execution's.
            ledger: Open, at this program's schema.
            inbox: Ready.
            bus: Execution's place on the bus.
            time: The clocks.
        """
        self._settings = settings
        self._ledger = ledger
        self._inbox = inbox
        self._time = time
        self._link = VenueLink(bus, settings.master_key, time=time)
        self._link.serve(AWAITED)
        self._proven: set[tuple[str, str]] = set()
        self._accounts: frozenset[str] | None = None
        self._orders = OrdersDesk(ledger, self._link, settings, time)
        around = Around(ledger=ledger, link=self._link, orders=self._orders, settings=settings, time=time)
        self._orders.may_still_go = lambda whole: may_still_go(around, whole)
        self._signals = SignalsDesk(around, inbox)
        self._books_check = Child("execution.nightly_check", settings.database_url.reveal(), time=time)
        self._days = DayStarts(ledger, self._link, time=time)
        self._syncs = Syncs(around, reconcile=self._orders.reconcile_now)
        self._flushes = Flushes(around, open_signals=lambda: self._signals.open_signals)
        self._worths = Worths(ledger, self._link, time=time)
        gained = self._worths.gained
        self._watching = Watching(around, does={"report": partial(report_by_schedule, gained=gained)})
        self._reports = DailyReports(ledger, extra_closed=around.extra_closed, gained=gained, time=time)
        self._jobs = Jobs(ledger, bus, self._tasks(), time=time)
        self._tokens: tuple[TokenInForce, ...] | None = None
        self._portfolios: frozenset[str] = frozenset()
        self._killed, self._lock = "", ""
        self._forgetting, self._has_told = False, False
        self._forget_at_s = 0.0
        self._shown: tuple[object, ...] = ()
        self._has_told = False

    def start(self) -> None:
        """Make what must be there, and find in the rows what an earlier life has left undone."""
        set_up(self._ledger, self._settings, now=self._time.now())
        self._signals.start()
        self.look_after()
        self._orders.load()

    def handle(self, message: object) -> None:
        """Take in a message.

        Args:
            message: Of the bus.
        """
        if isinstance(message, Signed):
            opened = self._link.open(message)
            if opened is not None:
                self._orders.handle(*opened)
                self._signals.hear()
        elif isinstance(message, (SignalArrived, TradingRequested)):
            self._signals.wake()
        elif isinstance(message, JobDue):
            self._jobs.handle(message)
            self._has_told = True
            self._signals.wake()

    def turn(self) -> None:
        """Do what is due: first what has become of orders, then what may be ordered."""
        self._orders.turn()
        if self._orders.take_ended():
            self._signals.hear()
            self._worths.soon()
        self._signals.turn()
        self._has_told |= self._flushes.turn()
        self._days.turn()
        self._syncs.turn()
        self._has_told |= self._watching.turn()
        self._has_told |= self._worths.turn()
        self._has_told |= self._reports.turn()
        self._forget_some()

    def wait_s(self) -> float:
        """Return how long nothing has to be done."""
        return self._signals.wait_s()

    def look_after(self) -> None:
        """Know the brokers of all accounts and new portfolios, whose secrets are in force, and who is killed."""
        self._add_proven()
        with self._ledger.reading() as connection:
            accounts = list_accounts(SYSTEM, connection)
            portfolios = frozenset(each.uid for each in list_portfolios(SYSTEM, connection))
            tokens = tokens_in_force(SYSTEM, connection)
            self._killed = self._signals.killed(connection)
            self._lock = why_locked(SYSTEM, connection, trading=self._settings.trading, now=self._time.now()) or ""
        uids = frozenset(each.uid for each in accounts)
        self._link.know(accounts, gone=(self._accounts or frozenset()) - uids)
        for uid in sorted(uids - (uids if self._accounts is None else self._accounts)):
            self._orders.reconcile_now(uid)
        self._accounts = uids
        if made := portfolios - self._portfolios:
            give_limits(self._ledger, self._settings, sorted(made), now=self._time.now())
        self._portfolios = portfolios
        if tokens != self._tokens:
            copy_tokens(self._ledger, self._inbox, now=self._time.now())
            self._tokens = tokens
            log.info("secrets in force", count=len(tokens))

    def refused(self) -> tuple[int, str]:
        """Return how many envelopes were not to be obeyed since the start, and why the last of them was not."""
        return self._link.refused, self._link.refused_because

    def take_told(self) -> bool:
        """Tell whether something was committed since this was last asked that may have messages."""
        has_told = self._signals.has_told or self._has_told
        self._signals.has_told = self._has_told = False
        return self._orders.take_told() or has_told

    def take_changed(self) -> bool:
        """Tell whether what `state` says is something else than when this was last asked."""
        shown = (self._killed, self._lock, len(self._waiting()), self._link.health())
        is_changed, self._shown = shown != self._shown, shown
        return is_changed

    def state(self) -> TradingState:
        """Return how trading is."""
        waiting = self._waiting()
        return TradingState(
            mode=self._settings.trading,
            killed=self._killed,
            waiting=len(waiting),
            oldest_at=min(waiting, default=None),
            brokers=self._link.health(),
            worths=self._worths.known(),
            marks=self._worths.marks(),
            hours=told_hours(self._link.instruments(), now=self._time.now()),
            live_lock=self._lock,
            margin=_margin_rules(self._settings),
        )

    def _add_proven(self) -> None:
        """Make the accounts that brokers have proven to serve; each number is looked at once in this life."""
        for broker in AWAITED:
            state = self._link.state_of(broker)
            if state is None or not state.number or not self._link.has_venue(broker):
                continue
            if (broker, state.number) not in self._proven and add_proven(
                self._ledger, self._settings, state, now=self._time.now()
            ):
                self._proven.add((broker, state.number))
                self._has_told = True

    def _waiting(self) -> list[datetime]:
        """Return since when signals wait that are no order yet."""
        return [each.received_at for each in self._signals.open_signals if each.state in OPEN]

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
        """Compare all accounts with their venues; what differs is told when they have answered."""
        self._orders.reconcile_now()
        return {}

    def _forget(self, _due_at: datetime) -> Mapping[str, object]:
        """Begin to forget the steps of signals that ended long ago; `turn` goes on, a few at a time."""
        self._forgetting = True
        return {}

    def _forget_some(self) -> None:
        """Forget some of what is old, here and in the inbox, once a second: writers wait for one another."""
        if not self._forgetting or self._time.monotonic() < self._forget_at_s:
            return
        self._forget_at_s = self._time.monotonic() + FORGET_EVERY_S
        days = self._settings.trading_keep_days
        with self._ledger.writing() as connection:
            is_done = retention.forget_old(SYSTEM, Work(connection, self._time.now()), keep_days=days).is_done
        with self._inbox.writing() as connection:
            count = forget_signals(Work(connection, self._time.now()), keep_days=days)
        self._forgetting = not is_done or count >= FORGET_AT_ONCE


def _margin_rules(settings: Settings) -> MarginRules:
    """Return how openings are margined where nothing else was chosen, and the most leverage that may be chosen."""
    return MarginRules(
        margin_mode="CROSS" if settings.default_margin_mode == "cross" else "ISOLATED",
        leverage=min(settings.default_leverage, settings.max_leverage),
        most_leverage=settings.max_leverage,
    )
