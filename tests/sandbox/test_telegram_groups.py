"""Groups of the pretend Telegram: forums and their topics, rights taken away, and groups that become supergroups."""

from typing import Any

import pytest

from sandbox.control.client import ControlError, Sandbox
from sandbox.telegram.wire import PNG, Wire

FORUM = -1_005
GROUP = -5


def updates(wire: Wire) -> list[dict[str, Any]]:
    """Return what the bot would hear."""
    heard = wire("getUpdates")["result"]
    assert isinstance(heard, list)
    return heard


def sent_message(wire: Wire, **fields: object) -> dict[str, object]:
    """Send a message; return it as Telegram tells it."""
    message = wire("sendMessage", **fields)["result"]
    assert isinstance(message, dict)
    return message


def test_what_is_sent_into_a_topic_says_so_and_shows_what_opened_it(wire: Wire, sandbox: Sandbox) -> None:
    thread = sandbox.topic(FORUM, 77, name="Money").thread_id
    message = sent_message(wire, chat_id=FORUM, message_thread_id=thread, text="a")
    in_general = sent_message(wire, chat_id=FORUM, text="b")

    assert (thread, message["message_thread_id"], message["is_topic_message"]) == (77, 77, True)
    assert message["chat"] == {"id": FORUM, "title": "Group -1005", "type": "supergroup", "is_forum": True}
    assert isinstance(message["reply_to_message"], dict)
    assert message["reply_to_message"]["forum_topic_created"] == {"name": "Money", "icon_color": 7322096}
    assert "message_thread_id" not in in_general
    assert [sent.thread_id for sent in sandbox.messages(FORUM)] == [77, 0]


def test_what_a_person_types_into_a_topic_carries_its_number(wire: Wire, sandbox: Sandbox) -> None:
    sandbox.topic(FORUM, 77)
    sandbox.type_in("/now", chat_id=FORUM, thread_id=77)
    sandbox.type_in("/now", chat_id=FORUM)
    opened, typed, in_general = (update["message"] for update in updates(wire))

    assert opened["forum_topic_created"] == {"name": "Balances", "icon_color": 7322096}
    assert (opened["message_id"], opened["message_thread_id"]) == (77, 77)
    assert (typed["message_thread_id"], typed["is_topic_message"], typed["text"]) == (77, True, "/now")
    assert "message_thread_id" not in in_general


def test_a_closed_topic_takes_no_messages_until_it_is_opened_again(wire: Wire, sandbox: Sandbox) -> None:
    sandbox.topic(FORUM, 77)
    sandbox.topic(FORUM, 77, closed=True)
    sandbox.topic(FORUM, 1, closed=True)
    in_topic = wire.refusal("sendMessage", chat_id=FORUM, message_thread_id=77, text="a")
    in_general = wire.refusal("sendMessage", chat_id=FORUM, text="a")
    sandbox.topic(FORUM, 77)
    told = [list(update["message"])[-1] for update in updates(wire)]

    assert in_topic == in_general == "400 Bad Request: TOPIC_CLOSED"
    assert wire("sendMessage", chat_id=FORUM, message_thread_id=77, text="a")["ok"] is True
    assert told == ["forum_topic_created", "forum_topic_closed", "forum_topic_closed", "forum_topic_reopened"]


@pytest.mark.parametrize(("chat_id", "thread_id"), [(FORUM, 78), (FORUM, 1), (GROUP, 77), (42, 77)])
def test_a_topic_that_is_not_there_is_refused_and_general_has_no_number(
    wire: Wire, sandbox: Sandbox, chat_id: int, thread_id: int
) -> None:
    sandbox.topic(FORUM, 77)
    refusal = wire.refusal("sendMessage", chat_id=chat_id, message_thread_id=thread_id, text="a")

    assert refusal == "400 Bad Request: message thread not found"


def test_a_group_that_took_the_right_to_send_says_of_what(wire: Wire, sandbox: Sandbox) -> None:
    own = sent_message(wire, chat_id=GROUP, text="a")["message_id"]
    sandbox.set_state("telegram", muted=[GROUP])
    text = wire.refusal("sendMessage", chat_id=GROUP, text="b")
    photo = wire.client.post(f"{wire.url}/sendPhoto", data={"chat_id": str(GROUP)}, files={"photo": ("c.png", PNG)})
    edited = wire("editMessageText", chat_id=GROUP, message_id=own, text="b")
    sandbox.set_state("telegram", muted=[])

    assert text == "400 Bad Request: not enough rights to send text messages to the chat"
    assert photo.json()["description"] == "Bad Request: not enough rights to send photos to the chat"
    assert edited["ok"] is True
    assert wire("sendMessage", chat_id=GROUP, text="b")["ok"] is True


def test_a_group_that_becomes_a_supergroup_says_so_in_both_chats(wire: Wire, sandbox: Sandbox) -> None:
    new_id = sandbox.migrate(GROUP).chat_id
    sandbox.type("/now", chat_id=new_id)
    old, new, typed = (update["message"] for update in updates(wire))
    refused = wire("sendMessage", chat_id=GROUP, text="a")

    assert (old["chat"]["id"], old["migrate_to_chat_id"]) == (GROUP, new_id)
    assert (new["chat"]["id"], new["migrate_from_chat_id"]) == (new_id, GROUP)
    assert typed["chat"]["type"] == "supergroup"
    assert refused["description"] == "Bad Request: group chat was upgraded to a supergroup chat"
    assert refused["parameters"] == {"migrate_to_chat_id": new_id}
    assert wire("getChat", chat_id=GROUP)["ok"] is True
    assert wire("sendMessage", chat_id=new_id, text="a")["ok"] is True


