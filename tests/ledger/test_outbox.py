"""Messages on their way out: every change of state, as the delivery makes it, and the requests behind them."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from ledger.backup import BEFORE_RESTORE
from ledger.portfolio import moved, outbox, recovery, requests, rounds
from ledger.portfolio.outbox import Button, Row
from ledger.portfolio.requests import Answered, Request
from ledger.store import Ledger
from tests.ledger.rows import HOURS, SLOT, round_id, rows, snapshot

CHAT, OTHER = "-1001", "7"
NOW = datetime(2026, 2, 11, 9, 0, 8, tzinfo=UTC)


@pytest.fixture
def url(each_url: str) -> str:
    """Let every test here be one of each database."""
    return each_url


def closed(ledger: Ledger, *slots: datetime) -> list[Row]:
    """Close a round for each slot and return the rows of the first chat."""
    for slot in slots or (SLOT,):
        rounds.record(ledger, snapshot(slot), (CHAT, OTHER), zone=UTC)
    return outbox.pending(ledger)[CHAT]


def states(url: str, chat: str = CHAT) -> list[tuple[object, ...]]:
    """Return state, unconfirmed and attempts of a chat's rows, oldest first."""
    return rows(url, f"SELECT state, unconfirmed, attempts FROM outbox WHERE chat_id = '{chat}' ORDER BY id")


def test_rows_wait_in_the_order_of_their_rounds_by_chat(ledger: Ledger) -> None:
    closed(ledger, SLOT, SLOT + HOURS)

    waiting = outbox.pending(ledger)

    assert sorted(waiting) == [CHAT, OTHER]
    assert [row.round_id for row in waiting[CHAT]] == [round_id(SLOT), round_id(SLOT + HOURS)]
    assert (waiting[CHAT][0].state, waiting[CHAT][0].text, waiting[CHAT][0].attempts) == ("pending", None, 0)


def test_what_is_being_sent_keeps_its_text_and_is_not_waiting(ledger: Ledger, url: str) -> None:
    row = closed(ledger)[0]
    outbox.begin_sending(ledger, row, "TOTAL", now=NOW)

    assert CHAT not in outbox.pending(ledger)
    assert states(url) == [("sending", 0, 1)]
    assert rows(url, f"SELECT text, first_attempt_at FROM outbox WHERE id = {row.id}") == [
        ("TOTAL", "2026-02-11T09:00:08.000000+00:00")
    ]


def test_what_telegram_took_is_done_with_its_message_id(ledger: Ledger, url: str) -> None:
    row = closed(ledger)[0]
    outbox.begin_sending(ledger, row, "TOTAL", now=NOW)
    outbox.mark_sent(ledger, row, 4711, now=NOW)

    assert CHAT not in outbox.pending(ledger)
    assert rows(url, f"SELECT state, message_id, reason FROM outbox WHERE id = {row.id}") == [("sent", 4711, None)]
    assert [row.round_id for row in outbox.pending(ledger)[OTHER]] == [round_id(SLOT)]


@pytest.mark.parametrize("unconfirmed", [True, False])
def test_what_was_not_delivered_waits_again_with_its_text_and_the_time_of_its_first_attempt(
    ledger: Ledger, *, unconfirmed: bool
) -> None:
    row = closed(ledger)[0]
    outbox.begin_sending(ledger, row, "TOTAL", now=NOW)
    outbox.put_back(ledger, row, "flood control", unconfirmed=unconfirmed, next_attempt_at=NOW + HOURS)

    (again,) = outbox.pending(ledger)[CHAT]
    assert (again.state, again.text, again.attempts) == ("pending", "TOTAL", 1)
    assert (again.unconfirmed, again.next_attempt_at) == (int(unconfirmed), NOW + HOURS)
    outbox.begin_sending(ledger, again, "TOTAL again", now=NOW + HOURS)
    recovery.recover(ledger)
    (recovered,) = outbox.pending(ledger)[CHAT]
    assert recovered.first_attempt_at == NOW
    assert recovered.attempts == 2


def test_what_a_death_left_in_sending_waits_again_as_a_possible_repeat(ledger: Ledger, url: str) -> None:
    """Fault 20: the ledger alone."""
    rows_of_chat = closed(ledger, SLOT, SLOT + HOURS)
    outbox.begin_sending(ledger, rows_of_chat[0], "TOTAL", now=NOW)

    assert recovery.recover(ledger) == 1
    assert states(url) == [("pending", 1, 1), ("pending", 0, 0)]
    assert recovery.recover(ledger) == 0


