"""The way of a slot's message from the ledger to Telegram, on one system: faults 18, 19, 53, 56, 62 and 63.

What Telegram's single answers mean for a message is played in tests/notifier, on the notifier alone.
"""

from itertools import pairwise

import pytest

from sandbox.telegram.chat import CHAT_ID
from tests.faults.machine import Machine, Slot, complete
from tests.system.asking import answers_after, ask

pytestmark = [pytest.mark.faults, pytest.mark.timeout(180)]
STRANGER = 666
MANY = 200


@pytest.fixture
def machine(undisturbed: Machine) -> Machine:
    """Give the file's system."""
    return undisturbed


def doomed(machine: Machine, program: str, death: str) -> int:
    """Let a program start anew with its death before it; return its process id."""
    (machine.home / "deaths" / program).write_text(death)
    killed = machine.kill(program)
    machine.wait_for_another(program, than=killed)
    pid = machine.system.pid(program)
    machine.system.wait_for_log(program, f"hub=heard pid={pid}")
    return pid


def closed(machine: Machine, slot: Slot) -> Slot:
    """Wait until a slot's round is closed and written."""
    machine.system.wait_for_log("aggregator", f'event="round closed" round={slot.round_id}')
    return slot


def test_an_aggregator_that_is_killed_before_it_says_its_snapshot_costs_no_message_and_doubles_none(
    machine: Machine,
) -> None:
    """Fault 18: the row is there, the snapshot is not heard."""
    pid = doomed(machine, "aggregator", "publish")
    slot = machine.to_next_slot()
    message = machine.only_message(slot)

    assert complete(message)
    assert machine.system.pid("aggregator") not in {0, pid}
    assert not (machine.home / "deaths" / "aggregator").exists()


def test_a_notifier_that_is_killed_before_it_notes_that_it_sends_sends_once_and_without_a_mark(
    machine: Machine,
) -> None:
    """Fault 19."""
    pid = doomed(machine, "notifier", "sending")
    slot = machine.to_next_slot()
    message = machine.only_message(slot)

    assert complete(message)
    assert message.text.startswith("T‑Bank")
    assert machine.system.pid("notifier") not in {0, pid}
    assert not (machine.home / "deaths" / "notifier").exists()


def test_slots_while_telegram_is_refused_come_in_order_folded_and_not_too_fast(machine: Machine) -> None:
    """Fault 53: three slots of five minutes for three hours."""
    machine.world.fault("telegram", "refuse")
    first = closed(machine, machine.to_next_slot())
    machine.system.wait_for_log("notifier", 'event="not delivered"')
    second = closed(machine, machine.to_next_slot())
    third = closed(machine, machine.to_next_slot())
    before = len(machine.world.attempts())
    machine.world.clear("telegram")
    machine.wait_until(
        lambda: len(answers_after(machine.world, first.last_message)) >= 2, what="two messages", within_s=90
    )
    later = ask(machine.world)
    tried, newest, last = answers_after(machine.world, first.last_message)
    attempts = machine.world.attempts()[before:]

    assert last == later
    assert complete(tried)
    assert complete(newest)
    assert tried.text.count("TOTAL (USD)") == newest.text.count("TOTAL (USD)") == 1
    assert f"{second.at:%H:%M}  $34,619.59 | 3,196,081 ₽" in newest.text
    assert f"{first.at:%H:%M}  $" not in newest.text
    assert {attempt.outcome for attempt in attempts} == {"accepted"}
    sent = [attempt for attempt in attempts if attempt.method == "sendMessage" and "TOTAL" in attempt.text]
    assert all(b.at_ms - a.at_ms >= 950 for a, b in pairwise(sent))
    states = machine.rows(
        "SELECT state FROM outbox WHERE round_id IN (?, ?, ?) ORDER BY id",
        *(s.round_id for s in (first, second, third)),
    )
    assert states == [("sent",), ("folded",), ("sent",)]


def test_a_slot_whose_message_meets_flood_control_comes_after_the_pause_once(machine: Machine) -> None:
    """Fault 56: three seconds for thirty-seven."""
    machine.world.fault("telegram", "code", code="429", seconds=3, path="sendMessage", times=1)
    before = len(machine.world.attempts())
    message = machine.only_message(machine.to_next_slot())
    refused, accepted = machine.world.attempts()[before : before + 2]

    assert complete(message)
    assert refused.outcome.startswith("429")
    assert accepted.outcome == "accepted"
    assert accepted.at_ms - refused.at_ms >= 3500


def test_two_hundred_askings_and_as_many_of_a_stranger_are_one_round_and_one_answer(machine: Machine) -> None:
    """Fault 62."""
    machine.slow("bybit", by_s=3.0)
    opened = machine.system.log("clock").count('event="round opened"')
    first = machine.world.type("/now").message_id
    for _ in range(MANY - 1):
        machine.world.type("/now")
        machine.world.type("/now", chat_id=STRANGER)
    machine.world.type("/now", chat_id=STRANGER)
    answer = machine.world.wait_for_message(lambda sent: sent.message_id > first and "TOTAL" in sent.text, timeout_s=60)
    machine.wait_until(lambda: machine.rows(OPEN) == [(0,)], what="no request is open", within_s=60)
    rounds = machine.system.log("clock").count('event="round opened"') - opened
    machine.quick()
    later = ask(machine.world)

    assert complete(answer)
    assert rounds == 1
    assert answers_after(machine.world, first) == [answer, later]
    assert machine.rows("SELECT count(*) FROM requests")[0][0] in range(MANY, MANY * 2)
    assert machine.world.messages(STRANGER) == []
    assert {attempt.chat_id for attempt in machine.world.attempts()} == {str(CHAT_ID)}
    assert f"chat_id={STRANGER} so_far={2 ** (MANY.bit_length() - 1)}" in machine.system.log("notifier")
    assert machine.system.log("notifier").count(f"chat_id={STRANGER}") == MANY.bit_length()


OPEN = "SELECT count(*) FROM requests WHERE answered_by IS NULL"


def test_an_asking_during_a_slot_shares_its_fetch_and_its_message(machine: Machine) -> None:
    """Fault 63."""
    machine.slow("bybit", "okx", by_s=2.0)
    asked_before = {name: machine.world.service(name).request_count for name in ("bybit", "okx", "tbank")}
    slot = machine.to_next_slot()
    machine.wait_opened(slot)
    machine.world.type("/now")
    message = machine.world.wait_for_message(
        lambda sent: sent.message_id > slot.last_message and "TOTAL" in sent.text, timeout_s=40
    )
    asked = {name: machine.world.service(name).request_count - before for name, before in asked_before.items()}
    plain_before = {name: machine.world.service(name).request_count for name in asked}
    alone = machine.to_next_slot()
    closed(machine, alone)
    asked_by_a_slot = {name: machine.world.service(name).request_count - count for name, count in plain_before.items()}
    machine.only_message(alone)

    assert complete(message)
    assert answers_after(machine.world, slot.last_message)[0].text == message.text
    assert len(answers_after(machine.world, slot.last_message)) == 3  # the slot, the next slot, its asking
    assert asked == asked_by_a_slot
