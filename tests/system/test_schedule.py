"""Scheduled messages of a whole system, and a clean end."""

import pytest

from sandbox.control import Sandbox
from sandbox.system import System
from tests.system.asking import answers_after


@pytest.fixture(scope="module")
def extra_settings() -> dict[str, str]:
    """Have a slot every minute."""
    return {"SCHEDULE_CRON": "* * * * *"}


@pytest.mark.timeout(150)
def test_a_slot_brings_one_message_and_a_clean_stop_ends_every_process_with_zero(
    system: System, world: Sandbox
) -> None:
    """Fault I1: without any fault."""
    last = max(sent.message_id for sent in world.messages())
    world.wait_for_message(lambda sent: sent.message_id > last and "TOTAL" in sent.text, timeout_s=70)
    system.control("stop", "all", timeout_s=30)
    log = system.log("supervisord")

    assert len(answers_after(world, last)) == 1
    for program in ("hub", "clock", "aggregator", "notifier", "sentinel", "bybit", "okx", "tbank", "ibkr", "fx"):
        assert f"stopped: {program} (exit status 0)" in log
