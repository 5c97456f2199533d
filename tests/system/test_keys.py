"""What the chat hears of keys, from a system as its owner runs it."""

import os
import signal
from datetime import UTC, datetime, timedelta

import pytest

from sandbox.control.client import Sandbox
from sandbox.system import System
from tests.system.asking import ask, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]
TODAY = datetime.now(UTC)
COLLECTORS = ("bybit", "okx", "ibkr")


def day(days: int) -> str:
    return f"{TODAY + timedelta(days=days):%Y-%m-%d}"


@pytest.fixture(scope="module")
def extra_settings(world: Sandbox) -> dict[str, str]:
    """Let a key end in ten days, a token in six, and a key trade."""
    world.set_state("bybit", ips=["*"], days_left=10)
    world.set_state("okx", perm="read_only,trade")
    return {"IBKR_FLEX_TOKEN_EXPIRES": day(6)}


def alerts(world: Sandbox) -> list[str]:
    """Return what the chat was told of keys, without the line breaks that a phone needs."""
    return sorted(
        " ".join(sent.text.split()) for sent in world.messages() if "key" in sent.text and "TOTAL" not in sent.text
    )


def test_ends_and_rights_of_keys_are_told_once_although_collectors_begin_anew(system: System, world: Sandbox) -> None:
    wait_until(lambda: len(alerts(world)) == 3)
    before = {name: system.pid(name) for name in COLLECTORS}
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: all(system.log(name).count("event=alert") >= 2 for name in COLLECTORS))
    answer = ask(world)

    assert "OKX ERROR (key can trade)" in answer.text
    assert "Bybit $5,000.00" in answer.text
    assert [text.partition(". ")[0] for text in alerts(world)] == [
        f"⚠ Bybit: the key ends in 10 days, on {day(10)}",
        f"⚠ IBKR: the key ends in 6 days, on {day(6)}",
        "⚠ OKX: the key can do more than read, so it is not used",
    ]
