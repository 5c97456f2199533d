"""What an alert would do now: the steps of a signal themselves, in a transaction that is taken back.

Nothing is written and nothing is sent. As a signal does, a trial waits a moment for what is not known yet, such as a
quote; what is still not known then is its answer.
"""

from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import msgspec

from execution import risk
from execution.check_figures import figures
from execution.refusal import CODES, Refusal
from execution.signals_desk import entering, steps
from execution.signals_desk.around import Case
from execution.signals_desk.entering import After
from execution.signals_desk.intake import signal_of
from execution.signals_desk.lane import earlier
from execution.signals_desk.market_view import quote_of
from execution.signals_desk.meant import Meant, what_it_means
from execution.signals_desk.reading import read_case
from execution.signals_desk.shelf import Plans
from execution.signals_desk.size import Wanted, opening_size
from execution.signals_desk.stepping import Step, take_steps
from execution.signals_desk.trial import Checked, Trial, report
from execution.signals_desk.wishes import Done, Wish
from ledger.inbox.records import Signal as Alert
from ledger.trading.flow import questions
from ledger.trading.flow import signals as flow
from ledger.trading.flow.records import Signal, SignalEvent
from ledger.trading.orders.finding import find as find_order
from ledger.trading.people.strategies import get_strategy
from ledger.trading.principal import SYSTEM

PATIENCE: Final = timedelta(seconds=8)
"""So long a trial waits for what is not known yet."""
MOVING: Final = frozenset({"RECEIVED", "VALIDATED", "QUEUED"})


def simulate(wish: Wish) -> Done | None:
    """Say what an alert would do now.

    Args:
        wish: Names the version of the `strategy` that it comes to, and what it says as `alert`, without its secret.
    """
    body: Any = wish.request.arguments.get("alert")
    if not isinstance(body, dict):
        return wish.missing("alert")
    strategy = get_strategy(SYSTEM, wish.work.connection, wish.argument("strategy"))
    if strategy.user != wish.standing.user_uid:
        return wish.missing("strategy")
    savepoint = wish.work.connection.begin_nested()
    try:
        trial = _try(wish, body)
    finally:
        savepoint.rollback()
    wish.around.orders.keep_fresh(trial.case.signal.account)  # a balance that is too old is read meanwhile
    if _is_held(trial) and wish.work.now - wish.request.created_at < PATIENCE:
        return None
    return Done(report(trial, wish.language))


def _try(wish: Wish, body: dict[str, object]) -> Trial:
    """Let an alert be a signal, and take it as far as it goes."""
    alert = Alert(
        uid=wish.request.uid,
        strategy_uid=wish.argument("strategy"),
        received_at=wish.request.created_at,
        peer="",
        body=body,
        external_id=None,
        state="RECEIVED",
        code=None,
        updated_at=wish.work.now,
    )
    new = msgspec.structs.replace(signal_of(wish.work.connection, alert), inbox_uid=None)
    signal, _ = _step(wish, flow.take_in(SYSTEM, wish.work, new).signal, steps.received)
    meant = _meant(_case(wish, signal))
    asked = questions.open_questions(SYSTEM, wish.work.connection)
    question = next((each for each in asked if each.signal == signal.uid), None)
    if question is not None:
        answered = questions.answer(SYSTEM, wish.work, question.uid, "execute")
        signal, _ = _step(wish, signal, partial(steps.awaiting, answered=answered))
    case = _case(wish, signal)
    wanted, checks = _checked(case)
    signal, cleared = _step(wish, signal, entering.prepare)
    signal, entered = _step(wish, signal, entering.enter)
    last = flow.life(SYSTEM, wish.work.connection, signal.uid)[-1]
    return Trial(
        case=_case(wish, signal),
        meant=meant,
        is_asked=question is not None,
        wanted=wanted,
        checks=checks,
        in_the_way=len(cleared.cancels),
        orders=tuple(find_order(SYSTEM, wish.work.connection, uid) for uid in entered.sends),
        said=_said(last),
        opens=datetime.fromisoformat(last.details["opens"]) if "opens" in last.details else None,
    )


def _step(wish: Wish, signal: Signal, step: Step) -> tuple[Signal, After]:
    """Take a signal a step further, in the transaction that is taken back."""
    [(_, touched, said)] = take_steps(wish.around, wish.work, Plans(), [(signal, step)])
    return touched, said


def _case(wish: Wish, signal: Signal) -> Case:
    """Read a signal anew."""
    return read_case(wish.around, wish.work, signal)


def _meant(case: Case) -> Meant | None:
    """Return what a signal means; None where nobody can say."""
    if case.instrument is None:
        return None
    before = [case.shelf.plans.of(case.work.connection, each) for each in earlier(case)]
    found = what_it_means(case, before)
    return None if isinstance(found, Refusal) else found


def _checked(case: Case) -> tuple[Wanted | None, tuple[Checked, ...]]:
    """Return how much would be opened, and what every check says of it; nothing of what opens nothing."""
    plan, instrument = case.plan, case.instrument
    is_next = case.signal.state in {"QUEUED", "WAITING_FOR_MARKET"}
    if plan is None or instrument is None or plan.is_closing or not is_next:
        return None, ()
    wanted = opening_size(case, plan.moves[0], quote_of(case, instrument))
    if isinstance(wanted, Refusal):
        return None, ()
    asking = entering.what_is_checked(case, instrument, wanted)
    if isinstance(asking, Refusal):
        return wanted, ()
    said = risk.each_check(asking)
    return wanted, tuple(Checked(each.__name__.upper(), figures(each, asking), refusal) for each, refusal in said)


def _said(last: SignalEvent) -> Refusal | None:
    """Return why a signal has ended or is held, as its last step has it; None where that says nothing."""
    if last.code is None or last.code not in CODES or set(last.details) != set(CODES[last.code]):
        return None
    return Refusal(last.code, {name: str(value) for name, value in last.details.items()})


def _is_held(trial: Trial) -> bool:
    """Tell whether a trial has come to no end, since something is not known."""
    return trial.case.signal.state in MOVING and not trial.in_the_way
