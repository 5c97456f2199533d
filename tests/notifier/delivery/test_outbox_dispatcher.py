"""Delivery: a real notifier takes a real outbox to the pretend Telegram, whatever Telegram answers."""

import signal
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from bus.connection import Bus
from bus.messages.delivery import Alert, AlertStored, Delivered
from sandbox.telegram.chat import CHAT_ID
from tests.notifier.harness import OTHER_CHAT, Harness, slot_round
from tests.running import hear, running, wait_until


def test_a_slots_message_reaches_every_configured_chat_once(harness: Harness, bus: Bus) -> None:
    """Faults I1 and I2."""
    harness.chats = (str(CHAT_ID), str(OTHER_CHAT))
    with harness.notifier() as notifier:
        notifier.wait_for("listening")
        snapshot = harness.record(slot_round())
        bus.publish(snapshot)
        harness.wait_for_states("sent")
        harness.wait_for_states("sent", chat_id=OTHER_CHAT)
        bus.publish(snapshot)
    with harness.notifier() as notifier:
        notifier.wait_for("listening")
        bus.publish(snapshot)
        harness.alert("the outbox was looked at again")
        harness.wait_for_states("sent", "sent")
        harness.wait_for_states("sent", "sent", chat_id=OTHER_CHAT)
    sent = harness.sandbox.messages()

    assert sorted(each.chat_id for each in sent if "TOTAL (USD): $34,619.59" in each.text) == [CHAT_ID, OTHER_CHAT]
    assert len(sent) == 4


def test_whoever_listens_is_told_the_text_that_telegram_took(harness: Harness, bus: Bus) -> None:
    with harness.notifier() as notifier:
        notifier.wait_for("listening")
        snapshot = harness.record(slot_round())
        bus.publish(snapshot)
        told = hear(bus, Delivered)

    assert (told.id, told.round_id) == ("", snapshot.round_id)
    assert told.text == harness.sandbox.messages()[0].text


def test_sending_is_committed_before_the_request_and_sent_right_after_the_answer(harness: Harness) -> None:
    harness.record(slot_round())
    harness.sandbox.fault("telegram", "hang", path="sendMessage")
    with harness.notifier():
        harness.wait_for_attempts(1)
        before = harness.rows()[0]
        nothing_yet = harness.sandbox.messages()
        harness.sandbox.clear("telegram")
        harness.wait_for_states("sent")
    after = harness.rows()[0]

    assert nothing_yet == []
    assert (before.state, before.attempts, before.message_id) == ("sending", 1, None)
    assert after.message_id == harness.sandbox.messages()[0].message_id
    assert (after.unconfirmed, after.text) == (0, harness.sandbox.messages()[0].text)


def test_an_alert_is_acknowledged_once_it_is_in_the_outbox_and_delivered_once(harness: Harness, bus: Bus) -> None:
    alert = Alert(id="bybit-1", text="⚠ bybit is down <& out>", raised_at=datetime.now(UTC))
    with harness.notifier() as notifier:
        notifier.wait_for("listening")
        bus.publish(alert)
        stored = hear(bus, AlertStored)
        bus.publish(alert)
        again = hear(bus, AlertStored)
        harness.wait_for_states("sent")

    assert stored == again == AlertStored(id=alert.id)
    assert [each.text for each in harness.sandbox.messages()] == [alert.text]


def test_an_alert_raised_before_the_ledger_exists_is_delivered_once_it_does(harness: Harness, bus: Bus) -> None:
    (harness.home / "data" / "portfolio.db").unlink()
    alert = Alert(id="bybit-1", text="⚠ bybit is down", raised_at=datetime.now(UTC))
    with harness.notifier() as notifier:
        notifier.wait_for("joined")
        bus.publish(alert)
        with running(harness.home, "-m", "ledger.migrate") as migration:
            migration.code()
        bus.publish(alert)
        stored = hear(bus, AlertStored)
        harness.wait_for_texts(1)
        bus.publish(alert)
        hear(bus, AlertStored)
        harness.wait_for_states("sent")

    assert stored == AlertStored(id=alert.id)
    assert [each.text for each in harness.sandbox.messages()] == [alert.text]


