"""What the notifier remembers is the same in the ledger and in memory, as long as the process lives."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bus.messages.delivery import Alert
from bus.messages.rounds import Snapshot
from ledger.portfolio import rounds
from ledger.portfolio.requests import Request
from ledger.store import Ledger, open_ledger
from notifier.storage.memory_outbox import in_memory
from notifier.storage.recent import MOST_KEPT, Recent
from notifier.storage.stores import Stores
from tests.faults.false_time import FalseTime
from tests.notifier.harness import replace, slot_round

NOW = datetime(2026, 2, 11, 9, 0, tzinfo=UTC)
CHAT, GROUP, NEW, NEWER = "42", "-5", "-1005", "-1006"
ALERT = Alert(id="bybit-1", text="⚠ bybit is down", raised_at=NOW)


@pytest.fixture
def time() -> FalseTime:
    """Give a time that stands still until it is moved on."""
    return FalseTime(NOW)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give the place of a ledger that is not there yet."""
    return tmp_path / "portfolio.db"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    """Give that ledger."""
    with open_ledger(f"sqlite:///{path}") as opened:
        yield opened


@pytest.fixture(params=["ledger", "memory"])
def stores(request: pytest.FixtureRequest, ledger: Ledger, time: FalseTime, path: Path, empty_ledger: Path) -> Stores:
    """Give the stores of one chat, over a ledger that is there and over one that is not."""
    if request.param == "ledger":
        shutil.copy(empty_ledger, path)
    return Stores(ledger, (CHAT,), time=time)


@pytest.fixture
def without_ledger(ledger: Ledger, time: FalseTime) -> Stores:
    """Give the stores of a group, over a ledger that is not there."""
    return Stores(ledger, (GROUP,), time=time)


def close(stores: Stores, ledger: Ledger, *snapshots: Snapshot) -> None:
    """Close rounds as the aggregator does, or say that they could not be recorded."""
    for snapshot in snapshots:
        if stores.ledger.is_ready():
            rounds.record(ledger, snapshot, (CHAT,), zone=UTC)
        else:
            stores.outbox.offer(replace(snapshot, recorded=False))


def test_a_message_waits_until_it_is_sent(stores: Stores) -> None:
    stores.alerts.add(ALERT)
    (row,) = stores.outbox.pending()[CHAT]
    stores.outbox.begin_sending(row, "text")
    stores.outbox.mark_sent(row, 7)

    assert row.text == ALERT.text
    assert stores.outbox.pending() == {}


def test_a_message_whose_answer_was_lost_waits_again_and_counts_that(stores: Stores, time: FalseTime) -> None:
    stores.alerts.add(ALERT)
    (row,) = stores.outbox.pending()[CHAT]
    time.move_on(5)
    stores.outbox.begin_sending(row, "text")
    later = NOW + timedelta(minutes=1)
    stores.outbox.put_back(row, "timed out", unconfirmed=True, next_attempt_at=later)
    (again,) = stores.outbox.pending()[CHAT]

    assert (again.text, again.attempts, again.unconfirmed, again.next_attempt_at) == ("text", 1, 1, later)
    assert again.first_attempt_at == NOW + timedelta(seconds=5)


def test_what_is_refused_for_ever_waits_no_more(stores: Stores) -> None:
    stores.alerts.add(ALERT)
    (row,) = stores.outbox.pending()[CHAT]
    stores.outbox.mark_dead(row, "chat not found")

    assert stores.outbox.pending() == {}


def test_an_alert_that_is_said_twice_waits_once(stores: Stores) -> None:
    stores.alerts.add(ALERT)
    stores.alerts.add(ALERT)

    assert len(stores.outbox.pending()[CHAT]) == 1


