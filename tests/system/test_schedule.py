"""Scheduled messages of a whole system, its deadline, and a clean end."""

import pytest

from sandbox.control.client import Sandbox
from sandbox.system import System
from tests.system.asking import answers_after, ask

pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def extra_settings() -> dict[str, str]:
    """Have a slot every minute, and a deadline that can be waited for."""
    return {"SCHEDULE_CRON": "* * * * *", "COLLECT_DEADLINE_SECONDS": "6"}


@pytest.mark.usefixtures("undisturbed")
def test_a_platform_that_never_answers_does_not_hold_the_message_past_the_deadline(
    system: System, world: Sandbox
) -> None:
    """Fault 35: the message."""
    world.fault("tbank", "hang")

    answer = ask(world, timeout_s=40)

    assert "T‑Bank (RUB): ERROR (timeout), last 1,234,567 ₽, 0 min ago" in answer.text


@pytest.mark.timeout(240)
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