def test_only_what_can_be_a_forum_or_a_supergroup_becomes_one(sandbox: Sandbox) -> None:
    with pytest.raises(ControlError, match="no supergroup"):
        sandbox.topic(GROUP)
    with pytest.raises(ControlError, match="no group"):
        sandbox.migrate(FORUM)
    typed = sandbox.type("hi", chat_id=FORUM).message_id
    with pytest.raises(ControlError, match="has a message"):
        sandbox.topic(FORUM, typed)


def test_an_update_of_any_shape_is_handed_on_as_it_stands(wire: Wire, sandbox: Sandbox) -> None:
    strange: dict[str, object] = {"my_chat_member": {"new_chat_member": {"status": "hologram"}}}
    first = sandbox.inject(strange).update_id
    second = sandbox.inject({"message": "no object", "update_id": 3}).update_id

    assert updates(wire) == [strange | {"update_id": first}, {"message": "no object", "update_id": second}]


def test_a_chat_tells_what_it_is(wire: Wire, sandbox: Sandbox) -> None:
    sandbox.topic(FORUM)
    sandbox.set_state("telegram", unknown_chats=[2], muted=[FORUM])
    forum, private = wire("getChat", chat_id=FORUM)["result"], wire("getChat", chat_id=42)["result"]
    assert isinstance(forum, dict)
    assert isinstance(private, dict)

    assert (forum["type"], forum["is_forum"], forum["permissions"]["can_send_messages"]) == ("supergroup", True, False)
    assert (private["type"], private["first_name"]) == ("private", "Ann")
    assert wire.refusal("getChat", chat_id=2) == "400 Bad Request: chat not found"


def test_a_reply_shows_what_it_replies_to(wire: Wire, sandbox: Sandbox) -> None:
    typed = sandbox.type("hi").message_id
    reply = sent_message(wire, chat_id=42, text="a", reply_parameters=f'{{"message_id":{typed}}}')
    older_way = sent_message(wire, chat_id=42, text="a", reply_to_message_id=typed)
    sandbox.type_in("b", reply_to=int(str(reply["message_id"])))
    answered = updates(wire)[-1]["message"]["reply_to_message"]

    assert isinstance(reply["reply_to_message"], dict)
    assert reply["reply_to_message"]["text"] == "hi"
    assert older_way["reply_to_message"] == reply["reply_to_message"]
    assert isinstance(answered, dict)
    assert (answered["message_id"], "reply_to_message" in answered) == (reply["message_id"], False)


def test_a_reply_to_nothing_is_refused_unless_it_may_do_without(wire: Wire) -> None:
    refusal = wire.refusal("sendMessage", chat_id=42, text="a", reply_parameters='{"message_id":999999}')
    lenient = '{"message_id":999999,"allow_sending_without_reply":true}'

    assert refusal == "400 Bad Request: message to be replied not found"
    assert "reply_to_message" not in sent_message(wire, chat_id=42, text="a", reply_parameters=lenient)


FORCED = '{"force_reply":true,"selective":true}'


def asks(sandbox: Sandbox, wire: Wire, chat_id: int, *people: int) -> list[bool]:
    """Tell of the newest message of a chat for which of some people the page opens a reply."""
    address = f"{sandbox.addresses['control']}/telegram/chat/{chat_id}"
    return [wire.client.get(address, params={"as": who}).json()["messages"][-1]["asks"] for who in people]


def test_a_reply_is_opened_for_whom_a_message_replies_to_or_mentions(wire: Wire, sandbox: Sandbox) -> None:
    typed = sandbox.type("/buy", chat_id=-5, from_id=7).message_id
    replies = f'{{"message_id":{typed}}}'
    answered = sent_message(wire, chat_id=-5, text="how much?", reply_markup=FORCED, reply_parameters=replies)
    to_the_one = asks(sandbox, wire, -5, 7, 8)
    mention = sent_message(
        wire, chat_id=-5, text='<a href="tg://user?id=8">Bo</a>: how much?', parse_mode="HTML", reply_markup=FORCED
    )
    to_the_other = asks(sandbox, wire, -5, 7, 8)
    sent_message(wire, chat_id=-5, text="anybody?", reply_markup='{"force_reply":true}')

    assert (to_the_one, to_the_other) == ([True, False], [False, True])
    assert asks(sandbox, wire, -5, 7, 8) == [True, True]
    assert "reply_markup" not in answered
    assert isinstance(mention["entities"], list)
    assert [(each["type"], each["user"]["id"]) for each in mention["entities"]] == [("text_mention", 8)]
    assert [each.force_reply is not None for each in sandbox.messages(-5)] == [True, True, True]


def test_what_asks_for_a_reply_cannot_be_edited(wire: Wire) -> None:
    asked = sent_message(wire, chat_id=42, text="how much?", reply_markup=FORCED)

    refusal = wire.refusal("editMessageText", chat_id=42, message_id=asked["message_id"], text="b")
    assert refusal == "400 Bad Request: message can't be edited"
