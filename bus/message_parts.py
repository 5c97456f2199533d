"""What travels inside messages and is none itself; whoever needs it imports it from `bus.messages`."""

from datetime import datetime
from decimal import Decimal

import msgspec


class Platform(msgspec.Struct, frozen=True, kw_only=True):
    """One place that holds money, as the message shows it; platforms with one heading share a line.

    `position` orders the lines. `grouped`: the line is a sum with its members in brackets, even if it has one only.
    """

    name: str
    label: str
    heading: str
    currency: str
    position: int
    grouped: bool = False


class Total(msgspec.Struct, frozen=True, kw_only=True):
    """A sum and its mark: empty, `≈` (a last known value inside), `≥` (something missing) or `ERROR`."""

    amount: Decimal | None = None
    mark: str = ""
    reason: str = ""


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """What the sentinel knows of one process: `state` is supervisord's word, `beat_age_s` counts from its last beat."""

    name: str
    state: str
    pid: int = 0
    started_at: datetime | None = None
    beat_age_s: float | None = None
    pss_kb: int = 0


class ChatOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """How far a wish's message has come in one chat.

    `state` is "open" (under way), "sent", "waits" (kept, and tried again) or "dead" (never tried again by itself);
    `reason` is why it waits or is dead, in Telegram's words where it refused.
    """

    chat: str
    state: str = "open"
    reason: str = ""
