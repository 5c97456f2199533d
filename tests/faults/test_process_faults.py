"""Deaths, freezes and doubles of our own processes around a slot: faults 1 to 8, 11 to 16, 22 to 24 and 26.

Played on one system whose clock is set to shortly before the next slot, five minutes apart, so that every fault meets
a slot. Faults 17 to 21 sit between statements of ledger and delivery, see their own files.

Not played here: the half of fault 22 under systemd, which needs systemd as the first process. Fault 6 is played for a
fifth of its minute.
"""

import os
import re
import signal
import subprocess
import sys
import time

import pytest

from bus.connection import Bus
from bus.messages.base import topic
from bus.messages.rounds import Balance, Failure, Tick
from bus.process import join
from sandbox.system import clean_environment
from tests.faults.false_clock import environment
from tests.faults.machine import PROGRAMS, Machine, Slot, complete
from tests.faults.missing import need_root
from tests.running import hear, wait_until
from tests.system.asking import ask

pytestmark = [pytest.mark.faults, pytest.mark.timeout(180)]
COLLECTORS = ("bybit", "okx", "tbank", "ibkr", "fx")


@pytest.fixture
def machine(undisturbed: Machine) -> Machine:
    """Give the file's system."""
    return undisturbed


def logged(machine: Machine, program: str, text: str) -> int:
    """Count how often a program has logged a text."""
    return machine.system.log(program).count(text)


def test_a_clock_that_is_killed_just_before_a_slot_announces_it_when_it_is_back(machine: Machine) -> None:
    """Fault 1."""
    slot = machine.to_next_slot(in_s=1.0)
    killed = machine.kill("clock")
    message = machine.only_message(slot)

    assert complete(message)
    assert machine.system.pid("clock") != killed
    assert machine.clock.now() >= slot.at


def test_a_clock_that_is_killed_after_its_first_tick_goes_on_with_the_same_round(machine: Machine) -> None:
    """Fault 2."""
    machine.slow("bybit", "okx", by_s=4.0)
    slot = machine.to_next_slot()
    machine.wait_opened(slot)
    machine.kill("clock")
    message = machine.only_message(slot)

    assert complete(message)
    assert logged(machine, "aggregator", f'event="round opened" round={slot.round_id}') == 1


def test_answers_that_come_while_the_clock_is_dead_count(machine: Machine) -> None:
    """Fault 3."""
    machine.slow("bybit", by_s=3.0)
    slot = machine.to_next_slot()
    machine.wait_until(lambda: len(machine.answered(slot)) >= 3, what="three answers")
    machine.kill("clock")
    message = machine.only_message(slot)

    assert complete(message)


@pytest.mark.parametrize("moment", ["before", "during", "after"])
def test_a_hub_that_is_killed_around_a_tick_costs_a_repetition_and_no_number(machine: Machine, moment: str) -> None:
    """Fault 5."""
    machine.slow("bybit", "okx", by_s=1.0)
    slot = machine.to_next_slot(in_s=0.7 if moment == "before" else 2.5)
    if moment == "during":
        machine.wait_until(lambda: machine.clock.now() >= slot.at, what="the slot's very moment")
    if moment == "after":
        machine.wait_opened(slot)
    killed = machine.kill("hub")
    message = machine.only_message(slot)

    assert complete(message)
    assert machine.system.pid("hub") != killed


def test_a_hub_that_dies_again_and_again_delays_a_slot_and_takes_nobody_with_it(machine: Machine) -> None:
    """Fault 6, for twelve seconds."""
    others = {program: pid for program, pid in machine.pids().items() if program != "hub"}
    killed: set[int] = set()
    slot = machine.to_next_slot()
    until = time.monotonic() + 12
    while time.monotonic() < until:
        machine.wait_for_another("hub", than=max(killed, default=0), within_s=60)
        killed.add(machine.kill("hub"))
        wait_until(lambda: machine.system.pid("hub") not in killed, what="death")
    message = machine.only_message(slot, timeout_s=90)
    after = machine.pids()

    assert len(killed) >= 3
    assert "$0.00" not in message.text
    assert {program: after[program] for program in others} == others


def test_a_hub_that_is_frozen_is_replaced_and_the_message_has_numbers_or_reasons_and_no_zero(machine: Machine) -> None:
    """Fault 7: the sentinel ends the freeze before its half minute is over."""
    others = {program: pid for program, pid in machine.pids().items() if program != "hub"}
    machine.slow("bybit", by_s=2.0)
    slot = machine.to_next_slot()
    machine.wait_opened(slot)
    frozen = machine.kill("hub", signal.SIGSTOP)
    message = machine.only_message(slot)
    after = machine.pids()

    assert complete(message) or re.search(r"ERROR \([^)]*(timeout|not running)", message.text)
    assert "$0.00" not in message.text
    assert after["hub"] not in {0, frozen}
    assert {program: after[program] for program in others} == others


