"""A signal is kept once, however often and in whatever order it is sent."""

import math
from collections import Counter
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.inbox.inbox import accept, find, waiting
from ledger.inbox.opening import Inbox
from ledger.inbox.records import NewSignal
from ledger.trading.errors import Invalid
from tests.ledger.inbox.world import NOW, SWING, TREND, counted, outcome, send, signal, work

OTHERS = [
    signal("2"),
    signal("1", strategy_uid=SWING),
    signal("1", action="sell"),
    signal("1", symbol="MSFT"),
    signal("1", quantity=Decimal(4)),
    signal("1", quantity=None),
    signal("1", position_size=Decimal(0)),
]
"""What differs from the first in one of the things by which it is known again."""
ANY = [signal("1"), *OTHERS, signal(), signal(strategy_uid=SWING), signal(body={"action": "sell"})]


def test_what_comes_in_is_what_waits(inbox: Inbox) -> None:
    (accepted,) = send(inbox, signal("1"))
    with inbox.reading() as connection:
        (found,) = waiting(connection)

    assert accepted.outcome == "new"
    assert (found.uid, found.strategy_uid, found.peer) == (accepted.uid, TREND, "52.89.214.238")
    assert (found.body, found.external_id) == (signal().body, "1")
    assert (found.state, found.code, found.received_at, found.updated_at) == ("RECEIVED", None, NOW, NOW)


@pytest.mark.parametrize(("after_s", "found"), [(0, "duplicate"), (300, "duplicate"), (300.001, "repeated")])
def test_an_id_is_used_once_for_ever_and_told_when_it_comes_late(inbox: Inbox, after_s: float, found: str) -> None:
    """Fault T3: an id that comes again."""
    (first,) = send(inbox, signal("1"))
    (again,) = send(inbox, signal("1", body={"other": "words"}), after_s=after_s)

    assert (again.outcome, again.uid) == (found, first.uid)
    assert counted(inbox) == 1


@pytest.mark.parametrize("other", OTHERS)
def test_an_id_with_anything_else_beside_it_is_another_signal(inbox: Inbox, other: NewSignal) -> None:
    """Fault T3a."""
    sent = send(inbox, signal("1"), other)

    assert [each.outcome for each in sent] == ["new", "new"]


def test_a_quantity_is_the_same_however_it_is_written(inbox: Inbox) -> None:
    send(inbox, signal("1", quantity=Decimal("3.0")))

    assert outcome(inbox, signal("1", quantity=Decimal("3"))) == "duplicate"


@pytest.mark.parametrize(
    ("after_s", "found"), [(0, "duplicate"), (60, "duplicate"), (-60, "duplicate"), (60.001, "new"), (-3600, "new")]
)
def test_without_an_id_the_same_words_within_a_minute_are_the_same_signal(
    inbox: Inbox, after_s: float, found: str
) -> None:
    """Fault T4."""
    send(inbox, signal())

    assert outcome(inbox, signal(), after_s=after_s) == found


def test_a_repetition_is_known_after_the_clock_was_put_back_too(inbox: Inbox) -> None:
    found = [outcome(inbox, signal(), after_s=after_s) for after_s in (3600, 0, 10)]

    assert found == ["new", "new", "duplicate"]


def test_words_are_the_same_in_whatever_order_they_stand(inbox: Inbox) -> None:
    send(inbox, signal(body={"a": 1, "b": 2}))

    assert outcome(inbox, signal(body={"b": 2, "a": 1})) == "duplicate"


def test_the_same_words_for_another_strategy_are_another_signal(inbox: Inbox) -> None:
    send(inbox, signal())

    assert outcome(inbox, signal(strategy_uid=SWING)) == "new"


@pytest.mark.parametrize(
    "wrong",
    [
        signal("x" * 121),
        signal(""),
        signal("nul\0"),
        signal("half \ud800"),
        signal(symbol=""),
        signal(body={"price": 1.5}),
        signal(body={"price": "nul\0"}),
        signal(body={"price": Decimal("1e-19")}),
        signal(body={"price": 2**60}),
        signal(body={"comment": "x" * 40_000}),
        signal("1", quantity=Decimal(math.inf)),
        signal("1", position_size=Decimal("1e30")),
    ],
    ids=repr,
)
def test_what_cannot_be_kept_is_refused_alone_and_not_repeated(inbox: Inbox, wrong: NewSignal) -> None:
    with work(inbox) as one:
        with pytest.raises(Invalid) as refused:
            accept(one, wrong)
        accept(one, signal("good"))

    assert counted(inbox) == 1
    assert not any(said in str(refused.value) for said in ("nul", "1.5", "xxx", "1e", "115"))


def test_a_body_as_deep_as_a_reader_of_json_goes_is_refused_or_kept(inbox: Inbox) -> None:
    deep: object = 1
    for _ in range(900):
        deep = [deep]
    with suppress(Invalid):
        accepted = send(inbox, signal(body={"deep": deep}))[0]
        with inbox.reading() as connection:
            assert find(connection, accepted.uid).body == {"deep": deep}


@given(st.lists(st.lists(st.sampled_from(range(len(ANY))), max_size=5), max_size=8))
def test_whatever_is_sent_together_or_apart_and_how_often_each_is_new_once(
    inbox: Inbox, transactions: list[list[int]]
) -> None:
    sent = Counter[int]()
    new = Counter[int]()
    names: dict[int, set[str]] = {}
    with inbox.writing() as connection:
        connection.exec_driver_sql("DELETE FROM inbox_signals")
    for at, numbers in enumerate(transactions):
        for number, accepted in zip(numbers, send(inbox, *(ANY[each] for each in numbers), after_s=at), strict=True):
            sent[number] += 1
            new[number] += accepted.outcome == "new"
            names.setdefault(number, set()).add(accepted.uid)

    assert new == Counter(dict.fromkeys(sent, 1))
    assert all(len(each) == 1 for each in names.values())
    assert counted(inbox) == len(sent)
