"""What the steps of several signals share: read once in their transaction, in which nobody else writes."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from execution.signals_desk.plans import Plan, plan_in, plan_of
from ledger.trading.flow import signals as flow
from ledger.trading.flow.halts import halted
from ledger.trading.flow.records import Halted, Signal
from ledger.trading.flow.states import OPEN
from ledger.trading.instruments import Instrument, get_instrument
from ledger.trading.orders.lanes import Holding, LaneOrder, holdings, working
from ledger.trading.people.standing import Standing, standing
from ledger.trading.people.strategies import get_strategy
from ledger.trading.people.strategy_rows import Strategy
from ledger.trading.principal import SYSTEM
from ledger.trading.risk.day_reading import Day, read_day
from ledger.trading.risk.limits import Limits
from ledger.trading.risk.policies import limits_for

Stamp = tuple[str, str | None, datetime]
"""State, code and moment of a signal: with each step of its life one of them changes."""


class Plans:
    """The plans of open signals, read anew where a signal's row says that it has gone on."""

    def __init__(self) -> None:
        """Know none."""
        self._known: dict[str, tuple[Stamp, Plan | None]] = {}

    def of(self, connection: Connection, signal: Signal) -> Plan | None:
        """Return what is left to be done of a signal, None before that was decided.

        Args:
            connection: Any connection to the ledger.
            signal: The signal, as it was just read.
        """
        if signal.state == "RECEIVED":
            return None
        known = self._known.get(signal.uid)
        if known is None or known[0] != _stamp(signal):
            known = self._known[signal.uid] = _stamp(signal), plan_of(flow.life(SYSTEM, connection, signal.uid))
        return known[1]

    def note(self, before: Signal, after: Signal, details: Mapping[str, object]) -> None:
        """Know the plan of a signal after a step: what the step says is left to be done, or else what was before.

        Args:
            before: The signal before the step.
            after: The signal after it.
            details: The step's.
        """
        known = self._known.pop(before.uid, None)
        plan = plan_in(details)
        if plan is not None or before.state == "RECEIVED":
            self._known[after.uid] = _stamp(after), plan
        elif known is not None and known[0] == _stamp(before):
            self._known[after.uid] = _stamp(after), known[1]

    def keep(self, uids: set[str]) -> None:
        """Forget all others.

        Args:
            uids: The signals whose plans are of use.
        """
        self._known = {uid: known for uid, known in self._known.items() if uid in uids}


