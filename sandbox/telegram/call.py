"""One call of a Bot API method: its parameters, however they were sent, and the checks on them.

Follows https://core.telegram.org/bots/api#making-requests (read 2026-11): query string, urlencoded form, JSON or
multipart; objects inside a form are JSON texts. Limits and error texts are those of python-telegram-bot's constants and
of the public list of the server's errors.
"""

import time
from collections.abc import Mapping
from typing import TypeVar

import msgspec
from aiohttp import web
from aiohttp.web_request import FileField

from sandbox.telegram.chat import Attempt, ForceReply, RefusalError, Upload
from sandbox.telegram.text import Entity, EntityError, finish, parse_html, utf16_length

CALLBACK_DATA_BYTES = 64
BUTTONS = 100
Decoded = TypeVar("Decoded")


class Button(msgspec.Struct):
    """One inline button, as far as it is checked."""

    text: str
    callback_data: str | None = None
    url: str | None = None


class Keyboard(msgspec.Struct):
    """An inline keyboard, as far as it is checked."""

    inline_keyboard: list[list[Button]] | None = None


class Told(msgspec.Struct):
    """A result that the server adds a few words to."""

    result: object
    description: str


class Call:
    """One call of a method.

    Attributes:
        token: The token in the path.
        method: The method in the path, as written.
        path: The request's path, for the faults.
        values: Every parameter as text.
        files: Every uploaded file by the name of its part.
        arrived_at_ms: When the request arrived, milliseconds since 1970.
        attempt: The note that it tried to send or edit, for the methods that do.
        unreadable: Why its body could not be read.
    """

    def __init__(self, request: web.Request) -> None:
        """Read what the path says; `read` reads the rest."""
        self.token = request.match_info.get("token", "")
        self.method = request.match_info.get("method", "")
        self.path = request.path
        self.values: dict[str, str] = dict(request.query)
        self.files: dict[str, Upload] = {}
        self.arrived_at_ms = time.time_ns() // 1_000_000
        self.attempt: Attempt | None = None
        self.unreadable: RefusalError | None = None

    async def read(self, request: web.Request) -> None:
        """Read the parameters from the body."""
        if request.content_type == "application/json":
            try:
                fields = msgspec.json.decode(await request.read() or b"{}", type=dict[str, object])
            except msgspec.DecodeError:
                raise RefusalError(400, "Bad Request: can't parse JSON object") from None
            self.values |= as_texts(fields)
            return
        for name, part in (await request.post()).items():
            if isinstance(part, FileField):
                self.files[name] = Upload(part.filename, part.content_type, part.file.read())
            else:
                self.values[name] = part if isinstance(part, str) else part.decode()

    def number(self, name: str, default: int = 0) -> int:
        """Return an integer parameter; anything else counts as absent, as on the real server."""
        try:
            return int(self.values.get(name, default))
        except ValueError:
            return default

    def is_set(self, name: str) -> bool:
        """Tell whether a Boolean parameter is true."""
        return self.values.get(name, "").lower() in {"true", "1"}

    def chat_id(self) -> int:
        """Return the chat; a name instead of a number is a chat that nobody knows."""
        written = self.values.get("chat_id", "")
        if not written:
            raise RefusalError(400, "Bad Request: chat_id is empty")
        try:
            return int(written)
        except ValueError:
            raise RefusalError(400, "Bad Request: chat not found") from None

    def content(self, name: str, limit: int, *, fields: Mapping[str, str] | None = None) -> tuple[str, list[Entity]]:
        """Return a text or caption without markup, and its entities.

        Args:
            name: "text" or "caption".
            limit: The longest allowed, after parsing, in UTF-16 units.
            fields: Where it stands; None for the parameters themselves.
        """
        fields = self.values if fields is None else fields
        written = fields.get(name, "")
        mode = fields.get("parse_mode", "").lower()
        if mode not in {"", "html"}:
            raise RefusalError(400, "Bad Request: unsupported parse_mode")
        try:
            text, entities = parse_html(written) if mode else (written, _given_entities(name, fields))
        except EntityError as error:
            raise RefusalError(400, f"Bad Request: can't parse entities: {error}") from None
        text, entities = finish(text, entities)
        if utf16_length(text) > limit:
            what = "message" if name == "text" else "message caption"
            raise RefusalError(400, f"Bad Request: {what} is too long")
        return text, entities

    def keyboard(self) -> dict[str, object] | None:
        """Return the checked inline keyboard as sent; None for none and for the kinds that a message does not show."""
        written = self.values.get("reply_markup", "")
        if not written:
            return None
        try:
            markup = msgspec.json.decode(written, type=dict[str, object])
            rows = msgspec.convert(markup, Keyboard).inline_keyboard
        except msgspec.DecodeError:
            raise RefusalError(400, "Bad Request: can't parse reply keyboard markup JSON object") from None
        buttons = [button for row in rows or [] for button in row]
        for button in buttons:
            _check_button(button)
        if len(buttons) > BUTTONS:
            raise RefusalError(400, "Bad Request: reply markup is too long")
        return markup if buttons else None

    def force_reply(self) -> ForceReply | None:
        """Return how a reply is asked for, None where it is not; `keyboard` has refused what is no JSON."""
        asked = decode(self.values.get("reply_markup") or "{}", ForceReply)
        return asked if asked.force_reply else None


def as_texts(fields: Mapping[str, object]) -> dict[str, str]:
    """Return the fields of a JSON object as a form would carry them."""
    return {
        name: value if isinstance(value, str) else msgspec.json.encode(value).decode() for name, value in fields.items()
    }


def decode(written: str, kind: type[Decoded], *, what: str = "JSON object") -> Decoded:
    """Return a parameter that is a JSON text.

    Raises:
        RefusalError: It is no JSON, or not what the method takes.
    """
    try:
        return msgspec.json.decode(written, type=kind)
    except msgspec.DecodeError:
        raise RefusalError(400, f"Bad Request: can't parse {what}") from None


def _given_entities(name: str, fields: Mapping[str, str]) -> list[Entity]:
    written = fields.get("entities" if name == "text" else "caption_entities", "[]")
    return decode(written, list[Entity], what="MessageEntity")


def _check_button(button: Button) -> None:
    if not button.text:
        raise RefusalError(400, "Bad Request: can't parse inline keyboard button: Button text must be non-empty")
    if button.callback_data is None and button.url is None:
        why = "Text buttons are unallowed in the inline keyboard"
        raise RefusalError(400, f"Bad Request: can't parse inline keyboard button: {why}")
    if button.callback_data is not None and not 1 <= len(button.callback_data.encode()) <= CALLBACK_DATA_BYTES:
        raise RefusalError(400, "Bad Request: BUTTON_DATA_INVALID")
