"""What a person did, without anything of the library that told us: a command that was typed, or a button."""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime

import msgspec
from telegram import Message, Update

BUTTON_ARGUMENTS = ":"
_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,64})(?:@(\w+))?", re.ASCII)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A command or a press.

    `what` is the command's name or the button's first word. `at` is when it was typed, or last edited; of a press
    nobody tells, so it is when it came. `message_id`: what was typed, or what the button is under. `query_id` is what
    a press waits with; empty for a command. `late`: it waited at Telegram while nobody listened.
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

    @property
    def text(self) -> str:
        """The whole of it, as it would be typed again."""
        return " ".join((self.what, *self.arguments)).lower()


Handler = Callable[[Asked], Awaitable[None]]
"""Answers one command or one button."""


def read(update: Update, *, now: datetime) -> Asked | None:
    """Return what was done, None where it is neither a command nor a press under a message.

    Args:
        update: As the library gives it.
        now: Aware UTC.
    """
    query = update.callback_query
    message = update.effective_message if query is None else query.message
    if message is None:
        return None
    number, chat_id, message_id = update.update_id, str(message.chat.id), message.message_id
    if query is not None:
        what, *arguments = (query.data or "").split(BUTTON_ARGUMENTS, 1)
        return Asked(
            update_id=number,
            chat_id=chat_id,
            message_id=message_id,
            what=what,
            arguments=tuple(arguments),
            at=now,
            query_id=query.id,
        )
    if not isinstance(message, Message):
        return None
    words = (message.text or "").split()
    command = _COMMAND.fullmatch(words[0]) if words else None
    if command is None:
        return None
    return Asked(
        update_id=number,
        chat_id=chat_id,
        message_id=message_id,
        what=command[1].lower(),
        arguments=tuple(words[1:]),
        at=message.edit_date or message.date,
        bot=(command[2] or "").lower(),
    )
