"""A group that becomes a supergroup is followed at once, by what the two chats say of it themselves."""

from ledger.portfolio import requests
from ledger.portfolio.outbox import read_moved_chats
from ledger.portfolio.schedule_overrides import read_schedule
from sandbox.telegram.chat import CHAT_ID
from tests.notifier.harness import Stage, slot_round
from tests.running import flat, wait_until

GROUP, NEW = -5, -1005
MOVED = "⚠ This group has a new number: write -1005 in place of -5 into TELEGRAM_CHAT_ID"


def answered(stage: Stage, chat_id: int) -> None:
    """Wait for the answer to `/version`."""
    wait_until(lambda: any("ledger" in each.text for each in stage.sandbox.messages(chat_id)), what="an answer")


def test_a_person_is_heard_in_the_supergroup_before_the_bot_has_sent_anything(stage: Stage) -> None:
    """Fault D2: also while paused."""
    stage.chats = (str(GROUP),)
    with stage.notifier() as notifier:
        stage.sandbox.type("/pause", chat_id=GROUP)
        wait_until(lambda: read_schedule(stage.ledger).paused, what="a pause")
        stage.sandbox.migrate(GROUP, NEW)
        stage.sandbox.type("/now", chat_id=NEW)
        wait_until(lambda: len(stage.requests()) == 1, what="a stored wish")
        stage.wait_for_states("sent", chat_id=NEW)
        said = notifier.text()
    alert = next(each for each in stage.sandbox.messages(NEW) if "number" in each.text)

    assert flat(alert.text) == MOVED
    assert said.count("chat moved") == 1
    assert "stranger" not in said
    assert read_moved_chats(stage.ledger) == {str(GROUP): str(NEW)}
    assert requests.askers_waiting(stage.ledger) == (str(NEW),)


def test_either_chat_alone_is_enough(stage: Stage) -> None:
    """Fault D2: the one that was, or the one that is."""
    stage.chats = (str(GROUP), "-6")
    with stage.notifier():
        for old, new, told in ((GROUP, NEW, "migrate_to_chat_id"), (-6, -1006, "migrate_from_chat_id")):
            chat, other = (old, new) if told == "migrate_to_chat_id" else (new, old)
            group = {"id": chat, "type": "supergroup" if chat == new else "group", "title": "Group"}
            message = {"message_id": 1, "date": 1_770_000_000, "chat": group, told: other}
            stage.sandbox.inject({"message": message})
            stage.sandbox.type("/version", chat_id=new)
            answered(stage, new)

    assert read_moved_chats(stage.ledger) == {"-5": "-1005", "-6": "-1006"}


def test_a_stranger_cannot_move_a_chat(stage: Stage) -> None:
    stage.chats = (str(CHAT_ID),)
    with stage.notifier() as notifier:
        stage.sandbox.migrate(GROUP, NEW)
        stage.sandbox.type("/version", chat_id=NEW)
        notifier.wait_for("stranger ignored")
        stage.sandbox.type("/version")
        stage.wait_for_texts(1)

    assert read_moved_chats(stage.ledger) == {}
    assert stage.sandbox.messages(NEW) == []


def test_a_chat_that_moved_and_is_configured_no_more_is_a_stranger(stage: Stage) -> None:
    stage.chats = (str(GROUP),)
    with stage.notifier():
        stage.sandbox.migrate(GROUP, NEW)
        stage.wait_for_states("sent", chat_id=NEW)
    stage.chats = (str(CHAT_ID),)
    with stage.notifier() as notifier:
        stage.sandbox.type("/version", chat_id=NEW)
        notifier.wait_for("stranger ignored")

    assert [flat(each.text) for each in stage.sandbox.messages(NEW)] == [MOVED]


def test_what_waits_for_the_group_comes_in_the_supergroup_once(stage: Stage) -> None:
    """Fault D2: rows of the outbox."""
    stage.chats = (str(GROUP),)
    stage.sandbox.set_state("telegram", muted=[GROUP])
    stage.record(slot_round(5))
    with stage.notifier():
        wait_until(lambda: [row.attempts for row in stage.rows(GROUP)] == [1], what="a refusal")
        stage.sandbox.migrate(GROUP, NEW)
        stage.wait_for_states("sent", "sent", chat_id=NEW)

    assert len(stage.sandbox.messages(NEW)) == 2
    assert stage.sandbox.messages(GROUP) == []
