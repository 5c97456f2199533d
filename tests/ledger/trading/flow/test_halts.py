"""Halts: in force until lifted, by whom may lift them, and nothing is ordered meanwhile."""

from datetime import timedelta
from typing import Any

import pytest

from ledger.store import Ledger
from ledger.trading.errors import Invalid, NotAllowed, NotFound
from ledger.trading.flow.halts import confirm, halt, halted, in_force, lift
from ledger.trading.flow.records import Halted
from ledger.trading.principal import SYSTEM
from tests.ledger.trading.world import ADMIN, ANN, ANNS, BOB, BOBS, LOOKING, NOW, ask, count, do, logged, work

MINE: dict[str, Any] = {"kind": "PAUSE", "scope": "PORTFOLIO", "scope_uid": ANNS}
ALL: dict[str, Any] = {"kind": "KILL", "scope": "ALL"}


def holds(books: Ledger, number: int) -> Halted:
    """Return what holds for a portfolio whose user has the same number."""
    with books.writing() as connection:
        return halted(connection, user_id=number, portfolio_id=number)


def test_a_halt_holds_for_its_scope_and_for_nobody_else(books: Ledger) -> None:
    do(books, halt, ANN, **MINE, reason="lunch")
    portfolio = holds(books, 1), holds(books, 2)
    do(books, halt, ANN, kind="KILL", scope="USER", reason="panic")
    user = holds(books, 1), holds(books, 2)
    do(books, halt, ADMIN, kind="PAUSE", scope="ALL", reason="release")

    assert portfolio == (Halted(paused="lunch"), Halted())
    assert user == (Halted(killed="panic", paused="lunch"), Halted())
    assert (holds(books, 1), holds(books, 2)) == (Halted(killed="panic", paused="lunch"), Halted(paused="release"))
    assert [(each.kind, each.scope, each.scope_uid) for each in ask(books, in_force, ANN)] == [
        ("PAUSE", "PORTFOLIO", ANNS),
        ("KILL", "USER", "ann"),
        ("PAUSE", "ALL", None),
    ]
    assert [each.scope for each in ask(books, in_force, BOB)] == ["ALL"]


def test_the_same_halt_again_is_the_one_in_force_and_after_lifting_it_is_a_new_one(books: Ledger) -> None:
    first = do(books, halt, ANN, **MINE, reason="lunch")
    again = do(books, halt, ANN, **MINE, reason="dinner")
    lifted = do(books, lift, ANN, **MINE)
    new = do(books, halt, ANN, **MINE, reason="dinner")

    assert again == first
    assert (lifted.uid, lifted.lifted_at) == (first.uid, NOW)
    assert new.uid != first.uid
    assert count(books, "halts") == 2
    assert logged(books) == [("account:1", "halt", action) for action in ("halted", "lifted", "halted")]


def test_what_is_not_in_force_cannot_be_lifted(books: Ledger) -> None:
    do(books, halt, ANN, **MINE, reason="lunch")
    for other in ({**MINE, "kind": "KILL"}, {"kind": "PAUSE", "scope": "USER"}):
        with pytest.raises(NotFound):
            do(books, lift, ANN, **other)

    assert holds(books, 1).paused == "lunch"


def test_a_trader_lifts_nothing_that_an_admin_has_set_or_taken_over(books: Ledger) -> None:
    theirs: dict[str, Any] = {"kind": "KILL", "scope": "USER", "scope_uid": "ann"}
    do(books, halt, ANN, **MINE, reason="lunch")
    do(books, halt, ADMIN, **MINE, reason="limits")
    do(books, halt, SYSTEM, **theirs, reason="from the terminal")
    do(books, halt, ADMIN, **ALL, reason="everything")
    for each in (MINE, theirs, ALL):
        with pytest.raises(NotAllowed):
            do(books, lift, ANN, **each)
    for each in (MINE, theirs, ALL):
        do(books, lift, ADMIN, **each)

    assert ask(books, in_force, SYSTEM) == ()


def test_only_admins_halt_everybody_and_viewers_nothing(books: Ledger) -> None:
    with pytest.raises(NotAllowed):
        do(books, halt, ANN, **ALL, reason="x")
    with pytest.raises(NotAllowed):
        do(books, halt, LOOKING, **MINE, reason="x")
    with pytest.raises(NotAllowed):
        do(books, lift, LOOKING, **MINE)
    with pytest.raises(NotFound):
        do(books, halt, BOB, **MINE, reason="x")

    assert count(books, "halts") == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "STOP", "scope": "ALL"},
        {"kind": "KILL", "scope": "WORLD"},
        {"kind": "KILL", "scope": "ALL", "scope_uid": ANNS},
        {"kind": "KILL", "scope": "PORTFOLIO"},
        {"kind": "KILL", "scope": "USER"},
    ],
)
def test_what_names_nobody_or_too_much_is_refused(books: Ledger, wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        do(books, halt, SYSTEM, **wrong, reason="x")


def test_a_kill_is_confirmed_once(books: Ledger) -> None:
    uid = do(books, halt, ADMIN, **ALL, reason="x").uid
    first = do(books, confirm, SYSTEM, uid)
    with work(books, NOW + timedelta(seconds=5)) as unit:
        again = confirm(SYSTEM, unit, uid)

    assert first == again
    assert first.confirmed_at == NOW
    with pytest.raises(NotAllowed):
        do(books, confirm, ANN, uid)
    with pytest.raises(NotFound):
        do(books, confirm, SYSTEM, BOBS)
