"""Who decided what of a question, put into the message in which its signal goes on."""

from sqlalchemy import Connection

from ledger.portfolio.subjects import NewForm, add_form, place_of
from ledger.trading.events import ANSWERED, of_question
from ledger.trading.flow.records import Question
from ledger.trading.orders.lives import signal_life
from ledger.trading.principal import Principal
from ledger.trading.work import Work


def put_decided(principal: Principal, work: Work, question: Question, text: str, *, at: tuple[str, int]) -> bool:
    """Put who decided what into the message in which the signal goes on.

    It is a row of the outbox, beside the answer: so it never takes the place of what execution tells next.

    Args:
        principal: Who decided.
        work: The transaction of the answer.
        question: The question, answered.
        text: The question with who decided what, plain.
        at: The chat, and the number of the message whose button was pressed.

    Returns:
        Whether the signal goes on in that message; else the caller edits it.
    """
    subject = _subject(principal, work.connection, question)
    form = NewForm(subject=subject, name=f"{ANSWERED}{question.uid}", text=text, level="silent")
    place = place_of(work.connection, form.subject, chat_id=at[0])
    if place is not None:
        add_form(work.connection, form, chat_id=at[0], now=work.now)
    return place is not None and place == at[1]


def _subject(principal: Principal, connection: Connection, question: Question) -> str:
    """Return the subject of a question's message, in which its signal goes on."""
    signal = question.signal or ""
    has_orders = signal_life(principal, connection, signal).first_order is not None
    return of_question(question.uid, signal, has_orders=has_orders)
