"""Dialogs: one for each person and chat, taken once, and the person's alone."""

from datetime import timedelta

import pytest

from ledger.store import Ledger
from ledger.trading.errors import Invalid, NotFound
from ledger.trading.flow.sessions import LONGEST_STATE, VALID, NewSession, advance, begin, end, find
from ledger.trading.principal import SYSTEM
from tests.ledger.trading import world
from tests.ledger.trading.plans import scans
from tests.ledger.trading.world import ADMIN, ANN, BOB, LOOKING, NOW, count, do

NEW = NewSession(chat_id="-100123_7", dialog="buy", step="size", state={"symbol": "AAPL"})


def test_what_is_asked_is_found_by_its_person_in_its_chat_alone(books: Ledger) -> None:
    begun = do(books, begin, ANN, NEW)
    asked = do(books, advance, ANN, begun.uid, message_id=2**40)

    assert (begun.message_id, asked.message_id) == (None, 2**40)
    assert world.ask(books, find, ANN, NEW.chat_id) == asked
    assert (asked.dialog, asked.step, asked.state) == ("buy", "size", {"symbol": "AAPL"})
    assert world.ask(books, find, ANN, "-100123") is None
    assert world.ask(books, find, BOB, NEW.chat_id) is None
    assert world.ask(books, find, ADMIN, NEW.chat_id) is None


def test_what_is_asked_next_replaces_it_in_this_chat_and_for_this_person(books: Ledger) -> None:
    first = do(books, begin, ANN, NEW)
    others = [do(books, begin, BOB, NEW), do(books, begin, ANN, NewSession(chat_id="7001", dialog="x", step="y"))]
    second = do(books, begin, LOOKING, NewSession(chat_id=NEW.chat_id, dialog="set", step="limit"))

    assert world.ask(books, find, ANN, NEW.chat_id) == second
    assert [world.ask(books, find, who, where) for who, where in ((BOB, NEW.chat_id), (ANN, "7001"))] == others
    with pytest.raises(NotFound):
        do(books, advance, ANN, first.uid, message_id=1)


def test_an_answer_is_taken_once_and_by_nobody_else(books: Ledger) -> None:
    begun = do(books, begin, ANN, NEW)
    for who in (BOB, ADMIN, SYSTEM):
        with pytest.raises(NotFound):
            do(books, end, who, begun.uid)

    assert do(books, end, ANN, begun.uid) == begun
    with pytest.raises(NotFound):
        do(books, end, ANN, begun.uid)
    assert count(books, "bot_sessions") == 0


def test_after_its_time_it_is_still_found_so_that_the_person_can_be_told(books: Ledger) -> None:
    do(books, begin, ANN, NEW)
    found = world.ask(books, find, ANN, NEW.chat_id)

    assert found is not None
    assert not found.is_over(NOW + VALID - timedelta(microseconds=1))
    assert found.is_over(NOW + VALID)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"state": {"x": "a" * LONGEST_STATE}}, "at most 2000"),
        ({"state": {"x": 0.5}}, "write amounts as text"),
        ({"dialog": ""}, "a dialog has 1 to 32 signs"),
        ({"step": "a" * 33}, "a step has 1 to 32 signs"),
        ({"chat_id": "1" * 33}, "a chat has 1 to 32 signs"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_nothing_is_replaced(
    books: Ledger, change: dict[str, object], told: str
) -> None:
    begun = do(books, begin, ANN, NEW)
    values = {"chat_id": NEW.chat_id, "dialog": "set", "step": "limit", **change}
    with pytest.raises(Invalid, match=told):
        do(books, begin, ANN, NewSession(**values))  # type: ignore[arg-type]  # what a handler may get wrong

    assert world.ask(books, find, ANN, NEW.chat_id) == begun


def test_the_system_is_asked_for_nothing(books: Ledger) -> None:
    with pytest.raises(NotFound):
        do(books, begin, SYSTEM, NEW)

    assert world.ask(books, find, SYSTEM, NEW.chat_id) is None


def test_dialogs_are_found_by_an_index(books: Ledger) -> None:
    begun = do(books, begin, ANN, NEW)
    with scans(books, "bot_sessions") as found:
        world.ask(books, find, ANN, NEW.chat_id)
        do(books, begin, ANN, NEW)
        with pytest.raises(NotFound):
            do(books, end, ANN, begun.uid)

    assert found == []
