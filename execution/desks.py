"""The two desks on the accounts that are held, and what the leader does besides: who hears what, in which order."""

from collections.abc import Collection
from datetime import datetime

from bus.connection import Bus
from bus.messages.trading import JobDue, MarginRules, SignalArrived, TradingRequested, TradingState
from bus.messages.venues import OrderEvent, Signed
from bus.time_source import TimeSource
from execution.child import Child
from execution.held import Held
from execution.leading import Leading
from execution.orders_desk.desk import OrdersDesk
from execution.settings import Settings
from execution.signals_desk.around import Around
from execution.signals_desk.desk import SignalsDesk
from execution.signals_desk.halting import may_still_go
from execution.told_hours import told_hours
from execution.venue_link import VenueLink
from execution.venues import AWAITED
from execution.watching.syncs import instant
from ledger.inbox.opening import Inbox
from ledger.store import Ledger
from ledger.trading.flow.live_lock import why_locked
from ledger.trading.flow.states import OPEN
from ledger.trading.people.accounts import list_accounts
from ledger.trading.principal import SYSTEM

NIGHTLY = "nightly_sync"


class Desks:
    """All that works on a ledger. Every method may raise LedgerUnavailable; the next turn goes on then."""

    def __init__(  # noqa: PLR0913 - what the program is made of, each named where it is made
        self, settings: Settings, ledger: Ledger, inbox: Inbox, bus: Bus, *, time: TimeSource, held: Held | None = None
    ) -> None:
        """Know nothing; `start` comes first.

        Args:
            settings: Execution's.
            ledger: Open, at this program's schema.
            inbox: Ready.
            bus: Execution's place on the bus.
            time: The clocks.
            held: The accounts that are worked on, and whether this execution leads; None for all of it.
        """
        self._settings = settings
        self._ledger = ledger
        self._inbox = inbox
        self._bus = bus
        self._time = time
        held = self._held = Held() if held is None else held
        self._link = VenueLink(bus, settings.master_key, time=time)
        self._link.serve(AWAITED)
        self._accounts: frozenset[str] | None = None
        self._orders = OrdersDesk(ledger, self._link, settings, time, held=held)
        self._around = Around(
            ledger=ledger, link=self._link, orders=self._orders, settings=settings, time=time, held=held
        )
        self._orders.may_still_go = lambda whole: may_still_go(self._around, whole)
        self._signals = SignalsDesk(self._around, inbox)
        self._books_check = Child("execution.nightly_check", settings.database_url.reveal(), time=time)
        self._leading: Leading | None = None
        self._synced = instant(time.now(), hours=settings.position_sync_hours)
        self._killed, self._lock = "", ""
        self._has_told = False
        self._shown: tuple[object, ...] = ()

    def start(self) -> None:
        """Make what must be there, and find in the rows what an earlier life has left undone."""
        self.lead()
        if self._leading is not None:
            self._leading.set_up()
        self._signals.start()
        self.look_after()
        self._orders.load()

    def lead(self) -> None:
        """Begin or end to do what is done once for all accounts."""
        self._leading = None
        if self._held.is_leader:
            self._leading = Leading(
                self._around, self._inbox, self._bus, signals=self._signals, books_check=self._books_check
            )

    def hold(self, accounts: Collection[str]) -> None:
        """Work on these accounts too, from the next turn on.

        Args:
            accounts: Their uids.
        """
        self._orders.hold(accounts)
        self._signals.hold()

    def drop(self, accounts: Collection[str]) -> None:
        """Work on these accounts no more.

        Args:
            accounts: Their uids.
        """
        self._orders.drop(accounts)
        self._signals.hold()

    def is_quiet(self, account: str) -> bool:
        """Tell whether nothing of an account is under way to its venue.

        Args:
            account: Its uid.
        """
        return self._orders.is_quiet(account)

    def handle(self, message: object) -> None:
        """Take in a message.

        Args:
            message: Of the bus.
        """
        if isinstance(message, Signed):
            self._handle_signed(message)
        elif isinstance(message, (SignalArrived, TradingRequested)):
            self._signals.wake()
        elif isinstance(message, JobDue):
            if self._leading is not None:
                self._leading.handle(message)
            elif message.job == NIGHTLY:
                self._orders.reconcile_now()
            self._signals.wake()

    def turn(self) -> None:
        """Do what is due: first what has become of orders, then what may be ordered."""
        self._orders.turn()
        if self._orders.take_ended():
            self._signals.hear()
            self._look_soon()
        self._signals.turn()
        if self._leading is not None:
            self._leading.turn()
        else:
            self._follow()

    def wait_s(self) -> float:
        """Return how long nothing has to be done."""
        return self._signals.wait_s()

    def look_after(self) -> None:
        """Know the brokers of all accounts, and who is killed; the leader looks after the rest."""
        if self._leading is not None:
            self._leading.look_after()
        with self._ledger.reading() as connection:
            accounts = list_accounts(SYSTEM, connection)
            self._killed = self._signals.killed(connection)
            self._lock = why_locked(SYSTEM, connection, trading=self._settings.trading, now=self._time.now()) or ""
        uids = frozenset(each.uid for each in accounts)
        self._link.know(accounts, gone=(self._accounts or frozenset()) - uids)
        for uid in sorted(uids - (uids if self._accounts is None else self._accounts)):
            self._orders.reconcile_now(uid)
        self._accounts = uids

    def refused(self) -> tuple[int, str]:
        """Return how many envelopes were not to be obeyed since the start, and why the last of them was not."""
        return self._link.refused, self._link.refused_because

    def take_told(self) -> bool:
        """Tell whether something was committed since this was last asked that may have messages."""
        has_told = self._signals.has_told
        self._signals.has_told = False
        if self._leading is not None:
            has_told |= self._leading.has_told
            self._leading.has_told = False
        return self._orders.take_told() or has_told

    def take_changed(self) -> bool:
        """Tell whether what `state` says is something else than when this was last asked."""
        shown = (self._killed, self._lock, len(self._waiting()), self._link.health())
        is_changed, self._shown = shown != self._shown, shown
        return is_changed

    def state(self) -> TradingState:
        """Return how trading is; of all accounts that is known to the leader alone."""
        waiting = self._waiting()
        worths = None if self._leading is None else self._leading.worths
        return TradingState(
            mode=self._settings.trading,
            killed=self._killed,
            waiting=len(waiting),
            oldest_at=min(waiting, default=None),
            brokers=self._link.health(),
            worths=() if worths is None else worths.known(),
            marks=() if worths is None else worths.marks(),
            hours=told_hours(self._link.instruments(), now=self._time.now()),
            live_lock=self._lock,
            margin=_margin_rules(self._settings),
        )

    def _handle_signed(self, message: Signed) -> None:
        """Take in what a broker says."""
        opened = self._link.open(message)
        if opened is None:
            return
        self._orders.handle(*opened)
        self._signals.hear()
        said = opened[1]
        if isinstance(said, OrderEvent) and said.executions and not self._held.has(said.account):
            self._look_soon()  # it is booked elsewhere in a moment

    def _look_soon(self) -> None:
        """Look soon at what portfolios have gained."""
        if self._leading is not None:
            self._leading.worths.soon()

    def _follow(self) -> None:
        """Compare the accounts that are held when the leader compares its own."""
        due_at = instant(self._time.now(), hours=self._settings.position_sync_hours)
        if due_at != self._synced:
            self._synced = due_at
            self._orders.reconcile_now()

    def _waiting(self) -> list[datetime]:
        """Return since when signals wait that are no order yet."""
        return [each.received_at for each in self._signals.open_signals if each.state in OPEN]


def _margin_rules(settings: Settings) -> MarginRules:
    """Return how openings are margined where nothing else was chosen, and the most leverage that may be chosen."""
    return MarginRules(
        margin_mode="CROSS" if settings.default_margin_mode == "cross" else "ISOLATED",
        leverage=min(settings.default_leverage, settings.max_leverage),
        most_leverage=settings.max_leverage,
    )
