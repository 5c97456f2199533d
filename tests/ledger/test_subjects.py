"""Messages that are edited as what they tell goes on: what is kept of their forms, and what of it is sent."""

from datetime import UTC, datetime, timedelta

import pytest

from ledger.portfolio import dead_letters, outbox, recovery, subjects
from ledger.portfolio.outbox import Button, Row
from ledger.portfolio.subjects import NewForm
from ledger.store import Ledger
from tests.ledger.rows import rows

CHAT, SUBJECT = "7", "order-1"
NOW = datetime(2026, 2, 11, 9, 0, 8, tzinfo=UTC)


@pytest.fixture
def url(each_url: str) -> str:
    """Let every test here be one of each database."""
    return each_url


def tell(ledger: Ledger, text: str, *, subject: str = SUBJECT, button: str = "") -> bool:
    """Put a form into the outbox."""
    buttons = ((Button(button, button),),) if button else ()
    with ledger.writing() as connection:
        new = NewForm(subject=subject, name=subject, text=text, buttons=buttons)
        return subjects.add_form(connection, new, chat_id=CHAT, now=NOW)


def waiting(ledger: Ledger) -> list[Row]:
    """Return what waits."""
    return outbox.pending(ledger).get(CHAT, [])


def send(ledger: Ledger, row: Row, message_id: int, *, folded: tuple[int, ...] = ()) -> None:
    """Send a row."""
    outbox.begin_sending(ledger, row, row.text or "", now=NOW, folded=folded)
    outbox.mark_sent(ledger, row, message_id, now=NOW)


def test_each_form_is_a_row_and_the_newest_again_is_none(ledger: Ledger) -> None:
    told = [tell(ledger, text) for text in ("working", "working", "lost", "working", "working")]

    assert told == [True, False, True, True, False]
    assert [row.text for row in waiting(ledger)] == ["working", "lost", "working"]
    assert {row.subject for row in waiting(ledger)} == {SUBJECT}


def test_another_button_makes_another_form(ledger: Ledger) -> None:
    told = [tell(ledger, "canceled", button=button) for button in ("", "Retry", "Retry")]

    assert told == [True, True, False]


def test_forms_are_told_oldest_first_of_one_chat_alone(ledger: Ledger) -> None:
    tell(ledger, "working")
    tell(ledger, "other", subject="order-2")
    tell(ledger, "filled")

    with ledger.reading() as connection:
        found = subjects.forms(connection, SUBJECT, chat_id=CHAT)
        elsewhere = subjects.forms(connection, SUBJECT, chat_id="8")

    assert [each.name.rpartition("-")[0] for each in found] == [SUBJECT] * 2
    assert [each.created_at for each in found] == [NOW] * 2
    assert elsewhere == ()


def test_a_row_edits_the_newest_message_of_its_subject(ledger: Ledger) -> None:
    tell(ledger, "working")
    (first,) = waiting(ledger)
    send(ledger, first, 11)
    tell(ledger, "filled")
    tell(ledger, "other", subject="order-2")
    filled, other = waiting(ledger)
    with ledger.reading() as connection:
        place = subjects.place_of(connection, SUBJECT, chat_id=CHAT)

    assert (first.place, filled.place, other.place) == (None, 11, None)
    assert place == 11


def test_a_message_of_several_notices_is_nobodys_place(ledger: Ledger) -> None:
    tell(ledger, "filled", subject="order-2")
    tell(ledger, "working")
    other, carrier = waiting(ledger)
    several = Row(**{name: getattr(carrier, name) for name in Row.__struct_fields__} | {"subject": None})
    send(ledger, several, 11, folded=(other.id,))
    tell(ledger, "filled")

    assert [row.place for row in waiting(ledger)] == [None]


def test_where_the_message_is_gone_there_is_no_place_any_more(ledger: Ledger) -> None:
    tell(ledger, "working")
    send(ledger, waiting(ledger)[0], 11)
    tell(ledger, "filled")
    subjects.forget_place(ledger, waiting(ledger)[0])

    assert waiting(ledger)[0].place is None


def test_an_edit_that_a_death_interrupted_is_no_possible_repeat_and_a_new_message_is(ledger: Ledger, url: str) -> None:
    tell(ledger, "working")
    send(ledger, waiting(ledger)[0], 11)
    tell(ledger, "filled")
    tell(ledger, "working", subject="order-2")
    for row in waiting(ledger):
        outbox.begin_sending(ledger, row, row.text or "", now=NOW)
    found = recovery.recover(ledger)

    assert found == 2
    assert rows(url, "SELECT subject, unconfirmed FROM outbox WHERE state = 'pending' ORDER BY id") == [
        (SUBJECT, 0),
        ("order-2", 1),
    ]


def test_what_was_sent_in_the_place_of_a_message_that_is_gone_is_a_possible_repeat(ledger: Ledger, url: str) -> None:
    tell(ledger, "working")
    send(ledger, waiting(ledger)[0], 11)
    tell(ledger, "filled")
    (row,) = waiting(ledger)
    outbox.begin_sending(ledger, row, "filled", now=NOW)
    subjects.forget_place(ledger, row)
    recovery.recover(ledger)

    assert rows(url, "SELECT unconfirmed FROM outbox WHERE state = 'pending'") == [(1,)]


def test_a_dead_form_that_is_sent_again_by_hand_is_settled_where_a_newer_one_was_told(ledger: Ledger, url: str) -> None:
    tell(ledger, "working")
    (first,) = waiting(ledger)
    outbox.begin_sending(ledger, first, "working", now=NOW)
    outbox.mark_dead(ledger, first, "blocked")
    tell(ledger, "filled")
    newer = waiting(ledger)[0]
    send(ledger, newer, 12)
    dead_letters.revive(ledger)
    (again,) = waiting(ledger)
    subjects.settle(ledger, again, again.told_in or 0)

    assert (first.told_in, again.told_in) == (None, newer.id)
    assert waiting(ledger) == []
    assert rows(url, f"SELECT state, folded_into FROM outbox WHERE id = {first.id}") == [("folded", newer.id)]


def test_older_forms_go_with_the_newest_and_die_with_it(ledger: Ledger, url: str) -> None:
    for text in ("working", "part", "filled"):
        tell(ledger, text)
    first, second, third = waiting(ledger)
    outbox.begin_sending(ledger, third, "filled", now=NOW + timedelta(seconds=1), folded=(first.id, second.id))
    sending = rows(url, "SELECT state FROM outbox ORDER BY id")
    outbox.mark_dead(ledger, third, "blocked")

    assert sending == [("folded",), ("folded",), ("sending",)]
    assert rows(url, "SELECT state FROM outbox ORDER BY id") == [("dead",)] * 3
