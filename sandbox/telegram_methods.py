"""The methods of the Bot API that the pretend Telegram knows.

Follows https://core.telegram.org/bots/api#available-methods (read 2026-11).

Quirks: an edit without reply_markup takes the keyboard away. An edit that changes nothing is an error. Edits count
against the limits on sending, as far as anybody outside can tell.
"""

import asyncio
import re
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec

from sandbox.service import Service
from sandbox.telegram_call import Call
from sandbox.telegram_chat import Chats, Flood, Message, RefusalError, TelegramState
from sandbox.telegram_text import utf16_length
from sandbox.telegram_updates import Updates

TEXT_LENGTH = 4096
CAPTION_LENGTH = 1024
COMMANDS = 100
QUERY_ANSWER_LENGTH = 200
ANSWERS_KEPT = 50
ACTION_S = 5.0
ACTIONS = frozenset(
    {
        *("typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice"),
        *("upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note"),
    }
)
_COMMAND_NAME = re.compile(r"[a-z0-9_]{1,32}")
_NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
_OLD_QUERY = "Bad Request: query is too old and response timeout expired or query ID is invalid"
_WEBHOOK = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)

Method = Callable[[Call], Awaitable[object]]
Decoded = TypeVar("Decoded")


class BotCommand(msgspec.Struct):
    """One command of the menu."""

    command: str
    description: str


class QueryAnswer(msgspec.Struct):
    """What the bot said to a press: a passing note, or an alert that has to be closed."""

    query_id: str
    text: str = ""
    show_alert: bool = False


class Action(msgspec.Struct):
    """What the bot is about to do in a chat, such as "typing", and until when it shows (monotonic seconds)."""

    name: str
    ends_at_s: float


