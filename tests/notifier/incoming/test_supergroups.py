"""A group that becomes a supergroup is followed at once, by what the two chats say of it themselves."""

from ledger.portfolio import requests
from ledger.portfolio.moved import read_moved_chats
from ledger.portfolio.schedule_overrides import read_schedule
from sandbox.telegram.chat import CHAT_ID
from tests.notifier.harness import Harness, slot_round
from tests.running import flat, wait_until

GROUP, NEW = -5, -1005
MOVED = "⚠ This group has a new number: write -1005 in place of -5 into TELEGRAM_CHAT_ID"


def answered(harness: Harness, chat_id: int) -> None:
    """Wait for the answer to `/version`."""
    wait_until(lambda: any("ledger" in each.text for each in harness.sandbox.messages(chat_id)), what="an answer")


def test_a_person_is_heard_in_the_supergroup_before_the_bot_has_sent_anything(harness: Harness) -> None:
    """Fault D2: also while paused."""
    harness.chats = (str(GROUP),)
    with harness.notifier() as notifier:
        harness.sandbox.type("/pause", chat_id=GROUP)
        wait_until(lambda: read_schedule(harness.ledger).paused, what="a pause")
        harness.sandbox.migrate(GROUP, NEW)
        harness.sandbox.type("/now", chat_id=NEW)
        wait_until(lambda: len(harness.requests()) == 1, what="a stored request")
        harness.wait_for_states("sent", chat_id=NEW)
        said = notifier.text()
    alert = next(each for each in harness.sandbox.messages(NEW) if "number" in each.text)

    assert flat(alert.text) == MOVED
    assert said.count("chat moved") == 1
    assert "stranger" not in said
    assert read_moved_chats(harness.ledger) == {str(GROUP): str(NEW)}
    assert requests.askers_waiting(harness.ledger) == (str(NEW),)


def test_either_chat_alone_is_enough(harness: Harness) -> None:
    """Fault D2: the one that was, or the one that is."""
    harness.chats = (str(GROUP), "-6")
    with harness.notifier():
        for old, new, told in ((GROUP, NEW, "migrate_to_chat_id"), (-6, -1006, "migrate_from_chat_id")):
            chat, other = (old, new) if told == "migrate_to_chat_id" else (new, old)
            group = {"id": chat, "type": "supergroup" if chat == new else "group", "title": "Group"}
            message = {"message_id": 1, "date": 1_770_000_000, "chat": group, told: other}
            harness.sandbox.inject({"message": message})
            harness.sandbox.type("/version", chat_id=new)
            answered(harness, new)

    assert read_moved_chats(harness.ledger) == {"-5": "-1005", "-6": "-1006"}


def test_a_stranger_cannot_move_a_chat(harness: Harness) -> None:
    harness.chats = (str(CHAT_ID),)
    with harness.notifier() as notifier:
        harness.sandbox.migrate(GROUP, NEW)
        harness.sandbox.type("/version", chat_id=NEW)
        notifier.wait_for("stranger ignored")
        harness.sandbox.type("/version")
        harness.wait_for_texts(1)

    assert read_moved_chats(harness.ledger) == {}
    assert harness.sandbox.messages(NEW) == []


def test_a_chat_that_moved_and_is_configured_no_more_is_a_stranger(harness: Harness) -> None:
    harness.chats = (str(GROUP),)
    with harness.notifier():
        harness.sandbox.migrate(GROUP, NEW)
        harness.wait_for_states("sent", chat_id=NEW)
    harness.chats = (str(CHAT_ID),)
    with harness.notifier() as notifier:
        harness.sandbox.type("/version", chat_id=NEW)
        notifier.wait_for("stranger ignored")

    assert [flat(each.text) for each in harness.sandbox.messages(NEW)] == [MOVED]


def test_what_waits_for_the_group_comes_in_the_supergroup_once(harness: Harness) -> None:
    """Fault D2: rows of the outbox."""
    harness.chats = (str(GROUP),)
    harness.sandbox.set_state("telegram", muted=[GROUP])
    harness.record(slot_round(5))
    with harness.notifier():
        wait_until(lambda: [row.attempts for row in harness.rows(GROUP)] == [1], what="a refusal")
        harness.sandbox.migrate(GROUP, NEW)
        harness.wait_for_states("sent", "sent", chat_id=NEW)

    assert len(harness.sandbox.messages(NEW)) == 2
    assert harness.sandbox.messages(GROUP) == []
