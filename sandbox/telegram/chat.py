"""What the pretend Telegram remembers: chats, their topics, messages, and attempts.

Follows https://core.telegram.org/bots/api (read 2026-11) and, where that is silent, the public source of the Bot API
server.

Quirks: negative chat ids are groups, those from -100... on supergroups, all others private chats. Message and update
ids keep growing over a reset, since a running bot remembers the last ones. Rights and closed topics stop what is sent,
not what is edited; what the real server says to such an edit is not documented.
"""

import msgspec

from sandbox.telegram.text import Entity

TOKEN = "123456789:SANDBOX_TOKEN_0123456789abcdefghijk"
CHAT_ID = 42
GENERAL = 1
"""The topic that every forum has. It is named by saying nothing: its number is refused."""


class Topic(msgspec.Struct):
    """One topic of a forum; a closed one takes no messages."""

    name: str
    closed: bool = False


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
        muted: Groups that took from the bot the right to send; they answer 400, not enough rights.
        migrated: Groups that became supergroups, old id to new id; the control port's `migrate` also tells the bot.
        topics: The forums, by chat id, and their topics by thread id; the control port's `topics` also tells the bot.
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
    muted: set[int] = set()
    migrated: dict[int, int] = {}
    topics: dict[int, dict[int, Topic]] = {}
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
    """A file that came with a request; `kind` ("photo", "document") and `file_id` are known once it is kept."""

    name: str
    mime_type: str
    content: bytes
    width: int = 0
    height: int = 0
    kind: str = ""
    file_id: str = ""


class ForceReply(msgspec.Struct):
    """A message that clients open a reply to, for everybody or, `selective`, for whom it mentions or replies to."""

    force_reply: bool = False
    selective: bool = False
    input_field_placeholder: str = ""


class Message(msgspec.Struct, kw_only=True):
    """One message in a chat, sent by the bot or typed by a person (`sender`).

    `thread_id` is 0 outside of topics and in General, `reply_to` is 0 where it answers no other message. `service` are
    the fields of a service message, which says what was done in the chat.
    """

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
    thread_id: int = 0
    reply_to: int = 0
    force_reply: ForceReply | None = None
    service: dict[str, object] = {}


class Attempt(msgspec.Struct):
    """A try to send or edit a message; `outcome` is "accepted", a refusal, or "unheard" where a fault ate it."""

    at_ms: int
    method: str
    chat_id: str
    text: str
    outcome: str = "unheard"
    thread_id: str = ""


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
    thread_id: int = 0
    reply_to: int = 0
    force_reply: ForceReply | None = None


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

    def take_id(self, chat_id: int, message_id: int) -> int:
        """Give out a message id that was chosen; the next ones are higher."""
        self._last_ids[chat_id] = max(self._last_ids.get(chat_id, 0), message_id)
        return message_id

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

    def check_new(self, chat_id: int, thread_id: int, what: str) -> None:
        """Refuse a new message to a chat that `check` lets through.

        Args:
            chat_id: The chat.
            thread_id: The topic, 0 for none, which in a forum is General.
            what: "text messages", "photos" or "documents".

        Raises:
            RefusalError: There is no such topic, it is closed, or the bot has no right to send.
        """
        topics = self.state.topics.get(chat_id, {})
        if thread_id == GENERAL or (thread_id and thread_id not in topics):
            raise RefusalError(400, "Bad Request: message thread not found")
        if chat_id in self.state.muted:
            raise RefusalError(400, f"Bad Request: not enough rights to send {what} to the chat")
        topic = topics.get(thread_id or GENERAL)
        if topic is not None and topic.closed:
            raise RefusalError(400, "Bad Request: TOPIC_CLOSED")


def chat_type(chat_id: int) -> str:
    """Tell the type of a chat by its id."""
    if chat_id > 0:
        return "private"
    return "supergroup" if str(chat_id).startswith("-100") else "group"
