"""The round store over a ledger that fails for real: rounds go on, are marked, and are written later, once."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from aggregator.round import Round
from aggregator.round_store import RETRY_S, RoundStore
from aggregator.settings import Settings
from bus.chats import ChatIds
from bus.messages.delivery import Delivered
from bus.messages.rounds import Snapshot, Tick
from ledger import backup
from ledger.portfolio import requests, rounds
from ledger.portfolio.requests import Request
from ledger.store import DEFAULT_URL, Ledger, open_ledger
from tests.disks import mounted
from tests.faults.false_time import FalseTime
from tests.ledger.damage import DAMAGES, held
from tests.ledger.rows import HOURS, OKX, SLOT, balance, round_id, row_counts, rows, snapshot

LEDGER = Path("data/portfolio.db")
BUSY = "The ledger cannot be used: the ledger is busy. Messages go on, marked as not recorded."
WELL = "The ledger can be used again."
CHATS = ("42", "43")


@pytest.fixture(autouse=True)
def folder(home: Path, empty_ledger: Path) -> Path:
    """Give a home with a ledger."""
    LEDGER.parent.mkdir(mode=0o700)
    shutil.copy(empty_ledger, LEDGER)
    return home


@pytest.fixture
def ledger() -> Ledger:
    """Give the home's ledger, not touched yet; it waits less for locks."""
    return Ledger(DEFAULT_URL, busy_ms=50)


@pytest.fixture
def time() -> FalseTime:
    """Give a time that begins now."""
    return FalseTime(datetime.now(UTC))


def new_store(ledger: Ledger, time: FalseTime) -> RoundStore:
    """Start anew over a ledger."""
    return opened(RoundStore(ledger, Settings(telegram_chat_id=ChatIds(CHATS)), time=time))


def opened(store: RoundStore) -> RoundStore:
    """Let what it does to open the ledger end."""
    while store.is_opening:
        store.recover()
    return store


def recovered(store: RoundStore, time: FalseTime) -> RoundStore:
    """Let it try again what could not be done."""
    time.move_on(RETRY_S)
    store.recover()
    return opened(store)


def marked(snapshot: Snapshot, reason: str) -> Snapshot:
    """Return a snapshot as it goes out when it could not be written."""
    return msgspec.structs.replace(snapshot, recorded=False, not_recorded_because=reason)


def told(store: RoundStore) -> list[str]:
    """Return what the owner is told."""
    return [each.text for each in store.alert_texts]


def missed_in_the_next_round(store: RoundStore, *slots: datetime) -> tuple[tuple[datetime, ...], int]:
    """Close a round whose tick names these slots as missed; return those that it reports, and how many it counts."""
    tick = Tick(
        round_id=round_id(SLOT + HOURS),
        scheduled_for=SLOT + HOURS,
        closes_in_s=1,
        missed=slots,
        missed_count=len(slots),
    )
    closed = store.close(Round(tick, [OKX], heard_at_s=0), now_s=1, silent_for_s={})
    return closed.missed, closed.missed_count


def outbox_of(round_id: str) -> list[tuple[object, ...]]:
    """Return the messages of a round."""
    return rows(str(LEDGER), f"SELECT chat_id, state FROM outbox WHERE round_id = '{round_id}' ORDER BY chat_id")


def test_with_a_ledger_that_works_a_round_is_written_and_nothing_is_told(ledger: Ledger, time: FalseTime) -> None:
    store = new_store(ledger, time)
    written = store.record(snapshot())

    assert written == snapshot()
    assert (store.unavailable_reason, store.alert_texts, store.unrecorded()) == ("", [], ())
    assert store.state == rounds.read_state(ledger)


def test_a_round_that_cannot_be_written_is_marked_repeated_and_told_once(ledger: Ledger, time: FalseTime) -> None:
    store = new_store(ledger, time)
    with held(LEDGER):
        written = [store.record(snapshot(SLOT + hours * HOURS)) for hours in range(2)]
        recovered(store, time)
        store.refresh()

    assert written == [marked(snapshot(SLOT + hours * HOURS), "the ledger is busy") for hours in range(2)]
    assert list(store.unrecorded()) == written
    assert store.find(written[0].round_id) == written[0]
    assert store.state.last_slot == SLOT + HOURS
    assert told(store) == [BUSY]
    assert row_counts(str(LEDGER))["snapshots"] == 0


