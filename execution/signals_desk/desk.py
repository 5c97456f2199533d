"""The signals desk: everything from the inbox to a written intent.

Rows decide: each turn reads the open signals and takes each of them one step further where it can go, in a transaction
of its own. What is to be said to the venues is said after the commit; who dies before finds the rows, and says it then.
"""

from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy import Connection

from bus.log import logger
from execution.queue import Lane, Waiting, after, ready
from execution.signals_desk import asking, entering, steps
from execution.signals_desk.around import Around, Case
from execution.signals_desk.entering import NOTHING, After
from execution.signals_desk.halting import Halting
from execution.signals_desk.heartbeats import Heartbeats
from execution.signals_desk.intake import BATCH, Intake
from execution.signals_desk.reading import read_case, read_plan
from execution.signals_desk.requests import Requests
from ledger.inbox.opening import Inbox
from ledger.trading.flow import questions
from ledger.trading.flow import signals as flow
from ledger.trading.flow.records import Question, Signal
from ledger.trading.orders.lanes import of_signals, working
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work

LOOK_S: Final = 2.0
"""The inbox, halts and requests are looked at so often, woken or not."""
BUSY_S: Final = 0.2
"""Open signals are looked at so often while there are any."""
SENT_KEPT: Final = 200
CANCEL_REASON: Final = "a closing came"

log = logger(__name__)


class SignalsDesk:
    """Takes signals in, and makes intents of them.

    Every method may raise LedgerUnavailable; nothing is half done then, and the next turn goes on.

    Attributes:
        open_signals: Those that have not become an order yet, as of the last turn.
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
        self._intake = Intake(around.ledger, inbox, around.time)
        self._halting = Halting(around, around.time)
        self._requests = Requests(around)
        self._heartbeats = Heartbeats(around)
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

    def wait_s(self) -> float:
        """Return how long nothing has to be done."""
        if self._is_woken:
            return 0.0
        due_s = self._next_turn_s if self.open_signals or self._requests.are_open else self._next_look_s
        return max(0.0, min(due_s, self._next_look_s) - self._around.time.monotonic())

    def turn(self) -> None:
        """Do what is due."""
        now_s = self._around.time.monotonic()
        is_look = self._is_woken or now_s >= self._next_look_s
        is_busy = bool(self.open_signals) or self._requests.are_open
        if not is_look and not (is_busy and now_s >= self._next_turn_s):
            return
        more = is_look and self._intake.look() == BATCH
        for uid in self._halting.turn():
            self._around.orders.cancel(uid, reason="killed")
        self._expire_questions()
        self._advance()
        self.has_told |= self._requests.turn()
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

    def _advance(self) -> None:
        """Take every open signal as far as it can go now."""
        with self._around.ledger.reading() as connection:
            found = flow.open_signals(SYSTEM, connection, with_ordered=True)
            answered = {each.signal: each for each in questions.answered_waiting(SYSTEM, connection)} if found else {}
        if found:
            for account in {each.account for each in found if each.state != "ORDERED"}:
                self._around.orders.keep_fresh(account)
            for signal in found:
                self._step_of(signal, answered.get(signal.uid))
            self._follow_ordered()
            self._queue()
        with self._around.ledger.reading() as connection:
            self.open_signals = flow.open_signals(SYSTEM, connection, with_ordered=True)

    def _step_of(self, signal: Signal, answered: Question | None) -> None:
        """Take a signal that is not in the queue a step further, or two."""
        if signal.state == "RECEIVED":
            signal = self._step(signal, steps.received)
        if signal.state == "VALIDATED":
            self._step(signal, steps.validated)
        elif signal.state == "AWAITING_CONFIRMATION":
            self._step(signal, lambda case: steps.awaiting(case, answered))
        elif signal.state == "WAITING_FOR_MARKET":
            self._step(signal, steps.waiting_for_market)

    def _follow_ordered(self) -> None:
        """Look which ordered signals have no order left on its way."""
        with self._around.ledger.reading() as connection:
            found = [
                each for each in flow.open_signals(SYSTEM, connection, with_ordered=True) if each.state == "ORDERED"
            ]
            made = of_signals(SYSTEM, connection, [each.uid for each in found])
        for signal in found:
            mine = [each for each in made if each.signal == signal.uid and each.leg in {"ENTRY", "EXIT"}]
            if mine and all(each.is_over for each in mine):
                self._step(signal, lambda case, mine=mine: steps.ordered(case, mine))  # type: ignore[misc]

    def _queue(self) -> None:
        """Clear the way of closings, and make intents of those whose turn it is."""
        for signal in self._closings():
            self._step(signal, entering.prepare)
        queued = {each.uid: each for each in self._queued()}
        with self._around.ledger.reading() as connection:
            busy = {each.lane for each in working(SYSTEM, connection) if each.leg in {"ENTRY", "EXIT"}}
            line = [self._waiting(connection, each) for each in queued.values()]
        line = [each for each in line if each is not None]
        for uid in self._ready([each for each in line if each is not None], busy):
            self._step(queued[uid], entering.enter)

    def _queued(self) -> list[Signal]:
        """Return the signals in the queue, oldest first."""
        with self._around.ledger.reading() as connection:
            return [each for each in flow.open_signals(SYSTEM, connection) if each.state == "QUEUED"]

    def _closings(self) -> list[Signal]:
        """Return those in the queue that close something: only their way may have to be cleared."""
        queued = self._queued()
        with self._around.ledger.reading() as connection:
            plans = [read_plan(connection, each) for each in queued]
        return [each for each, plan in zip(queued, plans, strict=True) if plan is not None and plan.is_closing]

    def _waiting(self, connection: Connection, signal: Signal) -> Waiting | None:
        """Return a signal as it stands in line."""
        plan = read_plan(connection, signal)
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

    def _step(self, signal: Signal, step: Callable[[Case], After | None]) -> Signal:
        """Take a signal one step further in a transaction, then say what follows; returns the signal after it."""
        with self._around.ledger.writing() as connection:
            work = Work(connection, self._around.time.now())
            case = read_case(self._around, work, signal)
            said = step(case) or NOTHING
            touched = flow.find(SYSTEM, connection, signal.uid)
        if (touched.state, touched.code) != (signal.state, signal.code):
            self.has_told = True
            log.info("signal moved", signal=signal.uid, state=touched.state, code=touched.code or "")
        self._intake.note(touched)
        for uid in said.cancels:
            self._around.orders.cancel(uid, reason=CANCEL_REASON)
        for uid in said.sends:
            self._sent.append((touched.account, self._around.time.monotonic()))
            self._around.orders.send(uid)
        return touched

    def _expire_questions(self) -> None:
        """End questions that nobody has answered in time, with their signals."""
        with self._around.ledger.reading() as connection:
            now = self._around.time.now()
            is_due = any(each.expires_at <= now for each in questions.open_questions(SYSTEM, connection))
        if not is_due:
            return
        with self._around.ledger.writing() as connection:
            work = Work(connection, self._around.time.now())
            ended = [each.signal for each in questions.expire_due(SYSTEM, work) if each.signal is not None]
            for uid in ended:
                asking.expire(read_case(self._around, work, flow.find(SYSTEM, connection, uid)))
            found = [flow.find(SYSTEM, connection, uid) for uid in ended]
        self.has_told = True
        for signal in found:
            self._intake.note(signal)
