"""Questions: answered once, in time, by whom they concern."""

from datetime import timedelta

import pytest

from ledger.store import Ledger
from ledger.trading.errors import Invalid, NotAllowed, NotFound, Taken
from ledger.trading.flow.questions import (
    answer,
    answered_waiting,
    ask,
    cancel_for_signal,
    expire_due,
    find,
    open_questions,
)
from ledger.trading.flow.records import NewQuestion, Question
from ledger.trading.flow.signals import move
from ledger.trading.principal import SYSTEM, Principal
from tests.ledger.trading import world
from tests.ledger.trading.world import ADMIN, ANN, ANNS, ANNS_SIGNAL, BOB, LOOKING, NOW, do, logged, work

SOON = NOW + timedelta(minutes=10)
NEW = NewQuestion(signal=ANNS_SIGNAL, text="Buy 1 BTC at 100?", details={"price": "100"}, expires_at=SOON)


@pytest.fixture
def asked(books: Ledger) -> Question:
    """Give a question about Ann's signal."""
    do(books, move, SYSTEM, ANNS_SIGNAL, "AWAITING_CONFIRMATION")
    return do(books, ask, SYSTEM, NEW)


@pytest.mark.parametrize("who", [ANN, ADMIN])
def test_a_question_is_answered_once_and_waits_for_what_follows(books: Ledger, asked: Question, who: Principal) -> None:
    """Fault T27: once."""
    answered = do(books, answer, who, asked.uid, "execute")
    with pytest.raises(Taken, match="answered already: execute"):
        do(books, answer, who, asked.uid, "reject")

    assert (answered.state, answered.answer, answered.answered_by_user_id) == ("ANSWERED", "execute", who.user_id)
    assert world.ask(books, answered_waiting, SYSTEM) == (answered,)
    assert world.ask(books, answered_waiting, BOB) == ()
    assert logged(books) == [("account:1", "question", "answered")]
    do(books, move, SYSTEM, ANNS_SIGNAL, "QUEUED")
    assert world.ask(books, answered_waiting, SYSTEM) == ()


def test_others_find_no_question_and_who_may_only_look_answers_none(books: Ledger, asked: Question) -> None:
    """Fault T27: by others."""
    with pytest.raises(NotFound):
        do(books, answer, BOB, asked.uid, "execute")
    with pytest.raises(NotAllowed):
        do(books, answer, LOOKING, asked.uid, "execute")
    with pytest.raises(Invalid, match="not 'yes'"):
        do(books, answer, ANN, asked.uid, "yes")  # type: ignore[arg-type]  # what a forged press may hold

    assert world.ask(books, find, ANN, asked.uid) == asked


def test_too_late_an_answer_is_refused_whether_the_question_was_ended_or_not(books: Ledger, asked: Question) -> None:
    for end in (False, True):
        with work(books, SOON) as unit:
            assert (len(expire_due(SYSTEM, unit)) if end else 1) == 1
        with pytest.raises(Invalid, match="expired"), work(books, SOON) as unit:
            answer(ANN, unit, asked.uid, "execute")

    assert world.ask(books, find, ANN, asked.uid).state == "EXPIRED"


def test_only_what_is_due_expires(books: Ledger, asked: Question) -> None:
    with work(books, SOON - timedelta(microseconds=1)) as unit:
        assert expire_due(SYSTEM, unit) == ()
    with work(books, SOON) as unit:
        assert [each.uid for each in expire_due(SYSTEM, unit)] == [asked.uid]
        assert expire_due(SYSTEM, unit) == ()


def test_a_signal_is_asked_about_by_one_question_at_a_time_and_the_newest_counts(
    books: Ledger, asked: Question
) -> None:
    do(books, answer, ANN, asked.uid, "execute")
    second = do(books, ask, SYSTEM, NEW)
    third = do(books, ask, SYSTEM, NEW)

    assert world.ask(books, find, ANN, second.uid).state == "CANCELED"
    assert world.ask(books, open_questions, ANN, ANNS) == world.ask(books, open_questions, ANN) == (third,)
    assert world.ask(books, answered_waiting, SYSTEM) == ()
    with pytest.raises(Invalid, match="no longer asked"):
        do(books, answer, ANN, second.uid, "execute")


def test_a_question_is_no_longer_asked_when_its_signal_needs_no_answer(books: Ledger, asked: Question) -> None:
    ended = do(books, cancel_for_signal, SYSTEM, ANNS_SIGNAL)

    assert [(each.uid, each.state) for each in ended] == [(asked.uid, "CANCELED")]
    assert do(books, cancel_for_signal, SYSTEM, ANNS_SIGNAL) == ()
    assert world.ask(books, open_questions, ANN) == ()


@pytest.mark.parametrize("changes", [{"text": ""}, {"text": "x" * 1001}, {"details": {"x": 1.5}}, {"expires_at": NOW}])
def test_what_cannot_be_asked_is_refused(books: Ledger, changes: dict[str, object]) -> None:
    new = {"signal": ANNS_SIGNAL, "text": "?", "details": {}, "expires_at": SOON, **changes}
    with pytest.raises(Invalid):
        do(books, ask, SYSTEM, NewQuestion(**new))  # type: ignore[arg-type]  # its fields by name
