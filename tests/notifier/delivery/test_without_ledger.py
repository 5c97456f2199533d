"""A notifier whose ledger cannot be used: what lives in its memory alone is told once all the same."""

from datetime import UTC, datetime

import pytest

from bus.connection import Bus
from bus.messages.delivery import Alert, AlertStored, Delivered
from tests.notifier.harness import Harness, replace, slot_round
from tests.running import hear

pytestmark = [pytest.mark.faults, pytest.mark.timeout(180)]


def alert(number: int) -> Alert:
    """Return an alert."""
    return Alert(id=f"alert-{number}", text=f"⚠ {number}", raised_at=datetime.now(UTC))


def test_a_round_that_was_folded_without_a_ledger_is_told_once_however_often_it_is_said(
    harness: Harness, bus: Bus
) -> None:
    """Faults 64 and I2: the aggregator repeats an unrecorded round until it hears that it was delivered."""
    (harness.home / "data" / "portfolio.db").unlink()
    why = "the disk is full"
    older, newer = (
        replace(slot_round(minutes_ago=minutes), recorded=False, not_recorded_because=why) for minutes in (120, 60)
    )
    harness.sandbox.fault("telegram", "hang", path="sendMessage")
    with harness.notifier() as notifier:
        notifier.wait_for("listening", within_s=90)  # it waits for the ledger first
        bus.publish(alert(1))
        harness.wait_for_attempts(1)
        for message in (older, newer, alert(2)):
            bus.publish(message)
        hear(bus, AlertStored, where=lambda stored: stored.id == "alert-2")
        harness.sandbox.clear("telegram")
        delivered = {hear(bus, Delivered, where=lambda told: told.round_id != "").round_id for _ in range(2)}
        for message in (older, newer, alert(3)):
            bus.publish(message)
        harness.sandbox.wait_for_message(lambda sent: sent.text.startswith("⚠ 3"), timeout_s=15)
    texts = [sent.text for sent in harness.sandbox.messages()]

    assert sum("TOTAL (USD)" in text for text in texts) == 1
    assert sum(text.count("$34,619.59 | 3,196,081 ₽") for text in texts) == 1
    assert delivered == {older.round_id, newer.round_id}


def test_a_round_that_is_recorded_while_its_message_waits_in_memory_is_told_once(harness: Harness, bus: Bus) -> None:
    """Faults 64 and I2: the aggregator writes late what it has not heard to be delivered."""
    snapshot = slot_round(minutes_ago=60)
    harness.sandbox.fault("telegram", "hang", path="sendMessage")
    with harness.notifier() as notifier:
        notifier.wait_for("listening")
        bus.publish(alert(1))
        harness.wait_for_attempts(1)
        bus.publish(replace(snapshot, recorded=False, not_recorded_because="the disk is full"))
        bus.publish(alert(2))
        hear(bus, AlertStored, where=lambda stored: stored.id == "alert-2")
        harness.record(snapshot)
        bus.publish(alert(3))
        hear(bus, AlertStored, where=lambda stored: stored.id == "alert-3")
        harness.sandbox.clear("telegram")
        harness.wait_for_states(*["sent"] * 4)
        newer = slot_round()
        bus.publish(replace(newer, recorded=False, not_recorded_because="the disk is full"))
        hear(bus, Delivered, where=lambda told: told.round_id == newer.round_id)
    texts = [sent.text for sent in harness.sandbox.messages() if "TOTAL (USD)" in sent.text]

    assert len(texts) == 2
    assert sum(text.count("$34,619.59 | 3,196,081 ₽") for text in texts) == 0
