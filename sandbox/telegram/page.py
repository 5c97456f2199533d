"""What the page shows of one chat: both directions, the menu of commands, and what the bot said to presses.

Follows what Telegram's own clients show of https://core.telegram.org/bots/api (read 2026-11).

Quirks: text and entities come apart, in UTF-16 units, as the Bot API has them. Deleted messages and what is said of the
chat itself are not told. What the bot is about to do ends with its next message, or after five seconds.
"""

import time

import msgspec

from sandbox.telegram.bot import Bot, BotCommand, QueryAnswer
from sandbox.telegram.call import Button, Keyboard
from sandbox.telegram.chat import Message, Upload, chat_type
from sandbox.telegram.files import is_jpeg, is_png
from sandbox.telegram.objects import person
from sandbox.telegram.text import Entity

SHOWN_MESSAGES = 200
QUOTED = 100


class File(msgspec.Struct):
    """A picture or a document; the sizes are 0 for what is no picture."""

    url: str
    name: str
    bytes: int
    width: int = 0
    height: int = 0


class Line(msgspec.Struct):
    """One message; `text` is the caption where there is a file, `own` says that whoever looks wrote it.

    `asks` says that whoever looks is asked for a reply; `replied` is who and what it replies to, empty for nothing.
    """

    message_id: int
    from_bot: bool
    own: bool
    sender: str
    date: int
    edited: bool
    text: str
    entities: list[Entity]
    buttons: list[list[Button]]
    asks: bool = False
    replied: tuple[str, str] | None = None
    photo: File | None = None
    document: File | None = None


class Person(msgspec.Struct):
    """Somebody who may look at this chat, or at a chat of their own."""

    id: int
    first_name: str


class Chat(msgspec.Struct):
    """One chat; `action` is what the bot is about to do, for so many more milliseconds.

    `person_id` is who looks at it, `people` are all whom Telegram knows.
    """

    chat_id: int
    person_id: int
    people: list[Person]
    bot_name: str
    username: str
    messages: list[Line]
    commands: list[BotCommand]
    answers: list[QueryAnswer]
    action: str = ""
    action_ms: int = 0


def chat_view(bot: Bot, chat_id: int, person_id: int = 0) -> Chat:
    """Return what a person sees of a chat.

    Args:
        bot: The bot whose chat it is.
        chat_id: The chat.
        person_id: Who looks; 0 for the chat's own person.
    """
    person_id = person_id or abs(chat_id)
    every = (message for message in bot.chats.messages.values() if message.chat_id == chat_id)
    kept = [message for message in every if not message.deleted and not message.service]
    action = bot.actions.get(chat_id)
    left_ms = round((action.ends_at_s - time.monotonic()) * 1000) if action else 0
    return Chat(
        chat_id=chat_id,
        person_id=person_id,
        people=_people(bot, person_id),
        bot_name=bot.state.first_name,
        username=bot.state.username,
        messages=[_line(bot, message, person_id) for message in kept[-SHOWN_MESSAGES:]],
        commands=_commands(bot, chat_id),
        answers=list(bot.query_answers),
        action=action.name if action and left_ms > 0 else "",
        action_ms=max(0, left_ms),
    )


def picture_type(upload: Upload) -> str:
    """Return the content type of a picture that a browser may show, "" for anything else."""
    if is_png(upload.content):
        return "image/png"
    return "image/jpeg" if is_jpeg(upload.content) else ""


def _people(bot: Bot, person_id: int) -> list[Person]:
    """Return whom Telegram knows, and who looks, by number."""
    ids = sorted({*bot.state.people, person_id})
    return [Person(each, str(person(bot.state, each)["first_name"])) for each in ids]


def _line(bot: Bot, message: Message, person_id: int) -> Line:
    return Line(
        message_id=message.message_id,
        from_bot=message.sender == bot.state.bot_id,
        own=message.sender == person_id,
        sender=str(person(bot.state, message.sender)["first_name"]),
        date=message.date,
        edited=message.edited_at_ms > 0,
        text=message.text,
        entities=message.entities,
        asks=_asks(bot, message, person_id),
        replied=_replied(bot, message),
        buttons=msgspec.convert(message.reply_markup or {}, Keyboard).inline_keyboard or [],
        photo=_file(message, message.photo),
        document=_file(message, message.document),
    )


def _asks(bot: Bot, message: Message, person_id: int) -> bool:
    """Tell whether a person's client opens a reply to a message by itself."""
    asked = message.force_reply
    if asked is None or not asked.selective or chat_type(message.chat_id) == "private":
        return asked is not None
    replied = bot.chats.find(message.chat_id, message.reply_to)
    mentioned = {each.user.get("id") for each in message.entities}
    return person_id in mentioned or (replied is not None and replied.sender == person_id)


def _replied(bot: Bot, message: Message) -> tuple[str, str] | None:
    """Return who wrote what a message replies to, and the beginning of it; None where it replies to nothing."""
    replied = bot.chats.find(message.chat_id, message.reply_to)
    if replied is None:
        return None
    return str(person(bot.state, replied.sender)["first_name"]), replied.text[:QUOTED]


def _file(message: Message, upload: Upload | None) -> File | None:
    if upload is None:
        return None
    url = f"/telegram/files/{message.chat_id}/{message.message_id}?edited={message.edited_at_ms}"  # never an older one
    return File(url, upload.name, len(upload.content), width=upload.width, height=upload.height)


def _commands(bot: Bot, chat_id: int) -> list[BotCommand]:
    """Return the menu whose scope is nearest to the chat, as Telegram does; languages are not played."""
    kind = "all_private_chats" if chat_type(chat_id) == "private" else "all_group_chats"
    menus: dict[str, list[BotCommand]] = {}
    for (scope, language), commands in bot.commands.items():
        told = msgspec.json.decode(scope)
        if not language and told.get("chat_id", chat_id) in {chat_id, str(chat_id)}:
            menus[told.get("type", "")] = commands
    return menus.get("chat") or menus.get(kind) or menus.get("default") or []