class Shelf:
    """What was read in one transaction; it is of no use after it.

    Attributes:
        plans: The plans of signals.
    """

    def __init__(self, connection: Connection, plans: Plans | None = None) -> None:
        """Have read nothing.

        Args:
            connection: The transaction.
            plans: Those that are known; None for none.
        """
        self.plans = Plans() if plans is None else plans
        self._connection = connection
        self._strategies: dict[str, Strategy] = {}
        self._standings: dict[str, Standing] = {}
        self._open: dict[str, dict[str, Signal]] = {}
        self._signals: dict[str, Signal] = {}
        self._instruments: dict[str, Instrument] = {}
        self._halted: dict[int, Halted] = {}
        self._days: dict[tuple[str, datetime], Day] = {}
        self._limits: dict[tuple[str, str | None], Limits] = {}
        self._holdings: dict[str, tuple[Holding, ...]] = {}
        self._working: dict[str, tuple[LaneOrder, ...]] = {}

    def signal(self, uid: str) -> Signal:
        """Return a signal as it is now, after all steps of this transaction.

        Args:
            uid: Its uid.

        Raises:
            NotFound: There is no such signal.
        """
        if uid not in self._signals:
            self._signals[uid] = flow.find(SYSTEM, self._connection, uid)
        return self._signals[uid]

    def read_signals(self, *uids: str) -> None:
        """Read several signals at once, which are wanted next.

        Args:
            *uids: Their uids.
        """
        self._signals |= {each.uid: each for each in flow.several(SYSTEM, self._connection, *uids)}

    def instrument(self, uid: str) -> Instrument:
        """Return an instrument.

        Args:
            uid: Its uid.

        Raises:
            NotFound: There is no such instrument.
        """
        if uid not in self._instruments:
            self._instruments[uid] = get_instrument(SYSTEM, self._connection, uid)
        return self._instruments[uid]

    def halted(self, of: Standing) -> Halted:
        """Return what holds for a portfolio: no step of a signal changes that.

        Args:
            of: The portfolio.
        """
        if of.id not in self._halted:
            self._halted[of.id] = halted(self._connection, user_id=of.user_id, portfolio_id=of.id)
        return self._halted[of.id]

    def strategy(self, uid: str) -> Strategy:
        """Return a version of a strategy.

        Args:
            uid: The version.

        Raises:
            NotFound: There is no such version.
        """
        if uid not in self._strategies:
            self._strategies[uid] = get_strategy(SYSTEM, self._connection, uid)
        return self._strategies[uid]

    def standing(self, portfolio: str) -> Standing:
        """Return how a portfolio stands.

        Args:
            portfolio: Its uid.

        Raises:
            NotFound: There is no such portfolio.
        """
        if portfolio not in self._standings:
            self._standings[portfolio] = standing(SYSTEM, self._connection, portfolio)
        return self._standings[portfolio]

    def holdings(self, account: str) -> tuple[Holding, ...]:
        """Return what an account's portfolios hold: no step of a signal changes that.

        Args:
            account: Its uid.

        Raises:
            NotFound: There is no such account.
        """
        if account not in self._holdings:
            self._holdings[account] = holdings(SYSTEM, self._connection, account)
        return self._holdings[account]

    def working(self, account: str) -> tuple[LaneOrder, ...]:
        """Return the orders of an account that may still be filled, oldest first.

        Args:
            account: Its uid.

        Raises:
            NotFound: There is no such account.
        """
        if account not in self._working:
            self._working[account] = working(SYSTEM, self._connection, account=account)
        return self._working[account]

    def note_orders(self, account: str) -> None:
        """Read the orders of an account anew: some were written just now.

        Args:
            account: Its uid.
        """
        self._working.pop(account, None)

    def day(self, portfolio: str, now: datetime, start: datetime) -> Day:
        """Return what is known of a portfolio's day, but of its orders.

        Args:
            portfolio: Its uid.
            now: The moment of the transaction.
            start: When the day began.

        Raises:
            NotFound: There is no such portfolio.
        """
        if (portfolio, start) not in self._days:
            read = read_day(SYSTEM, self._connection, portfolio=portfolio, now=now, day_start=start)
            self._days[portfolio, start] = read
            self._instruments |= {each.uid: each for each in read.instruments()}
        return self._days[portfolio, start]

    def limits(self, portfolio: str, strategy: str | None) -> Limits:
        """Return the limits that hold.

        Args:
            portfolio: The portfolio's uid.
            strategy: The uid of a version; None for none.

        Raises:
            NotFound: There is no such portfolio or strategy.
            Invalid: They cannot be read.
        """
        key = (portfolio, strategy)
        if key not in self._limits:
            self._limits[key] = limits_for(SYSTEM, self._connection, portfolio=portfolio, strategy=strategy).limits
        return self._limits[key]

    def open_signals(self, portfolio: str) -> tuple[Signal, ...]:
        """Return the signals of a portfolio that may still become an order, oldest first.

        Args:
            portfolio: Its uid.

        Raises:
            NotFound: There is no such portfolio.
        """
        if portfolio not in self._open:
            found = flow.open_signals(SYSTEM, self._connection, portfolio=portfolio)
            self._open[portfolio] = {each.uid: each for each in found}
        return tuple(self._open[portfolio].values())

    def note(self, before: Signal, signal: Signal, details: Mapping[str, object]) -> None:
        """Know a signal as it is after its step.

        Args:
            before: The signal before it.
            signal: The signal after it; the same one where nothing was changed.
            details: What was said of the step.
        """
        if signal is before:
            return
        self.plans.note(before, signal, details)
        self._signals[signal.uid] = signal
        if signal.state == "VALIDATED" and signal.instrument is not None:
            self._instruments.pop(signal.instrument, None)  # its steps may have been learned just now
        mine = self._open.get(signal.portfolio, {})
        if signal.state in OPEN and signal.uid in mine:
            mine[signal.uid] = signal
        else:
            mine.pop(signal.uid, None)


def _stamp(signal: Signal) -> Stamp:
    """Return what tells a step of a signal's life from the one before."""
    return signal.state, signal.code, signal.updated_at
