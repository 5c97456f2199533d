"""The inbox's signals become the ledger's, and what becomes of them is written back.

    inbox RECEIVED ──▶ one transaction of the ledger ──▶ inbox TAKEN ──▶ the signal's end

Whoever dies in between finds them waiting again, and the ledger knows them by their names. Either database may be out
of reach for a while: nothing is half done, and the next look goes on.
"""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Final

import msgspec
from sqlalchemy import Connection

from bus.log import logger
from bus.time_source import TimeSource
from execution.held import Held
from ledger.inbox import inbox as services
from ledger.inbox.opening import Inbox
from ledger.inbox.records import Signal as Waiting
from ledger.inbox.tables import InboxState
from ledger.store import Ledger
from ledger.trading.errors import NotFound, TradingError
from ledger.trading.flow import signals as flow
from ledger.trading.flow.records import NewSignal, Signal
from ledger.trading.flow.states import ENDED
from ledger.trading.people.portfolios import list_portfolios
from ledger.trading.people.strategies import get_strategy
from ledger.trading.people.strategy_rows import Strategy
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work

BATCH: Final = 100
LATEST: Final = 200
"""So many signals of each portfolio are looked at when execution starts, whether their ends were written back."""
KNOWN_FOR_S: Final = 10.0
_AMOUNTS = ("quantity", "amount", "percent", "price", "stop_loss", "take_profit")

log = logger(__name__)


class End(msgspec.Struct, frozen=True):
    """What became of a signal of the inbox."""

    inbox_uid: str
    state: InboxState
    code: str | None


class Intake:
    """Takes signals in, and writes back how they ended."""

    def __init__(self, ledger: Ledger, inbox: Inbox, time: TimeSource, *, held: Held) -> None:
        """Begin with nothing to write back; `load` finds what an earlier life has left.

        Args:
            ledger: The books.
            inbox: Where the webhook puts signals.
            time: The clocks.
            held: Whose signals are taken in; those of nobody are the leader's.
        """
        self._ledger = ledger
        self._inbox = inbox
        self._time = time
        self._held = held
        self._is_loaded = True
        self._known: dict[str, str] = {}
        self._known_until_s = 0.0
        self._ends: list[End] = []
        self._taken: list[str] = []
        self._refused: list[End] = []

    def load(self) -> None:
        """Write back again how the latest signals have ended: an earlier life may have died before it did."""
        with self._ledger.reading() as connection:
            found = [
                signal
                for each in list_portfolios(SYSTEM, connection)
                if self._held.has(each.account)
                for signal in flow.history(SYSTEM, connection, each.uid, limit=LATEST)
            ]
        self._is_loaded = True
        for signal in found:
            self.note(signal)

    def load_later(self) -> None:
        """Load before anything is taken in next: other accounts are held now, of which a life elsewhere has ended."""
        self._is_loaded = False

    def note(self, signal: Signal) -> None:
        """Remember to write back what became of a signal, where it has ended.

        Args:
            signal: As the ledger has it.
        """
        if signal.inbox_uid is not None and signal.state in ENDED:
            self._ends.append(End(signal.inbox_uid, signal.state, signal.code))

    def waiting(self) -> tuple[Waiting, ...]:
        """Return what waits, a batch; as many as `BATCH` where more may wait.

        Raises:
            LedgerUnavailable: The inbox cannot be used now.
        """
        if not self._is_loaded:
            self.load()
        with self._inbox.reading() as connection:
            if self._held.is_everything:
                return services.waiting(connection, limit=BATCH)
            senders = services.waiting_strategies(connection)
        with self._ledger.reading() as connection:
            mine = [uid for uid in senders if self._is_mine(connection, uid)]
        with self._inbox.reading() as connection:
            return services.waiting(connection, limit=BATCH, strategies=mine) if mine else ()

    def _is_mine(self, connection: Connection, strategy: str) -> bool:
        """Tell whether the signals of a strategy are this execution's; the leader has those that belong nowhere."""
        now_s = self._time.monotonic()
        if now_s >= self._known_until_s:
            self._known.clear()  # a strategy may trade elsewhere by now
            self._known_until_s = now_s + KNOWN_FOR_S
        if strategy not in self._known:
            try:
                self._known[strategy] = _portfolio(connection, get_strategy(SYSTEM, connection, strategy))
            except TradingError:
                return self._held.is_leader
        return self._held.has_portfolio(self._known[strategy])

    def take_in(self, work: Work, found: Sequence[Waiting]) -> tuple[Signal, ...]:
        """Write signals of the inbox into the ledger; `taken` is to be called once that is committed.

        Args:
            work: The transaction.
            found: The signals.

        Returns:
            Those that the ledger did not have.
        """
        self._refused = []
        new = []
        for each in found:
            try:
                taken = flow.take_in(SYSTEM, work, signal_of(work.connection, each))
                log.info("signal taken in", signal=taken.signal.uid, is_new=taken.is_new)
            except TradingError as error:
                code = "STRATEGY_OFF" if isinstance(error, NotFound) else "INVALID"
                log.warning("signal cannot be taken in", inbox=each.uid, code=code)
                self._refused.append(End(each.uid, "REJECTED", code))
                continue
            if taken.is_new and self._held.has(taken.signal.account):  # else whoever holds it goes on with it
                new.append(taken.signal)
        return tuple(new)

    def taken(self, found: Sequence[Waiting]) -> None:
        """Remember to tell the inbox that signals are in the ledger, or why they are not.

        Args:
            found: The signals, as they were taken in last.
        """
        self._taken += [each.uid for each in found]
        self._ends += self._refused

    def write_back(self) -> None:
        """Tell the inbox what was taken in, and how signals have ended; one that it has no longer is left out.

        Raises:
            LedgerUnavailable: The inbox cannot be used now; what was not written waits.
        """
        if not self._ends and not self._taken:
            return
        with self._inbox.writing() as connection:
            work = Work(connection, self._time.now())
            services.take(work, self._taken)
            for each in self._ends:
                _set_state(work, each)
        self._taken.clear()
        self._ends.clear()


