"""The signals desk: everything from the inbox to a written intent.

Rows decide: each turn reads the open signals and takes each of them one step further where it can go, some of them in
one transaction. What is to be said to the venues is said after the commit; who dies before finds the rows, and says it
then.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final

from sqlalchemy import Connection

from bus.log import logger
from execution.queue import Lane, Waiting, after, ready
from execution.signals_desk import asking, entering, steps
from execution.signals_desk.around import Around
from execution.signals_desk.halting import Halting
from execution.signals_desk.heartbeats import Heartbeats
from execution.signals_desk.intake import BATCH, Intake
from execution.signals_desk.requests import Requests
from execution.signals_desk.shelf import Plans
from execution.signals_desk.stepping import Due, Moved, take_first_steps, take_steps
from ledger.inbox.opening import Inbox
from ledger.trading.errors import TradingError
from ledger.trading.flow import questions
from ledger.trading.flow import signals as flow
from ledger.trading.flow.records import Signal
from ledger.trading.flow.states import OPEN
from ledger.trading.orders.lanes import LaneOrder, of_signals, working
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work

LOOK_S: Final = 2.0
"""The inbox, halts and requests are looked at so often, woken or not."""
BUSY_S: Final = 0.2
"""Open signals are looked at so often while there are any."""
SLOW: Final = frozenset({"AWAITING_CONFIRMATION", "WAITING_FOR_MARKET"})
"""States in which nothing changes from one moment to the next, unless somebody answers."""
STILL_OPEN: Final = frozenset({*OPEN, "ORDERED"})
SENT_KEPT: Final = 200
MOST_STEPS: Final = 20
"""So many steps are one transaction: others that write wait for its end."""
CANCEL_REASON: Final = "a closing came"

log = logger(__name__)


class SignalsDesk:
    """Takes signals in, and makes intents of them.

    Every method may raise LedgerUnavailable; nothing is half done then, and the next turn goes on.

    Attributes:
        open_signals: Those that are not done, of whoever leads all of them, as of the last turn.
        has_told: Whether something was committed since this was last set to False that may have messages.
    """

    def __init__(self, around: Around, inbox: Inbox) -> None:
        """Know nothing; `start` comes first.

        Args:
            around: What it works with.
            inbox: Where the webhook puts signals.
        """
        self.open_signals: tuple[Signal, ...] = ()
        self.has_told = False
        self._around = around
        self._inbox = inbox
        self._intake = Intake(around.ledger, inbox, around.time, held=around.held)
        self._halting = Halting(around, around.time)
        self._requests = Requests(around)
        self._heartbeats = Heartbeats(around)
        self._plans = Plans()
        self._open: dict[str, Signal] = {}
        self._others: tuple[Signal, ...] = ()
        self._unsent: list[tuple[str, str]] = []
        self._sent: list[tuple[str, float]] = []
        self._overtaken: dict[str, int] = {}
        self._is_woken = True
        self._next_look_s = 0.0
        self._next_turn_s = 0.0

    def start(self) -> None:
        """Draw what follows from a restore or a new inbox, and find what an earlier life has left undone."""
        self._halting.start(self._inbox)
        self._intake.load()

    def wake(self) -> None:
        """Look everywhere at the next turn: a signal, an answer or a request is there."""
        self._is_woken = True

    def hear(self) -> None:
        """Look at the open signals at the next turn: a broker has said something."""
        self._next_turn_s = 0.0

    def hold(self) -> None:
        """Look after the signals of other accounts than before: what was to be said of others is theirs to say."""
        self._unsent = [(account, uid) for account, uid in self._unsent if self._around.held.has(account)]
        self._intake.load_later()
        self._is_woken = True

    def wait_s(self) -> float:
        """Return how long nothing has to be done."""
        if self._is_woken:
            return 0.0
        due_s = self._next_turn_s if self.open_signals or self._requests.are_open else self._next_look_s
        return max(0.0, min(due_s, self._next_look_s) - self._around.time.monotonic())

    def turn(self) -> None:
        """Do what is due."""
        self._send()
        now_s = self._around.time.monotonic()
        is_look = self._is_woken or now_s >= self._next_look_s
        is_busy = bool(self.open_signals) or self._requests.are_open
        if not is_look and not (is_busy and now_s >= self._next_turn_s):
            return
        more = is_look and self._take_in() == BATCH
        for uid in self._halting.turn():
            self._around.orders.cancel(uid, reason="killed")
        self._expire_questions()
        self._advance(is_look=is_look)
        if (is_look or self._requests.are_open) and self._requests.turn():
            self.has_told = more = True  # a signal may have come of it
        self.has_told |= self._heartbeats.turn()
        self._intake.write_back()
        self._is_woken = more
        self._next_turn_s = now_s + BUSY_S
        if is_look:
            self._next_look_s = now_s + LOOK_S

    def killed(self, connection: Connection) -> str:
        """Return why nobody may trade; empty where somebody may.

        Args:
            connection: Any connection to the ledger.
        """
        return self._halting.killed(connection)

    def _take_in(self) -> int:
        """Take in what waits in the inbox, some of it in one transaction; return how many signals waited."""
        waiting = self._intake.waiting()
        for first in range(0, len(waiting), MOST_STEPS):
            part = waiting[first : first + MOST_STEPS]
            plans, self._plans = self._plans, Plans()
            with self._around.ledger.writing() as connection:
                work = Work(connection, self._around.time.now())
                done = take_first_steps(self._around, work, plans, self._intake.take_in(work, part))
            self._intake.taken(part)
            self._plans = plans
            self._follow_up(done)
        return len(waiting)

    def _advance(self, *, is_look: bool) -> None:
        """Take every open signal as far as it can go now."""
        self._read()
        if self._open:
            with self._around.ledger.reading() as connection:
                answered = {each.signal: each for each in questions.answered_waiting(SYSTEM, connection)}
            for account in {each.account for each in self._open.values() if each.state != "ORDERED"}:
                self._around.orders.keep_fresh(account)
            due = [each for each in self._open.values() if is_look or each.uid in answered or each.state not in SLOW]
            self._take(
                [(each, step) for each in due if (step := steps.step_of(each, answered.get(each.uid))) is not None]
            )
            self._follow_ordered()
            self._queue()
        self.open_signals = (*self._open.values(), *(self._others if self._around.held.is_leader else ()))

    def _read(self) -> None:
        """Read the open signals."""
        with self._around.ledger.reading() as connection:
            found = flow.open_signals(SYSTEM, connection, with_ordered=True)
        self._others = tuple(each for each in found if not self._around.held.has(each.account))
        self._open = {each.uid: each for each in found if self._around.held.has(each.account)}
        self._plans.keep(set(self._open))

    def _follow_ordered(self) -> None:
        """Look which ordered signals have no order left on its way."""
        found = [each for each in self._open.values() if each.state == "ORDERED"]
        if not found:
            return
        with self._around.ledger.reading() as connection:
            made = of_signals(SYSTEM, connection, *(each.uid for each in found))
        orders: dict[str | None, list[LaneOrder]] = {}
        for each in made:
            if each.leg in {"ENTRY", "EXIT"}:
                orders.setdefault(each.signal, []).append(each)
        ended = [each for each in found if each.uid in orders and all(order.is_over for order in orders[each.uid])]
        self._take([(each, partial(steps.ordered, orders=orders[each.uid])) for each in ended])

    def _queue(self) -> None:
        """Clear the way of closings, and make intents of those whose turn it is."""
        line = self._line()
        closings = [self._open[each.uid] for each in line if each.is_closing]
        for signal in closings:
            self._take([(signal, entering.prepare)])  # alone: it ends others
        if closings:
            self._read()
            line = self._line()
        if not line:
            return
        with self._around.ledger.reading() as connection:
            busy = {each.lane for each in working(SYSTEM, connection) if each.leg in {"ENTRY", "EXIT"}}
        self._take([(self._open[uid], entering.enter) for uid in self._ready(line, busy)])

    def _line(self) -> list[Waiting]:
        """Return the signals in the queue as they stand in line."""
        queued = [each for each in self._open.values() if each.state == "QUEUED"]
        if not queued:
            return []
        with self._around.ledger.reading() as connection:
            line = [self._waiting(connection, each) for each in queued]
        return [each for each in line if each is not None]

    def _waiting(self, connection: Connection, signal: Signal) -> Waiting | None:
        """Return a signal as it stands in line."""
        plan = self._plans.of(connection, signal)
        if plan is None or signal.instrument is None:
            return None
        return Waiting(
            uid=signal.uid,
            account=signal.account,
            instrument=signal.instrument,
            is_closing=plan.is_closing,
            since=plan.since,
            sequence=signal.id,
            overtaken=self._overtaken.get(signal.uid, 0),
        )

    def _ready(self, line: Sequence[Waiting], busy: set[Lane]) -> tuple[str, ...]:
        """Return whose turn it is, within each account's rate; counts whom they overtake."""
        now_s, now = self._around.time.monotonic(), self._around.time.now()
        self._sent = [each for each in self._sent if now_s - each[1] < 1.0][-SENT_KEPT:]
        lately = {account: [now for each in self._sent if each[0] == account] for account, _ in self._sent}
        per_second = self._around.settings.orders_per_second
        chosen = ready(line, busy=busy, sent_lately=lately, per_second=per_second, now=now)
        rest = tuple(line)
        for uid in chosen:
            rest = after(rest, next(each for each in rest if each.uid == uid))
        self._overtaken = {each.uid: each.overtaken for each in rest if each.uid not in chosen}
        return chosen

    def _take(self, due: Sequence[Due]) -> None:
        """Take signals one step further, many in one transaction; where one of them cannot be, each by itself."""
        for first in range(0, len(due), MOST_STEPS):
            batch = due[first : first + MOST_STEPS]
            try:
                self._commit(batch)
            except TradingError:
                if len(batch) == 1:
                    raise
                for each in batch:
                    self._commit([each])

    def _commit(self, batch: Sequence[Due]) -> None:
        """Take signals a step further in one transaction, then say what follows; raises TradingError."""
        plans, self._plans = self._plans, Plans()  # these may know what is never committed
        with self._around.ledger.writing() as connection:
            done = take_steps(self._around, Work(connection, self._around.time.now()), plans, batch)
        self._plans = plans
        self._follow_up(done)

    def _follow_up(self, done: Sequence[Moved]) -> None:
        """Note what committed steps have done, and say what follows."""
        for signal, touched, said in done:
            self._note(signal, touched)
            self._unsent += [(touched.account, uid) for uid in said.sends]
        self._send()
        for uid in (uid for _, _, said in done for uid in said.cancels):
            self._around.orders.cancel(uid, reason=CANCEL_REASON)

    def _send(self) -> None:
        """Send what is written and not sent."""
        while self._unsent:
            account, uid = self._unsent.pop(0)
            self._sent.append((account, self._around.time.monotonic()))
            self._around.orders.send(uid)

    def _note(self, signal: Signal, touched: Signal) -> None:
        """Note what a step has done."""
        if (touched.state, touched.code) != (signal.state, signal.code):
            self.has_told = True
            log.info("signal moved", signal=signal.uid, state=touched.state, code=touched.code or "")
        self._intake.note(touched)
        if touched.state in STILL_OPEN:
            self._open[touched.uid] = touched
        else:
            self._open.pop(touched.uid, None)

    def _expire_questions(self) -> None:
        """End questions that nobody has answered in time, with their signals."""
        for signal in asking.expire_due(self._around):
            self.has_told = True
            self._intake.note(signal)
