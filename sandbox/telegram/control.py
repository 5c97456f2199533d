"""What a test, a demo or a person may do in the pretend Telegram: type, press, change a group, and read what came.

These routes belong to the sandbox's control port and follow no outside page.
"""

import secrets
import time
from typing import Literal

import msgspec
from aiohttp import web

from sandbox.control.answers import answer, read_body, refuse
from sandbox.page.routes import SAFE_HEADERS
from sandbox.telegram.bot import Bot
from sandbox.telegram.chat import GENERAL, Message, Sent, Topic, chat_type
from sandbox.telegram.objects import person
from sandbox.telegram.page import chat_view, picture_type
from sandbox.telegram.text import as_read, find_by_itself


class Typed(msgspec.Struct, forbid_unknown_fields=True):
    """A person types a text; who they are defaults to the chat's own person.

    `kind` is the update that a bot gets of it. An edited one is a new message here, which says that it was edited.
    `thread_id` is the topic, 0 for none or General; `reply_to` is the message that it answers, 0 for none.
    """

    chat_id: int
    text: str
    from_id: int = 0
    first_name: str = ""
    kind: Literal["message", "edited_message", "channel_post", "edited_channel_post"] = "message"
    thread_id: int = 0
    reply_to: int = 0


class Introduced(msgspec.Struct, forbid_unknown_fields=True):
    """Somebody whom Telegram shall know, who then has a private chat with the bot under the same number."""

    user_id: int
    first_name: str


class Pressed(msgspec.Struct, forbid_unknown_fields=True):
    """A person presses an inline button; who they are defaults to the chat's own person."""

    chat_id: int
    message_id: int
    data: str
    from_id: int = 0


class TopicChanged(msgspec.Struct, forbid_unknown_fields=True):
    """A person opens a topic, which makes the group a forum, or closes or reopens one that there is.

    `thread_id` 0 opens one under the next free number, 1 is General.
    """

    chat_id: int
    thread_id: int = 0
    name: str = "Balances"
    closed: bool = False


class Migrated(msgspec.Struct, forbid_unknown_fields=True):
    """A group becomes a supergroup; 0 as its new id stands for the old one behind -100."""

    chat_id: int
    new_id: int = 0


class Injected(msgspec.Struct, forbid_unknown_fields=True):
    """An update as the bot shall get it, of a kind that nobody knows or a shape that nobody expects."""

    update: dict[str, object]


def control_routes(bot: Bot) -> list[web.RouteDef]:
    """Return the routes that show and move one bot's chats."""
    handlers = _Handlers(bot)
    return [
        web.get("/telegram/messages", handlers.messages),
        web.get("/telegram/chat/{chat_id:-?\\d+}", handlers.chat),
        web.get("/telegram/attempts", handlers.attempts),
        web.get("/telegram/files/{chat_id:-?\\d+}/{message_id:\\d+}", handlers.file),
        web.post("/telegram/type", handlers.type),
        web.post("/telegram/press", handlers.press),
        web.post("/telegram/people", handlers.people),
        web.post("/telegram/topics", handlers.topics),
        web.post("/telegram/migrate", handlers.migrate),
        web.post("/telegram/update", handlers.update),
    ]


