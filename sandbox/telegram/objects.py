"""User, Chat and Message as the Bot API writes them.

Follows https://core.telegram.org/bots/api#available-types (read 2026-11).

Quirk: a message in a topic that answers no other one shows the message that opened the topic as what it replies to, as
the real server does.
"""

import msgspec

from sandbox.telegram.chat import Chats, Message, TelegramState, Upload, chat_type
from sandbox.telegram.files import file_object
from sandbox.telegram.text import Entity


def person(state: TelegramState, user_id: int) -> dict[str, object]:
    """Return a User; the bot's own for its own id."""
    if user_id == state.bot_id:
        return {"id": user_id, "is_bot": True, "first_name": state.first_name, "username": state.username}
    first_name = state.people.get(user_id, f"Person {user_id}")
    return {"id": user_id, "is_bot": False, "first_name": first_name, "language_code": "en"}


def chat(state: TelegramState, chat_id: int) -> dict[str, object]:
    """Return a Chat."""
    kind = chat_type(chat_id)
    if kind == "private":
        return {"id": chat_id, "first_name": person(state, chat_id)["first_name"], "type": kind}
    forum: dict[str, object] = {"is_forum": True} if chat_id in state.topics else {}
    return {"id": chat_id, "title": f"Group {chat_id}", "type": kind} | forum


def full_chat(state: TelegramState, chat_id: int) -> dict[str, object]:
    """Return a ChatFullInfo with the fields that are never left out."""
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
    rights = ("messages", "audios", "documents", "photos", "videos", "video_notes", "voice_notes", "polls")
    shown = chat(state, chat_id) | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts, False),
    }
    if chat_type(chat_id) != "private":
        allowed = chat_id not in state.muted
        shown["permissions"] = {f"can_send_{each}": allowed for each in rights}
    return shown


def wire(chats: Chats, message: Message, *, with_reply: bool = True) -> dict[str, object]:
    """Return a Message; what it replies to is shown without its own reply."""
    with_file = message.photo is not None or message.document is not None
    words, marks = ("caption", "caption_entities") if with_file else ("text", "entities")
    shown: dict[str, object] = {
        "message_id": message.message_id,
        "from": person(chats.state, message.sender),
        "chat": chat(chats.state, message.chat_id),
        "date": message.date,
    }
    if message.edited_at_ms:
        shown["edit_date"] = message.edited_at_ms // 1000
    if message.thread_id:
        shown |= {"message_thread_id": message.thread_id, "is_topic_message": True}
    replied = chats.find(message.chat_id, message.reply_to or message.thread_id) if with_reply else None
    if replied is not None and replied is not message:
        shown["reply_to_message"] = wire(chats, replied, with_reply=False)
    if message.photo is not None:
        shown["photo"] = [_photo_size(message.photo)]
    if message.document is not None:
        shown["document"] = _document(message.document)
    if message.text:
        shown[words] = message.text
    if message.entities:
        shown[marks] = [_entity(chats.state, each) for each in message.entities]
    if message.reply_markup is not None:
        shown["reply_markup"] = message.reply_markup
    return shown | message.service


def _entity(state: TelegramState, entity: Entity) -> Entity:
    """Return an entity with the whole of whom it mentions."""
    number = entity.user.get("id")
    return msgspec.structs.replace(entity, user=person(state, number)) if isinstance(number, int) else entity


def _photo_size(upload: Upload) -> dict[str, object]:
    return file_object(upload) | {"width": upload.width, "height": upload.height}


def _document(upload: Upload) -> dict[str, object]:
    return file_object(upload) | {"file_name": upload.name, "mime_type": upload.mime_type}
