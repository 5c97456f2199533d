"""What a person did, without anything of the library that told us: a command, a button, or a text said to the bot."""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime

import msgspec
from telegram import CallbackQuery, MaybeInaccessibleMessage, Message, Update, User
from telegram.constants import ChatType

from bus.chats import in_topic

TALK = ""
"""The name of what is no command, but said to the bot alone."""
BUTTON_ARGUMENTS = ":"
_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,64})(?:@(\w+))?", re.ASCII)


class Interaction(msgspec.Struct, frozen=True, kw_only=True):
    """A command or a press.

    `chat_id` is the chat's, or its topic's, as `bus.chats` names them. `what` is the command's name, TALK, or the
    button's first word. `at` is when it was typed, or last edited; of a press
    nobody tells, so it is when it came. `message_id`: what was typed, or what the button is under. `query_id` is what
    a press waits with; empty for a command. `late`: it waited at Telegram while nobody listened. `user_id` is the
    number of the person; None where Telegram does not say who it was: an anonymous admin, a channel. `person` is what
    Telegram calls them. `knocks`: it is a stranger who asks to be let in. `typed` is the whole
    text of what is no command; `reply_to` the bot's message that a text replies to.
    """

    update_id: int
    chat_id: str
    message_id: int
    what: str
    arguments: tuple[str, ...]
    at: datetime
    query_id: str = ""
    bot: str = ""
    late: bool = False
    user_id: int | None = None
    typed: str = ""
    reply_to: int | None = None
    person: str = ""
    knocks: bool = False

    @property
    def text(self) -> str:
        """The whole of it, as it would be typed again."""
        return " ".join((self.what, *self.arguments)).lower()


Handler = Callable[[Interaction], Awaitable[None]]
"""Answers one command or one button."""


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """An update, read: its chat (empty where it has none), what was done, if it is of that kind.

    `moved`: a group's old and new number, where it says that it became a supergroup.
    """

    chat_id: str = ""
    asked: Interaction | None = None
    moved: tuple[str, str] | None = None


def read(update: Update, *, now: datetime) -> Received:
    """Read what the library gives.

    Args:
        update: As the library gives it; one that is not as Telegram words them can make any of its errors here.
        now: Aware UTC.

    Returns:
        The chat, and what was asked or has moved, as far as it concerns this program.
    """
    query = update.callback_query
    message = update.effective_message if query is None else query.message
    chat = update.effective_chat
    chat_id = "" if chat is None else str(chat.id)
    if query is not None:
        return Received(chat_id=chat_id, asked=_pressed(update.update_id, query, now))
    if not isinstance(message, Message):
        return Received(chat_id=chat_id)
    is_new = update.message is not None
    return Received(chat_id=chat_id, asked=_typed(update.update_id, message, is_new=is_new), moved=_moved(message))


def _pressed(number: int, query: CallbackQuery, now: datetime) -> Interaction | None:
    """Return a press under a message; None where the message is not ours to see."""
    if query.message is None:
        return None
    what, *arguments = (query.data or "").split(BUTTON_ARGUMENTS, 1)
    return Interaction(
        update_id=number,
        chat_id=_place(query.message),
        message_id=query.message.message_id,
        what=what,
        arguments=tuple(arguments),
        at=now,
        query_id=query.id,
        user_id=query.from_user.id,
        person=query.from_user.username or query.from_user.full_name,
    )


def _typed(number: int, message: Message, *, is_new: bool) -> Interaction | None:
    """Return a command, or a new text that is meant for nobody else: in a private chat, or in reply to a bot."""
    words = (message.text or "").split()
    command = _COMMAND.fullmatch(words[0]) if words else None
    reply_to = _reply_to(message)
    is_for_us = message.chat.type == ChatType.PRIVATE or reply_to is not None
    if command is None and not (words and is_new and is_for_us):
        return None
    person = _sender(message)
    return Interaction(
        update_id=number,
        chat_id=_place(message),
        message_id=message.message_id,
        what=TALK if command is None else command[1].lower(),
        arguments=() if command is None else tuple(words[1:]),
        at=message.edit_date or message.date,
        bot="" if command is None else (command[2] or "").lower(),
        user_id=None if person is None else person.id,
        person="" if person is None else person.username or person.full_name,
        typed="" if command is not None else message.text or "",
        reply_to=reply_to,
    )


def _reply_to(message: Message) -> int | None:
    """Return the number of the bot's message that a message replies to; None where it replies to none.

    Of other bots' messages a bot hears nothing in a group, unless it is made to hear everything.
    """
    replied = message.reply_to_message
    is_bots = replied is not None and replied.from_user is not None and replied.from_user.is_bot
    return replied.message_id if replied is not None and is_bots else None


def _sender(message: Message) -> User | None:
    """Return the person who wrote a message; None where it is written in the name of a chat."""
    person = message.from_user
    return None if person is None or person.is_bot or message.sender_chat is not None else person


def _moved(message: Message) -> tuple[str, str] | None:
    """Return the two numbers of a group that became a supergroup: each of the two chats tells the other's."""
    if message.migrate_to_chat_id:
        return str(message.chat.id), str(message.migrate_to_chat_id)
    if message.migrate_from_chat_id:
        return str(message.migrate_from_chat_id), str(message.chat.id)
    return None


def _place(message: MaybeInaccessibleMessage) -> str:
    """Name the chat, or the topic of it; a reply outside of forums has a thread too, which is no topic."""
    topic = message.message_thread_id if isinstance(message, Message) and message.is_topic_message else None
    return in_topic(message.chat.id, topic)
