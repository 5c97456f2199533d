"""Forums: a topic is answered in the topic, and one of them can have the scheduled messages."""

import pytest

from bus.connection import Bus
from notifier.texts.commands import WORDS
from sandbox.telegram.chat import Sent
from tests.notifier.commands.test_schedule_commands import BYBIT
from tests.notifier.harness import Harness, manual_round, slot_round
from tests.running import wait_until

FORUM, TOPIC = -1001, 77
IN_TOPIC = f"{FORUM}:{TOPIC}"
EN = WORDS["en"]


@pytest.fixture(autouse=True)
def forum(harness: Harness) -> None:
    """Make the group a forum with a topic; its General is closed."""
    harness.sandbox.topic(FORUM, TOPIC)
    harness.sandbox.topic(FORUM, 1, closed=True)
    harness.sandbox.set_state("telegram", flood_control=False)


def places(sent: list[Sent]) -> set[int]:
    """Return the topics that messages are in."""
    return {each.thread_id for each in sent}


def wait_for_kept(harness: Harness, count: int) -> None:
    """Wait until so many messages are in the chat that nobody has deleted."""
    wait_until(
        lambda: sum(not each.deleted and each.text != EN.working for each in harness.sandbox.messages(FORUM)) == count,
        what=f"{count} messages",
    )


def test_now_in_a_topic_is_answered_in_the_topic_from_working_to_the_message(harness: Harness, bus: Bus) -> None:
    """Fault D3: a request."""
    harness.chats = (str(FORUM),)
    with harness.notifier():
        harness.sandbox.type_in("/now", chat_id=FORUM, thread_id=TOPIC)
        wait_until(lambda: len(harness.requests()) == 1, what="a stored request")
        (working,) = harness.wait_for_texts(1, FORUM)
        bus.publish(harness.record(manual_round("now-1")))
        wait_until(lambda: "TOTAL" in harness.sandbox.messages(FORUM)[0].text, what="the answer")
    (answer,) = harness.sandbox.messages(FORUM)

    assert (working.text, working.thread_id) == (EN.working, TOPIC)
    assert (answer.message_id, answer.thread_id) == (working.message_id, TOPIC)


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    "typed", ["/version", "/help", "/history", "/why", "/change", "/health", "/chart", "/pause", "/nonsense"]
)
def test_every_page_comes_in_the_topic(harness: Harness, typed: str) -> None:
    """Fault D3: pages."""
    harness.chats = (str(FORUM),)
    with harness.notifier():
        harness.sandbox.type_in(typed, chat_id=FORUM, thread_id=TOPIC)
        sent = harness.wait_for_texts(1, FORUM)

    assert places(sent) == {TOPIC}


def test_buttons_in_a_topic_answer_in_the_topic(harness: Harness) -> None:
    """Fault D3: pictures, confirmations, pages behind buttons."""
    harness.chats = (IN_TOPIC,)
    for minutes in (240, 120, 0):
        harness.record(slot_round(minutes))
    with harness.notifier(PLATFORMS=BYBIT):
        (message,) = harness.wait_for_texts(1, FORUM)
        for count, data in enumerate(("why", "history", "chart"), start=2):
            harness.sandbox.press(message.message_id, data, chat_id=FORUM)
            wait_for_kept(harness, count)
        harness.sandbox.type_in("/restart bybit", chat_id=FORUM, thread_id=TOPIC)
        wait_until(lambda: "Restart" in harness.sandbox.messages(FORUM)[-1].text, what="a question")
        question = harness.sandbox.messages(FORUM)[-1]
        harness.sandbox.press(question.message_id, "restart-cancel", chat_id=FORUM)
        wait_until(lambda: harness.sandbox.messages(FORUM)[-1].text == EN.cancelled, what="an edit")

    assert places(harness.sandbox.messages(FORUM)) == {TOPIC}
    assert any(each.method == "sendPhoto" for each in harness.sandbox.messages(FORUM))


def test_the_schedule_and_the_alerts_go_into_the_topic_that_is_configured(harness: Harness) -> None:
    """Fault D3: TELEGRAM_CHAT_ID with a topic; General is closed."""
    harness.chats = (IN_TOPIC,)
    harness.alert("⚠ first")
    harness.record(slot_round())
    with harness.notifier():
        sent = harness.wait_for_texts(2, FORUM)
        harness.sandbox.type_in("/version", chat_id=FORUM, thread_id=TOPIC)
        harness.wait_for_texts(3, FORUM)

    assert places(sent) == {TOPIC}


def test_general_that_is_closed_keeps_its_message_until_it_is_opened(harness: Harness) -> None:
    """Fault D3: TOPIC_CLOSED."""
    harness.chats = (str(FORUM),)
    with harness.notifier():
        harness.record(slot_round(120))
        wait_until(lambda: [row.reason for row in harness.rows(FORUM)] == ["Topic_closed"], what="a refusal")
        harness.sandbox.topic(FORUM, 1)
        harness.record(slot_round())
        harness.wait_for_states("folded", "sent", chat_id=FORUM)

    assert places(harness.sandbox.messages(FORUM)) == {0}


def test_what_was_meant_for_a_topic_that_is_gone_comes_in_the_chat_itself(harness: Harness) -> None:
    """Fault D3: a topic that was deleted."""
    harness.sandbox.topic(FORUM, 1)
    harness.chats = (f"{FORUM}:78",)
    harness.record(slot_round())
    with harness.notifier():
        harness.wait_for_states("sent", chat_id=f"{FORUM}:78")

    assert places(harness.sandbox.messages(FORUM)) == {0}


def test_a_reply_outside_of_forums_is_no_topic(harness: Harness) -> None:
    harness.chats = ("-1002",)
    with harness.notifier():
        first = harness.sandbox.type_in("hello", chat_id=-1002)
        harness.sandbox.type_in("/version", chat_id=-1002, reply_to=first.message_id)
        sent = harness.wait_for_texts(1, -1002)

    assert places(sent) == {0}


def test_every_topic_of_a_configured_forum_may_ask(harness: Harness) -> None:
    harness.sandbox.topic(FORUM, 79)
    harness.chats = (IN_TOPIC,)
    with harness.notifier():
        harness.sandbox.type_in("/version", chat_id=FORUM, thread_id=79)
        sent = harness.wait_for_texts(1, FORUM)

    assert places(sent) == {79}
