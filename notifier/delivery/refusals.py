"""What a refusal of Telegram's means for a message that waits: which ones end it, and which only hold it up.

Telegram promises no list of its texts, so whatever is not surely for ever is tried again. The texts here are those that
people reported of their bots, and the errors that MTProto names; in October 2023 many saw "not enough rights" for
hours, and then all was well again.
"""

import re
from enum import Enum, auto

from notifier.delivery.telegram import Forbidden, TelegramError

_RIGHTS = re.compile(r"rights|_forbidden|topic_closed|topic is closed|restricted|admin_required")
_CHAT = re.compile(
    r"chat not found|peer_id_invalid|chat_id is empty|user not found|(chat|channel) was (deleted|deactivated)"
)
_MESSAGE = re.compile(
    r"can't parse|entit(y|ies)|too long|too_long|text is empty|must be non-empty|utf-8|button_|reply markup|http url"
)
_TOPIC = re.compile(r"thread not found|topic_deleted|topic_id_invalid")


class Verdict(Enum):
    """Who or what is refused, and for how long."""

    MESSAGE = auto()
    """The chat takes this message in no form, ever."""
    CHAT = auto()
    """The chat is gone, or has thrown the bot out: it takes nothing until a person changes that."""
    RIGHTS = auto()
    """The chat takes nothing now: rights that were taken, a topic that was closed."""
    UNKNOWN = auto()
    """Nobody knows; it may be this message alone."""


def verdict_on(error: TelegramError) -> Verdict:
    """Judge a refusal, of which `is_refusal` is true.

    Returns:
        What is refused, and for how long.
    """
    said = error.message.lower()
    if _RIGHTS.search(said):
        return Verdict.RIGHTS
    if isinstance(error, Forbidden) or _CHAT.search(said):
        return Verdict.CHAT
    return Verdict.MESSAGE if _MESSAGE.search(said) else Verdict.UNKNOWN


def is_topic_gone(error: TelegramError) -> bool:
    """Tell whether it is only the topic that is no more; its chat may well take the message."""
    return _TOPIC.search(error.message.lower()) is not None