def test_an_edit_of_a_working_that_a_death_interrupted_is_no_possible_repeat(ledger: Ledger, url: str) -> None:
    requests.add_request(ledger, Request(id="one", asked_at=NOW), update_id=1, chats=(CHAT,))
    requests.set_working_message(ledger, "one", CHAT, 42)
    row = closed(ledger)[0]
    (of_other,) = outbox.pending(ledger)[OTHER]
    for each in (row, of_other):
        outbox.begin_sending(ledger, each, "TOTAL", now=NOW)

    assert recovery.recover(ledger) == 2
    assert states(url) == [("pending", 0, 1)]
    assert states(url, OTHER) == [("pending", 1, 1)]


def test_a_recovered_row_may_be_sent_at_once(ledger: Ledger) -> None:
    row = closed(ledger)[0]
    outbox.put_back(ledger, row, "network", unconfirmed=False, next_attempt_at=NOW + HOURS)
    outbox.begin_sending(ledger, row, "TOTAL", now=NOW + HOURS)
    recovery.recover(ledger)

    assert outbox.pending(ledger)[CHAT][0].next_attempt_at is None


def test_older_rounds_are_folded_into_the_newest_in_the_same_step(ledger: Ledger, url: str) -> None:
    first, second, third = closed(ledger, SLOT, SLOT + HOURS, SLOT + 2 * HOURS)
    outbox.begin_sending(ledger, third, "TOTAL", now=NOW, folded=[first.id, second.id])

    assert [state for state, *_ in states(url)] == ["folded", "folded", "sending"]
    assert rows(url, "SELECT folded_into FROM outbox WHERE state = 'folded'") == [(third.id,)] * 2
    assert len(outbox.pending(ledger)[OTHER]) == 3


def test_folding_is_all_or_nothing(ledger: Ledger, url: str) -> None:
    first, second = closed(ledger, SLOT, SLOT + HOURS)
    gone = Row(**{name: getattr(second, name) for name in Row.__struct_fields__} | {"id": 99})

    with pytest.raises(IntegrityError):
        outbox.begin_sending(ledger, gone, "TOTAL", now=NOW, folded=[first.id])

    assert states(url) == [("pending", 0, 0)] * 2


def test_a_dead_row_is_kept_with_its_reason_and_holds_up_nothing(ledger: Ledger, url: str) -> None:
    first, second = closed(ledger, SLOT, SLOT + HOURS)
    outbox.begin_sending(ledger, first, "TOTAL", now=NOW)
    outbox.mark_dead(ledger, first, "Forbidden: bot was blocked by the user")

    assert [row.id for row in outbox.pending(ledger)[CHAT]] == [second.id]
    assert rows(url, "SELECT text, reason FROM outbox WHERE state = 'dead'") == [
        ("TOTAL", "Forbidden: bot was blocked by the user")
    ]


def test_a_chat_that_moved_takes_its_waiting_rows_and_its_requests_along_but_not_what_was_sent(
    ledger: Ledger, url: str
) -> None:
    first, second, _ = closed(ledger, SLOT, SLOT + HOURS, SLOT + 2 * HOURS)
    outbox.begin_sending(ledger, first, "TOTAL", now=NOW)
    outbox.mark_sent(ledger, first, 1, now=NOW)
    outbox.begin_sending(ledger, second, "TOTAL", now=NOW)
    requests.add_request(ledger, Request(id="one", asked_at=NOW), update_id=1, chats=(CHAT,))
    moved.move_chat(ledger, CHAT, "-1002")

    assert [state for state, *_ in states(url)] == ["sent"]
    assert [state for state, *_ in states(url, "-1002")] == ["sending", "pending"]
    assert [state for state, *_ in states(url, OTHER)] == ["pending"] * 3
    assert rows(url, "SELECT chat_id FROM askers") == [("-1002",)]


