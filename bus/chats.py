"""The chats that get messages and may ask for them."""

from typing import Annotated

from msgspec import Meta


class ChatIds:
    """Telegram chat ids as `.env` lists them; a plain class, so that msgspec hands the text to `from_text`."""

    def __init__(self, ids: tuple[str, ...]) -> None:
        """Keep the ids, in order, each once."""
        self.ids = tuple(dict.fromkeys(ids))

    @classmethod
    def from_text(cls, text: str) -> "ChatIds":
        """Read ids separated by commas.

        Raises:
            ValueError: One is not a whole number.
        """
        ids = tuple(part.strip() for part in text.split(",") if part.strip())
        for each in ids:
            if not each.removeprefix("-").isdecimal() or not each.isascii():
                raise ValueError("a chat id is a whole number, not a name")
        return cls(ids)


TelegramChatId = Annotated[
    ChatIds, Meta(description="the number of the chat that gets the messages, several separated by commas")
]
"""The type of TELEGRAM_CHAT_ID in the Settings of aggregator and notifier."""
