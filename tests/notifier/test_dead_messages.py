"""A message that Telegram takes in no form: its owner is told in its place, so that no slot stays silent."""

from tests.notifier.harness import Stage, slot_round


def test_a_slots_message_that_telegram_takes_in_no_form_is_told_by_an_alert(stage: Stage) -> None:
    """Fault 58: dead and told."""
    stage.record(slot_round())
    stage.sandbox.fault("telegram", "code", code="400", path="sendMessage", times=2)
    with stage.notifier():
        stage.wait_for_states("dead", "sent")
    (alert,) = stage.sandbox.messages()

    assert alert.text.startswith("⚠ ")
    assert "could not be delivered" in alert.text
