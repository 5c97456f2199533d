"""Names that cannot be resolved and platforms whose clock is wrong, on a whole system: faults 31 and 32."""

import pytest

from tests.faults.machine import Machine, complete
from tests.system.asking import answers_after

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]
ADDRESSES = ("BYBIT", "OKX", "TBANK", "IBKR_FLEX", "CBR", "FRANKFURTER", "ERAPI", "TELEGRAM")


@pytest.fixture(scope="module")
def machine(shared: Machine) -> Machine:
    """Give the file's system."""
    return shared


def without_names(machine: Machine, *whose: str) -> str:
    """Write addresses into `.env` whose hosts nobody can resolve; return what it was."""
    path = machine.home / ".env"
    before = path.read_text()
    path.write_text(
        "".join(
            f"{name}='https://{name.lower().removesuffix('_base_url').replace('_', '-')}.invalid'\n"
            if name.removesuffix("_BASE_URL") in whose and name.endswith("_BASE_URL")
            else line
            for line in before.splitlines(keepends=True)
            for name in [line.partition("=")[0]]
        )
    )
    return before


def restart(machine: Machine) -> dict[str, int]:
    """Restart everybody; return their process ids, once all run and hear the hub."""
    before = machine.pids()
    machine.system.control("restart", "all", timeout_s=90)
    machine.wait_until(
        lambda: all(pid not in {0, before[program]} for program, pid in machine.pids().items()),
        what="everybody runs anew",
        within_s=60,
    )
    for program, pid in machine.pids().items():
        if program != "hub":
            machine.system.wait_for_log(program, f"hub=heard pid={pid}")
    return machine.pids()


def test_one_host_without_a_name_costs_its_own_number_alone(machine: Machine) -> None:
    """Fault 32: one host."""
    before = without_names(machine, "OKX")
    running = restart(machine)
    message = machine.only_message(machine.to_next_slot(in_s=4.0), timeout_s=60)
    after = machine.pids()
    (machine.home / ".env").write_text(before)

    assert "OKX ERROR (unreachable), last $3,901.23" in message.text
    assert "Bybit $5,000.00" in message.text
    assert "TOTAL (USD): ≈ $34,619.59" in message.text
    assert after == running


def test_no_host_with_a_name_lets_the_message_wait_and_nobody_leave(machine: Machine) -> None:
    """Fault 32: all hosts."""
    before = without_names(machine, *ADDRESSES)
    running = restart(machine)
    slot = machine.to_next_slot(in_s=4.0)
    tried = "SELECT unconfirmed FROM outbox WHERE round_id = ? AND attempts > 0 AND state IN ('pending', 'sending')"
    machine.wait_until(lambda: bool(machine.rows(tried, slot.round_id)), what="an attempt", within_s=60)
    unconfirmed = machine.rows(tried, slot.round_id)
    after = machine.pids()
    unsent = answers_after(machine.world, slot.last_message)
    (machine.home / ".env").write_text(before)
    restart(machine)
    message = machine.world.wait_for_message(
        lambda sent: sent.message_id > slot.last_message and "TOTAL" in sent.text, timeout_s=90
    )
    well = machine.only_message(machine.to_next_slot(in_s=4.0), timeout_s=60)

    assert unconfirmed == [(0,)]
    assert after == running
    assert unsent == []
    assert "TOTAL (USD): ERROR (all sources failed)" in message.text
    assert message.text.count("unreachable") == 4
    assert "⟳" not in message.text
    assert complete(well)


def test_a_platform_whose_clock_is_ten_seconds_off_says_so_alone_and_is_not_asked_again_and_again(
    machine: Machine,
) -> None:
    """Fault 31: Bybit takes five seconds at most."""
    machine.world.settings("bybit", skew_s=-10.0)
    asked = machine.world.service("bybit").request_count
    slot = machine.to_next_slot()
    message = machine.world.wait_for_message(
        lambda sent: sent.message_id > slot.last_message and "TOTAL" in sent.text, timeout_s=40
    )
    asked = machine.world.service("bybit").request_count - asked
    machine.world.settings("bybit", skew_s=0.0)

    assert "Bybit ERROR (time skew +10 s), last $5,000.00" in message.text
    assert "OKX $3,901.23" in message.text
    assert asked <= 2
