"""Three processes at the same moment: a signal is taken in once, and a question is answered once."""

from datetime import timedelta

from ledger.store import Ledger, open_ledger
from ledger.trading.errors import Taken
from ledger.trading.flow import questions
from ledger.trading.flow.records import NewQuestion
from ledger.trading.flow.signals import take_in
from ledger.trading.principal import SYSTEM
from tests.ledger.trading.flow.test_signals import new
from tests.ledger.trading.test_at_once import EVERYBODY, WITHIN_S, at_once
from tests.ledger.trading.world import ANN, ANNS_SIGNAL, NOW, count, do, logged, work

EACH = 10


def take_in_all(url: str, _number: int) -> int:
    """Take the same signals in as everybody; return how many were new."""
    with open_ledger(url, busy_ms=WITHIN_S * 1000) as ledger:
        EVERYBODY[0].wait(WITHIN_S)
        return sum(do(ledger, take_in, SYSTEM, new(inbox_uid=f"{each:032x}")).is_new for each in range(EACH))


def answer_all(url: str, number: int) -> int:
    """Answer the same questions as everybody, in turns another way; return how often it was the first."""
    first = 0
    with open_ledger(url, busy_ms=WITHIN_S * 1000) as ledger:
        with ledger.reading() as connection:
            asked = questions.open_questions(ANN, connection)
        EVERYBODY[0].wait(WITHIN_S)
        for each in asked:
            try:
                do(ledger, questions.answer, ANN, each.uid, "execute" if number % 2 else "reject")
                first += 1
            except Taken:
                continue
    return first


def test_a_signal_that_several_take_in_at_once_is_there_once(books: Ledger, each_url: str) -> None:
    before = count(books, "signals")
    new_ones = at_once(each_url, take_in_all)

    assert sum(new_ones) == EACH
    assert count(books, "signals") == before + EACH
    assert count(books, "signal_events") == count(books, "events_out") == EACH


def test_a_question_that_several_answer_at_once_is_answered_once(books: Ledger, each_url: str) -> None:
    """Fault T27: pressed twice at the same moment."""
    with work(books) as unit:
        signals = [take_in(SYSTEM, unit, new(inbox_uid=None)).signal.uid for _ in range(EACH - 1)]
        for each in (ANNS_SIGNAL, *signals):
            wish = NewQuestion(signal=each, text="?", details={}, expires_at=NOW + timedelta(minutes=1))
            questions.ask(SYSTEM, unit, wish)
    first = at_once(each_url, answer_all)

    assert sum(first) == EACH
    assert len(logged(books)) == EACH
