"""A real aggregator on a real hub and ledger: when it closes, what it believes, and what a death of it costs."""

import signal
import time
from datetime import UTC, datetime, timedelta

from bus import reasons
from bus.messages.rounds import Failure, ScheduleChanged, ScheduleState, Snapshot, Tick
from ledger.portfolio import rounds, tables
from ledger.portfolio.schedule_overrides import set_interval, set_paused
from tests.aggregator.harness import CHATS, Harness, answers_to, replace, tick
from tests.golden_messages import SOURCES
from tests.running import hear, wait_until

SELDOM = """
from aggregator import __main__ as aggregator
from bus.process import run

aggregator.STATE_S = 600.0  # what is heard sooner is no repetition
run(aggregator.main, name="aggregator")
"""


def reason_of(snapshot: Snapshot, platform: str) -> str:
    """Return why a platform has no number."""
    failure = next(part.failure for part in snapshot.parts if part.platform.name == platform)
    return failure.reason if failure else ""


def close_a_round(harness: Harness, asked: Tick) -> Snapshot:
    """Play a round in which everybody answers."""
    return harness.play(asked, answers_to(asked))


def test_a_round_closes_at_once_when_everybody_has_answered(harness: Harness) -> None:
    asked = tick(closes_in_s=30)
    with harness.aggregator():
        began = time.monotonic()
        snapshot = close_a_round(harness, asked)
        took_s = time.monotonic() - began

    assert took_s < 15
    assert (f"{snapshot.usd.amount}", snapshot.usd.mark) == ("34619.59", "")
    assert (snapshot.round_id, snapshot.scheduled_for) == (asked.round_id, asked.scheduled_for)
    assert rounds.find_snapshot(harness.ledger, asked.round_id) == snapshot


def test_failures_are_answers_too(harness: Harness) -> None:
    asked = tick(closes_in_s=30)
    said = [*answers_to(asked, without=("okx",))]
    said.append(Failure(round_id=asked.round_id, platform="okx", reason=reasons.BAD_KEY, code="50111"))
    with harness.aggregator():
        snapshot = harness.play(asked, said)

    assert reason_of(snapshot, "okx") == reasons.BAD_KEY
    assert snapshot.usd.mark == "≥"


def test_a_round_closes_at_its_deadline_with_what_there_is(harness: Harness) -> None:
    asked = tick(closes_in_s=1.5)
    with harness.aggregator():
        began = time.monotonic()
        snapshot = harness.play(asked, answers_to(asked, without=("ibkr",)))
        took_s = time.monotonic() - began

    assert 1.4 < took_s < 10
    assert reason_of(snapshot, "ibkr") == reasons.TIMEOUT
    assert snapshot.usd.mark == "≥"


def test_who_does_not_beat_is_not_running_and_who_beats_has_timed_out(harness: Harness) -> None:
    asked = tick(closes_in_s=11.0)
    with harness.aggregator():
        snapshot = harness.play(asked, answers_to(asked, without=("ibkr", "okx")), beating=("ibkr", "tbank"))

    assert reason_of(snapshot, "ibkr") == reasons.TIMEOUT
    assert reason_of(snapshot, "okx") == reasons.NOT_RUNNING


def test_the_last_known_number_of_an_earlier_round_stands_in(harness: Harness) -> None:
    later = tick(1, closes_in_s=1)
    now = datetime.now(UTC)
    with harness.aggregator():
        harness.play(
            tick(), [replace(each, fetched_at=now) for each in answers_to(tick()) if not isinstance(each, Failure)]
        )
        snapshot = harness.play(later, answers_to(later, without=("ibkr",)))
    ibkr = next(part for part in snapshot.parts if part.platform.name == "ibkr")

    assert ibkr.last_known is not None
    assert (f"{snapshot.usd.amount}", snapshot.usd.mark) == ("34619.59", "≈")


def test_killed_with_three_of_five_answers_in_the_round_is_complete_after_a_repetition(harness: Harness) -> None:
    """Fault 16: the aggregator alone."""
    asked = tick(closes_in_s=20)
    with harness.aggregator() as aggregator:
        harness.say(asked, *answers_to(asked, without=("okx", "fx")))
        aggregator.wait_for("round opened")
        harness.say(replace(answers_to(asked)[0], round_id="unknown"))  # what was said before it has been heard too
        aggregator.wait_for("answer ignored")
        aggregator.kill()
    with harness.aggregator():
        snapshot = close_a_round(harness, asked)

    assert all(part.balance is not None for part in snapshot.parts)
    assert harness.count(tables.snapshots) == 1
    assert harness.count(tables.outbox) == len(CHATS)


