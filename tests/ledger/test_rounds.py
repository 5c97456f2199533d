"""Closing a round in the ledger, all of it or nothing, and what is read back for the next one."""

import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from bus.messages.rounds import Account, Part, ScheduleState
from ledger.portfolio import outbox, requests, rounds
from ledger.portfolio.requests import Answered, Request
from ledger.store import Ledger, open_ledger, put_setting
from tests.ledger.rows import AMOUNT, HOURS, OKX, SLOT, balance, rate, round_id, row_counts, rows, snapshot

CHATS = ("-1001", "7")
NOW = datetime(2026, 2, 11, 8, 30, tzinfo=UTC)
DIE_WHILE_RECORDING = """
import os, signal, sys
from datetime import UTC
from msgspec.structs import replace
from sqlalchemy import Engine, event
from ledger.portfolio import rounds
from ledger.store import open_ledger
from tests.ledger.rows import SLOT, HOURS, summed

said = 0

def die(*_):
    global said
    said += 1
    if said == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

event.listen(Engine, "before_cursor_execute", die)
event.listen(Engine, "commit", die)
with open_ledger(sys.argv[1]) as ledger:
    rounds.record(ledger, replace(summed(), missed=(SLOT - HOURS,)), ("-1001", "7"), zone=UTC)
"""


@pytest.fixture
def url(each_url: str) -> str:
    """Let every test here be one of each database."""
    return each_url


def ask(ledger: Ledger, name: str, chat: str, *, update_id: int | None = None) -> Request:
    """Store a request for a snapshot."""
    request = Request(id=name, asked_at=NOW)
    requests.add_request(ledger, request, update_id=update_id, chats=(chat,))
    return request


def test_a_closed_round_is_found_again_exactly_as_it_was(ledger: Ledger) -> None:
    closed = snapshot(missed=(SLOT - HOURS,))
    recorded = rounds.record(ledger, closed, CHATS, zone=UTC)

    assert recorded == closed
    assert rounds.find_snapshot(ledger, closed.round_id) == closed
    assert rounds.find_snapshot(ledger, "2026-02-11T10:00Z") is None