def test_a_second_copy_of_any_process_leaves_and_says_who_runs(machine: Machine) -> None:
    """Faults 4 (a second clock), 8 (a second hub: before it binds) and 26."""
    before = machine.pids()
    socket = (machine.home / "run" / "bus.in").stat().st_ino
    seconds = {
        program: subprocess.Popen(
            [sys.executable, "-m", "launch", program],
            cwd=machine.home,
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for program in PROGRAMS
    }
    said = {program: (second.communicate(timeout=60)[0], second.returncode) for program, second in seconds.items()}

    assert {program: code for program, (_, code) in said.items() if code != 1} == {}
    assert [name for name, (text, _) in said.items() if f'"already running" pid={before[name]}\n' not in text] == []
    assert machine.pids() == before
    assert (machine.home / "run" / "bus.in").stat().st_ino == socket


def test_two_clocks_by_force_make_one_round_and_one_message(machine: Machine) -> None:
    """Fault 4, forced: the second clock runs without its lock."""
    settings = {"TIMEZONE": "UTC", "SCHEDULE_CRON": "*/5 * * * *", "COLLECT_DEADLINE_SECONDS": "12"}
    program = "from bus import log; from clock.__main__ import main; log.set_up('twin'); main()"
    with (machine.home / "twin.log").open("w") as output:
        twin = subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=machine.home,
            env=clean_environment() | settings | environment(machine.clock.path),
            stdout=output,
            stderr=output,
        )
        try:
            machine.wait_until(lambda: "joined" in (machine.home / "twin.log").read_text(), what="the second clock")
            slot = machine.to_next_slot(in_s=4.0)
            message = machine.only_message(slot)
        finally:
            twin.kill()
            twin.wait()

    assert complete(message)
    assert f'event="round opened" round={slot.round_id}' in (machine.home / "twin.log").read_text()


@pytest.mark.parametrize("moment", ["in mid-fetch", "between fetch and answer"])
def test_a_collector_that_is_killed_asks_again_and_leaves_one_row(machine: Machine, moment: str) -> None:
    """Faults 11 and 12."""
    if moment == "in mid-fetch":
        machine.slow("okx", by_s=1.5)
    else:
        (machine.home / "deaths" / "okx").write_text("publish")
        killed = machine.kill("okx")
        machine.wait_for_another("okx", than=killed)
        joined = machine.system.pid("okx")
        machine.system.wait_for_log("okx", f"hub=heard pid={joined}")
    before = machine.system.pid("okx")
    slot = machine.to_next_slot()
    machine.wait_opened(slot)
    if moment == "in mid-fetch":
        machine.kill("okx")
    message = machine.only_message(slot)
    rows = machine.rows("SELECT platform, count(*) FROM balances WHERE round_id = ? GROUP BY 1", slot.round_id)

    assert complete(message)
    assert machine.system.pid("okx") != before
    assert sorted(rows) == [("bybit", 1), ("ibkr", 1), ("okx", 1), ("tbank", 1)]


