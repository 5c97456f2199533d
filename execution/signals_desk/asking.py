"""Questions before a signal becomes an order: a row, and a message with its buttons in the same transaction."""

from datetime import datetime, timedelta
from decimal import Decimal, localcontext
from typing import Any, Final

import msgspec

from execution.prices import price_drift
from execution.refusal import Refusal, number, refuse
from execution.signals_desk.around import Around, Case
from execution.signals_desk.ending import hold, refuse_signal
from execution.signals_desk.lane import book_of, read_lane
from execution.signals_desk.margined import margin_of
from execution.signals_desk.market_view import price_for, quote_of
from execution.signals_desk.plans import Plan
from execution.signals_desk.reading import read_case
from execution.signals_desk.size import Wanted, opening_size
from execution.texts import signals as texts
from execution.texts.moments import reader_of
from ledger.exact import ARITHMETIC
from ledger.portfolio.outbox import Button, Buttons
from ledger.trading.events import Notice, of_question, tell
from ledger.trading.flow import questions
from ledger.trading.flow import signals as flow
from ledger.trading.flow.margins import Margin
from ledger.trading.flow.questions import SIZES
from ledger.trading.flow.records import NO_PRICE, NewQuestion, Question, Signal
from ledger.trading.instruments import Instrument
from ledger.trading.orders.lives import signal_life
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work

EXECUTE, CHANGE, REJECT = "x", "c", "r"
QUOTE_MAY_TAKE: Final = timedelta(seconds=5)
"""So long a quote is waited for, whether its market is open or not."""
LEGS: Final = frozenset({"stop_loss", "take_profit"})
PREFIX: Final = "q"
"""What the buttons hand back: `q:<question>:x`, and `c` or `r` in place of `x`."""


def ask(case: Case, *, moved_from: Decimal | None = None, not_changed: Refusal | None = None) -> None:
    """Ask whether a signal is to be executed, with what would be done now; while that is not known, it is held.

    Args:
        case: The signal, with its plan and instrument.
        moved_from: The price that was asked at before and that no longer holds; None for a first question.
        not_changed: Why what a person wanted instead cannot be; None where nobody wanted anything.
    """
    wanted = _wanted(case)
    if isinstance(wanted, Refusal):
        (hold if wanted.is_waitable else refuse_signal)(case, wanted)
        return
    plan, instrument = case.plan, case.instrument
    if plan is None or instrument is None:
        return
    until = case.now + timedelta(minutes=case.around.settings.confirm_minutes)
    about = _about(case, plan, instrument, wanted, until=until)
    asked = msgspec.structs.replace(about, moved_from=moved_from, not_changed=not_changed)
    text = texts.question(case.signal, asked, reader_of(case.standing.user))
    said = {"quantity": number(wanted.quantity), "price": None if wanted.price is None else number(wanted.price)}
    may = {"changes": list(_changes(case, plan)), "currency": case.standing.base_currency}
    more = _legs(case, plan) | ({} if about.margin is None else msgspec.structs.asdict(about.margin))
    new = NewQuestion(signal=case.signal.uid, text=text, details={**said, **may, **more}, expires_at=until)
    made = questions.ask(SYSTEM, case.work, new)
    details = plan.details(question=made.uid, **said)
    details.pop("confirmed", None)
    case.move("AWAITING_CONFIRMATION", details=details)
    _tell(case, made)


def changed(case: Case, answered: Question) -> Case:
    """Return a signal with the size, and where its legs go, as a person wants them instead.

    Args:
        case: The signal, with its plan.
        answered: The question, answered with `change`.

    Returns:
        The signal; as it was where a question like this one cannot be answered so.
    """
    plan, instead = case.plan, answered.details.get("instead", {})
    if plan is None or not set(instead) <= set(_changes(case, plan)):
        return case
    size = {name: Decimal(instead[name]) if name in instead else None for name in SIZES}
    new: dict[str, Any] = size if set(instead) & set(SIZES) else {}  # one of them takes the place of the other
    new |= {
        name: instead[name] if instead[name] == NO_PRICE else Decimal(instead[name]) for name in set(instead) & LEGS
    }
    since = answered.answered_at or case.now
    return msgspec.structs.replace(case, plan=msgspec.structs.replace(plan, **new, since=since))


def ask_changed(case: Case, anew: Case) -> None:
    """Ask about the size that a person wants instead; where there can be none such, about the one before, with why.

    Args:
        case: The signal, with its plan and instrument.
        anew: The same with the new size.
    """
    wanted = _wanted(anew)
    if isinstance(wanted, Refusal) and not wanted.is_waitable:
        ask(case, not_changed=wanted)
    else:
        ask(anew)


def lacks_something(case: Case) -> bool:
    """Tell whether a question cannot be asked, since something of it is not known for a while, such as the price.

    Args:
        case: The signal, with its plan and instrument.
    """
    if case.plan is None or case.now - case.plan.since < QUOTE_MAY_TAKE:
        return False
    wanted = _wanted(case)
    return isinstance(wanted, Refusal) and wanted.is_waitable