def test_a_closed_round_is_written_once_however_often_it_is_recorded(ledger: Ledger, url: str) -> None:
    """Fault I1: one row for a round."""
    first = rounds.record(ledger, snapshot(missed=(SLOT - HOURS,)), CHATS, zone=UTC)
    later = msgspec.structs.replace(snapshot(missed=(SLOT - 2 * HOURS,)), took_ms=9999)
    again = rounds.record(ledger, later, ("another",), zone=UTC)

    assert again == first
    assert row_counts(url) == {"snapshots": 1, "balances": 1, "rates": 1, "missed_slots": 1, "outbox": 2}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Choose each statement in turn; in PostgreSQL the wait for other writers and its limit are one."""
    if "statement" in metafunc.fixturenames:
        count = 13 if metafunc.config.getoption("--database") == "postgresql" else 14
        metafunc.parametrize("statement", range(1, count + 1))


@pytest.mark.sampled(3)
def test_a_death_while_recording_leaves_nothing_and_the_next_attempt_all(url: str, statement: int) -> None:
    """Fault 17: at each statement."""
    # The limit of the wait for other writers, the wait, the search for an earlier one, 4 inserts, the day's search and
    # insert, the answered requests, the search for who asked, the moved chats, the messages, the commit.
    command = [sys.executable, "-c", DIE_WHILE_RECORDING, url, str(statement)]
    died = subprocess.run(command, check=False, timeout=40)
    left = row_counts(url) | {"days": len(rows(url, "SELECT * FROM days"))}
    with open_ledger(url) as ledger:
        rounds.record(ledger, snapshot(missed=(SLOT - HOURS,)), CHATS, zone=UTC)

    assert died.returncode == -signal.SIGKILL
    assert set(left.values()) == {0}
    assert row_counts(url) == {"snapshots": 1, "balances": 1, "rates": 1, "missed_slots": 1, "outbox": 2}
    assert url.startswith("postgresql") or rows(url, "PRAGMA integrity_check") == [("ok",)]


def test_a_slots_message_goes_to_the_configured_chats_and_to_whoever_asked_each_once(ledger: Ledger) -> None:
    ask(ledger, "one", "7", update_id=1)
    ask(ledger, "two", "12", update_id=2)
    rounds.record(ledger, snapshot(), CHATS, zone=UTC)

    assert {chat: len(waiting) for chat, waiting in outbox.pending(ledger).items()} == {"-1001": 1, "7": 1, "12": 1}


def test_a_requested_rounds_message_goes_to_the_askers_alone(ledger: Ledger) -> None:
    ask(ledger, "one", "12", update_id=1)
    rounds.record(ledger, snapshot(asked="one"), CHATS, zone=UTC)

    assert list(outbox.pending(ledger)) == ["12"]


def test_a_closed_round_answers_every_open_request_and_no_later_one(ledger: Ledger) -> None:
    ask(ledger, "one", "7", update_id=1)
    ask(ledger, "two", "12", update_id=2)
    rounds.record(ledger, snapshot(), CHATS, zone=UTC)
    later = ask(ledger, "three", "7", update_id=3)

    assert requests.open_requests(ledger) == (later,)
    assert requests.requests_answered_by(ledger, [round_id(SLOT)], "7") == (Answered(id="one"),)
    assert requests.requests_answered_by(ledger, [round_id(SLOT)], "12") == (Answered(id="two"),)


def test_recording_again_answers_no_request_that_came_after_the_round(ledger: Ledger) -> None:
    rounds.record(ledger, snapshot(), CHATS, zone=UTC)
    later = ask(ledger, "one", "7", update_id=1)
    rounds.record(ledger, snapshot(), CHATS, zone=UTC)

    assert requests.open_requests(ledger) == (later,)


def test_a_second_requested_round_that_nobody_waits_for_is_silent(ledger: Ledger, url: str) -> None:
    ask(ledger, "one", "7", update_id=1)
    rounds.record(ledger, snapshot(asked="one"), CHATS, zone=UTC)
    rounds.record(ledger, snapshot(SLOT + HOURS, asked="stray"), CHATS, zone=UTC)

    assert row_counts(url)["outbox"] == 1
    assert row_counts(url)["snapshots"] == 2


def test_the_last_known_balance_is_the_newest_that_was_fetched_with_every_digit(ledger: Ledger) -> None:
    rounds.record(ledger, snapshot(SLOT), CHATS, zone=UTC)
    rounds.record(ledger, snapshot(SLOT + HOURS), CHATS, zone=UTC)
    older = balance(SLOT + 2 * HOURS, amount=Decimal(1), fetched_at=SLOT - HOURS)
    late = msgspec.structs.replace(snapshot(SLOT + 2 * HOURS), parts=(Part(platform=OKX, balance=older),))
    rounds.record(ledger, late, CHATS, zone=UTC)

    known = rounds.last_balances(ledger, ["okx", "tbank"])

    assert known == {"okx": balance(SLOT + HOURS)}
    assert str(known["okx"].amount) == str(AMOUNT)
    assert known["okx"].fetched_at.microsecond == 123_456


def test_the_last_known_balance_has_its_accounts(ledger: Ledger) -> None:
    read = Account(key="a", ending="1234", amount=AMOUNT)
    missing = Account(key="b", ending="4321", reason="no permission", last_amount=Decimal(2), last_fetched_at=SLOT)
    said = msgspec.structs.replace(balance(), accounts=(read, missing), tried=("timeout",))
    rounds.record(
        ledger, msgspec.structs.replace(snapshot(), parts=(Part(platform=OKX, balance=said),)), CHATS, zone=UTC
    )

    assert rounds.last_balances(ledger, ["okx"]) == {"okx": said}


def test_of_balances_that_were_fetched_at_once_the_last_rounds_is_the_last_known(ledger: Ledger) -> None:
    for hours in (1, 0, 2):
        closed = snapshot(SLOT + hours * HOURS)
        said = balance(SLOT + hours * HOURS, fetched_at=SLOT)
        rounds.record(
            ledger, msgspec.structs.replace(closed, parts=(Part(platform=OKX, balance=said),)), CHATS, zone=UTC
        )

    assert rounds.last_balances(ledger, ["okx"])["okx"].round_id == round_id(SLOT + 2 * HOURS)


def test_of_no_balance_and_no_rate_nothing_is_known(ledger: Ledger) -> None:
    assert rounds.last_balances(ledger, ["okx"]) == {}
    assert rounds.last_rate(ledger) is None


def test_a_failure_is_never_a_last_known_balance(ledger: Ledger) -> None:
    failed = msgspec.structs.replace(snapshot(), parts=snapshot().parts[1:])
    rounds.record(ledger, failed, CHATS, zone=UTC)

    assert rounds.last_balances(ledger, ["okx", "tbank"]) == {}


def test_the_last_rate_is_the_newest_that_was_fetched(ledger: Ledger) -> None:
    rounds.record(ledger, snapshot(SLOT), CHATS, zone=UTC)
    rounds.record(ledger, snapshot(SLOT + HOURS), CHATS, zone=UTC)
    without = msgspec.structs.replace(snapshot(SLOT + 2 * HOURS), rate=None)
    rounds.record(ledger, without, CHATS, zone=UTC)

    assert rounds.last_rate(ledger) == rate(SLOT + HOURS)


def test_a_rate_that_stood_in_does_not_become_newer_by_it(ledger: Ledger) -> None:
    rounds.record(ledger, snapshot(SLOT), CHATS, zone=UTC)
    old = msgspec.structs.replace(rate(SLOT), stale=True)
    rounds.record(ledger, msgspec.structs.replace(snapshot(SLOT + HOURS), rate=old), CHATS, zone=UTC)

    known = rounds.last_rate(ledger)

    assert known is not None
    assert known.fetched_at == SLOT


def test_slots_that_have_a_snapshot_or_were_told_are_not_told_again(ledger: Ledger) -> None:
    rounds.record(ledger, snapshot(SLOT, missed=(SLOT - HOURS,)), CHATS, zone=UTC)
    slots = tuple(SLOT + hours * HOURS for hours in (-2, -1, 0, 1))

    assert rounds.unrecorded(ledger, slots) == (SLOT - 2 * HOURS, SLOT + HOURS)
    assert rounds.unrecorded(ledger, ()) == ()


def test_a_thousand_missed_slots_can_be_asked_for_and_told_at_once(ledger: Ledger, url: str) -> None:
    slots = tuple(SLOT - timedelta(minutes=minute) for minute in range(1, 1001))
    rounds.record(ledger, snapshot(missed=rounds.unrecorded(ledger, slots)), CHATS, zone=UTC)

    assert row_counts(url)["missed_slots"] == 1000
    assert rounds.unrecorded(ledger, slots) == ()


def test_the_first_start_makes_earlier_slots_not_due_and_later_starts_change_nothing(ledger: Ledger) -> None:
    rounds.begin_schedule(ledger, "every two hours", NOW)
    rounds.begin_schedule(ledger, "every two hours", NOW + HOURS)

    assert rounds.read_state(ledger) == ScheduleState(
        last_slot=None, interval_minutes=None, paused=False, due_since=NOW
    )


def test_a_changed_schedule_makes_earlier_slots_not_due(ledger: Ledger) -> None:
    rounds.begin_schedule(ledger, "every two hours", NOW)
    rounds.record(ledger, snapshot(), CHATS, zone=UTC)
    rounds.begin_schedule(ledger, "every hour", NOW + 5 * HOURS)

    state = rounds.read_state(ledger)

    assert (state.due_since, state.last_slot) == (NOW + 5 * HOURS, SLOT)


def test_the_last_slot_is_the_newest_that_was_closed_or_told_as_missed(ledger: Ledger) -> None:
    rounds.record(ledger, snapshot(SLOT, missed=(SLOT - HOURS,)), CHATS, zone=UTC)
    closed = rounds.read_state(ledger).last_slot
    rounds.record(ledger, snapshot(SLOT + 5 * HOURS, asked="one", missed=(SLOT + 3 * HOURS,)), CHATS, zone=UTC)
    missed = rounds.read_state(ledger).last_slot

    assert (closed, missed) == (SLOT, SLOT + 3 * HOURS)


def test_a_requested_round_is_no_slot(ledger: Ledger) -> None:
    rounds.record(ledger, snapshot(asked="one"), CHATS, zone=UTC)

    assert rounds.read_state(ledger).last_slot is None


def test_the_state_carries_the_pause_and_the_interval_that_were_set(ledger: Ledger) -> None:
    with ledger.writing() as connection:
        put_setting(connection, "paused", "yes")
        put_setting(connection, "interval_minutes", "60")

    state = rounds.read_state(ledger)

    assert (state.paused, state.interval_minutes) == (True, 60)