def test_an_alert_is_kept_once_for_each_chat_however_often_it_is_said(ledger: Ledger) -> None:
    for _ in range(3):
        outbox.add_alert(ledger, "okx-down-1", "okx is down", chats=(CHAT, OTHER), now=NOW)
    outbox.add_alert(ledger, "okx-down-2", "okx is down again", chats=(CHAT,), now=NOW)

    waiting = outbox.pending(ledger)

    assert [(row.alert_id, row.text) for row in waiting[CHAT]] == [
        ("okx-down-1", "okx is down"),
        ("okx-down-2", "okx is down again"),
    ]
    assert len(waiting[OTHER]) == 1


def test_an_alert_that_was_sent_is_not_kept_again(ledger: Ledger) -> None:
    outbox.add_alert(ledger, "okx-down-1", "okx is down", chats=(CHAT,), now=NOW)
    (row,) = outbox.pending(ledger)[CHAT]
    outbox.begin_sending(ledger, row, row.text or "", now=NOW)
    outbox.mark_sent(ledger, row, 1, now=NOW)
    outbox.add_alert(ledger, "okx-down-1", "okx is down", chats=(CHAT,), now=NOW)

    assert outbox.pending(ledger) == {}


def test_a_notice_is_kept_once_however_often_it_is_said_and_follows_a_group_that_moved(ledger: Ledger) -> None:
    moved.move_chat(ledger, CHAT, "-1002")
    with ledger.writing() as connection:
        for chat in (CHAT, f"{CHAT}:77", OTHER, OTHER):
            outbox.add_notice(connection, "trade-1", "bought", chat_id=chat, now=NOW)

    waiting = outbox.pending(ledger)

    assert {chat: [row.text for row in found] for chat, found in waiting.items()} == {
        "-1002": ["bought"],
        "-1002:77": ["bought"],
        OTHER: ["bought"],
    }
    assert (waiting[OTHER][0].attempts, waiting[OTHER][0].created_at) == (0, NOW)


def test_a_request_is_stored_once_for_each_update_and_each_id(ledger: Ledger) -> None:
    request = Request(id="one", asked_at=NOW)
    first = requests.add_request(ledger, request, update_id=1, chats=(CHAT,))
    again = requests.add_request(ledger, request, update_id=1, chats=(CHAT,))
    same_update = requests.add_request(ledger, Request(id="two", asked_at=NOW), update_id=1, chats=(CHAT,))
    same_id = requests.add_request(ledger, request, update_id=None, chats=(CHAT,))

    assert (first, again, same_update, same_id) == (True, False, False, False)
    assert requests.open_requests(ledger) == (request,)


def test_requests_from_terminals_have_no_update_and_do_not_collide(ledger: Ledger) -> None:
    stored = [
        requests.add_request(ledger, Request(id=name, asked_at=NOW), update_id=None, chats=(CHAT, OTHER))
        for name in ("one", "two")
    ]

    assert stored == [True, True]
    assert len(requests.open_requests(ledger)) == 2


def test_open_requests_are_told_oldest_first(ledger: Ledger) -> None:
    for number, minutes in enumerate((5, 1, 3)):
        request = Request(id=str(minutes), asked_at=NOW + timedelta(minutes=minutes))
        requests.add_request(ledger, request, update_id=number, chats=(CHAT,))

    assert [request.id for request in requests.open_requests(ledger)] == ["1", "3", "5"]


def test_a_chat_gets_one_working_for_all_its_open_requests(ledger: Ledger) -> None:
    for number, name in enumerate(("one", "two")):
        requests.add_request(ledger, Request(id=name, asked_at=NOW), update_id=number, chats=(CHAT,))
    before = requests.waits_without_working(ledger, "one", CHAT)
    requests.set_working_message(ledger, "one", CHAT, 42)
    after = [requests.waits_without_working(ledger, name, CHAT) for name in ("one", "two")]

    assert before
    assert after == [False, False]
    assert not requests.waits_without_working(ledger, "one", OTHER)


def test_an_answered_request_needs_no_working_and_tells_which_one_its_answer_replaces(ledger: Ledger) -> None:
    requests.add_request(ledger, Request(id="one", asked_at=NOW), update_id=1, chats=(CHAT,))
    requests.set_working_message(ledger, "one", CHAT, 42)
    rounds.record(ledger, snapshot(), (CHAT,), zone=UTC)

    assert requests.requests_answered_by(ledger, [round_id(SLOT)], CHAT) == (Answered(id="one", working=42),)
    requests.add_request(ledger, Request(id="two", asked_at=NOW), update_id=2, chats=(CHAT,))
    assert requests.waits_without_working(ledger, "two", CHAT)
    assert not requests.waits_without_working(ledger, "one", CHAT)