class Bot:
    """The one bot, with everything that its methods touch."""

    def __init__(self, service: Service, state: TelegramState) -> None:
        """Start with empty chats.

        Args:
            service: The pretend service, for its clock.
            state: Its state, read live.
        """
        self.service = service
        self.state = state
        self.chats = Chats(state)
        self.updates = Updates()
        self.flood = Flood()
        self.commands: dict[tuple[str, str], list[BotCommand]] = {}
        self.open_queries: dict[str, float] = {}
        self.query_answers: deque[QueryAnswer] = deque(maxlen=ANSWERS_KEPT)
        self.actions: dict[int, Action] = {}

    def forget(self) -> None:
        """Empty everything."""
        self.chats.forget()
        self.updates.forget()
        self.flood.forget()
        self.commands.clear()
        self.open_queries.clear()
        self.query_answers.clear()
        self.actions.clear()

    def methods(self) -> dict[str, Method]:
        """Return the methods by their name in lower case; the real server does not mind the case either."""
        return {
            "getme": self._get_me,
            "getupdates": self._get_updates,
            "deletewebhook": self._delete_webhook,
            "getwebhookinfo": self._get_webhook_info,
            "setmycommands": self._set_my_commands,
            "getmycommands": self._get_my_commands,
            "sendmessage": self._send_message,
            "sendphoto": self._send_photo,
            "senddocument": self._send_document,
            "sendchataction": self._send_chat_action,
            "editmessagetext": self._edit_message_text,
            "editmessagereplymarkup": self._edit_message_reply_markup,
            "deletemessage": self._delete_message,
            "answercallbackquery": self._answer_callback_query,
        }

    async def _get_me(self, _call: Call) -> object:
        return self.chats.person(self.state.bot_id) | {
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }

    async def _get_updates(self, call: Call) -> object:
        if self.state.webhook_url:
            raise RefusalError(409, _WEBHOOK)
        if "allowed_updates" in call.values:
            self.updates.allow(_decode(call.values["allowed_updates"], list[str]))
        limit = min(max(call.number("limit", 100), 1), 100)
        return await self.updates.poll(offset=call.number("offset"), limit=limit, timeout_s=call.number("timeout"))

    async def _delete_webhook(self, call: Call) -> object:
        self.state.webhook_url = ""
        if call.is_set("drop_pending_updates"):
            self.updates.drop()
        return True

    async def _get_webhook_info(self, _call: Call) -> object:
        waiting = len(self.updates)
        return {"url": self.state.webhook_url, "has_custom_certificate": False, "pending_update_count": waiting}

    async def _set_my_commands(self, call: Call) -> object:
        commands = _decode(call.values.get("commands", "[]"), list[BotCommand])
        if len(commands) > COMMANDS:
            raise RefusalError(400, "Bad Request: BOT_COMMANDS_TOO_MUCH")
        for command in commands:
            if not _COMMAND_NAME.fullmatch(command.command):
                raise RefusalError(400, "Bad Request: BOT_COMMAND_INVALID")
            if not 1 <= len(command.description) <= 256:
                raise RefusalError(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
        self.commands[_scope(call)] = commands
        return True

    async def _get_my_commands(self, call: Call) -> object:
        return self.commands.get(_scope(call), [])

    async def _send_chat_action(self, call: Call) -> object:
        chat_id = call.chat_id()
        self.chats.check(chat_id)
        action = call.values.get("action", "")
        if action not in ACTIONS:
            raise RefusalError(400, "Bad Request: wrong parameter action in request")
        self.actions[chat_id] = Action(action, time.monotonic() + ACTION_S)
        return True

    async def _send_message(self, call: Call) -> object:
        return self._store(call, self._count(call), limit=TEXT_LENGTH)

    async def _send_photo(self, call: Call) -> object:
        return self._store(call, self._count(call), limit=CAPTION_LENGTH, file="photo")

    async def _send_document(self, call: Call) -> object:
        return self._store(call, self._count(call), limit=CAPTION_LENGTH, file="document")

    async def _edit_message_text(self, call: Call) -> object:
        message = self._editable(call)
        text, entities = call.content("text", TEXT_LENGTH)
        if not text:
            raise RefusalError(400, "Bad Request: message text is empty")
        if message.photo is not None or message.document is not None:
            raise RefusalError(400, "Bad Request: there is no text in the message to edit")
        keyboard = call.keyboard()
        if (text, entities, keyboard) == (message.text, message.entities, message.reply_markup):
            raise RefusalError(400, _NOT_MODIFIED)
        message.text, message.entities, message.reply_markup = text, entities, keyboard
        message.html, message.edited_at_ms = call.values.get("text", ""), call.arrived_at_ms
        return self.chats.wire(message)

    async def _edit_message_reply_markup(self, call: Call) -> object:
        message = self._editable(call)
        keyboard = call.keyboard()
        if keyboard == message.reply_markup:
            raise RefusalError(400, _NOT_MODIFIED)
        message.reply_markup, message.edited_at_ms = keyboard, call.arrived_at_ms
        return self.chats.wire(message)

    async def _delete_message(self, call: Call) -> object:
        chat_id = call.chat_id()
        self.chats.check(chat_id)
        message = self.chats.find(chat_id, call.number("message_id"))
        if message is None:
            raise RefusalError(400, "Bad Request: message to delete not found")
        message.deleted = True
        return True

    async def _answer_callback_query(self, call: Call) -> object:
        query_id = call.values.get("callback_query_id", "")
        text, life_s = call.values.get("text", ""), self.state.query_life_s
        pressed_at_s = self.open_queries.get(query_id)
        if pressed_at_s is None or 0 < life_s < time.monotonic() - pressed_at_s:
            raise RefusalError(400, _OLD_QUERY)
        if utf16_length(text) > QUERY_ANSWER_LENGTH:
            raise RefusalError(400, "Bad Request: MESSAGE_TOO_LONG")
        del self.open_queries[query_id]
        self.query_answers.append(QueryAnswer(query_id, text, show_alert=call.is_set("show_alert")))
        return True

    def _count(self, call: Call) -> int:
        chat_id = call.chat_id()
        if self.state.flood_control:
            self.flood.count(chat_id, asyncio.get_running_loop().time())
        self.chats.check(chat_id)
        return chat_id

    def _editable(self, call: Call) -> Message:
        chat_id = self._count(call)
        if "message_id" not in call.values:
            raise RefusalError(400, "Bad Request: message identifier is not specified")
        message = self.chats.find(chat_id, call.number("message_id"))
        if message is None:
            raise RefusalError(400, "Bad Request: message to edit not found")
        if message.sender != self.state.bot_id:
            raise RefusalError(400, "Bad Request: message can't be edited")
        return message

    def _store(self, call: Call, chat_id: int, *, limit: int, file: str = "") -> object:
        text, entities = call.content("caption" if file else "text", limit)
        if not text and not file:
            raise RefusalError(400, "Bad Request: message text is empty")
        message = Message(
            chat_id=chat_id,
            message_id=0,
            sender=self.state.bot_id,
            date=int(self.service.now().timestamp()),
            text=text,
            entities=entities,
            html=call.values.get("caption" if file else "text", ""),
            method=call.method,
            reply_markup=call.keyboard(),
            received_at_ms=call.arrived_at_ms,
            photo=call.upload(file) if file == "photo" else None,
            document=call.upload(file) if file == "document" else None,
        )
        self.actions.pop(chat_id, None)  # a message ends what was announced
        message.message_id = self.chats.next_id(chat_id)  # a refused message uses up no id
        return self.chats.wire(self.chats.keep(message))


def _scope(call: Call) -> tuple[str, str]:
    return call.values.get("scope", '{"type":"default"}'), call.values.get("language_code", "")


def _decode(written: str, kind: type[Decoded]) -> Decoded:
    try:
        return msgspec.json.decode(written, type=kind)
    except msgspec.DecodeError:
        raise RefusalError(400, "Bad Request: can't parse JSON object") from None
