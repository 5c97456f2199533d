"""The ends and the halts of a signal: refused, expired, held; each a step with its numbers, and told."""

from datetime import datetime
from decimal import Decimal
from typing import Final

import msgspec

from bus.language import Language
from execution.refusal import Refusal, Unknown, refuse
from execution.signals_desk.around import Case
from execution.signals_desk.flushed import is_one_of_many
from execution.signals_desk.gate import market_hours
from execution.signals_desk.plans import Plan
from execution.texts import signals as texts
from execution.texts.lives import asked_before, with_question
from execution.texts.moments import moment, reader_of
from ledger.trading.enumerations import SignalState
from ledger.trading.events import Notice, of_signal, tell
from ledger.trading.flow import questions
from ledger.trading.hours import Closed, Open
from ledger.trading.instruments import Instrument
from ledger.trading.orders.lives import signal_life
from ledger.trading.people.standing import Standing
from ledger.trading.principal import SYSTEM
from ledger.trading.risk.breaches import NewBreach, record

BREACHES: Final = frozenset(
    {
        "CASH",
        "MAX_INVESTED",
        "MAX_POSITIONS",
        "MAX_PER_TICKER",
        "MAX_DAILY_BUYS",
        "MAX_DAILY_LOSS",
        "MAX_ORDER_VALUE",
        "MAX_POSITION_VALUE",
        "BUDGET",
        "LEVERAGE_CAP",
        "RISK_PER_TRADE",
        "MAX_DRAWDOWN",
        "MAX_SPREAD",
        "MAX_ORDERS_PER_DAY",
        "COOLDOWN",
        "NOT_ALLOWED_SYMBOL",
    }
)
"""Refusals that are a broken limit, and so a row of `risk_breaches` too."""
INSTRUMENT: Final[Unknown] = "instrument"
"""Not known while the venue has not said what a symbol means: who came too late for that has waited, and expires."""
NOT_IN_TIME: Final = "it was not taken up in time"
"""Why an opening expires that nothing holds any more: execution, or the books, were away too long."""


def refuse_signal(case: Case, refusal: Refusal, *, state: SignalState = "REJECTED") -> None:
    """End a signal that becomes no order, and tell why.

    Args:
        case: The signal.
        refusal: Why.
        state: REJECTED, EXPIRED or SUPERSEDED.
    """
    uid = case.signal.uid
    questions.cancel_for_signal(SYSTEM, case.work, uid)
    case.move(state, code=refusal.code, details=dict(refusal.values))
    if refusal.code in BREACHES:
        seen = NewBreach(
            portfolio=case.signal.portfolio,
            code=refusal.code,
            observed=dict(refusal.values),
            action="BLOCKED",
            instrument=case.signal.instrument,
        )
        record(SYSTEM, case.work, seen)
    language = language_of(case.standing)
    text = texts.not_ordered(case.signal, refusal, language, has_expired=state == "EXPIRED")
    aloud = "" if is_one_of_many(case.work.connection, uid, case.now) else text
    notice = Notice(id=f"signal-{uid}-{state.lower()}", kind="refused", text=text, aloud=aloud)
    tell(case.work, case.standing.user, in_its_message(case, notice))


def hold(case: Case, refusal: Refusal) -> None:
    """Let a signal stay as it is, with what holds it as its code; an opening that is too old expires with that.

    Args:
        case: The signal.
        refusal: What holds it.
    """
    plan = case.plan
    is_closing = case.signal.action in {"close", "sell"} if plan is None else plan.is_closing
    if is_closing or not is_late(case):
        if case.signal.code != refusal.code:
            details = dict(refusal.values)
            case.move(case.signal.state, code=refusal.code, details=details)
        return
    if refusal.code == "NOT_KNOWN" and refusal.values["what"] != INSTRUMENT:
        refuse_signal(case, refusal)
        return
    expire(case, texts.reason(refusal, language_of(case.standing)))


def expire(case: Case, reason: str = NOT_IN_TIME) -> None:
    """End an opening that was not ordered in time.

    Args:
        case: The signal.
        reason: What held it.
    """
    age = Decimal(int((case.now - _ready_at(case)).total_seconds()))
    refuse_signal(case, refuse("OPENING_EXPIRED", seconds=age, reason=reason), state="EXPIRED")


def is_late(case: Case) -> bool:
    """Tell whether what comes next could have been ordered for so long that its opening is ordered no more.

    Args:
        case: The signal.
    """
    return case.now - _ready_at(case) >= case.around.opening_max_age


def begun_anew(case: Case, plan: Plan) -> Plan:
    """Return a plan whose next move is due from now on; what was late before stays so.

    Args:
        case: The signal.
        plan: What is left to be done of it.
    """
    if is_late(msgspec.structs.replace(case, plan=plan)):
        return plan
    return msgspec.structs.replace(plan, since=case.now)


def _ready_at(case: Case) -> datetime:
    """Return since when what comes next could be ordered: its own time, or when its market opened after that."""
    plan, instrument = case.plan, case.instrument
    if plan is None or instrument is None:
        return case.signal.received_at if plan is None else plan.since
    then = market_hours(case, instrument, at=plan.since)
    return plan.since if isinstance(then, Open) or then.opens_at is None else then.opens_at


def market_closed(case: Case, instrument: Instrument, closed: Closed) -> Refusal:
    """Return that a market is closed, with when it opens, in words of its user.

    Args:
        case: The signal.
        instrument: What it trades.
        closed: Its market.
    """
    opens = moment(closed.opens_at, reader_of(case.standing.user))
    return refuse("MARKET_CLOSED", symbol=instrument.symbol, opens=opens)


def in_its_message(case: Case, notice: Notice) -> Notice:
    """Return what is told of a signal as its message tells it: with the question, in whose place it stands.

    Once the signal has led to an order that goes on in its message, what is told of it is a message by itself.

    Args:
        case: The signal.
        notice: What is told.
    """
    life = signal_life(SYSTEM, case.work.connection, case.signal.uid)
    if life.first_order is not None:
        return notice
    text = with_question(notice.text, asked_before(life.asked), reader_of(case.standing.user))
    return msgspec.structs.replace(notice, text=text, subject=of_signal(case.signal.uid))


def language_of(standing: Standing) -> Language:
    """Return the language of a portfolio's user, as far as the texts have it.

    Args:
        standing: The portfolio.
    """
    return reader_of(standing.user).language
