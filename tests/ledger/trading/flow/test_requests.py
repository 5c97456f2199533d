"""Requests: asked once, settled once."""

import pytest

from ledger.store import Ledger
from ledger.trading.errors import Invalid, NotAllowed, Taken
from ledger.trading.flow.records import NewRequest
from ledger.trading.flow.requests import ask, find, settle, waiting
from ledger.trading.principal import SYSTEM
from tests.ledger.trading import world
from tests.ledger.trading.world import ANN, ANNS, BOB, BOBS, LOOKING, count, do, logged

NEW = NewRequest(kind="close", portfolio=ANNS, key="update:1", arguments={"symbol": "AAPL"})


def test_a_request_is_asked_once_however_often_it_is_said(books: Ledger) -> None:
    first = do(books, ask, ANN, NEW)
    again = do(books, ask, ANN, NEW)

    assert (first.is_new, again.is_new, again.request) == (True, False, first.request)
    assert world.ask(books, waiting, SYSTEM) == (first.request,)
    assert (first.request.user_id, first.request.asked_by_user_id, first.request.state) == (1, 1, "WAITING")
    assert logged(books) == [("account:1", "request", "asked")]


def test_a_key_belongs_to_one_request_for_ever(books: Ledger) -> None:
    do(books, ask, ANN, NEW)
    for who, other in (
        (ANN, NewRequest(kind="sell_all", portfolio=ANNS, key=NEW.key)),
        (ANN, NewRequest(kind="close", portfolio=ANNS, key=NEW.key, arguments={"symbol": "TSLA"})),
        (BOB, NewRequest(kind="close", portfolio=BOBS, key=NEW.key, arguments=NEW.arguments)),
    ):
        with pytest.raises(Taken):
            do(books, ask, who, other)

    assert count(books, "trading_requests") == 1


def test_a_request_is_settled_once_and_the_same_again_changes_nothing(books: Ledger) -> None:
    uid = do(books, ask, ANN, NEW).request.uid
    working = do(books, settle, SYSTEM, uid, "WORKING", "")
    unsettled = world.ask(books, waiting, SYSTEM, state="WORKING")
    done = do(books, settle, SYSTEM, uid, "DONE", "closed 1 AAPL")

    assert unsettled == (working,)
    assert (done.state, done.result) == ("DONE", "closed 1 AAPL")
    assert do(books, settle, SYSTEM, uid, "DONE", "again") == done == world.ask(books, find, ANN, uid)
    assert world.ask(books, waiting, SYSTEM) == ()
    assert [each[2] for each in logged(books)] == ["asked", "done"]
    with pytest.raises(Invalid, match="is DONE and cannot become REFUSED"):
        do(books, settle, SYSTEM, uid, "REFUSED", "")


def test_a_long_result_is_cut_and_the_oldest_come_first(books: Ledger) -> None:
    first, second = (do(books, ask, ANN, NewRequest(kind="sell_all", portfolio=ANNS, key=key)).request for key in "ba")
    found = world.ask(books, waiting, SYSTEM, limit=1)
    settled = do(books, settle, SYSTEM, first.uid, "REFUSED", "x" * 600)

    assert found == (first,)
    assert len(settled.result) == 500
    assert world.ask(books, waiting, ANN) == (second,)
    with pytest.raises(Invalid):
        world.ask(books, waiting, SYSTEM, limit=0)


def test_what_cannot_be_asked_is_refused_and_who_may_only_look_asks_nothing(books: Ledger) -> None:
    for changes in ({"kind": "explode"}, {"key": ""}, {"key": "x" * 121}, {"arguments": {"price": 1.5}}):
        new = {"kind": "close", "portfolio": ANNS, "key": "k", **changes}
        with pytest.raises(Invalid):
            do(books, ask, ANN, NewRequest(**new))  # type: ignore[arg-type]  # its fields by name
    with pytest.raises(NotAllowed):
        do(books, ask, LOOKING, NEW)
    with pytest.raises(NotAllowed):
        do(books, settle, ANN, "x", "DONE", "")
