"""Delivery: a real notifier takes a real outbox to the pretend Telegram, whatever Telegram answers."""

import signal
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from bus.connection import Bus
from bus.messages import Alert, AlertStored, Delivered
from sandbox.telegram.chat import CHAT_ID
from tests.notifier.harness import OTHER_CHAT, Stage, slot_round
from tests.running import hear, running, wait_until


def test_a_slots_message_reaches_every_configured_chat_once(stage: Stage, bus: Bus) -> None:
    """Faults I1 and I2."""
    stage.chats = (str(CHAT_ID), str(OTHER_CHAT))
    with stage.notifier() as notifier:
        notifier.wait_for("listening")
        snapshot = stage.record(slot_round())
        bus.publish(snapshot)
        stage.wait_for_states("sent")
        stage.wait_for_states("sent", chat_id=OTHER_CHAT)
        bus.publish(snapshot)
    with stage.notifier() as notifier:
        notifier.wait_for("listening")
        bus.publish(snapshot)
        stage.alert("the outbox was looked at again")
        stage.wait_for_states("sent", "sent")
        stage.wait_for_states("sent", "sent", chat_id=OTHER_CHAT)
    sent = stage.sandbox.messages()

    assert sorted(each.chat_id for each in sent if "TOTAL (USD): $34,619.59" in each.text) == [CHAT_ID, OTHER_CHAT]
    assert len(sent) == 4


def test_whoever_listens_is_told_the_text_that_telegram_took(stage: Stage, bus: Bus) -> None:
    with stage.notifier() as notifier:
        notifier.wait_for("listening")
        snapshot = stage.record(slot_round())
        bus.publish(snapshot)
        told = hear(bus, Delivered)

    assert (told.id, told.round_id) == ("", snapshot.round_id)
    assert told.text == stage.sandbox.messages()[0].text


def test_sending_is_committed_before_the_request_and_sent_right_after_the_answer(stage: Stage) -> None:
    stage.record(slot_round())
    stage.sandbox.fault("telegram", "hang", path="sendMessage")
    with stage.notifier():
        stage.wait_for_attempts(1)
        before = stage.rows()[0]
        nothing_yet = stage.sandbox.messages()
        stage.sandbox.clear("telegram")
        stage.wait_for_states("sent")
    after = stage.rows()[0]

    assert nothing_yet == []
    assert (before.state, before.attempts, before.message_id) == ("sending", 1, None)
    assert after.message_id == stage.sandbox.messages()[0].message_id
    assert (after.unconfirmed, after.text) == (0, stage.sandbox.messages()[0].text)


def test_an_alert_is_acknowledged_once_it_is_in_the_outbox_and_delivered_once(stage: Stage, bus: Bus) -> None:
    alert = Alert(id="bybit-1", text="⚠ bybit is down <& out>", raised_at=datetime.now(UTC))
    with stage.notifier() as notifier:
        notifier.wait_for("listening")
        bus.publish(alert)
        stored = hear(bus, AlertStored)
        bus.publish(alert)
        again = hear(bus, AlertStored)
        stage.wait_for_states("sent")

    assert stored == again == AlertStored(id=alert.id)
    assert [each.text for each in stage.sandbox.messages()] == [alert.text]


def test_an_alert_raised_before_the_ledger_exists_is_delivered_once_it_does(stage: Stage, bus: Bus) -> None:
    (stage.home / "data" / "portfolio.db").unlink()
    alert = Alert(id="bybit-1", text="⚠ bybit is down", raised_at=datetime.now(UTC))
    with stage.notifier() as notifier:
        notifier.wait_for("joined")
        bus.publish(alert)
        with running(stage.home, "-m", "ledger.migrate") as migration:
            migration.code()
        bus.publish(alert)
        stored = hear(bus, AlertStored)
        stage.wait_for_texts(1)
        bus.publish(alert)
        hear(bus, AlertStored)
        stage.wait_for_states("sent")

    assert stored == AlertStored(id=alert.id)
    assert [each.text for each in stage.sandbox.messages()] == [alert.text]


