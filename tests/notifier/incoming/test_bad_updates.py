"""An update that nobody can read costs itself alone: the next one is heard, and nothing of it is in the log."""

from typing import Any

import pytest
from telegram import Bot, Update

from notifier.incoming.update_reader import UNREADABLE, Fetched
from sandbox.telegram.chat import CHAT_ID
from tests.notifier.harness import Harness
from tests.running import wait_until

BOT = Bot("1:a")  # making one loads all certificate authorities
PRIVATE = {"id": CHAT_ID, "type": "private", "first_name": "Ann"}
ANN = {"id": CHAT_ID, "is_bot": False, "first_name": "s3cret"}
MESSAGE: dict[str, Any] = {"message_id": 7, "date": 1_770_000_000, "chat": PRIVATE, "from": ANN, "text": "s3cret"}
BAD: dict[str, dict[str, Any]] = {
    "a member without a name": {"message": MESSAGE | {"new_chat_members": [{"id": 5, "s3cret": 1}]}},
    "a kind of member that is new": {"message": MESSAGE | {"left_chat_member": {"id": 5, "kind": "s3cret"}}},
    "no message at all": {"message": 7},
    "a date out of bounds": {"message": MESSAGE | {"date": 10**18}},
    "a text that is none": {"message": MESSAGE | {"text": 7}},
    "a press under no message": {"callback_query": {"id": "1", "from": ANN, "chat_instance": "1", "message": 7}},
}


@pytest.mark.parametrize("what", BAD)
def test_an_update_that_cannot_be_read_is_skipped_and_the_next_one_is_heard(harness: Harness, what: str) -> None:
    """Fault D5: each update decoded alone."""
    with harness.notifier(LOG_LEVEL="DEBUG") as notifier:
        harness.sandbox.type("/version")
        harness.sandbox.inject(BAD[what])
        harness.sandbox.type("/version")
        sent = harness.wait_for_texts(2)
        line = notifier.wait_for("update skipped")
        wait_until(lambda: harness.polls() >= 2, what="the poll that confirms")
        said = notifier.text()

    assert len(sent) == 2
    assert f"kind={next(iter(BAD[what]))}" in line
    assert "so_far=1" in line
    assert said.count("update skipped") == 1
    assert "s3cret" not in said
    assert "cannot hear Telegram" not in said


@pytest.mark.parametrize("what", BAD)
def test_what_is_skipped_is_what_the_library_cannot_read(what: str) -> None:
    """Fault D5: the premise."""
    with pytest.raises(UNREADABLE):  # noqa: PT012 - some fail where they are read, not where they are decoded
        update = Update.de_json({"update_id": 1} | BAD[what], BOT)
        assert update.effective_message is not None
        (update.effective_message.text or "").split()


def test_a_kind_that_nobody_knows_is_no_trouble(harness: Harness) -> None:
    with harness.notifier() as notifier:
        harness.sandbox.inject({"brand_new_kind": {"s3cret": 1}})
        harness.sandbox.type("/version")
        harness.wait_for_texts(1)
        said = notifier.text()

    assert "update skipped" not in said


def test_the_name_of_a_kind_is_a_name() -> None:
    assert Fetched(update_id=1, content={"update_id": 1, "message": {}}).kind == "message"
    assert Fetched(update_id=1, content={"update_id": 1, "s3cret text": {}}).kind == "unknown"
    assert Fetched(update_id=1, content={"update_id": 1}).kind == "none"