def test_what_was_not_delivered_is_written_with_its_messages_when_it_can_be(ledger: Ledger, time: FalseTime) -> None:
    store = new_store(ledger, time)
    with held(LEDGER):
        store.record(snapshot())
    recovered(store, time)

    assert store.find(snapshot().round_id) == rounds.find_snapshot(ledger, snapshot().round_id)
    assert outbox_of(snapshot().round_id) == [("42", "pending"), ("43", "pending")]
    assert store.unrecorded() == ()
    assert told(store) == [BUSY, WELL]
    assert store.unavailable_reason == ""


def test_what_was_delivered_meanwhile_is_written_without_messages(ledger: Ledger, time: FalseTime) -> None:
    store = new_store(ledger, time)
    with held(LEDGER):
        store.record(snapshot())
        store.handle(Delivered(id="", round_id=snapshot().round_id, text="TOTAL"))
        silent = store.unrecorded()
        store.record(snapshot(SLOT + HOURS))
    recovered(store, time)

    assert silent == ()
    assert outbox_of(snapshot().round_id) == []
    assert len(outbox_of(snapshot(SLOT + HOURS).round_id)) == 2
    assert rounds.find_snapshot(ledger, snapshot().round_id) == snapshot()


def test_who_asks_after_a_message_that_went_out_without_the_ledger_is_not_taken_for_answered_by_it(
    ledger: Ledger, time: FalseTime
) -> None:
    asked = msgspec.structs.replace(snapshot(), round_id="now-1", scheduled_for=None)
    requests.add_request(ledger, Request(id="now-1", asked_at=SLOT), update_id=1, chats=["42"])
    store = new_store(ledger, time)
    with held(LEDGER):
        store.record(asked)
        store.handle(Delivered(id="", round_id="now-1", text="TOTAL"))
    requests.add_request(ledger, Request(id="now-2", asked_at=SLOT), update_id=2, chats=["42"])
    recovered(store, time)
    left = requests.open_requests(ledger)
    store.record(msgspec.structs.replace(asked, round_id="now-2"))

    assert outbox_of("now-1") == []
    assert [each.id for each in left] == ["now-2"]
    assert outbox_of("now-2") == [("42", "pending")]


def test_a_round_closed_before_the_trouble_is_still_known_in_it(ledger: Ledger, time: FalseTime) -> None:
    store = new_store(ledger, time)
    store.record(snapshot())
    with held(LEDGER):
        store.record(snapshot(SLOT + HOURS))
        known = store.last_known([OKX.name])

    assert known.balances == {"okx": balance(SLOT + HOURS)}
    assert store.find(snapshot().round_id) == snapshot()


def test_what_a_platform_covered_before_it_failed_is_known_though_the_ledger_cannot_be_read(
    ledger: Ledger, time: FalseTime
) -> None:
    """Fault N1: a ledger in trouble."""
    store = new_store(ledger, time)
    store.record(snapshot())
    failed = msgspec.structs.replace(snapshot(SLOT + HOURS), parts=snapshot().parts[1:])
    with held(LEDGER):
        store.record(failed)
        known = store.last_known([OKX.name])

    assert known.balances == {"okx": balance()}


def test_what_a_platform_covered_is_known_after_a_restart(ledger: Ledger, time: FalseTime) -> None:
    """Fault N1: a restart."""
    failed = msgspec.structs.replace(snapshot(SLOT + HOURS), parts=snapshot().parts[1:])
    for closed in (snapshot(), failed):
        new_store(ledger, time).record(closed)

    assert new_store(ledger, time).last_known([OKX.name]).balances == {"okx": balance()}


def test_an_older_number_that_comes_later_is_not_the_last_known_one(ledger: Ledger, time: FalseTime) -> None:
    store = new_store(ledger, time)
    store.record(snapshot(SLOT + HOURS))
    store.record(snapshot())

    assert store.last_known([OKX.name]).balances == {"okx": balance(SLOT + HOURS)}


@pytest.mark.sampled(1)
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_ledger_damaged_before_the_start_is_replaced_and_told(
    ledger: Ledger, time: FalseTime, damage: Callable[[Path], None]
) -> None:
    """Fault 66."""
    backup.make(LEDGER, now=time.now)  # by the same clock, however long this takes
    damage(LEDGER)
    store = new_store(ledger, time)
    store.record(snapshot())

    assert [each.split(". It was set aside")[0] for each in told(store)] == ["The ledger was damaged"]
    assert "make restore FILE=backups/" in told(store)[0]
    assert store.state.due_since == time.now()
    assert row_counts(str(LEDGER))["snapshots"] == 1


