"""Signals: taken in once, each step a row, and nothing between the steps."""

from decimal import Decimal
from typing import Any, get_args

import pytest
from sqlalchemy import event

from ledger.store import Ledger
from ledger.trading.enumerations import SignalState
from ledger.trading.errors import Invalid, NotAllowed, NotFound
from ledger.trading.flow.records import NewSignal, Signal
from ledger.trading.flow.signals import find, history, life, move, open_signals, several, take_in
from ledger.trading.flow.states import ALLOWED, ENDED, OPEN, may_become
from ledger.trading.principal import SYSTEM
from ledger.trading.tables.flow import events_out, signal_events, signals
from tests.ledger.trading.world import (
    ANN,
    ANNS,
    ANNS_ACCOUNT,
    ANNS_SIGNAL,
    BOB,
    COIN,
    LOOKING,
    NOW,
    TREND,
    ask,
    count,
    do,
    logged,
    rows,
    values_of,
    work,
)


def new(**changes: Any) -> NewSignal:
    """Return a signal of Ann's strategy, as the webhook took it."""
    values: dict[str, Any] = {
        "portfolio": ANNS,
        "strategy": TREND,
        "action": "buy",
        "symbol": "BTCUSDT.P",
        "inbox_uid": "f" * 32,
        "price": Decimal("100.50"),
        "body": {"action": "buy", "price": "100.50"},
        "received_at": NOW,
    }
    return NewSignal(**{**values, **changes})


@pytest.fixture
def taken(books: Ledger) -> Signal:
    """Give a signal that was taken in."""
    return do(books, take_in, SYSTEM, new()).signal


def test_a_signal_is_taken_in_once_with_its_first_step_and_an_event(books: Ledger) -> None:
    first = do(books, take_in, SYSTEM, new())
    again = do(books, take_in, SYSTEM, new())
    (told,) = rows(books, events_out)

    assert (first.is_new, again.is_new, again.signal) == (True, False, first.signal)
    assert (first.signal.state, first.signal.price, first.signal.broker) == ("RECEIVED", Decimal("100.5"), "PAPER")
    assert [each.state for each in ask(books, life, ANN, first.signal.uid)] == ["RECEIVED"]
    assert (told["routing_key"], told["payload_json"]["signal"]) == ("signals.raw", first.signal.uid)


def test_a_signal_from_the_chat_is_a_new_one_each_time_and_none_of_a_trader_comes_from_the_inbox(
    books: Ledger,
) -> None:
    found = [do(books, take_in, ANN, new(inbox_uid=None)).is_new for _ in range(2)]

    assert found == [True, True]
    with pytest.raises(NotAllowed):
        do(books, take_in, ANN, new())
    with pytest.raises(NotAllowed):
        do(books, take_in, LOOKING, new(inbox_uid=None))


@pytest.mark.parametrize(
    "changes",
    [
        {"action": "x" * 13},
        {"symbol": "x" * 65},
        {"symbol": ""},
        {"exchange": "x" * 33},
        {"price": Decimal("NaN")},
        {"amount": Decimal("1e30")},
        {"body": {"price": 1.5}},
    ],
)
def test_what_cannot_be_kept_is_refused(books: Ledger, changes: dict[str, Any]) -> None:
    before = count(books, "signals")
    with pytest.raises(Invalid):
        do(books, take_in, SYSTEM, new(**changes))

    assert count(books, "signals") == before


def test_a_signals_life_is_its_steps_and_only_what_is_new_is_one(books: Ledger, taken: Signal) -> None:
    do(books, move, SYSTEM, taken.uid, "VALIDATED", instrument=COIN)
    do(books, move, SYSTEM, taken.uid, "QUEUED")
    for code in ("NOT_KNOWN", "NOT_KNOWN", "CASH", "NOT_KNOWN"):
        do(books, move, SYSTEM, taken.uid, "QUEUED", code=code, details={"limit": Decimal(5)})
    steps = ask(books, life, ANN, taken.uid)
    after = ask(books, find, ANN, taken.uid)

    assert [(step.state, step.code) for step in steps] == [
        ("RECEIVED", None),
        ("VALIDATED", None),
        ("QUEUED", None),
        ("QUEUED", "NOT_KNOWN"),
        ("QUEUED", "CASH"),
        ("QUEUED", "NOT_KNOWN"),
    ]
    assert steps[-1].details == {"limit": "5"}
    assert (after.instrument, after.code) == (COIN, "NOT_KNOWN")
    assert values_of(books, events_out.c.routing_key) == ["signals.raw", "signals.validated"]


def test_a_question_may_be_asked_anew_with_other_details(books: Ledger, taken: Signal) -> None:
    do(books, move, SYSTEM, taken.uid, "VALIDATED")
    for price in ("100", "100", "102"):
        do(books, move, SYSTEM, taken.uid, "AWAITING_CONFIRMATION", details={"price": price})

    assert [step.details for step in ask(books, life, ANN, taken.uid)[2:]] == [{"price": "100"}, {"price": "102"}]


def test_the_end_of_a_signal_that_became_no_order_is_in_the_audit_log(books: Ledger, taken: Signal) -> None:
    do(books, move, SYSTEM, taken.uid, "REJECTED", code="CASH", details={"available": "1"})

    assert logged(books) == [("account:1", "signal", "refused")]


