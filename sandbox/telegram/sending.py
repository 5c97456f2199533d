"""Messages that the bot sends, edits and deletes.

Follows https://core.telegram.org/bots/api#sendmessage and #updating-messages (read 2026-11).

Quirks: an edit without reply_markup takes the keyboard away. What asks for a reply cannot be edited, and its answer
does not show that it asks. An edit that changes nothing is an error. Edits count
against the limits on sending, as far as anybody outside can tell. Of media only photos and documents are played.
"""

import asyncio

import msgspec

from sandbox.telegram.bot import Bot
from sandbox.telegram.call import Call, as_texts, decode
from sandbox.telegram.chat import Message, RefusalError, Upload
from sandbox.telegram.text import Entity

TEXT_LENGTH = 4096
CAPTION_LENGTH = 1024
_NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
_RIGHTS = {"": "text messages", "photo": "photos", "document": "documents"}


class ReplyParameters(msgspec.Struct):
    """What a message replies to, as far as it is played."""

    message_id: int = 0
    allow_sending_without_reply: bool = False


class Content(msgspec.Struct):
    """What a message says: its words and its file."""

    text: str
    entities: list[Entity]
    html: str
    keyboard: dict[str, object] | None
    photo: Upload | None = None
    document: Upload | None = None

    def is_in(self, message: Message) -> bool:
        """Tell whether a message says exactly this."""
        files = (message.photo, message.document)
        said = (message.text, message.entities, message.reply_markup)
        return (self.text, self.entities, self.keyboard) == said and (self.photo, self.document) == files


class Sending:
    """Messages of one bot."""

    def __init__(self, bot: Bot) -> None:
        """Serve a bot."""
        self.bot = bot

    async def send_message(self, call: Call) -> object:
        """Answer sendMessage."""
        return self._send(call)

    async def send_photo(self, call: Call) -> object:
        """Answer sendPhoto."""
        return self._send(call, file="photo")

    async def send_document(self, call: Call) -> object:
        """Answer sendDocument."""
        return self._send(call, file="document")

    async def edit_text(self, call: Call) -> object:
        """Answer editMessageText."""
        message = self._editable(call)
        text, entities = call.content("text", TEXT_LENGTH)
        if not text:
            raise RefusalError(400, "Bad Request: message text is empty")
        if _has_file(message):
            raise RefusalError(400, "Bad Request: there is no text in the message to edit")
        return self._edit(call, message, Content(text, entities, call.values.get("text", ""), call.keyboard()))

    async def edit_caption(self, call: Call) -> object:
        """Answer editMessageCaption."""
        message = self._editable(call)
        text, entities = call.content("caption", CAPTION_LENGTH)
        if not _has_file(message):
            raise RefusalError(400, "Bad Request: there is no caption in the message to edit")
        html, files = call.values.get("caption", ""), (message.photo, message.document)
        return self._edit(call, message, Content(text, entities, html, call.keyboard(), *files))

    async def edit_media(self, call: Call) -> object:
        """Answer editMessageMedia; it also gives a text message a file."""
        message = self._editable(call)
        media = as_texts(decode(call.values.get("media", ""), dict[str, object], what="input media JSON object"))
        text, entities = call.content("caption", CAPTION_LENGTH, fields=media)
        kind = media.get("type", "")
        if kind not in {"photo", "document"}:
            raise RefusalError(400, f'Bad Request: can\'t parse InputMedia: type "{kind}" is unsupported')
        missing = "Bad Request: can't parse InputMedia: media not found"
        if not media.get("media"):
            raise RefusalError(400, missing)
        upload = self.bot.files.take(kind, media["media"], parts=call.files, missing=missing)
        content = Content(text, entities, media.get("caption", ""), call.keyboard())
        return self._edit(call, message, msgspec.structs.replace(content, **{kind: upload}))

    async def edit_reply_markup(self, call: Call) -> object:
        """Answer editMessageReplyMarkup."""
        message = self._editable(call)
        files = (message.photo, message.document)
        return self._edit(call, message, Content(message.text, message.entities, message.html, call.keyboard(), *files))

    async def delete(self, call: Call) -> object:
        """Answer deleteMessage."""
        chat_id = call.chat_id()
        self.bot.chats.check(chat_id)
        message = self.bot.chats.find(chat_id, call.number("message_id"))
        if message is None:
            raise RefusalError(400, "Bad Request: message to delete not found")
        message.deleted = True
        return True

    def _send(self, call: Call, *, file: str = "") -> object:
        chat_id, thread_id, chats = self._count(call), call.number("message_thread_id"), self.bot.chats
        chats.check_new(chat_id, thread_id, _RIGHTS[file])
        words = "caption" if file else "text"
        text, entities = call.content(words, CAPTION_LENGTH if file else TEXT_LENGTH)
        if not text and not file:
            raise RefusalError(400, "Bad Request: message text is empty")
        message = Message(
            chat_id=chat_id,
            message_id=0,
            sender=self.bot.state.bot_id,
            date=int(self.bot.service.now().timestamp()),
            text=text,
            entities=entities,
            html=call.values.get(words, ""),
            method=call.method,
            reply_markup=call.keyboard(),
            force_reply=call.force_reply(),
            received_at_ms=call.arrived_at_ms,
            photo=self._file(call, file) if file == "photo" else None,
            document=self._file(call, file) if file == "document" else None,
            thread_id=thread_id,
            reply_to=self._replied(call, chat_id),
        )
        self.bot.actions.pop(chat_id, None)  # a message ends what was announced
        message.message_id = chats.next_id(chat_id)  # a refused message uses up no id
        return self.bot.wire(chats.keep(message))

    def _file(self, call: Call, kind: str) -> Upload:
        return self.bot.files.take(kind, call.values.get(kind, ""), parts=call.files)

    def _replied(self, call: Call, chat_id: int) -> int:
        """Return the message that is replied to, 0 for none; the older parameters are still taken."""
        asked = ReplyParameters(call.number("reply_to_message_id"), call.is_set("allow_sending_without_reply"))
        if "reply_parameters" in call.values:
            asked = decode(call.values["reply_parameters"], ReplyParameters, what="reply parameters JSON object")
        if not asked.message_id or self.bot.chats.find(chat_id, asked.message_id) is not None:
            return asked.message_id
        if not asked.allow_sending_without_reply:
            raise RefusalError(400, "Bad Request: message to be replied not found")
        return 0

    def _count(self, call: Call) -> int:
        chat_id = call.chat_id()
        if self.bot.state.flood_control:
            self.bot.flood.count(chat_id, asyncio.get_running_loop().time())
        self.bot.chats.check(chat_id)
        return chat_id

    def _editable(self, call: Call) -> Message:
        chat_id = self._count(call)
        if "message_id" not in call.values:
            raise RefusalError(400, "Bad Request: message identifier is not specified")
        message = self.bot.chats.find(chat_id, call.number("message_id"))
        if message is None:
            raise RefusalError(400, "Bad Request: message to edit not found")
        if message.sender != self.bot.state.bot_id or message.force_reply is not None:
            raise RefusalError(400, "Bad Request: message can't be edited")
        return message

    def _edit(self, call: Call, message: Message, content: Content) -> object:
        if content.is_in(message):
            raise RefusalError(400, _NOT_MODIFIED)
        message.text, message.entities, message.html = content.text, content.entities, content.html
        message.reply_markup, message.photo, message.document = content.keyboard, content.photo, content.document
        message.edited_at_ms = call.arrived_at_ms
        return self.bot.wire(message)


def _has_file(message: Message) -> bool:
    return message.photo is not None or message.document is not None