def test_a_message_tells_the_rounds_that_were_folded_into_it_at_every_attempt(stores: Stores, ledger: Ledger) -> None:
    older, newer = slot_round(120), slot_round(60)
    close(stores, ledger, older, newer)
    first, second = stores.outbox.pending()[CHAT]
    stores.outbox.begin_sending(second, "text", folded=[first.id])
    stores.outbox.put_back(second, "timed out", unconfirmed=True, next_attempt_at=NOW)
    (again,) = stores.outbox.pending()[CHAT]
    told = stores.outbox.rounds_told_by(again)

    assert told == [newer.round_id, older.round_id]
    assert set(stores.outbox.snapshots_of(told)) == set(told)


def test_a_round_told_from_memory_is_not_told_again_when_it_is_recorded_late(
    without_ledger: Stores, ledger: Ledger, path: Path, empty_ledger: Path
) -> None:
    snapshot = slot_round()
    without_ledger.outbox.offer(replace(snapshot, recorded=False))
    (row,) = without_ledger.outbox.pending()[GROUP]
    without_ledger.outbox.mark_sent(row, 7)
    without_ledger.outbox.offer(replace(snapshot, recorded=False))
    shutil.copy(empty_ledger, path)
    rounds.record(ledger, snapshot, (GROUP,), zone=UTC)

    assert in_memory(row)
    assert without_ledger.outbox.pending() == {}


def test_a_request_of_the_ledger_that_was_answered_from_memory_holds_up_no_later_one(
    stores: Stores, ledger: Ledger
) -> None:
    first, second = (Request(id=f"now-{number}", asked_at=NOW) for number in (1, 2))
    stores.requests.add(first, update_id=1, chats=(CHAT,))
    stores.outbox.offer(replace(slot_round(), round_id=first.id, scheduled_for=None, recorded=False))
    (row,) = stores.outbox.pending()[CHAT]
    stores.outbox.mark_sent(row, 7)
    stores.requests.forget(row, stores.requests.answered_by(row, [first.id]))
    stores.requests.add(second, update_id=2, chats=(CHAT,))

    assert stores.requests.open() == (second,)


def test_who_asks_while_a_message_is_being_sent_is_not_taken_for_answered_by_it(without_ledger: Stores) -> None:
    first, second = (Request(id=f"now-{number}", asked_at=NOW) for number in (1, 2))
    without_ledger.requests.add(first, update_id=1, chats=(GROUP,))
    without_ledger.outbox.offer(replace(slot_round(), round_id=first.id, scheduled_for=None, recorded=False))
    (row,) = without_ledger.outbox.pending()[GROUP]
    answers = without_ledger.requests.answered_by(row, [first.id])
    without_ledger.requests.add(second, update_id=2, chats=(GROUP,))
    without_ledger.requests.forget(row, answers)

    assert without_ledger.requests.open() == (second,)


def test_what_waits_in_memory_follows_a_group_however_often_it_moves(without_ledger: Stores) -> None:
    without_ledger.requests.add(Request(id="now-1", asked_at=NOW), update_id=1, chats=(f"{GROUP}:7",))
    without_ledger.alerts.add(ALERT)
    without_ledger.move_chat(GROUP, NEW)
    without_ledger.move_chat(NEW, NEWER)
    waiting = without_ledger.outbox.pending()

    assert list(waiting) == [NEWER]
    assert [row.alert_id for row in waiting[NEWER]] == [ALERT.id, f"chat-{GROUP}-{NEW}", f"chat-{NEW}-{NEWER}"]
    assert list(without_ledger.requests.waiting_here()) == [f"{NEWER}:7"]
    assert [without_ledger.chats.allows(each) for each in (GROUP, f"{NEWER}:7", "4711")] == [True, True, False]


def test_a_move_that_is_told_twice_is_one_alert(stores: Stores) -> None:
    stores.move_chat(GROUP, NEW)
    stores.move_chat(GROUP, NEW)

    assert len(stores.outbox.pending()[CHAT]) == 1


def test_only_the_last_things_are_remembered() -> None:
    recent: Recent[int] = Recent()
    for number in range(MOST_KEPT + 1):
        recent.note(number)

    assert [each in recent for each in (0, 1, MOST_KEPT)] == [False, True, True]
