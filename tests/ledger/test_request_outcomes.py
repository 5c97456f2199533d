"""What the ledger tells of a request, chat by chat, while its message is on the way and after."""

from datetime import UTC, datetime

from bus.messages.delivery import ChatOutcome
from ledger.portfolio import moved, outbox, requests, rounds
from ledger.portfolio.outbox import Row
from ledger.portfolio.request_outcomes import outcome_of
from ledger.portfolio.requests import Request
from ledger.store import Ledger
from tests.ledger.rows import HOURS, SLOT, round_id, snapshot

CHAT, OTHER = "-1001", "7"
NOW = datetime(2026, 2, 11, 9, 0, 8, tzinfo=UTC)
REQUEST = "now-20260211T090000Z-terminal-7"


def ask(ledger: Ledger, *chats: str) -> None:
    """Store a request."""
    requests.add_request(ledger, Request(id=REQUEST, asked_at=SLOT), update_id=None, chats=chats)


def answered(ledger: Ledger, slot: datetime = SLOT, *, chat: str = CHAT) -> Row:
    """Close a round; return its row in a chat."""
    rounds.record(ledger, snapshot(slot), (), zone=UTC)
    return outbox.pending(ledger)[chat][-1]


def test_nothing_is_told_of_a_request_that_nobody_stored(ledger: Ledger) -> None:
    assert outcome_of(ledger, REQUEST) == ("", "", ())


def test_a_request_is_open_until_its_round_has_closed_and_its_message_is_sent(ledger: Ledger) -> None:
    ask(ledger, CHAT)
    asked = outcome_of(ledger, REQUEST)
    row = answered(ledger)
    closed = outcome_of(ledger, REQUEST)
    outbox.begin_sending(ledger, row, "TOTAL", now=NOW)
    sending = outcome_of(ledger, REQUEST)
    outbox.mark_sent(ledger, row, 4711, now=NOW)

    assert asked == ("", "", (ChatOutcome(chat=CHAT),))
    assert closed == sending == (round_id(SLOT), "", (ChatOutcome(chat=CHAT),))
    assert outcome_of(ledger, REQUEST) == (round_id(SLOT), "TOTAL", (ChatOutcome(chat=CHAT, state="sent"),))


def test_a_warning_that_the_chat_got_meanwhile_is_no_answer(ledger: Ledger) -> None:
    outbox.add_alert(ledger, "moved", "This group has a new number", chats=(CHAT,), now=NOW)
    warning = outbox.pending(ledger)[CHAT][0]
    outbox.begin_sending(ledger, warning, "This group has a new number", now=NOW)
    outbox.mark_sent(ledger, warning, 4710, now=NOW)
    ask(ledger, CHAT)

    assert outcome_of(ledger, REQUEST) == ("", "", (ChatOutcome(chat=CHAT),))


def test_each_chat_has_its_own_outcome(ledger: Ledger) -> None:
    ask(ledger, CHAT, OTHER)
    row, other = answered(ledger), outbox.pending(ledger)[OTHER][-1]
    outbox.begin_sending(ledger, row, "TOTAL", now=NOW)
    outbox.mark_sent(ledger, row, 4711, now=NOW)
    outbox.mark_dead(ledger, other, "Chat not found")
    chats = outcome_of(ledger, REQUEST)[2]

    assert chats == (
        ChatOutcome(chat=CHAT, state="sent"),
        ChatOutcome(chat=OTHER, state="dead", reason="Chat not found"),
    )


def test_a_message_waits_for_the_reason_of_the_one_before_it(ledger: Ledger) -> None:
    outbox.add_alert(ledger, "alert-1", "⚠", chats=(CHAT,), now=NOW)
    outbox.put_back(
        ledger, outbox.pending(ledger)[CHAT][0], "token refused", unconfirmed=False, next_attempt_at=NOW + HOURS
    )
    ask(ledger, CHAT)
    asked = outcome_of(ledger, REQUEST)[2]
    answered(ledger)

    assert asked == (ChatOutcome(chat=CHAT, state="waits", reason="token refused"),)
    assert outcome_of(ledger, REQUEST)[2] == asked


def test_what_a_newer_message_tells_has_that_ones_outcome(ledger: Ledger) -> None:
    ask(ledger, CHAT)
    older = answered(ledger)
    rounds.record(ledger, snapshot(SLOT + HOURS), (CHAT,), zone=UTC)
    newer = outbox.pending(ledger)[CHAT][-1]
    outbox.begin_sending(ledger, newer, "TOTAL and more", now=NOW, folded=(older.id,))
    outbox.mark_sent(ledger, newer, 4711, now=NOW)

    assert outcome_of(ledger, REQUEST) == (round_id(SLOT), "TOTAL and more", (ChatOutcome(chat=CHAT, state="sent"),))


def test_a_group_that_moved_is_told_under_its_new_number(ledger: Ledger) -> None:
    moved.move_chat(ledger, "-5", CHAT)
    ask(ledger, "-5")
    row = answered(ledger)
    outbox.begin_sending(ledger, row, "TOTAL", now=NOW)
    outbox.mark_sent(ledger, row, 4711, now=NOW)

    assert outcome_of(ledger, REQUEST)[2] == (ChatOutcome(chat=CHAT, state="sent"),)
