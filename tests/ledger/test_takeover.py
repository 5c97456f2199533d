"""What one copy of the system takes over from another: told rounds are given up, those that nobody knows are marked."""

from datetime import UTC, datetime, timedelta

import pytest

from ledger.portfolio import outbox, requests, rounds
from ledger.portfolio.requests import Request
from ledger.portfolio.takeover import newest_told, take_over
from ledger.store import Ledger
from tests.ledger.rows import HOURS, SLOT, round_id, rows, snapshot

CHAT, OTHER = "-1001", "7"
LATER = SLOT + 9 * HOURS


@pytest.fixture
def url(each_url: str) -> str:
    """Let every test here be one of each database."""
    return each_url


def closed(ledger: Ledger, *slots: datetime) -> None:
    """Close a round for each slot, for two chats."""
    for slot in slots:
        rounds.record(ledger, snapshot(slot), (CHAT, OTHER), zone=UTC)


def send(ledger: Ledger, slot: datetime, *chats: str) -> None:
    """Send a slot's message to chats."""
    for chat in chats:
        row = next(row for row in outbox.pending(ledger)[chat] if row.round_id == round_id(slot))
        outbox.begin_sending(ledger, row, "TOTAL", now=slot)
        outbox.mark_sent(ledger, row, 1, now=slot)


def states(url: str) -> list[tuple[object, ...]]:
    """Return round, state and mark of the first chat's rows, oldest first."""
    return rows(url, f"SELECT round_id, state, unconfirmed FROM outbox WHERE chat_id = '{CHAT}' ORDER BY id")


def test_a_slot_is_told_once_every_chat_has_it(ledger: Ledger) -> None:
    first = newest_told(ledger)
    closed(ledger, SLOT, SLOT + HOURS)
    send(ledger, SLOT, CHAT, OTHER)
    send(ledger, SLOT + HOURS, CHAT)
    half = newest_told(ledger)
    send(ledger, SLOT + HOURS, OTHER)

    assert (first, half, newest_told(ledger)) == ("", round_id(SLOT), round_id(SLOT + HOURS))


def test_a_request_is_no_slot(ledger: Ledger) -> None:
    requests.add_request(ledger, Request(id="now-1", asked_at=SLOT), update_id=1, chats=(CHAT,))
    rounds.record(ledger, snapshot(asked="now-1"), (), zone=UTC)
    row = outbox.pending(ledger)[CHAT][0]
    outbox.begin_sending(ledger, row, "TOTAL", now=SLOT)
    outbox.mark_sent(ledger, row, 1, now=SLOT)

    assert newest_told(ledger) == ""


def test_told_is_given_up_unknown_is_marked_and_what_came_after_the_other_ones_end_is_ours(
    ledger: Ledger, url: str
) -> None:
    slots = (SLOT, SLOT + HOURS, SLOT + 2 * HOURS)
    closed(ledger, *slots)

    settled = take_over(ledger, round_id(SLOT), slots[1] + timedelta(minutes=1))

    assert settled == (2, 2)
    assert states(url) == [
        (round_id(slots[0]), "dead", 0),
        (round_id(slots[1]), "pending", 1),
        (round_id(slots[2]), "pending", 0),
    ]


def test_of_one_that_said_nothing_nothing_is_known(ledger: Ledger, url: str) -> None:
    closed(ledger, SLOT)
    take_over(ledger, "", LATER)

    assert states(url) == [(round_id(SLOT), "pending", 1)]


def test_alerts_and_answers_from_before_are_given_up(ledger: Ledger, url: str) -> None:
    outbox.add_alert(ledger, "a", "⚠", chats=(CHAT,), now=SLOT)
    requests.add_request(ledger, Request(id="now-1", asked_at=SLOT), update_id=1, chats=(CHAT,))
    rounds.record(ledger, snapshot(asked="now-1"), (), zone=UTC)
    take_over(ledger, "", LATER)

    assert [state for _, state, _ in states(url)] == ["dead", "dead"]


def test_what_was_sent_stays_sent(ledger: Ledger, url: str) -> None:
    closed(ledger, SLOT)
    send(ledger, SLOT, CHAT)
    take_over(ledger, "", LATER)

    assert states(url) == [(round_id(SLOT), "sent", 0)]