def test_a_balance_that_is_said_six_times_is_one_row(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fault 13."""
    monkeypatch.chdir(machine.home)
    machine.slow("okx", by_s=3.0)
    with join("probe", topic(Balance, "bybit"), signals=False) as bus:
        slot = machine.to_next_slot()
        said = hear(bus, Balance, where=lambda balance: balance.round_id == slot.round_id)
        for _ in range(5):
            bus.publish(said)
        message = machine.only_message(slot)

    assert complete(message)
    assert machine.rows("SELECT count(*) FROM balances WHERE round_id = ? AND platform = 'bybit'", slot.round_id) == [
        (1,)
    ]


def test_an_answer_after_the_deadline_is_ignored_and_counted_and_the_next_round_is_well(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault 14: the collector stands still over the deadline."""
    monkeypatch.chdir(machine.home)
    machine.slow("okx", by_s=1.0)
    with join("probe", topic(Failure, "okx"), signals=False) as bus:
        slot = machine.to_next_slot()
        machine.wait_opened(slot)
        machine.kill("okx", signal.SIGSTOP)
        try:
            machine.system.wait_for_log("aggregator", f'event="round closed" round={slot.round_id}')
        finally:
            machine.kill("okx", signal.SIGCONT)
        late = answer_to_a_late_repetition(bus, slot)
        machine.system.wait_for_log("aggregator", f'event="answer ignored" round={slot.round_id} ignored=')
    message = machine.only_message(slot)
    after = [each for each in machine.world.messages() if "TOTAL" in each.text][-1]

    assert late.platform == "okx"
    assert "OKX ERROR (timeout), last $3,901.23" in message.text or "OKX ERROR (not running)" in message.text
    assert "≈ $34,619.59" in message.text
    assert complete(after)


def answer_to_a_late_repetition(bus: Bus, slot: Slot) -> Failure:
    """Repeat a slot's tick until it is answered: an answer said before the hub has a collector back is lost."""
    repetition = Tick(round_id=slot.round_id, scheduled_for=slot.at, closes_in_s=1.0)
    found: list[Failure] = []

    def answered() -> bool:
        bus.publish(repetition)
        message = bus.receive(0.5)
        if isinstance(message, Failure) and message.round_id == slot.round_id:
            found.append(message)
        return bool(found)

    wait_until(answered, what="a late answer", within_s=45)
    return found[0]


def test_a_collector_that_cannot_be_imported_is_named_and_started_again(machine: Machine) -> None:
    """Fault 15: how the pause between two starts grows and is capped is in the tests of the sentinel's watch."""
    (machine.home / "deaths" / "okx").write_text("import")
    machine.kill("okx")
    machine.system.wait_for_log("sentinel", "program=okx state=FATAL", timeout_s=60)
    slot = machine.to_next_slot()
    machine.system.wait_for_log("aggregator", f'event="round closed" round={slot.round_id}')
    (machine.home / "deaths" / "okx").unlink()
    machine.wait_until(lambda: machine.system.pid("okx") > 0, what="okx runs again", within_s=60)
    message = machine.only_message(slot)

    assert "OKX ERROR (not running), last $3,901.23" in message.text
    assert "Bybit $5,000.00" in message.text
    assert "TOTAL (USD): ≈ $34,619.59" in message.text
    assert complete(machine.world.messages()[-1])
    assert logged(machine, "sentinel", "event=starting program=collectors:okx") >= 1


def test_an_aggregator_that_is_killed_with_three_answers_hears_all_five_again(machine: Machine) -> None:
    """Fault 16."""
    machine.slow("okx", "bybit", by_s=3.0)
    slot = machine.to_next_slot()
    machine.wait_until(lambda: len(machine.answered(slot)) >= 3, what="three answers")
    machine.kill("aggregator")
    message = machine.only_message(slot)

    assert complete(message)


def test_without_supervisord_everybody_leaves_and_a_new_one_finishes_the_round(machine: Machine) -> None:
    """Fault 22, without systemd."""
    before = machine.pids()
    machine.slow("okx", by_s=3.0)
    slot = machine.to_next_slot()
    machine.wait_opened(slot)
    machine.stop(signal.SIGKILL)
    machine.start()
    message = machine.only_message(slot)

    assert complete(message)
    assert set(before.values()).isdisjoint(machine.pids().values())


def fill_log(pid: int) -> int:
    """Write into a process's log until nothing more fits; return the number of bytes."""
    descriptor = os.open(f"/proc/{pid}/fd/1", os.O_WRONLY | os.O_NONBLOCK)
    try:
        written = 0
        while True:
            written += os.write(descriptor, b"x" * 4095 + b"\n")
    except BlockingIOError:
        return written
    finally:
        os.close(descriptor)


def test_work_goes_on_while_supervisord_is_frozen_and_takes_no_logs(machine: Machine) -> None:
    """Fault 23."""
    need_root("write into the log of a process that closes its own")
    machine.supervisord.send_signal(signal.SIGSTOP)
    try:
        blocked = {program: fill_log(machine.system.pid(program)) for program in PROGRAMS if program != "sentinel"}
        slot = machine.to_next_slot()
        message = machine.only_message(slot)
    finally:
        machine.supervisord.send_signal(signal.SIGCONT)
    ask(machine.world)
    for program in ("clock", "aggregator", "notifier", "bybit", "fx"):
        machine.system.wait_for_log(program, "dropped_lines=")

    assert complete(message)
    assert min(blocked.values()) >= 60_000


def test_a_restart_of_everybody_during_a_slot_is_one_message(machine: Machine) -> None:
    """Fault 24."""
    machine.slow("okx", "bybit", by_s=2.0)
    slot = machine.to_next_slot()
    machine.wait_opened(slot)
    before = machine.pids()
    machine.system.control("restart", "all", timeout_s=90)
    message = machine.only_message(slot, timeout_s=60)

    assert complete(message)
    assert set(before.values()).isdisjoint(machine.pids().values())
