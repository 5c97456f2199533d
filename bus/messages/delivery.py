"""What is said about messages on their way to the chat: who wants one, what has become of it, and alerts."""

from datetime import datetime

import msgspec

from bus.messages.base import Message


class NowRequested(Message, frozen=True, kw_only=True):
    """A terminal wants a snapshot; the notifier stores that and asks the clock. Repeated; answered by Outcome."""

    id: str
    asked_at: datetime


class Delivered(Message, frozen=True, kw_only=True):
    """Telegram took a message: of request `id` (empty for a slot's own), round `round_id`, with this text."""

    id: str
    round_id: str
    text: str


class ChatOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """How far the message of a request has come in one chat.

    `state` is "open" (under way), "sent", "waits" (kept, and tried again) or "dead" (never tried again by itself);
    `reason` is why it waits or is dead, in Telegram's words where it refused.
    """

    chat: str
    state: str = "open"
    reason: str = ""


class Outcome(Message, frozen=True, kw_only=True):
    """The notifier's answer to each NowRequested `id`: what has become of it, as far as is known.

    `text` is what round `round_id` says, once a chat has it. `chats` is empty where the ledger cannot tell; `trouble`
    is why. `elsewhere`: this notifier stands down, that other one speaks for the bot.
    """

    id: str
    round_id: str = ""
    text: str = ""
    chats: tuple[ChatOutcome, ...] = ()
    trouble: str = ""
    elsewhere: str = ""


class Alert(Message, frozen=True, kw_only=True):
    """Something that the owner must know; repeated until AlertStored says that it is in the outbox.

    `text` is English; `key` and `values` name the same sentence for whoever words it in another language.
    """

    id: str
    text: str
    raised_at: datetime
    key: str = ""
    values: dict[str, str] = msgspec.field(default_factory=dict)


class AlertStored(Message, frozen=True, kw_only=True):
    """The alert `id` is in the outbox and need not be repeated."""

    id: str
