"""Questions before a signal becomes an order: each is answered once, in time, by the portfolio's user or an admin."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, Select, bindparam, select

from ledger.columns import Moment
from ledger.trading import audit
from ledger.trading.enumerations import QuestionState
from ledger.trading.errors import Invalid, NotFound, Taken
from ledger.trading.flow.checks import amount, document
from ledger.trading.flow.finding import account_ids, place_of
from ledger.trading.flow.records import NO_PRICE, Answer, NewQuestion, NewSize, Question
from ledger.trading.principal import Principal, Scoped, must_be_admin, must_trade
from ledger.trading.tables.flow import questions, signals
from ledger.trading.tables.people import portfolios
from ledger.trading.words import one_of
from ledger.trading.work import Work

LONGEST_TEXT = 1000
SIZES: Final = ("quantity", "amount")
OVER: Final[dict[QuestionState, str]] = {
    "EXPIRED": "question_expired",
    "CANCELED": "question_canceled",
}
_NAMES = {
    "signal": signals.c.uid.label("signal"),
    "portfolio": portfolios.c.uid.label("portfolio"),
    "details": questions.c.details_json.label("details"),
}
_COLUMNS = [_NAMES[field] if field in _NAMES else questions.c[field] for field in Question.__struct_fields__]
_QUESTIONS: Select[Any] = (
    select(*_COLUMNS, portfolios.c.account_id, questions.c.signal_id)
    .join(portfolios, portfolios.c.id == questions.c.portfolio_id)
    .outerjoin(signals, signals.c.id == questions.c.signal_id)
)
_BY_UID = Scoped(_QUESTIONS.where(questions.c.uid == bindparam("of_uid")), questions.c.user_id)
_OPEN = questions.c.state == "OPEN"
_OLDEST = questions.c.id
_DUE = _QUESTIONS.where(_OPEN, questions.c.expires_at <= bindparam("at", type_=Moment)).order_by(_OLDEST)
_OPEN_ONES = Scoped(_QUESTIONS.where(_OPEN).order_by(_OLDEST), questions.c.user_id)
_OPEN_OF_PORTFOLIO = _QUESTIONS.where(_OPEN, questions.c.portfolio_id == bindparam("of_portfolio")).order_by(_OLDEST)
_OPEN_OF_SIGNAL = _QUESTIONS.where(_OPEN, questions.c.signal_id == bindparam("of_signal")).order_by(_OLDEST)
_ALL_OF_SIGNALS = _QUESTIONS.where(questions.c.signal_id.in_(bindparam("of_signals", expanding=True))).order_by(_OLDEST)
_WAITING = select(signals.c.id).where(
    signals.c.account_id.in_(bindparam("accounts", expanding=True)), signals.c.state == "AWAITING_CONFIRMATION"
)
_SIGNAL = Scoped(
    select(signals.c.id, signals.c.portfolio_id, portfolios.c.user_id)
    .join(portfolios, portfolios.c.id == signals.c.portfolio_id)
    .where(signals.c.uid == bindparam("of_uid")),
    portfolios.c.user_id,
)
_ADD = questions.insert()
_UPDATE = questions.update().where(questions.c.id == bindparam("of_question"))


def ask(principal: Principal, work: Work, new: NewQuestion) -> Question:
    """Ask about a signal; what was asked about it before is no longer asked.

    Args:
        principal: Who may trade in the signal's portfolio, or the system.
        work: What this is written with.
        new: The question; its text has 1 to `LONGEST_TEXT` signs.

    Returns:
        The question, open.

    Raises:
        NotFound: The asker has no such signal.
        NotAllowed: The asker may only look.
        Invalid: It cannot be kept, or would have expired already.
    """
    must_trade(principal)
    if not 0 < len(new.text) <= LONGEST_TEXT:
        raise Invalid.of("bad_question", longest=LONGEST_TEXT, count=len(new.text))
    if new.expires_at <= work.now:
        raise Invalid.of("question_too_late")
    document("what is asked about", new.details)
    signal = _signal(principal, work.connection, new.signal)
    _end(work, work.connection.execute(_OPEN_OF_SIGNAL, {"of_signal": signal.id}).all(), "CANCELED")
    values = {
        "uid": audit.new_uid(),
        "signal_id": signal.id,
        "portfolio_id": signal.portfolio_id,
        "user_id": signal.user_id,
        "state": "OPEN",
        "text": new.text,
        "details_json": dict(new.details),
        "expires_at": new.expires_at,
        "created_at": work.now,
    }
    work.connection.execute(_ADD, values)
    return find(principal, work.connection, str(values["uid"]))


def answer(principal: Principal, work: Work, uid: str, answer: Answer, *, instead: NewSize | None = None) -> Question:
    """Answer a question, once; what follows from it is for execution to do.

    Args:
        principal: Whose portfolio it is, and who may trade; or an admin.
        work: What this is written with.
        uid: The question's.
        answer: What is to be done.
        instead: With `change` alone: what is to be asked about; the question's details have it as `instead`.

    Returns:
        The question, answered.

    Raises:
        NotFound: The asker has no such question.
        NotAllowed: The asker may only look.
        Taken: It has been answered already.
        Invalid: There is no such answer or size, or the question has expired or is no longer asked.
    """
    must_trade(principal)
    one_of("an answer", answer, Answer)
    size = _size(answer, instead)
    row = _row(principal, work.connection, uid)
    must_be_open(_question(row), now=work.now)
    changed = {"state": "ANSWERED", "answer": answer, "answered_at": work.now}
    who = {"answered_by_user_id": principal.user_id, "details_json": {**row.details, **size}}
    work.connection.execute(_UPDATE, {"of_question": row.id, **changed, **who})
    said = {"answer": answer, "signal": row.signal, "details": {**row.details, **size}}
    entry = audit.Entry(
        entity_type="question", entity_id=uid, action="answered", details=said, account_id=row.account_id
    )
    audit.log(principal, work, entry)
    return find(principal, work.connection, uid)


def must_be_open(question: Question, *, now: datetime) -> None:
    """Refuse a question that nobody can answer any more.

    Args:
        question: The question.
        now: The moment, aware.

    Raises:
        Taken: It has been answered already.
        Invalid: It has expired or is no longer asked.
    """
    if question.state == "ANSWERED":
        raise Taken.of("question_answered", answer=question.answer)
    if question.state in OVER or question.expires_at <= now:
        raise Invalid.of(OVER[question.state if question.state in OVER else "EXPIRED"])


def expire_due(principal: Principal, work: Work, *, of: Callable[[str], bool] = lambda _: True) -> tuple[Question, ...]:
    """End the open questions whose time is over; what becomes of their signals is for the caller.

    Args:
        principal: The system, or an admin.
        work: What this is written with; its moment decides.
        of: Says of a portfolio's uid whether its questions are meant.

    Returns:
        Those that were ended, oldest first.

    Raises:
        NotAllowed: The asker is no admin.
    """
    must_be_admin(principal)
    due = [row for row in work.connection.execute(_DUE, {"at": work.now}).all() if of(row.portfolio)]
    return _end(work, due, "EXPIRED")


def cancel_for_signal(principal: Principal, work: Work, signal: str) -> tuple[Question, ...]:
    """End the open questions about a signal, since it needs no answer any more.

    Args:
        principal: Who may trade in the signal's portfolio, or the system.
        work: What this is written with.
        signal: The signal's uid.

    Returns:
        Those that were ended.

    Raises:
        NotFound: The asker has no such signal.
        NotAllowed: The asker may only look.
    """
    must_trade(principal)
    number = _signal(principal, work.connection, signal).id
    return _end(work, work.connection.execute(_OPEN_OF_SIGNAL, {"of_signal": number}).all(), "CANCELED")


def find(principal: Principal, connection: Connection, uid: str) -> Question:
    """Return a question.

    Args:
        principal: Whose portfolio it is, or an admin.
        connection: Any connection to the ledger.
        uid: Its name.

    Raises:
        NotFound: The asker has no such question.
    """
    return _question(_row(principal, connection, uid))


def answered_waiting(principal: Principal, connection: Connection) -> tuple[Question, ...]:
    """Return the answered questions whose signals still await what follows from it, oldest first.

    Args:
        principal: Who asks; an admin sees everybody's.
        connection: Any connection to the ledger.
    """
    accounts = {"accounts": account_ids(principal, connection)}
    waiting = list(connection.execute(_WAITING, accounts).scalars())
    if not waiting:
        return ()
    newest = {row.signal_id: row for row in connection.execute(_ALL_OF_SIGNALS, {"of_signals": waiting})}
    return tuple(sorted((_question(row) for row in newest.values() if row.state == "ANSWERED"), key=lambda q: q.id))


def open_questions(principal: Principal, connection: Connection, portfolio: str | None = None) -> tuple[Question, ...]:
    """Return the questions that wait for an answer, oldest first; some may have expired since they were last ended.

    Args:
        principal: Who asks; an admin sees everybody's.
        connection: Any connection to the ledger.
        portfolio: The uid of the portfolio that is meant; None for all.

    Raises:
        NotFound: The asker has no such portfolio.
    """
    if portfolio is None:
        return tuple(map(_question, _OPEN_ONES.rows(principal, connection)))
    place = place_of(principal, connection, portfolio)
    return tuple(map(_question, connection.execute(_OPEN_OF_PORTFOLIO, {"of_portfolio": place.id})))


def _size(answer: Answer, instead: NewSize | None) -> dict[str, dict[str, str]]:
    """Return what an answer changes, as details have it; nothing with any but `change`; raises Invalid."""
    said = {} if instead is None else msgspec.structs.asdict(instead)
    none = {name: NO_PRICE for name, number in said.items() if number == NO_PRICE}
    numbers = {name: amount(name, number) for name, number in said.items() if name not in none}
    exact = {name: number for name, number in numbers.items() if number is not None}
    sizes = [name for name in SIZES if name in exact]
    if len(sizes) > 1 or bool({*exact, *none}) != (answer == "change"):
        raise Invalid.of("one_size", count=len(sizes))
    for name, number in exact.items():
        if not number > 0:
            raise Invalid.of("not_above_zero", what=name, number=number)
    found = none | {name: format(number, "f") for name, number in exact.items()}
    return {"instead": found} if found else {}


def _end(work: Work, rows: Sequence[Row[Any]], state: QuestionState) -> tuple[Question, ...]:
    """End open questions without an answer, and return them."""
    if rows:
        work.connection.execute(_UPDATE, [{"of_question": row.id, "state": state} for row in rows])
    return tuple(_question(row, state=state) for row in rows)


def _signal(principal: Principal, connection: Connection, uid: str) -> Row[Any]:
    """Return where a signal belongs; raises NotFound."""
    row = _SIGNAL.rows(principal, connection, of_uid=uid).first()
    if row is None:
        raise NotFound("signal", uid)
    return row


def _row(principal: Principal, connection: Connection, uid: str) -> Row[Any]:
    """Return a question's row; raises NotFound."""
    row = _BY_UID.rows(principal, connection, of_uid=uid).first()
    if row is None:
        raise NotFound("question", uid)
    return row


def _question(row: Row[Any], *, state: QuestionState | None = None) -> Question:
    """Return a question as it is read, in another state where one is said."""
    values = {field: getattr(row, field) for field in Question.__struct_fields__}
    return Question(**{**values, "state": state or row.state})