def test_snapshots_are_found_by_their_rounds(ledger: Ledger) -> None:
    closed(ledger, SLOT, SLOT + HOURS, SLOT + 2 * HOURS)

    found = outbox.snapshots_of(ledger, [round_id(SLOT), round_id(SLOT + HOURS), "none"])

    assert found == {round_id(slot): snapshot(slot) for slot in (SLOT, SLOT + HOURS)}


def test_what_was_refused_for_now_waits_as_if_untried_and_so_does_what_it_told(ledger: Ledger, url: str) -> None:
    """Fault D1: the ledger alone."""
    first, second = closed(ledger, SLOT, SLOT + HOURS)
    outbox.begin_sending(ledger, second, "TOTAL", now=NOW, folded=[first.id])
    outbox.put_back_refused(ledger, second, "Not enough rights", next_attempt_at=NOW + HOURS)

    waiting = outbox.pending(ledger)[CHAT]
    assert [(row.text, row.first_attempt_at, row.attempts) for row in waiting] == [(None, None, 0), (None, None, 1)]
    assert rows(url, "SELECT folded_into, reason FROM outbox WHERE chat_id = '-1001'") == [
        (None, "Not enough rights"),
        (None, "Not enough rights"),
    ]


def test_slots_that_a_chat_refused_for_good_can_still_be_told_but_not_what_was_settled_otherwise(
    ledger: Ledger,
) -> None:
    first, second, third = closed(ledger, SLOT, SLOT + HOURS, SLOT + 2 * HOURS)
    outbox.begin_sending(ledger, second, "TOTAL", now=NOW, folded=[first.id])
    outbox.mark_dead(ledger, second, "Forbidden: bot was blocked by the user")
    outbox.mark_dead(ledger, third, BEFORE_RESTORE)

    assert [row.id for row in outbox.undelivered(ledger, CHAT)] == [first.id, second.id]
    assert outbox.undelivered(ledger, OTHER) == ()


def test_a_chat_that_moved_keeps_its_topics_and_what_it_has_there_already_does_not_come_twice(
    ledger: Ledger, url: str
) -> None:
    """Fault D2: what waits for the chat that was."""
    rounds.record(ledger, snapshot(SLOT), ("-5", "-5:77", "-1005"), zone=UTC)
    outbox.add_alert(ledger, "one", "okx is down", chats=("-5", "-1005"), now=NOW)
    for chats in (("-5", "-1005"), ("-5:77",)):
        requests.add_request(ledger, Request(id=chats[0], asked_at=NOW), update_id=None, chats=chats)
    requests.set_working_message(ledger, "-5:77", "-5:77", 42)
    moved.move_chat(ledger, "-5", "-1005")

    assert {chat: len(waiting) for chat, waiting in outbox.pending(ledger).items()} == {"-1005": 2, "-1005:77": 1}
    assert rows(url, "SELECT request_id, chat_id, working_message_id FROM askers ORDER BY request_id") == [
        ("-5", "-1005", None),
        ("-5:77", "-1005:77", None),
    ]
    assert requests.waits_without_working(ledger, "-5:77", "-1005:77")


def test_a_notice_keeps_its_buttons_in_their_rows(ledger: Ledger) -> None:
    buttons = ((Button("Execute", "q:1:execute"), Button("Reject", "q:1:reject")), (Button("⚙ Change", "x" * 64),))
    with ledger.writing() as connection:
        outbox.add_notice(connection, "with", "Buy?", chat_id=CHAT, now=NOW, buttons=buttons)
        outbox.add_notice(connection, "without", "Bought.", chat_id=CHAT, now=NOW)

    assert [row.buttons for row in outbox.pending(ledger)[CHAT]] == [buttons, ()]


@pytest.mark.parametrize(("text", "data"), [("", "x"), ("x", ""), ("x", "x" * 65), ("x", "ж" * 33)])
def test_a_button_that_telegram_would_refuse_cannot_be_made(text: str, data: str) -> None:
    with pytest.raises(ValueError, match="1 to 64 bytes"):
        Button(text, data)