def test_a_ledger_damaged_while_it_is_used_is_replaced_at_once_and_the_round_written_into_the_new_one(
    ledger: Ledger, time: FalseTime
) -> None:
    """Fault 66."""
    store = new_store(ledger, time)
    store.record(snapshot())
    ledger.close()  # no page of it is in memory
    LEDGER.write_bytes(b"no database at all, " * 500)
    written = store.record(snapshot(SLOT + HOURS))
    store.recover()
    opened(store)
    store.record(snapshot(SLOT + 2 * HOURS))

    assert written == marked(snapshot(SLOT + HOURS), "the ledger is damaged")
    assert "damaged" in told(store)[0]
    assert "set aside" in told(store)[1]
    assert told(store)[2:] == [WELL]
    assert row_counts(str(LEDGER))["snapshots"] == 2
    assert store.unavailable_reason == ""


def test_beside_an_unknown_ledger_rounds_go_on_marked_and_it_is_left_alone(ledger: Ledger, time: FalseTime) -> None:
    """Fault 66: unknown."""
    with closing(sqlite3.connect(LEDGER)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = 'another'")
    before = LEDGER.read_bytes()
    store = new_store(ledger, time)
    written = store.record(snapshot())
    for _ in range(3):
        recovered(store, time)

    assert written == marked(snapshot(), "the ledger has schema another, which this program does not know")
    assert len(store.alert_texts) == 1
    assert store.last_known([OKX.name]).balances == {"okx": balance()}
    assert store.state.last_slot == SLOT
    assert LEDGER.read_bytes() == before


def test_without_a_ledger_at_the_start_no_earlier_slot_is_due_and_everything_is_written_later(
    ledger: Ledger, time: FalseTime
) -> None:
    LEDGER.unlink()
    LEDGER.parent.rmdir()
    LEDGER.parent.touch()
    store = new_store(ledger, time)
    store.record(snapshot())
    due_since = store.state.due_since
    LEDGER.parent.unlink()
    recovered(store, time)

    assert store.state.due_since - due_since == timedelta(seconds=RETRY_S)
    assert row_counts(str(LEDGER)) | {"outbox": 2} == row_counts(str(LEDGER))
    assert told(store)[-1] == WELL


def test_on_a_full_disk_rounds_go_on_marked_and_are_written_when_there_is_space(
    ledger: Ledger, time: FalseTime, empty_ledger: Path
) -> None:
    """Fault 64."""
    LEDGER.unlink()
    with mounted(LEDGER.parent) as disk, open_ledger(DEFAULT_URL) as on_disk:
        shutil.copy(empty_ledger, LEDGER)
        store = new_store(on_disk, time)
        store.record(snapshot())
        disk.fill()
        written = [store.record(snapshot(SLOT + hours * HOURS)) for hours in range(1, 4)]
        disk.empty()
        recovered(store, time)
        counts = row_counts(str(LEDGER))

    assert {each.not_recorded_because for each in written if not each.recorded} == {"the disk is full"}
    assert not written[-1].recorded
    assert (counts["snapshots"], counts["outbox"]) == (4, 8)
    assert told(store)[-1] == WELL


def test_slots_that_are_missed_are_told_once_whether_the_ledger_works_or_not(ledger: Ledger, time: FalseTime) -> None:
    store = new_store(ledger, time)
    missed = (SLOT - HOURS,)
    store.record(snapshot(missed=missed))

    assert missed_in_the_next_round(store, SLOT - 2 * HOURS, *missed, SLOT) == ((SLOT - 2 * HOURS,), 1)


def test_what_was_told_while_the_ledger_could_not_be_used_was_not_missed(ledger: Ledger, time: FalseTime) -> None:
    """Fault 64."""
    missed = (SLOT - HOURS,)
    store = new_store(ledger, time)
    with held(LEDGER):
        store.record(snapshot(missed=missed))

        assert missed_in_the_next_round(store, SLOT - 2 * HOURS, *missed, SLOT) == ((SLOT - 2 * HOURS,), 1)