class _Handlers:
    def __init__(self, bot: Bot) -> None:
        self.bot = bot

    def _sent(self) -> list[Message]:
        sent = self.bot.chats.messages.values()
        return [message for message in sent if message.sender == self.bot.state.bot_id]

    async def messages(self, _request: web.Request) -> web.Response:
        return answer([_shown(message) for message in self._sent()])

    async def chat(self, request: web.Request) -> web.Response:
        person_id = request.query.get("as", "0")
        if not person_id.isdecimal():
            return refuse("as is the number of the person who looks")
        return answer(chat_view(self.bot, int(request.match_info["chat_id"]), int(person_id)))

    async def attempts(self, _request: web.Request) -> web.Response:
        return answer(self.bot.chats.attempts)

    async def file(self, request: web.Request) -> web.Response:
        chat_id, message_id = int(request.match_info["chat_id"]), int(request.match_info["message_id"])
        message = self.bot.chats.find(chat_id, message_id)
        upload = (message.photo or message.document) if message else None
        if upload is None:
            return refuse(f"no file in message {message_id} of chat {chat_id}", status=404)
        kind = picture_type(upload) if message is not None and message.photo else ""
        headers = SAFE_HEADERS if kind else SAFE_HEADERS | {"Content-Disposition": "attachment"}
        return web.Response(body=upload.content, content_type=kind or "application/octet-stream", headers=headers)

    async def type(self, request: web.Request) -> web.Response:
        typed = await read_body(request, Typed)
        sender = typed.from_id or abs(typed.chat_id)
        if typed.first_name:
            self.bot.state.people[sender] = typed.first_name
        message = self._kept(typed.chat_id, sender, text=typed.text)
        message.edited_at_ms = message.date * 1000 if "edited" in typed.kind else 0
        message.thread_id, message.reply_to = _below_general(typed.thread_id), typed.reply_to
        update_id = self.bot.updates.add(typed.kind, self.bot.wire(message))
        return answer({"update_id": update_id, "message_id": message.message_id})

    async def people(self, request: web.Request) -> web.Response:
        introduced = await read_body(request, Introduced)
        if introduced.user_id <= 0 or not introduced.first_name:
            return refuse("a person has a number above 0 and a name")
        self.bot.state.people[introduced.user_id] = introduced.first_name
        return answer(self.bot.state.people)

    async def press(self, request: web.Request) -> web.Response:
        pressed = await read_body(request, Pressed)
        message = self.bot.chats.find(pressed.chat_id, pressed.message_id)
        if message is None:
            return refuse(f"chat {pressed.chat_id} has no message {pressed.message_id}", status=404)
        query_id = str(secrets.randbelow(10**12))
        self.bot.open_queries[query_id] = time.monotonic()
        query: dict[str, object] = {
            "id": query_id,
            "from": person(self.bot.state, pressed.from_id or abs(pressed.chat_id)),
            "message": self.bot.wire(message),
            "chat_instance": str(-5_000_000 - abs(pressed.chat_id)),
            "data": pressed.data,
        }
        return answer({"update_id": self.bot.updates.add("callback_query", query), "query_id": query_id})

    async def topics(self, request: web.Request) -> web.Response:
        changed = await read_body(request, TopicChanged)
        chat_id, thread_id = changed.chat_id, changed.thread_id
        if chat_type(chat_id) != "supergroup":
            return refuse(f"chat {chat_id} is no supergroup: its id would begin with -100")
        topics = self.bot.state.topics.setdefault(chat_id, {GENERAL: Topic("General")})
        topic = topics.get(thread_id)
        if topic is None:
            if (chat_id, thread_id) in self.bot.chats.messages:
                return refuse(f"chat {chat_id} has a message {thread_id}; a topic has the number of what opens it")
            self.bot.chats.take_id(chat_id, GENERAL)
            message = self._kept(chat_id, abs(chat_id), message_id=thread_id)
            topics[message.message_id] = Topic(changed.name, closed=changed.closed)
            message.thread_id = message.message_id
            return self._tell(message, "forum_topic_created", {"name": changed.name, "icon_color": 7322096})
        topic.closed = changed.closed
        message = self._kept(chat_id, abs(chat_id))
        message.thread_id = _below_general(thread_id)
        return self._tell(message, "forum_topic_closed" if changed.closed else "forum_topic_reopened", {})

    async def migrate(self, request: web.Request) -> web.Response:
        moved = await read_body(request, Migrated)
        new_id, person_id = moved.new_id or int(f"-100{abs(moved.chat_id)}"), abs(moved.chat_id)
        if chat_type(moved.chat_id) != "group":
            return refuse(f"chat {moved.chat_id} is no group, which alone becomes a supergroup")
        self.bot.state.migrated[moved.chat_id] = new_id
        self._tell(self._kept(moved.chat_id, person_id), "migrate_to_chat_id", new_id)
        return self._tell(self._kept(new_id, person_id), "migrate_from_chat_id", moved.chat_id)

    async def update(self, request: web.Request) -> web.Response:
        injected = await read_body(request, Injected)
        return answer({"update_id": self.bot.updates.inject(injected.update)})

    def _kept(self, chat_id: int, sender: int, *, text: str = "", message_id: int = 0) -> Message:
        """Keep what a person says or does."""
        chats = self.bot.chats
        return chats.keep(
            Message(
                chat_id=chat_id,
                message_id=chats.take_id(chat_id, message_id) if message_id else chats.next_id(chat_id),
                sender=sender,
                date=int(self.bot.service.now().timestamp()),
                text=text,
                entities=find_by_itself(text),
                html=text,
                received_at_ms=time.time_ns() // 1_000_000,
            )
        )

    def _tell(self, message: Message, what: str, content: object) -> web.Response:
        """Tell the bot of what a person has done to a group."""
        message.service = {what: content}
        told = {"update_id": self.bot.updates.add("message", self.bot.wire(message)), "message_id": message.message_id}
        return answer(told | {"chat_id": message.chat_id, "thread_id": message.thread_id})


def _below_general(thread_id: int) -> int:
    """Return a topic as messages name it: General has no number there."""
    return 0 if thread_id == GENERAL else thread_id


def _shown(message: Message) -> Sent:
    upload = message.photo or message.document
    return Sent(
        message_id=message.message_id,
        chat_id=message.chat_id,
        text=as_read(message.text),
        html=message.html,
        date=message.date,
        method=message.method,
        edited=message.edited_at_ms > 0,
        deleted=message.deleted,
        received_at_ms=message.received_at_ms,
        edited_at_ms=message.edited_at_ms,
        reply_markup=message.reply_markup,
        file_name=upload.name if upload else "",
        file_bytes=len(upload.content) if upload else 0,
        thread_id=message.thread_id,
        reply_to=message.reply_to,
        force_reply=message.force_reply,
    )
