"""What a test, a demo or a person may do in the pretend Telegram: type, press, and read what arrived.

These routes belong to the sandbox's control port and follow no outside page.
"""

import secrets
import time
from typing import Literal

import msgspec
from aiohttp import web

from sandbox.control_answers import answer, read_body, refuse
from sandbox.page_routes import SAFE_HEADERS
from sandbox.telegram_chat import Message, Sent
from sandbox.telegram_methods import Bot
from sandbox.telegram_page import chat_view, picture_type
from sandbox.telegram_text import as_read, find_commands


class Typed(msgspec.Struct, forbid_unknown_fields=True):
    """A person types a text; who they are defaults to the chat's own person.

    `kind` is the update that a bot gets of it. An edited one is a new message here, which says that it was edited.
    """

    chat_id: int
    text: str
    from_id: int = 0
    first_name: str = ""
    kind: Literal["message", "edited_message", "channel_post", "edited_channel_post"] = "message"


class Pressed(msgspec.Struct, forbid_unknown_fields=True):
    """A person presses an inline button; who they are defaults to the chat's own person."""

    chat_id: int
    message_id: int
    data: str
    from_id: int = 0


def control_routes(bot: Bot) -> list[web.RouteDef]:
    """Return the routes that show and move one bot's chats."""
    desk = _Desk(bot)
    return [
        web.get("/telegram/messages", desk.messages),
        web.get("/telegram/chat/{chat_id:-?\\d+}", desk.chat),
        web.get("/telegram/attempts", desk.attempts),
        web.get("/telegram/files/{chat_id:-?\\d+}/{message_id:\\d+}", desk.file),
        web.post("/telegram/type", desk.type),
        web.post("/telegram/press", desk.press),
    ]


class _Desk:
    def __init__(self, bot: Bot) -> None:
        self.bot = bot

    def _sent(self) -> list[Message]:
        sent = self.bot.chats.messages.values()
        return [message for message in sent if message.sender == self.bot.state.bot_id]

    async def messages(self, _request: web.Request) -> web.Response:
        return answer([_shown(message) for message in self._sent()])

    async def chat(self, request: web.Request) -> web.Response:
        return answer(chat_view(self.bot, int(request.match_info["chat_id"])))

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
        chats = self.bot.chats
        message = chats.keep(
            Message(
                chat_id=typed.chat_id,
                message_id=chats.next_id(typed.chat_id),
                sender=sender,
                date=int(self.bot.service.now().timestamp()),
                text=typed.text,
                entities=find_commands(typed.text),
                html=typed.text,
                received_at_ms=time.time_ns() // 1_000_000,
                edited_at_ms=int(self.bot.service.now().timestamp() * 1000) if "edited" in typed.kind else 0,
            )
        )
        update_id = self.bot.updates.add(typed.kind, chats.wire(message))
        return answer({"update_id": update_id, "message_id": message.message_id})

    async def press(self, request: web.Request) -> web.Response:
        pressed = await read_body(request, Pressed)
        chats = self.bot.chats
        message = chats.find(pressed.chat_id, pressed.message_id)
        if message is None:
            return refuse(f"chat {pressed.chat_id} has no message {pressed.message_id}", status=404)
        query_id = str(secrets.randbelow(10**12))
        self.bot.open_queries[query_id] = time.monotonic()
        query: dict[str, object] = {
            "id": query_id,
            "from": chats.person(pressed.from_id or abs(pressed.chat_id)),
            "message": chats.wire(message),
            "chat_instance": str(-5_000_000 - abs(pressed.chat_id)),
            "data": pressed.data,
        }
        return answer({"update_id": self.bot.updates.add("callback_query", query), "query_id": query_id})


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
    )
