"""What the bot may ask and do besides sending: who it is, its menu, its chats, files and buttons.

Follows https://core.telegram.org/bots/api#available-methods (read 2026-11).
"""

import re
import time
from collections.abc import Awaitable, Callable

from sandbox.telegram.bot import Action, Bot, BotCommand, QueryAnswer
from sandbox.telegram.call import Call, decode
from sandbox.telegram.chat import RefusalError
from sandbox.telegram.files import file_object, file_path
from sandbox.telegram.objects import full_chat, person
from sandbox.telegram.polling import Polling
from sandbox.telegram.sending import Sending
from sandbox.telegram.text import utf16_length

COMMANDS = 100
QUERY_ANSWER_LENGTH = 200
ACTION_S = 5.0
ACTIONS = frozenset(
    {
        *("typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice"),
        *("upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note"),
    }
)
_COMMAND_NAME = re.compile(r"[a-z0-9_]{1,32}")
_OLD_QUERY = "Bad Request: query is too old and response timeout expired or query ID is invalid"

Method = Callable[[Call], Awaitable[object]]


def methods(bot: Bot) -> dict[str, Method]:
    """Return the methods by their name in lower case; the real server does not mind the case either."""
    general, polling, sending = _General(bot), Polling(bot), Sending(bot)
    return {
        "getme": general.get_me,
        "getchat": general.get_chat,
        "getfile": general.get_file,
        "setmycommands": general.set_my_commands,
        "getmycommands": general.get_my_commands,
        "sendchataction": general.send_chat_action,
        "answercallbackquery": general.answer_callback_query,
        "getupdates": polling.get_updates,
        "setwebhook": polling.set_webhook,
        "deletewebhook": polling.delete_webhook,
        "getwebhookinfo": polling.get_webhook_info,
        "sendmessage": sending.send_message,
        "sendphoto": sending.send_photo,
        "senddocument": sending.send_document,
        "editmessagetext": sending.edit_text,
        "editmessagecaption": sending.edit_caption,
        "editmessagemedia": sending.edit_media,
        "editmessagereplymarkup": sending.edit_reply_markup,
        "deletemessage": sending.delete,
    }


class _General:
    def __init__(self, bot: Bot) -> None:
        self.bot = bot

    async def get_me(self, _call: Call) -> object:
        return person(self.bot.state, self.bot.state.bot_id) | {
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }

    async def get_chat(self, call: Call) -> object:
        chat_id = call.chat_id()
        if chat_id not in self.bot.state.migrated:  # a group of before may still be read
            self.bot.chats.check(chat_id)
        return full_chat(self.bot.state, chat_id)

    async def get_file(self, call: Call) -> object:
        upload = self.bot.files.find(call.values.get("file_id", ""))
        return file_object(upload) | {"file_path": file_path(upload)}

    async def set_my_commands(self, call: Call) -> object:
        commands = decode(call.values.get("commands", "[]"), list[BotCommand])
        if len(commands) > COMMANDS:
            raise RefusalError(400, "Bad Request: BOT_COMMANDS_TOO_MUCH")
        for command in commands:
            if not _COMMAND_NAME.fullmatch(command.command):
                raise RefusalError(400, "Bad Request: BOT_COMMAND_INVALID")
            if not 1 <= len(command.description) <= 256:
                raise RefusalError(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
        self.bot.commands[_scope(call)] = commands
        return True

    async def get_my_commands(self, call: Call) -> object:
        return self.bot.commands.get(_scope(call), [])

    async def send_chat_action(self, call: Call) -> object:
        chat_id = call.chat_id()
        self.bot.chats.check(chat_id)
        self.bot.chats.check_new(chat_id, call.number("message_thread_id"), "text messages")
        action = call.values.get("action", "")
        if action not in ACTIONS:
            raise RefusalError(400, "Bad Request: wrong parameter action in request")
        self.bot.actions[chat_id] = Action(action, time.monotonic() + ACTION_S)
        return True

    async def answer_callback_query(self, call: Call) -> object:
        query_id = call.values.get("callback_query_id", "")
        text, life_s = call.values.get("text", ""), self.bot.state.query_life_s
        pressed_at_s = self.bot.open_queries.get(query_id)
        if pressed_at_s is None or 0 < life_s < time.monotonic() - pressed_at_s:
            raise RefusalError(400, _OLD_QUERY)
        if utf16_length(text) > QUERY_ANSWER_LENGTH:
            raise RefusalError(400, "Bad Request: MESSAGE_TOO_LONG")
        del self.bot.open_queries[query_id]
        self.bot.query_answers.append(QueryAnswer(query_id, text, show_alert=call.is_set("show_alert")))
        return True


def _scope(call: Call) -> tuple[str, str]:
    return call.values.get("scope", '{"type":"default"}'), call.values.get("language_code", "")