def buttons(question: Question, words: texts.Words) -> Buttons:
    """Return the buttons under a question.

    Args:
        question: The question.
        words: Of its user's language.
    """
    named = ((words.execute, EXECUTE), (words.change, CHANGE), (words.reject, REJECT))
    return (tuple(Button(text, f"{PREFIX}:{question.uid}:{answer}") for text, answer in named),)


def expire(case: Case) -> None:
    """End a signal whose question nobody has answered in time.

    Args:
        case: The signal.
    """
    if case.signal.state == "AWAITING_CONFIRMATION":
        minutes = case.around.settings.confirm_minutes
        refuse_signal(case, refuse("QUESTION_EXPIRED", minutes=minutes), state="EXPIRED")


def expire_due(around: Around) -> tuple[Signal, ...]:
    """End the questions that nobody has answered in time, with their signals.

    Args:
        around: What the desk works with.

    Returns:
        The signals.

    Raises:
        LedgerUnavailable: The ledger cannot be used now; nothing is half done.
    """
    is_mine = around.held.has_portfolio
    with around.ledger.reading() as connection:
        asked = [each for each in questions.open_questions(SYSTEM, connection) if is_mine(each.portfolio)]
    if not any(each.expires_at <= around.time.now() for each in asked):
        return ()
    with around.ledger.writing() as connection:
        work = Work(connection, around.time.now())
        ended = [each.signal for each in questions.expire_due(SYSTEM, work, of=is_mine) if each.signal is not None]
        for uid in ended:
            expire(read_case(around, work, flow.find(SYSTEM, connection, uid)))
        return tuple(flow.find(SYSTEM, connection, uid) for uid in ended)


def drifted_from(case: Case, price: Decimal) -> Decimal | None:
    """Return the price that a person has said yes to, where it has moved too far since; None where it has not.

    Args:
        case: The signal, with its plan.
        price: What one costs now.
    """
    if case.plan is None or not case.plan.confirmed or case.instrument is None:
        return None
    said = questions.find(SYSTEM, case.work.connection, case.plan.confirmed).details["price"]
    if said is None:
        return None
    limit = case.around.settings.confirm_price_drift
    moved = price_drift(case.instrument.symbol, Decimal(said), price=price, limit_percent=limit)
    return None if moved is None else Decimal(said)


def _tell(case: Case, made: Question) -> None:
    """Put a question into the message of its signal, aloud, with its buttons."""
    has_orders = signal_life(SYSTEM, case.work.connection, case.signal.uid).first_order is not None
    subject = of_question(made.uid, case.signal.uid, has_orders=has_orders)
    notice = Notice(id=f"question-{made.uid}", kind="question", text=made.text, subject=subject, aloud=made.text)
    words = texts.words_of(reader_of(case.standing.user).language)
    tell(case.work, case.standing.user, notice, buttons=buttons(made, words))


def _changes(case: Case, plan: Plan) -> tuple[str, ...]:
    """Return in what a person may say another size; a reversal, and what must end flat, has no other one."""
    if len(plan.moves) != 1 or (plan.is_closing and case.signal.body.get("position") == "flat"):
        return ()
    return ("quantity",) if plan.is_closing else (*SIZES, *sorted(LEGS))


def _about(case: Case, plan: Plan, instrument: Instrument, wanted: Wanted, *, until: datetime) -> texts.Asked:
    """Return what a first question asks about."""
    with localcontext(ARITHMETIC):
        value = None if wanted.price is None else wanted.quantity * wanted.price * instrument.multiplier
    return texts.Asked(
        move=plan.moves[0],
        quantity=wanted.quantity,
        price=wanted.price,
        value=value,
        currency=instrument.currency,
        until=until,
        limit=case.around.settings.confirm_price_drift,
        stop_loss=None if plan.is_closing else case.stop_loss,
        take_profit=None if plan.is_closing else case.take_profit,
        margin=_margin(case, plan),
    )


def _legs(case: Case, plan: Plan) -> dict[str, object]:
    """Return where the legs of what would be opened go, as a question's details have it; nothing of a closing."""
    if plan.is_closing:
        return {}
    legs = {"stop_loss": case.stop_loss, "take_profit": case.take_profit}
    return {name: None if price is None else number(price) for name, price in legs.items()}


def _margin(case: Case, plan: Plan) -> Margin | None:
    """Return what would be opened is margined with; None of a closing, and where nothing is lent or nobody knows."""
    if plan.is_closing or case.instrument is None:
        return None
    found = margin_of(case, case.instrument)
    return None if isinstance(found, Refusal) else found


def _wanted(case: Case) -> Wanted | Refusal:
    """Return what would be done first: how much of what is held is closed, or how much is opened."""
    plan, instrument, book = case.plan, case.instrument, book_of(case.signal)
    if plan is None or instrument is None or book is None:
        return refuse("UNKNOWN_SYMBOL", symbol=case.signal.symbol, reason="not resolved")
    quote = quote_of(case, instrument)
    if not plan.is_closing:
        return opening_size(case, plan.moves[0], quote)
    lane = read_lane(case.shelf, case.signal.account, book)
    quantity = abs(lane.held) or sum((abs(each.rest) for each in lane.entries), Decimal(0))
    quantity = quantity if plan.quantity is None else min(quantity, plan.quantity)
    return Wanted(quantity=quantity, price=price_for(case, "CLOSE", quote))
