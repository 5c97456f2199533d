"""What the pretend Telegram remembers: chats, messages, attempts, and the limits on sending.

Follows https://core.telegram.org/bots/api and https://core.telegram.org/bots/faq#broadcasting-to-users (read 2026-11).

Quirks: negative chat ids are groups, those from -100... on supergroups, all others private chats. Message and update
ids keep growing over a reset, since a running bot remembers the last ones. The real limits on sending are soft; here a
chat may burst, and the answer to the next message is 429.
"""

import math
from collections import deque

import msgspec

from sandbox.telegram_text import Entity

TOKEN = "123456789:SANDBOX_TOKEN_0123456789abcdefghijk"
CHAT_ID = 42
CHAT_BURST = 5
GROUP_PER_MINUTE = 20
OVERALL_PER_SECOND = 30


class TelegramState(msgspec.Struct):
    """What the control API can change.

    Attributes:
        token: The only token that is known; another one of the right shape is answered with 401.
        bot_id: The bot's user id.
        first_name: The bot's name.
        username: The bot's user name; commands may be addressed to it.
        people: First names by user id.
        blocked: Chats that answer 403: blocked by the user, or kicked from the group.
        unknown_chats: Chats that answer 400, chat not found.
        migrated: Groups that became supergroups, old id to new id.
        webhook_url: A webhook that someone set; polling then answers 409 until it is deleted.
        flood_control: Whether the limits on sending are kept.
        query_life_s: How long a press may be answered; 0 for ever. Telegram names no number; users saw it from 15 s on.
    """

    token: str = TOKEN
    bot_id: int = 123456789
    first_name: str = "Balances"
    username: str = "balances_demo_bot"
    people: dict[int, str] = msgspec.field(default_factory=lambda: {CHAT_ID: "Ann"})
    blocked: set[int] = set()
    unknown_chats: set[int] = set()
    migrated: dict[int, int] = {}
    webhook_url: str = ""
    flood_control: bool = True
    query_life_s: float = 0.0


class RefusalError(Exception):
    """A request that the Bot API refuses: HTTP status, description as sent, parameters of the answer."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        """Keep what the answer will say."""
        super().__init__(f"{status} {description}")
        self.status = status
        self.description = description
        self.parameters = parameters


class Upload(msgspec.Struct):
    """A file that came with a request."""

    name: str
    mime_type: str
    content: bytes
    width: int = 0
    height: int = 0


class Message(msgspec.Struct, kw_only=True):
    """One message in a chat, sent by the bot or typed by a person (`sender`)."""

    chat_id: int
    message_id: int
    sender: int
    date: int
    text: str
    entities: list[Entity] = []
    html: str
    method: str = ""
    reply_markup: dict[str, object] | None = None
    received_at_ms: int
    edited_at_ms: int = 0
    deleted: bool = False
    photo: Upload | None = None
    document: Upload | None = None


class Attempt(msgspec.Struct):
    """A try to send or edit a message; `outcome` is "accepted", a refusal, or "unheard" where a fault ate it."""

    at_ms: int
    method: str
    chat_id: str
    text: str
    outcome: str = "unheard"


class Sent(msgspec.Struct):
    """A message as the control API tells it: `text` as a person sees it, `html` as it was sent."""

    message_id: int
    chat_id: int
    text: str
    html: str
    date: int
    method: str
    edited: bool
    deleted: bool
    received_at_ms: int
    edited_at_ms: int
    reply_markup: dict[str, object] | None
    file_name: str
    file_bytes: int


class Chats:
    """Every chat's messages, and every attempt to send one."""

    def __init__(self, state: TelegramState) -> None:
        """Start with empty chats; `state` is read live."""
        self.state = state
        self.messages: dict[tuple[int, int], Message] = {}
        self.attempts: list[Attempt] = []
        self._last_ids: dict[int, int] = {}

    def forget(self) -> None:
        """Empty all chats; ids go on growing."""
        self.messages.clear()
        self.attempts.clear()

    def next_id(self, chat_id: int) -> int:
        """Give out the next message id of a chat."""
        self._last_ids[chat_id] = self._last_ids.get(chat_id, 0) + 1
        return self._last_ids[chat_id]

    def keep(self, message: Message) -> Message:
        """Store a message, in the order of arrival."""
        self.messages[message.chat_id, message.message_id] = message
        return message

    def find(self, chat_id: int, message_id: int) -> Message | None:
        """Return a message that is still there."""
        message = self.messages.get((chat_id, message_id))
        return None if message is None or message.deleted else message

    def check(self, chat_id: int) -> None:
        """Refuse a chat that cannot be written to.

        Raises:
            RefusalError: It is unknown, became a supergroup, or threw the bot out.
        """
        if chat_id == 0 or chat_id in self.state.unknown_chats:
            raise RefusalError(400, "Bad Request: chat not found")
        if chat_id in self.state.migrated:
            new_id = self.state.migrated[chat_id]
            text = "Bad Request: group chat was upgraded to a supergroup chat"
            raise RefusalError(400, text, migrate_to_chat_id=new_id)
        if chat_id in self.state.blocked:
            whose = "was blocked by the user" if chat_id > 0 else f"was kicked from the {chat_type(chat_id)} chat"
            raise RefusalError(403, f"Forbidden: bot {whose}")

    def person(self, user_id: int) -> dict[str, object]:
        """Return a User object of the Bot API; the bot's own for its own id."""
        if user_id == self.state.bot_id:
            name, username = self.state.first_name, self.state.username
            return {"id": user_id, "is_bot": True, "first_name": name, "username": username}
        first_name = self.state.people.get(user_id, f"Person {user_id}")
        return {"id": user_id, "is_bot": False, "first_name": first_name, "language_code": "en"}

    def chat(self, chat_id: int) -> dict[str, object]:
        """Return a Chat object of the Bot API."""
        kind = chat_type(chat_id)
        if kind == "private":
            return {"id": chat_id, "first_name": self.person(chat_id)["first_name"], "type": kind}
        return {"id": chat_id, "title": f"Group {chat_id}", "type": kind}

    def wire(self, message: Message) -> dict[str, object]:
        """Return a Message object of the Bot API."""
        with_file = message.photo is not None or message.document is not None
        words, marks = ("caption", "caption_entities") if with_file else ("text", "entities")
        shown: dict[str, object] = {
            "message_id": message.message_id,
            "from": self.person(message.sender),
            "chat": self.chat(message.chat_id),
            "date": message.date,
        }
        if message.edited_at_ms:
            shown["edit_date"] = message.edited_at_ms // 1000
        if message.photo is not None:
            shown["photo"] = [_photo_size(message, message.photo)]
        if message.document is not None:
            shown["document"] = _document(message, message.document)
        if message.text:
            shown[words] = message.text
        if message.entities:
            shown[marks] = message.entities
        if message.reply_markup is not None:
            shown["reply_markup"] = message.reply_markup
        return shown