def test_sigterm_lets_what_is_being_sent_end(stage: Stage) -> None:
    stage.record(slot_round())
    stage.sandbox.fault("telegram", "slow", seconds=0.7, path="sendMessage")
    with stage.notifier() as notifier:
        stage.wait_for_attempts(1)
        notifier.signal(signal.SIGTERM)
        code = notifier.code()
    row = stage.rows()[0]

    assert code == 0
    assert (row.state, row.unconfirmed, row.attempts) == ("sent", 0, 1)


def test_a_message_first_tried_late_says_for_when_it_is(stage: Stage) -> None:
    stage.record(slot_round(minutes_ago=12))
    with stage.notifier():
        text = stage.wait_for_texts(1)[0].text

    assert text.startswith("For ")
    assert "delivered late at" in text.splitlines()[0]


def test_a_message_tried_in_time_and_delivered_late_keeps_its_first_text(stage: Stage) -> None:
    stage.record(slot_round())
    stage.sandbox.fault("telegram", "refuse")
    with stage.notifier():
        wait_until(lambda: stage.rows()[0].attempts == 1, what="an attempt")
        first = stage.rows()[0].text
        stage.sandbox.clear("telegram")
        text = stage.wait_for_texts(1)[0].text

    assert text == first
    assert text.startswith("T\u2011Bank")


def test_rounds_that_were_never_tried_are_told_in_a_line_of_the_newest(stage: Stage) -> None:
    """Fault 53: folding."""
    for hours in (3, 2, 1):
        stage.record(slot_round(minutes_ago=60 * hours))
    with stage.notifier():
        stage.wait_for_states("folded", "folded", "sent")
    sent = stage.sandbox.messages()
    oldest, older, newest = stage.rows()

    assert len(sent) == 1
    assert sent[0].text.count("$34,619.59 | 3,196,081 ₽") == 2
    assert sent[0].text.count("TOTAL (USD): $34,619.59") == 1
    assert [oldest.folded_into, older.folded_into] == [newest.id, newest.id]


def test_a_round_that_was_tried_gets_its_own_message_before_newer_ones(stage: Stage) -> None:
    """Fault 53: order."""
    stage.record(slot_round(minutes_ago=180))
    stage.sandbox.fault("telegram", "refuse")
    with stage.notifier():
        wait_until(lambda: stage.rows()[0].attempts >= 1, what="an attempt")
        stage.record(slot_round(minutes_ago=120))
        stage.record(slot_round(minutes_ago=60))
        stage.sandbox.clear("telegram")
        stage.wait_for_states("sent", "folded", "sent")
    first, second = stage.sandbox.messages()

    assert "$34,619.59 | 3,196,081 ₽" not in first.text
    assert second.text.count("$34,619.59 | 3,196,081 ₽") == 1


def test_what_waits_goes_out_in_order_and_at_most_once_a_second_if_woken_often(stage: Stage, bus: Bus) -> None:
    """Fault 53: the pace."""
    texts = ["⚠ first", "⚠ second", "⚠ third"]
    for text in texts:
        stage.alert(text)

    def woken() -> bool:
        bus.publish(slot_round())
        return len(stage.sandbox.messages()) == 3

    with stage.notifier():
        wait_until(woken, what="three messages")
    sent = stage.sandbox.messages()
    pauses_ms = [later.received_at_ms - earlier.received_at_ms for earlier, later in pairwise(sent)]

    assert [each.text for each in sent] == texts
    assert all(pause_ms >= 1000 for pause_ms in pauses_ms)


def test_a_bus_message_wakes_the_notifier_and_without_one_it_looks_by_itself(stage: Stage) -> None:
    """Fault 18: no snapshot is heard."""
    with stage.notifier() as notifier:
        notifier.wait_for("listening")
        stage.record(slot_round())
        stage.wait_for_states("sent")

    assert datetime.now(UTC) - stage.rows()[0].created_at < timedelta(seconds=10)