def test_sigterm_lets_what_is_being_sent_end(harness: Harness) -> None:
    harness.record(slot_round())
    harness.sandbox.fault("telegram", "slow", seconds=0.7, path="sendMessage")
    with harness.notifier() as notifier:
        harness.wait_for_attempts(1)
        notifier.signal(signal.SIGTERM)
        code = notifier.code()
    row = harness.rows()[0]

    assert code == 0
    assert (row.state, row.unconfirmed, row.attempts) == ("sent", 0, 1)


def test_a_message_first_tried_late_says_for_when_it_is(harness: Harness) -> None:
    harness.record(slot_round(minutes_ago=12))
    with harness.notifier():
        text = harness.wait_for_texts(1)[0].text

    assert text.startswith("For ")
    assert "delivered late at" in text.splitlines()[0]


def test_a_message_tried_in_time_and_delivered_late_keeps_its_first_text(harness: Harness) -> None:
    harness.record(slot_round())
    harness.sandbox.fault("telegram", "refuse")
    with harness.notifier():
        wait_until(lambda: harness.rows()[0].attempts == 1, what="an attempt")
        first = harness.rows()[0].text
        harness.sandbox.clear("telegram")
        text = harness.wait_for_texts(1)[0].text

    assert text == first
    assert text.startswith("T\u2011Bank")


def test_rounds_that_were_never_tried_are_told_in_a_line_of_the_newest(harness: Harness) -> None:
    """Fault 53: folding."""
    for hours in (3, 2, 1):
        harness.record(slot_round(minutes_ago=60 * hours))
    with harness.notifier():
        harness.wait_for_states("folded", "folded", "sent")
    sent = harness.sandbox.messages()
    oldest, older, newest = harness.rows()

    assert len(sent) == 1
    assert sent[0].text.count("$34,619.59 | 3,196,081 ₽") == 2
    assert sent[0].text.count("TOTAL (USD): $34,619.59") == 1
    assert [oldest.folded_into, older.folded_into] == [newest.id, newest.id]


def test_a_round_that_was_tried_gets_its_own_message_before_newer_ones(harness: Harness) -> None:
    """Fault 53: order."""
    harness.record(slot_round(minutes_ago=180))
    harness.sandbox.fault("telegram", "refuse")
    with harness.notifier():
        wait_until(lambda: harness.rows()[0].attempts >= 1, what="an attempt")
        harness.record(slot_round(minutes_ago=120))
        harness.record(slot_round(minutes_ago=60))
        harness.sandbox.clear("telegram")
        harness.wait_for_states("sent", "folded", "sent")
    first, second = harness.sandbox.messages()

    assert "$34,619.59 | 3,196,081 ₽" not in first.text
    assert second.text.count("$34,619.59 | 3,196,081 ₽") == 1


def test_what_waits_goes_out_in_order_and_at_most_once_a_second_if_woken_often(harness: Harness, bus: Bus) -> None:
    """Fault 53: the pace."""
    texts = ["⚠ first", "⚠ second", "⚠ third"]
    for text in texts:
        harness.alert(text)

    def woken() -> bool:
        bus.publish(slot_round())
        return len(harness.sandbox.messages()) == 3

    with harness.notifier():
        wait_until(woken, what="three messages")
    sent = harness.sandbox.messages()
    pauses_ms = [later.received_at_ms - earlier.received_at_ms for earlier, later in pairwise(sent)]

    assert [each.text for each in sent] == texts
    assert all(pause_ms >= 1000 for pause_ms in pauses_ms)


def test_a_bus_message_wakes_the_notifier_and_without_one_it_looks_by_itself(harness: Harness) -> None:
    """Fault 18: no snapshot is heard."""
    with harness.notifier() as notifier:
        notifier.wait_for("listening")
        harness.record(slot_round())
        harness.wait_for_states("sent")

    assert datetime.now(UTC) - harness.rows()[0].created_at < timedelta(seconds=10)