def chat_type(chat_id: int) -> str:
    """Tell the type of a chat by its id."""
    if chat_id > 0:
        return "private"
    return "supergroup" if str(chat_id).startswith("-100") else "group"


def _file(message: Message, upload: Upload) -> dict[str, object]:
    unique = f"{message.chat_id}_{message.message_id}"
    return {
        "file_id": f"file_{unique}",
        "file_unique_id": f"unique_{unique}",
        "file_size": len(upload.content),
    }


def _photo_size(message: Message, upload: Upload) -> dict[str, object]:
    return _file(message, upload) | {"width": upload.width, "height": upload.height}


def _document(message: Message, upload: Upload) -> dict[str, object]:
    return _file(message, upload) | {"file_name": upload.name, "mime_type": upload.mime_type}


class Flood:
    """The limits on sending: one message a second per chat with some burst, 20 a minute per group, 30 a second."""

    def __init__(self) -> None:
        """Start with every allowance full."""
        self._chats: dict[int, tuple[float, float]] = {}
        self._groups: dict[int, deque[float]] = {}
        self._overall: deque[float] = deque()

    def forget(self) -> None:
        """Refill every allowance."""
        self._chats.clear()
        self._groups.clear()
        self._overall.clear()

    def count(self, chat_id: int, now_s: float) -> None:
        """Count a message to a chat.

        Args:
            chat_id: Where it goes.
            now_s: Monotonic seconds.

        Raises:
            RefusalError: 429 with retry_after; the message is not counted.
        """
        left, since_s = self._chats.get(chat_id, (float(CHAT_BURST), now_s))
        left = min(float(CHAT_BURST), left + now_s - since_s)
        group = self._groups.setdefault(chat_id, deque()) if chat_id < 0 else deque()
        wait_s = max(
            0.0 if left >= 1 else 1 - left,
            _full_for_s(group, GROUP_PER_MINUTE, now_s=now_s, span_s=60),
            _full_for_s(self._overall, OVERALL_PER_SECOND, now_s=now_s, span_s=1),
        )
        if wait_s > 0:
            pause_s = math.ceil(wait_s)
            raise RefusalError(429, f"Too Many Requests: retry after {pause_s}", retry_after=pause_s)
        self._chats[chat_id] = (left - 1, now_s)
        self._overall.append(now_s)
        group.append(now_s)


def _full_for_s(sent: deque[float], limit: int, *, now_s: float, span_s: float) -> float:
    while sent and sent[0] <= now_s - span_s:
        sent.popleft()
    return sent[0] + span_s - now_s if len(sent) >= limit else 0.0