def test_every_step_is_in_the_table_or_refused(books: Ledger) -> None:
    states = get_args(SignalState)
    with work(books) as unit:
        for before in states:
            for after in states:
                values = {"state": before, "code": None}
                unit.connection.execute(signals.update().where(signals.c.uid == ANNS_SIGNAL).values(values))
                if may_become(before, after) or before == after:
                    moved = move(SYSTEM, unit, ANNS_SIGNAL, after, details={"n": 1})

                    assert moved.state == after
                    continue
                with pytest.raises(Invalid, match=f"is {before} and cannot become {after}"):
                    move(SYSTEM, unit, ANNS_SIGNAL, after)


def test_what_has_ended_takes_no_other_code_and_nothing_is_both_open_and_ended() -> None:
    assert not [state for state in ENDED if may_become(state, state)]
    assert set(OPEN) | {"ORDERED"} | set(ENDED) == set(ALLOWED)
    assert not set(OPEN) & set(ENDED)


def test_a_signal_is_found_by_the_beginning_of_its_name_where_that_is_enough(books: Ledger) -> None:
    with work(books) as unit:
        for uid in ("abcdef00" + "0" * 24, "abcdef01" + "0" * 24):
            row = {"uid": uid, "portfolio_id": 1, "account_id": 1, "action": "buy", "symbol": "X", "state": "DONE"}
            unit.connection.execute(signals.insert(), row | {"body_json": {}, "received_at": NOW, "updated_at": NOW})

    assert ask(books, find, ANN, "ABCDEF00").uid == "abcdef00" + "0" * 24
    with pytest.raises(Invalid, match="more of its digits"):
        ask(books, find, ANN, "abcdef")
    for who, name in ((BOB, "abcdef00"), (ANN, "abcde"), (ANN, "abcdf0")):
        with pytest.raises(NotFound):
            ask(books, find, who, name)


def test_open_signals_are_those_that_may_become_orders_oldest_first(books: Ledger, taken: Signal) -> None:
    of_all = [each.uid for each in ask(books, open_signals, SYSTEM)]
    of_ann = [each.uid for each in ask(books, open_signals, ANN, account=ANNS_ACCOUNT)]
    do(books, move, SYSTEM, ANNS_SIGNAL, "ORDERED")

    assert of_all[0] == ANNS_SIGNAL
    assert of_all[-1] == taken.uid
    assert of_ann == [ANNS_SIGNAL, taken.uid]
    assert [each.uid for each in ask(books, open_signals, ANN, portfolio=ANNS)] == [taken.uid]
    assert len(ask(books, open_signals, ANN, with_ordered=True)) == 2


def test_the_latest_signals_come_first_and_a_state_may_be_named(books: Ledger, taken: Signal) -> None:
    found = ask(books, history, ANN, ANNS)

    assert [each.uid for each in found] == [taken.uid, ANNS_SIGNAL]
    assert ask(books, history, ANN, ANNS, limit=1) == found[:1]
    assert [each.uid for each in ask(books, history, ANN, ANNS, state="QUEUED")] == [ANNS_SIGNAL]
    with pytest.raises(Invalid):
        ask(books, history, ANN, ANNS, limit=0)


def test_who_may_only_look_moves_nothing(books: Ledger) -> None:
    with pytest.raises(NotAllowed):
        do(books, move, LOOKING, ANNS_SIGNAL, "REJECTED")


def test_a_row_that_was_read_is_moved_for_admins_alone_and_only_as_it_was_read(books: Ledger, taken: Signal) -> None:
    with pytest.raises(NotAllowed):
        do(books, move, ANN, taken, "REJECTED")
    moved = do(books, move, SYSTEM, taken, "VALIDATED", instrument=COIN)

    assert ask(books, find, SYSTEM, taken.uid) == moved
    with pytest.raises(Invalid, match="no longer RECEIVED"):
        do(books, move, SYSTEM, taken, "REJECTED")
    assert ask(books, find, SYSTEM, taken.uid) == moved


def test_what_is_taken_in_is_what_is_read_of_it(books: Ledger) -> None:
    said = new(body={"action": "buy", "price": Decimal("100.50"), "at": [1, None]}, price=Decimal("100.50"))
    made = do(books, take_in, SYSTEM, said).signal

    assert ask(books, find, SYSTEM, made.uid) == made
    found = ask(books, several, ANN, made.uid, ANNS_SIGNAL, "0" * 32)
    assert sorted(found, key=lambda each: each.id) == [ask(books, find, ANN, ANNS_SIGNAL), made]


def take_in_and_move(ledger: Ledger) -> None:
    """Take a signal in and validate it, as one."""
    with work(ledger) as unit:
        uid = take_in(SYSTEM, unit, new()).signal.uid
        move(SYSTEM, unit, uid, "VALIDATED", instrument=COIN)
        move(SYSTEM, unit, uid, "REJECTED", code="CASH")


def test_whatever_fails_a_signal_is_there_with_all_its_steps_or_not_at_all(books: Ledger) -> None:
    tables = ("signals", "signal_events", "events_out", "audit_log")
    before = [count(books, table) for table in tables]
    seen, fails_at = [0], [0]

    def fail(*_: object) -> None:
        seen[0] += 1
        if seen[0] == fails_at[0]:
            raise LookupError

    event.listen(books._engine, "before_cursor_execute", fail)
    for moment in range(2, 100):
        seen[0], fails_at[0] = 0, moment
        try:
            take_in_and_move(books)
            break
        except LookupError:
            fails_at[0] = 0

            assert [count(books, table) for table in tables] == before
    event.remove(books._engine, "before_cursor_execute", fail)

    assert moment > 10
    assert [count(books, table) for table in tables] == [before[0] + 1, before[1] + 3, before[2] + 2, before[3] + 1]
    assert values_of(books, signal_events.c.state) == ["RECEIVED", "VALIDATED", "REJECTED"]
