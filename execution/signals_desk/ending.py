"""The ends and the halts of a signal: refused, expired, held; each a step with its numbers, and told."""

from decimal import Decimal
from typing import Final

import msgspec

from bus.language import Language
from execution.refusal import Refusal, refuse
from execution.signals_desk.around import Case
from execution.texts import signals as texts
from execution.texts.lives import asked_before, with_question
from execution.texts.moments import moment, reader_of
from ledger.trading.enumerations import SignalState
from ledger.trading.events import Notice, of_signal, tell
from ledger.trading.flow import questions
from ledger.trading.hours import Closed
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
    notice = Notice(id=f"signal-{uid}-{state.lower()}", kind="refused", text=text, aloud=text)
    tell(case.work, case.standing.user, in_its_message(case, notice))


def hold(case: Case, refusal: Refusal) -> None:
    """Let a signal stay as it is, with what holds it as its code; an opening that is too old expires with that.

    Args:
        case: The signal.
        refusal: What holds it.
    """
    plan = case.plan
    is_closing = case.signal.action in {"close", "sell"} if plan is None else plan.is_closing
    since = case.signal.received_at if plan is None else plan.since
    age = case.now - since
    if is_closing or age < case.around.opening_max_age:
        if case.signal.code != refusal.code:
            details = dict(refusal.values)
            case.move(case.signal.state, code=refusal.code, details=details)
        return
    if refusal.code == "NOT_KNOWN":
        refuse_signal(case, refusal)
        return
    reason = texts.reason(refusal, language_of(case.standing))
    expired = refuse("OPENING_EXPIRED", seconds=Decimal(int(age.total_seconds())), reason=reason)
    refuse_signal(case, expired, state="EXPIRED")


def is_too_old(case: Case) -> bool:
    """Tell whether what comes next is an opening that nobody may order any more.

    Args:
        case: The signal, with its plan.
    """
    plan = case.plan
    return plan is not None and not plan.is_closing and case.now - plan.since >= case.around.opening_max_age


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
