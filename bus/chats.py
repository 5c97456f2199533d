"""The chats that get messages and may ask for them.

A chat is named by its number; a topic of a forum by the forum's number, a colon and the topic's: `-1001234567890:77`.
(Bot API, "Chat" and "Message", `message_thread_id`, read 2026-11.)
"""

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta


class ChatIds:
    """Telegram chat ids as `.env` lists them; a plain class, so that msgspec hands the text to `from_text`."""

    def __init__(self, ids: tuple[str, ...]) -> None:
        """Keep the ids, in order, each once.

        Args:
            ids: The ids, in the order of `.env`.
        """
        self.ids = tuple(dict.fromkeys(ids))

    @classmethod
    def from_text(cls, text: str) -> "ChatIds":
        """Read ids separated by commas.

        Args:
            text: As `.env` has it, such as `42, -1001234567890:77`.

        Returns:
            The ids.

        Raises:
            ValueError: One is not a whole number, or the topic behind its colon is not.
        """
        ids = tuple(part.strip() for part in text.split(",") if part.strip())
        for each in ids:
            chat, colon, topic = each.partition(":")
            if not chat.removeprefix("-").isdecimal() or not each.isascii():
                raise ValueError("a chat id is a whole number, not a name")
            if colon and not (topic.isdecimal() and int(topic)):
                raise ValueError("a topic's number stands right behind the chat's and a colon, as in -1001234567890:77")
        return cls(ids)

    def __str__(self) -> str:
        """Return them as `.env` writes them."""
        return ", ".join(self.ids)


def bare(chat_id: str) -> str:
    """Return the chat's own number, without a topic."""
    return chat_id.partition(":")[0]


def is_group(chat_id: str) -> bool:
    """Tell whether a chat, or its topic, is a group's or a channel's: their numbers are below zero."""
    return chat_id.startswith("-")


def topic_of(chat_id: str) -> int | None:
    """Return the number of the topic, None where it is the chat itself."""
    topic = chat_id.partition(":")[2]
    return int(topic) if topic else None


def in_topic(chat: int, topic: int | None) -> str:
    """Name a topic of a chat, or the chat itself.

    Args:
        chat: The chat's number.
        topic: The topic's number, None where the chat itself is meant.

    Returns:
        The chat or the topic, as `.env` names it.
    """
    return f"{chat}:{topic}" if topic else str(chat)


def moved_to(chat_id: str, moves: Mapping[str, str]) -> str:
    """Return where a chat is now: a group that becomes a supergroup gets another number, its topics keep theirs.

    Args:
        moves: New numbers of chats by their old ones.
    """
    chat, colon, topic = chat_id.partition(":")
    return f"{moves.get(chat, chat)}{colon}{topic}"


TelegramChatId = Annotated[
    ChatIds,
    Meta(
        description="the number of the chat that gets the messages, several separated by commas; a topic of a forum: "
        "the chat's number, a colon, the topic's"
    ),
]
"""The type of TELEGRAM_CHAT_ID in the Settings of everybody who asks which chats they are."""
