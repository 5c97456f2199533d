"""A system as its owner runs it: asks, faults, kills, restarts; one message for each asking."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.control.client import Sandbox
from sandbox.system import ROOT, System, clean_environment
from tests.system.asking import answers_after, ask, wait_until
from tools.security.hardened import sockets_of
from tools.security.processes import none_listens

EXAMPLE = """\
T‑Bank (RUB): 1,234,567 ₽
IBKR NLV (USD): $12,345.67
Crypto (USD): $8,901.23  [Bybit $5,000.00 | OKX $3,901.23]

TOTAL (USD): $34,619.59
TOTAL (RUB): 3,196,081 ₽  (rate: 92.32 RUB/USD, DATE)"""
SLOW = ("bybit", "okx", "tbank")
PROGRAMS = ("hub", "clock", "aggregator", "notifier", "sentinel", "bybit", "okx", "tbank", "ibkr", "fx")

pytestmark = [pytest.mark.faults, pytest.mark.usefixtures("undisturbed"), pytest.mark.timeout(400)]


def without_time(text: str) -> str:
    return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "DATE", text)


def test_now_is_answered_with_the_example_of_the_readme(system: System, world: Sandbox) -> None:
    answer = ask(world)

    assert without_time(answer.text) == EXAMPLE


def test_status_is_the_same_and_the_working_line_becomes_the_answer(system: System, world: Sandbox) -> None:
    world.settings("bybit", latency_s=1.0)
    typed = world.type("/status").message_id
    world.wait_for_message(lambda sent: sent.message_id > typed and sent.text == "Working…", timeout_s=120)
    answer = world.wait_for_message(lambda sent: sent.message_id > typed and "TOTAL" in sent.text, timeout_s=120)

    assert answer.edited
    assert [sent for sent in world.messages() if sent.message_id > typed] == [answer]


@pytest.mark.parametrize("program", PROGRAMS)
def test_killing_any_process_in_mid_round_still_ends_in_exactly_one_message(
    system: System, world: Sandbox, program: str
) -> None:
    """Faults I1 and I2: a round that was asked for."""
    for slow in SLOW:
        world.settings(slow, latency_s=1.0)
    asked_before = system.log("clock").count('event="round opened"')
    typed = world.type("/now").message_id
    wait_until(lambda: system.log("clock").count('event="round opened"') > asked_before)
    victim = system.pid(program)
    os.kill(victim, signal.SIGKILL)
    answer = world.wait_for_message(lambda sent: sent.message_id > typed and "TOTAL" in sent.text, timeout_s=120)
    wait_until(lambda: system.pid(program) not in {0, victim})
    for slow in SLOW:
        world.settings(slow, latency_s=0.0)
    later = ask(world)

    assert without_time(answer.text) == EXAMPLE
    assert [sent.message_id for sent in answers_after(world, typed)] == [answer.message_id, later.message_id]


def test_a_failed_platform_says_so_in_its_line_and_the_message_comes_all_the_same(
    system: System, world: Sandbox
) -> None:
    """Fault 40: the message."""
    world.fault("okx", "code", code="50111")

    answer = ask(world)

    assert "OKX ERROR (bad key), last $3,901.23, 0 min ago" in answer.text
    assert "TOTAL (USD): ≈ $34,619.59  (OKX 0 min ago)" in answer.text


def test_an_error_within_a_platform_that_comes_once_costs_no_part_of_a_number(system: System, world: Sandbox) -> None:
    """Faults N1 and N7: codes that are not documented, or not for what is asked; asked again in the same round."""
    world.fault("bybit", "code", code="131201", path="asset-overview", times=1)
    world.fault("okx", "code", code="-30006", path="asset-valuation", times=1)

    answer = ask(world)

    assert without_time(answer.text) == EXAMPLE
    assert "131201" in system.log("bybit")
    assert "-30006" in system.log("okx")


def test_one_collector_restarts_alone(system: System, world: Sandbox) -> None:
    before = {program: system.pid(program) for program in PROGRAMS}

    said = system.control("restart", "collectors:bybit")

    after = {program: system.pid(program) for program in PROGRAMS}
    assert "bybit: started" in said
    assert {program for program in PROGRAMS if before[program] != after[program]} == {"bybit"}


def test_make_now_prints_what_telegram_received(system: System, world: Sandbox) -> None:
    last = max(sent.message_id for sent in world.messages())
    done = subprocess.run(
        [sys.executable, "-m", "notifier.now"], cwd=system.home, capture_output=True, text=True, timeout=120, check=True
    )
    answers = answers_after(world, last)

    assert [answer.text for answer in answers] == [done.stdout.rstrip("\n")]


def test_many_askings_at_once_are_one_round_and_one_message(system: System, world: Sandbox) -> None:
    """Fault 62: fifty."""
    world.settings("bybit", latency_s=1.0)
    opened = system.log("clock").count('event="round opened"')
    typed = [world.type("/now").message_id for _ in range(50)]
    world.wait_for_message(lambda sent: sent.message_id > typed[0] and "TOTAL" in sent.text, timeout_s=120)
    world.settings("bybit", latency_s=0.0)
    later = ask(world)

    assert len(answers_after(world, typed[0])) == 2
    assert answers_after(world, typed[0])[-1] == later
    assert system.log("clock").count('event="round opened"') - opened == 2


def test_a_stranger_gets_nothing_and_is_logged_with_the_chat_id(system: System, world: Sandbox) -> None:
    """Fault 62: the stranger."""
    world.type("/now", chat_id=666)
    system.wait_for_log("notifier", "chat_id=666")

    assert world.messages(666) == []


def test_no_process_has_a_setting_in_its_environment(system: System) -> None:
    """Fault 70: the environment. What a program is told comes to it another way."""
    if os.geteuid() != 0:
        pytest.skip("only root may read the environment of processes that close theirs")
    seen = {
        entry.partition("=")[0]
        for program in PROGRAMS
        for entry in Path(f"/proc/{system.pid(program)}/environ").read_text().split("\0")
        if entry.startswith(("BYBIT", "OKX", "TBANK", "IBKR", "TELEGRAM", "DATABASE"))
    }

    assert seen == set()


def test_no_process_listens_on_the_network_and_none_reaches_beyond_this_machine(system: System) -> None:
    """Fault 70: the network."""
    if os.geteuid() != 0:
        pytest.skip("only root may see the sockets of processes that close theirs")
    every = list(sockets_of(system))

    assert none_listens(every)
    assert every


def test_everything_that_is_written_is_for_its_owner_alone(system: System) -> None:
    open_to_others = [
        str(path.relative_to(system.home))
        for folder in ("run", "data", "logs")
        for path in [system.home / folder, *(system.home / folder).rglob("*")]
        if path.stat().st_mode & 0o077
    ]

    assert open_to_others == []


def test_a_second_copy_of_a_process_is_told_who_is_running(system: System) -> None:
    """Fault 26."""
    done = subprocess.run(
        [sys.executable, "-m", "launch", "clock"],
        cwd=system.home,
        capture_output=True,
        text=True,
        timeout=40,
        check=False,
        env=clean_environment() | {"PYTHONPATH": str(ROOT)},
    )

    assert done.returncode == 1
    assert f'event="already running" pid={system.pid("clock")}' in done.stdout
