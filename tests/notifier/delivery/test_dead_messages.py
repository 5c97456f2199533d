"""A message that Telegram takes in no form: its owner is told in its place, so that no slot stays silent."""

from tests.notifier.harness import Harness, slot_round


def test_a_slots_message_that_telegram_takes_in_no_form_is_told_by_an_alert(harness: Harness) -> None:
    """Fault 58: dead and told."""
    harness.record(slot_round())
    harness.sandbox.fault("telegram", "code", code="400", path="sendMessage", times=2)
    with harness.notifier():
        harness.wait_for_states("dead", "sent")
    (alert,) = harness.sandbox.messages()

    assert alert.text.startswith("⚠ ")
    assert "could not be delivered" in alert.text