def _set_state(work: Work, end: End) -> None:
    """Write how one signal has ended."""
    try:
        services.set_state(work, end.inbox_uid, end.state, end.code)
    except NotFound:
        log.info("the inbox no longer has a signal", inbox=end.inbox_uid)


def signal_of(connection: Connection, waiting: Waiting) -> NewSignal:
    """Return a signal of the inbox as the ledger takes it.

    Args:
        connection: Any connection to the ledger.
        waiting: As the inbox has it.

    Raises:
        TradingError: It belongs nowhere.
    """
    strategy = get_strategy(SYSTEM, connection, waiting.strategy_uid)
    body = waiting.body
    exchange = body.get("exchange")
    return NewSignal(
        portfolio=_portfolio(connection, strategy),
        action=str(body.get("action", "")),
        symbol=str(body.get("symbol", "")),
        received_at=waiting.received_at,
        strategy=strategy.uid,
        inbox_uid=waiting.uid,
        external_id=waiting.external_id,
        exchange=None if exchange is None else str(exchange),
        body=body,
        **{name: _amount(body.get(name)) for name in _AMOUNTS},
    )


def _portfolio(connection: Connection, strategy: Strategy) -> str:
    """Return the portfolio that a strategy trades for; raises NotFound where its user has none."""
    if strategy.portfolio is not None:
        return strategy.portfolio
    mine = [each for each in list_portfolios(SYSTEM, connection, user=strategy.user) if each.archived_at is None]
    found = next((each for each in mine if each.is_default), None)
    if found is None:
        raise NotFound("portfolio of strategy", strategy.name)
    return found.uid


def _amount(text: object) -> Decimal | None:
    """Return a number of the alert; None where there is none that is one: the webhook has refused such."""
    try:
        return None if text is None else Decimal(str(text))
    except InvalidOperation:
        return None
