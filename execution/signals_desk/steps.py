"""One function for each state in which a signal may wait: what its next step is, decided from rows and quotes alone.

RECEIVED              who and what is it?             ─▶ VALIDATED
VALIDATED             what does it mean?              ─▶ asked, waiting for its market, or QUEUED
AWAITING_CONFIRMATION what was answered?              ─▶ the same
WAITING_FOR_MARKET    is the market open?             ─▶ QUEUED
QUEUED                `execution.signals_desk.entering`
ORDERED               have its orders ended?          ─▶ QUEUED for what is left, else DONE
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import Final

import msgspec

from execution.meaning import missing_alert
from execution.refusal import Refusal, refuse
from execution.signals_desk import asking
from execution.signals_desk.around import Case
from execution.signals_desk.ending import (
    begun_anew,
    expire,
    hold,
    in_its_message,
    is_late,
    language_of,
    market_closed,
    refuse_signal,
)
from execution.signals_desk.gate import awaits_hours, gate, live_refuses, market_hours, mode_refuses, must_be_asked
from execution.signals_desk.lane import book_of, earlier, read_lane
from execution.signals_desk.meant import what_it_means
from execution.signals_desk.plans import Plan
from execution.signals_desk.symbols import instrument_of
from execution.texts import signals as texts
from execution.texts.moments import reader_of
from execution.watching.indicators import CODE as INDICATOR
from execution.watching.indicators import indicator_of, tell_indicator
from ledger.store import put_setting
from ledger.trading.enumerations import SignalState
from ledger.trading.events import Notice, tell
from ledger.trading.flow.records import Question, Signal
from ledger.trading.hours import Closed
from ledger.trading.orders.lanes import LaneOrder

HEARTBEAT: Final = "heartbeat"
HEARTBEATS: Final = "heartbeat:"
"""Begins the setting that says when a strategy's heartbeat last came; behind it the strategy's first version."""


def step_of(signal: Signal, answered: Question | None) -> Callable[[Case], None] | None:
    """Return the next step of a signal that is neither in the queue nor ordered, None for any other.

    Args:
        signal: The signal.
        answered: The question about it that was answered last; None where none was.
    """
    match signal.state:
        case "RECEIVED":
            return received
        case "VALIDATED":
            return validated
        case "AWAITING_CONFIRMATION":
            return partial(awaiting, answered=answered)
        case "WAITING_FOR_MARKET":
            return waiting_for_market
        case _:
            return None


def received(case: Case) -> None:
    """Find out whose a signal is and what it trades.

    Args:
        case: The signal.
    """
    tell_indicator(case)
    if case.signal.action == HEARTBEAT and indicator_of(case):
        case.move("DONE", code=INDICATOR)
        return
    if (refusal := gate(case)) is not None:
        refuse_signal(case, refusal)
        return
    if case.signal.action == HEARTBEAT:
        put_setting(case.work.connection, heartbeat_setting(case), case.signal.received_at.isoformat())
        case.move("DONE", code="HEARTBEAT")
        return
    found = instrument_of(case)
    if isinstance(found, Refusal):
        _stop(case, found)
        return
    case.move("VALIDATED", instrument=found.uid)


def validated(case: Case) -> None:
    """Decide what a signal means, now that all that came before it has been decided.

    Args:
        case: The signal, with its instrument.
    """
    before = earlier(case)
    if any(each.state in {"RECEIVED", "VALIDATED"} for each in before):
        return
    refusal = gate(case)
    plans = [case.shelf.plans.of(case.work.connection, each) for each in before]
    plan = _plan(case, plans) if refusal is None else refusal
    if isinstance(plan, Refusal):
        refuse_signal(case, plan)
        return
    planned = msgspec.structs.replace(case, plan=plan)
    if (locked := live_refuses(planned)) is not None:
        refuse_signal(case, locked)
        return
    go_on(planned)


def awaiting(case: Case, answered: Question | None) -> None:
    """Do what a person has answered.

    Args:
        case: The signal.
        answered: The question about it that was answered last; None where none was.
    """
    if (refusal := gate(case)) is not None:
        refuse_signal(case, refusal)
    elif answered is None or case.plan is None:
        return
    elif answered.answer == "change":
        asking.ask_changed(case, asking.changed(case, answered))
    elif answered.answer != "execute":
        refuse_signal(case, refuse("REJECTED_BY_PERSON"))
    else:
        said = msgspec.structs.replace(case.plan, confirmed=answered.uid, since=answered.answered_at or case.now)
        go_on(msgspec.structs.replace(case, plan=begun_anew(case, said)))


def waiting_for_market(case: Case) -> None:
    """Let a signal go once its market is open; an opening expires when that has closed again.

    Args:
        case: The signal.
    """
    plan, instrument = case.plan, case.instrument
    if (refusal := gate(case)) is not None:
        refuse_signal(case, refusal)
    elif plan is None or instrument is None:
        return
    elif not plan.is_closing and plan.by is not None and case.now >= plan.by:
        market = market_hours(case, instrument)
        until = market if isinstance(market, Closed) else Closed(case.now, None)
        expire(case, texts.reason(market_closed(case, instrument, until), language_of(case.standing)))
    elif not plan.is_closing and awaits_hours(case, instrument):
        return
    elif not isinstance(market_hours(case, instrument), Closed):
        open_now = begun_anew(case, msgspec.structs.replace(plan, by=None))
        go_on(msgspec.structs.replace(case, plan=open_now))


def go_on(case: Case) -> None:
    """Ask a person, let a signal wait for its market, or put it into the queue.

    Nobody is asked about what is not known while the market is closed: that may be known when it opens.

    Args:
        case: The signal, with its plan and instrument.
    """
    plan, instrument = case.plan, case.instrument
    if plan is None or instrument is None:
        return
    open_or_closed = market_hours(case, instrument)
    if must_be_asked(case) and not (isinstance(open_or_closed, Closed) and asking.lacks_something(case)):
        asking.ask(case)
        return
    if isinstance(open_or_closed, Closed):
        wait_for_market(case, open_or_closed)
        return
    case.move("QUEUED", details=plan.details())


def wait_for_market(case: Case, closed: Closed) -> None:
    """Let a signal wait until its market opens, and tell so; an opening does not wait for what nobody knows.

    Args:
        case: The signal, with its plan.
        closed: The market.
    """
    plan, instrument, uid = case.plan, case.instrument, case.signal.uid
    if plan is None or instrument is None:
        return
    if closed.opens_at is None and not plan.is_closing:
        refuse_signal(case, market_closed(case, instrument, closed))
        return
    if not plan.is_closing and is_late(case):
        expire(case)
        return
    session = {"by": closed.closes_at, "opens": closed.opens_at}
    details = begun_anew(case, plan).details(**{name: at.isoformat() for name, at in session.items() if at is not None})
    case.move("WAITING_FOR_MARKET", code="MARKET_CLOSED", details=details)
    text = texts.waits(case.signal, closed, reader_of(case.standing.user))
    name = f"signal-{uid}-waits-{'long' if closed.opens_at is None else f'{closed.opens_at:%Y%m%d}'}"
    tell(case.work, case.standing.user, in_its_message(case, Notice(id=name, kind="refused", text=text)))


def ordered(case: Case, orders: Sequence[LaneOrder]) -> None:
    """Go on once all orders of a signal have ended: with what is left of a reversal, or to its end.

    Args:
        case: The signal.
        orders: All of its orders that are no protective legs.
    """
    if any(not each.is_over for each in orders):
        return
    left = () if case.plan is None else case.plan.moves[1:]
    book = book_of(case.signal)
    if case.plan is None or not left or book is None:
        ends = [each.status for each in orders if each.status != "FILLED"]
        state: SignalState = (
            "REJECTED" if "REJECTED" in ends and not any(each.filled_quantity for each in orders) else "DONE"
        )
        case.move(state, code=ends[-1] if ends else None)
        return
    held = read_lane(case.shelf, case.signal.account, book).held
    if held:
        shown = {"symbol": case.signal.symbol, "quantity": held, "strategy": case.strategy_name}
        refuse_signal(case, refuse("POSITION_AGAINST", **shown))
        return
    rest = msgspec.structs.replace(begun_anew(case, case.plan), moves=left)
    case.move("QUEUED", details=rest.details())


def heartbeat_setting(case: Case) -> str:
    """Return the name of the setting that says when a strategy's heartbeat last came.

    Args:
        case: A signal of the strategy.
    """
    return f"{HEARTBEATS}{'-' if case.in_force is None else case.in_force.uid}"


def _plan(case: Case, before: Sequence[Plan | None]) -> Plan | Refusal:
    """Return what is to be done of a signal, given the plans of those before it."""
    meant = what_it_means(case, before)
    if isinstance(meant, Refusal):
        return meant
    _tell_of_missing(case, meant.holds)
    if isinstance(meant.found, Refusal):
        return meant.found
    only_closes = mode_refuses(case)
    moves = tuple(move for move in meant.found.moves if move == "CLOSE" or only_closes is None)
    if not moves and only_closes is not None:
        return only_closes
    return Plan(moves=moves, since=case.signal.received_at)


def _tell_of_missing(case: Case, held: Decimal) -> None:
    """Tell where an alert shows that one before it never came."""
    said = case.said("prev_position_size")
    missing = None if said is None else missing_alert(said, held)
    if missing is not None:
        text = texts.may_be_missing(case.signal, missing, language_of(case.standing))
        notice = Notice(id=f"signal-{case.signal.uid}-missing", kind="refused", text=text)
        tell(case.work, case.standing.user, notice)


def _stop(case: Case, refusal: Refusal) -> None:
    """Hold a signal for what may pass by itself, and refuse it for anything else."""
    if refusal.is_waitable:
        hold(case, refusal)
    else:
        refuse_signal(case, refusal)