def test_killed_while_it_writes_nothing_is_half_written_and_the_repetition_closes_the_round(harness: Harness) -> None:
    """Fault 17."""
    asked = tick(closes_in_s=20)
    with harness.aggregator() as aggregator:
        harness.next_state()  # its ledger is open
        with harness.ledger.writing():  # its own transaction has to wait for this one
            harness.say(asked)
            aggregator.wait_for("round opened")
            harness.say(*answers_to(asked))
            unheard = harness.bus.receive(0.5)
            while unheard is not None and not isinstance(unheard, Snapshot):
                unheard = harness.bus.receive(0.5)
            aggregator.kill()
    half = (harness.count(tables.snapshots), harness.count(tables.outbox))
    with harness.aggregator():
        snapshot = close_a_round(harness, asked)

    assert unheard is None
    assert half == (0, 0)
    assert all(part.balance is not None for part in snapshot.parts)
    assert (harness.count(tables.snapshots), harness.count(tables.outbox)) == (1, len(CHATS))


def test_killed_after_the_commit_a_repeated_tick_is_answered_with_the_stored_snapshot(harness: Harness) -> None:
    """Fault 18: the aggregator alone."""
    asked = tick(closes_in_s=20)
    with harness.aggregator() as aggregator:
        first = close_a_round(harness, asked)
        aggregator.kill()
    with harness.aggregator():
        harness.say(asked)
        second = hear(harness.bus, Snapshot)

    assert second == first
    assert (harness.count(tables.snapshots), harness.count(tables.outbox)) == (1, len(CHATS))


def test_a_tick_for_a_closed_round_is_answered_again_and_opens_nothing(harness: Harness) -> None:
    asked = tick(closes_in_s=20)
    with harness.aggregator() as aggregator:
        first = close_a_round(harness, asked)
        harness.say(asked)
        again = hear(harness.bus, Snapshot)

    assert again == first
    assert aggregator.text().count("round opened") == 1
    assert harness.count(tables.outbox) == len(CHATS)


def test_answers_to_unknown_and_closed_rounds_change_nothing(harness: Harness) -> None:
    """Faults 14 and 52."""
    asked = tick(closes_in_s=20)
    with harness.aggregator() as aggregator:
        harness.say(*answers_to(asked))
        aggregator.wait_for("ignored=5")
        first = close_a_round(harness, asked)
        harness.say(*(replace(each, took_ms=999) for each in answers_to(asked)))
        aggregator.wait_for("ignored=10")
        harness.say(asked)
        again = hear(harness.bus, Snapshot)

    assert again == first
    assert harness.count(tables.balances) == 4


def test_several_rounds_are_open_at_once_and_each_gets_its_own_answers(harness: Harness) -> None:
    slot, asked = tick(closes_in_s=20), Tick(round_id="now-1", scheduled_for=None, closes_in_s=20)
    with harness.aggregator() as aggregator:
        harness.say(slot, asked)
        wait_until(lambda: aggregator.text().count("round opened") == 2, what="two open rounds")
        harness.say(*answers_to(asked))
        first = hear(harness.bus, Snapshot)
        harness.say(*answers_to(slot))
        second = hear(harness.bus, Snapshot)

    assert [first.round_id, second.round_id] == [asked.round_id, slot.round_id]
    assert harness.count(tables.outbox) == len(CHATS)


def test_a_missed_slot_is_recorded_and_told_once(harness: Harness) -> None:
    """Faults 25 and 27: the row of a missed slot."""
    gone = tick(-1).scheduled_for
    assert gone is not None
    first, second = tick(missed=(gone,)), tick(1, missed=(gone,))
    with harness.aggregator():
        told = close_a_round(harness, first)
        again = close_a_round(harness, second)

    assert (told.missed, told.missed_count) == ((gone,), 1)
    assert (again.missed, again.missed_count) == ((), 0)
    assert harness.count(tables.missed_slots) == 1


def test_a_slot_that_has_its_snapshot_was_not_missed(harness: Harness) -> None:
    first = tick()
    assert first.scheduled_for is not None
    second = tick(1, missed=(first.scheduled_for,))
    with harness.aggregator():
        close_a_round(harness, first)
        snapshot = close_a_round(harness, second)

    assert (snapshot.missed, snapshot.missed_count) == ((), 0)
    assert harness.count(tables.missed_slots) == 0


def test_a_slot_whose_round_is_open_is_told_and_not_missed(harness: Harness) -> None:
    """Fault 2: the clock that begins anew does not know that the round before is open."""
    first = tick(closes_in_s=20)
    assert first.scheduled_for is not None
    second = tick(1, missed=(first.scheduled_for,))
    with harness.aggregator() as aggregator:
        harness.say(first)
        aggregator.wait_for("round opened")
        harness.say(second, *answers_to(second))
        told, newer = (hear(harness.bus, Snapshot) for _ in range(2))

    assert [told.round_id, newer.round_id] == [first.round_id, second.round_id]
    assert (newer.missed, newer.missed_count) == ((), 0)
    assert harness.count(tables.missed_slots) == 0


