"""What the page is told: the chat in both directions, what the bot says to presses, and that something happened."""

import json
from concurrent.futures import ThreadPoolExecutor

import httpx

from sandbox.control.client import Sandbox
from sandbox.telegram.wire import PNG, Wire

KEYS = json.dumps({"inline_keyboard": [[{"text": "Refresh", "callback_data": "r"}]]})


def view(wire: Wire, sandbox: Sandbox, chat_id: int = 42) -> dict[str, object]:
    """Return a chat as the page is told of it."""
    shown: dict[str, object] = wire.client.get(f"{sandbox.addresses['control']}/telegram/chat/{chat_id}").json()
    return shown


def texts(shown: dict[str, object]) -> list[str]:
    """Return the texts of a chat."""
    assert isinstance(shown["messages"], list)
    return [message["text"] for message in shown["messages"]]


def pressed(wire: Wire, sandbox: Sandbox, *, from_id: int = 0) -> str:
    """Send a message with a button, press it, and return the query's id."""
    sent = wire("sendMessage", chat_id=42, text="a", reply_markup=KEYS)["result"]
    assert isinstance(sent, dict)
    return sandbox.press(sent["message_id"], "r", from_id=from_id).query_id


def test_the_page_is_told_both_directions_without_what_was_deleted(wire: Wire, sandbox: Sandbox) -> None:
    sandbox.type("typed")
    wire("sendMessage", chat_id=42, text="sent")
    gone = wire("sendMessage", chat_id=42, text="gone")["result"]
    assert isinstance(gone, dict)
    wire("deleteMessage", chat_id=42, message_id=gone["message_id"])
    wire("sendMessage", chat_id=-5, text="a group")

    assert texts(view(wire, sandbox)) == ["typed", "sent"]
    assert texts(view(wire, sandbox, -5)) == ["a group"]


def test_an_answer_to_a_press_is_kept_for_whoever_pressed(wire: Wire, sandbox: Sandbox) -> None:
    query = pressed(wire, sandbox)
    wire("answerCallbackQuery", callback_query_id=query, text="no", show_alert=True)

    assert view(wire, sandbox)["answers"] == [{"query_id": query, "text": "no", "show_alert": True}]


def test_a_press_is_answered_once_and_briefly(wire: Wire, sandbox: Sandbox) -> None:
    query = pressed(wire, sandbox)
    too_long = wire.refusal("answerCallbackQuery", callback_query_id=query, text="x" * 201)
    longest = wire("answerCallbackQuery", callback_query_id=query, text="x" * 200)
    again = wire.refusal("answerCallbackQuery", callback_query_id=query)

    assert too_long == "400 Bad Request: MESSAGE_TOO_LONG"
    assert longest["result"] is True
    assert again.startswith("400 Bad Request: query is too old")


def test_a_press_may_be_made_to_grow_too_old(wire: Wire, sandbox: Sandbox) -> None:
    query = pressed(wire, sandbox)
    sandbox.set_state("telegram", query_life_s=1e-6)

    assert wire.refusal("answerCallbackQuery", callback_query_id=query).startswith("400 Bad Request: query is too old")


def test_another_person_than_the_chats_own_may_press(wire: Wire, sandbox: Sandbox) -> None:
    pressed(wire, sandbox, from_id=7)
    updates = wire("getUpdates")["result"]

    assert isinstance(updates, list)
    assert updates[-1]["callback_query"]["from"]["id"] == 7


def test_an_action_shows_until_the_next_message(wire: Wire, sandbox: Sandbox) -> None:
    wire("sendChatAction", chat_id=42, action="typing")
    acting = view(wire, sandbox)
    wire("sendMessage", chat_id=42, text="a")

    assert acting["action"] == "typing"
    assert isinstance(acting["action_ms"], int)
    assert 0 < acting["action_ms"] <= 5000
    assert view(wire, sandbox)["action"] == ""
    assert wire.refusal("sendChatAction", chat_id=42, action="juggling").endswith("wrong parameter action in request")


def test_the_menu_of_the_nearest_scope_is_shown(wire: Wire, sandbox: Sandbox) -> None:
    def menu(name: str, **fields: object) -> None:
        wire("setMyCommands", commands=json.dumps([{"command": name, "description": "d"}]), **fields)

    menu("default")
    menu("groups", scope='{"type":"all_group_chats"}')
    menu("own", scope='{"type":"chat","chat_id":42}')
    shown = [view(wire, sandbox, chat_id)["commands"] for chat_id in (42, 43, -5)]

    assert [commands[0]["command"] for commands in shown if isinstance(commands, list)] == ["own", "default", "groups"]


def test_a_picture_has_its_type_and_a_document_is_only_saved(wire: Wire, sandbox: Sandbox) -> None:
    wire.client.post(f"{wire.url}/sendPhoto", data={"chat_id": "42"}, files={"photo": PNG})
    document = {"document": ("a.html", b"<script>", "text/html")}
    wire.client.post(f"{wire.url}/sendDocument", data={"chat_id": "42"}, files=document)
    picture, page = (
        wire.client.get(f"{sandbox.addresses['control']}/telegram/files/42/{sent.message_id}").headers
        for sent in sandbox.messages()
    )

    assert picture["Content-Type"] == "image/png"
    assert page["Content-Type"] == "application/octet-stream"
    assert page["Content-Disposition"] == "attachment"
    assert page["X-Content-Type-Options"] == "nosniff"


def test_who_waits_for_news_is_told_when_something_happens(wire: Wire, sandbox: Sandbox) -> None:
    news = f"{sandbox.addresses['control']}/page/news"
    seen = wire.client.get(news, params={"after": 0}).json()["count"]
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(httpx.get, news, params={"after": seen}, timeout=10, trust_env=False)
        sandbox.type("hello")
        told = waiting.result().json()["count"]

    assert told > seen
    assert wire.client.get(news, params={"after": "soon"}).status_code == 400


def test_the_page_has_no_other_files(wire: Wire, sandbox: Sandbox) -> None:
    control = sandbox.addresses["control"]
    statuses = [
        wire.client.get(f"{control}/page/{name}").status_code
        for name in ("main.js", "chat.css", "icon.svg", "nothing.js", "..%2fserve.py", "serve.py")
    ]

    assert statuses == [200, 200, 200, 404, 404, 404]