def test_rounds_that_name_each_other_and_themselves_as_missed_are_told_once(harness: Harness) -> None:
    """Fault 52: a tick that no clock says; both are overdue at once, since the aggregator stood still."""
    first, second = tick(closes_in_s=2), tick(1, closes_in_s=2)
    slots = tuple(each.scheduled_for for each in (first, second) if each.scheduled_for is not None)
    with harness.aggregator() as aggregator:
        harness.say(*(replace(each, missed=slots, missed_count=2) for each in (second, first)))
        wait_until(lambda: aggregator.text().count("round opened") == 2, what="two open rounds")
        aggregator.signal(signal.SIGSTOP)
        overdue_at = time.monotonic() + 2
        wait_until(lambda: time.monotonic() > overdue_at, what="both are overdue")
        aggregator.signal(signal.SIGCONT)
        closed = {hear(harness.bus, Snapshot).round_id for _ in range(2)}
        harness.say(asked := Tick(round_id="now-1", scheduled_for=None, closes_in_s=0.2))
        alive = hear(harness.bus, Snapshot, where=lambda snapshot: snapshot.round_id == asked.round_id)

    assert closed == {first.round_id, second.round_id}
    assert alive.missed == ()
    assert harness.count(tables.missed_slots) == 0


def test_the_state_is_repeated(harness: Harness) -> None:
    with harness.aggregator():
        said = [harness.next_state(), harness.next_state()]

    assert said[0] == said[1]
    assert said[0].last_slot is None


def test_the_state_is_told_at_once_to_whoever_is_new_and_when_it_changes(harness: Harness) -> None:
    asked = tick()
    with harness.aggregator("-c", SELDOM):
        harness.next_state()
        harness.beat(*SOURCES)
        to_the_new = harness.next_state()
        close_a_round(harness, asked)
        changed = hear(harness.bus, ScheduleState, where=lambda state: state.last_slot is not None)

    assert to_the_new.last_slot is None
    assert changed.last_slot == asked.scheduled_for


def test_a_change_by_the_owner_is_told_within_a_second_in_mid_round_too(harness: Harness) -> None:
    asked = tick(closes_in_s=20)
    with harness.aggregator("-c", SELDOM) as aggregator:
        harness.next_state()
        harness.say(asked)
        aggregator.wait_for("round opened")
        set_interval(harness.ledger, 45, now=datetime.now(UTC))
        harness.say(ScheduleChanged())
        changed = hear(harness.bus, ScheduleState, where=lambda state: state.interval_minutes == 45, within_s=1)
        set_paused(harness.ledger, paused=True, now=datetime.now(UTC))
        harness.say(ScheduleChanged())
        paused = hear(harness.bus, ScheduleState, where=lambda state: state.paused, within_s=1)

    assert (changed.paused, paused.interval_minutes) == (False, 45)
    assert paused.due_since == changed.due_since


def test_a_first_start_makes_the_ledger_and_slots_before_it_were_never_due(harness: Harness) -> None:
    (harness.home / "data" / "portfolio.db").unlink()
    began = datetime.now(UTC)
    with harness.aggregator() as aggregator:
        state = harness.next_state()

    assert began <= state.due_since <= datetime.now(UTC)
    assert (state.last_slot, state.interval_minutes, state.paused) == (None, None, False)
    assert "migrating" in aggregator.text()
    assert (harness.home / "data" / "portfolio.db").stat().st_mode & 0o077 == 0


def test_a_restart_keeps_what_was_due_and_another_schedule_begins_anew(harness: Harness) -> None:
    with harness.aggregator():
        first = harness.next_state().due_since
    with harness.aggregator():
        same = hear(harness.bus, ScheduleState).due_since
    with harness.aggregator(POLL_INTERVAL_MINUTES="60"):
        later = hear(harness.bus, ScheduleState, where=lambda state: state.due_since != first).due_since

    assert same == first
    assert first < later < first + timedelta(minutes=1)


def test_a_ledger_with_a_schema_that_nobody_knows_is_left_alone(harness: Harness) -> None:
    """Fault 66: unknown."""
    with harness.ledger.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'another'")
    with harness.aggregator():
        snapshot = close_a_round(harness, tick())

    assert (snapshot.recorded, snapshot.usd.mark) == (False, "")
    assert "does not know" in snapshot.not_recorded_because
    assert (harness.count(tables.settings), harness.count(tables.snapshots)) == (0, 0)
