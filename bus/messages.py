"""Everything that is said on the bus, in one union.

Frames are `[topic, body]`: the topic is the message's tag, with `.platform` or `.name` behind it where one sender is
worth listening to alone; the body is MessagePack. To change a message, add a field with a default: readers ignore
fields that they do not know, and golden bytes in the tests prove that old messages still decode. Every message may
be said twice, late or never; what must not be lost is in the ledger.
"""

from datetime import date, datetime
from decimal import Decimal

import msgspec

from bus.accounts import Account
from bus.message_parts import ChatOutcome as ChatOutcome  # noqa: PLC0414 - others have these from here
from bus.message_parts import Platform as Platform  # noqa: PLC0414
from bus.message_parts import Program as Program  # noqa: PLC0414
from bus.message_parts import Total as Total  # noqa: PLC0414


class Message(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag=str.lower):
    """Root of everything said on the bus."""


class Tick(Message, frozen=True, kw_only=True):
    """A round is open; repeated until its snapshot is heard. `closes_in_s` counts from when it is first heard."""

    round_id: str
    scheduled_for: datetime | None
    closes_in_s: float
    missed: tuple[datetime, ...] = ()
    missed_count: int = 0


class NowRequested(Message, frozen=True, kw_only=True):
    """A terminal wants a snapshot: the notifier stores the wish and asks the clock. Repeated; answered by Outcome."""

    id: str
    asked_at: datetime


class RoundRequested(Message, frozen=True, kw_only=True):
    """A stored request waits for its answer; repeated until it has one."""

    id: str
    asked_at: datetime


class Balance(Message, frozen=True, kw_only=True):
    """What one platform holds, in the currency it reports; anything less is a Failure.

    `amount` sums the `accounts` that could be read. `as_of` is when it was true, `fetched_at` when it came. `covers` is
    empty for all, else what is covered (`trading only`). `close_of`: it is an older close. `tried`: earlier failures.
    """

    round_id: str
    platform: str
    amount: Decimal
    currency: str
    as_of: datetime
    fetched_at: datetime
    wallets: tuple[str, ...]
    covers: str = ""
    close_of: date | None = None
    accounts: tuple[Account, ...] = ()
    took_ms: int = 0
    tried: tuple[str, ...] = ()


class Rate(Message, frozen=True, kw_only=True):
    """Roubles for one US dollar.

    `stale`: its time to live has passed and nobody answered, or its day is long past. `unconfirmed`: sources differ.
    `second_source` is whom it was compared with and `second_rate` what that one said; empty where nobody else answered.
    """

    round_id: str
    rate: Decimal
    source: str
    valid_for: date
    fetched_at: datetime
    stale: bool = False
    unconfirmed: bool = False
    took_ms: int = 0
    second_source: str = ""
    second_rate: Decimal | None = None
    tried: tuple[str, ...] = ()


class Failure(Message, frozen=True, kw_only=True):
    """A source has no number for this round: `reason` is from the list in `reasons.py`, `code` is for the log.

    `tried` are the reasons of the attempts that failed before, oldest first.
    """

    round_id: str
    platform: str
    reason: str
    code: str = ""
    took_ms: int = 0
    tried: tuple[str, ...] = ()


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One platform's share of a snapshot: a balance, or a failure with a last known balance that is young enough.

    `check`: the balance jumped without a known cause; it counts, and the chat says so behind every number it is in.
    """

    platform: Platform
    balance: Balance | None = None
    failure: Failure | None = None
    last_known: Balance | None = None
    check: bool = False


class Snapshot(Message, frozen=True, kw_only=True):
    """A closed round, whole: everything that the chat's message says, for whoever renders or stores it.

    `groups` are the sums of the lines with brackets, by heading. `rate` may be the last known one (then stale, with the
    id of its own round); `rate_failure` is why this round brought none that may be used. `missed_count` may exceed the
    slots in `missed`, which then has the first and the last of them.
    """

    round_id: str
    scheduled_for: datetime | None
    closed_at: datetime
    parts: tuple[Part, ...]
    usd: Total
    rub: Total
    groups: dict[str, Total] = {}
    rate: Rate | None = None
    rate_failure: Failure | None = None
    missed: tuple[datetime, ...] = ()
    missed_count: int = 0
    took_ms: int = 0
    recorded: bool = True
    not_recorded_because: str = ""


class ScheduleState(Message, frozen=True, kw_only=True):
    """What the clock needs to know, from the ledger, every two seconds. Without it there is no scheduled tick."""

    last_slot: datetime | None
    interval_minutes: int | None
    paused: bool
    due_since: datetime


class Delivered(Message, frozen=True, kw_only=True):
    """Telegram took a message: of request `id` (empty for a slot's own), round `round_id`, with this text."""

    id: str
    round_id: str
    text: str


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


class Heartbeat(Message, frozen=True, kw_only=True):
    """A process lives and its loop turns. `pss_kb`: its proportional share of memory, 0 where that is not told."""

    name: str
    pid: int
    started_at: datetime
    last_round: str = ""
    pss_kb: int = 0


class Alert(Message, frozen=True, kw_only=True):
    """Something that the owner must know; repeated until AlertStored says that it is in the outbox.

    `text` is English; `key` and `values` name the same sentence for whoever words it in another language.
    """

    id: str
    text: str
    raised_at: datetime
    key: str = ""
    values: dict[str, str] = {}


class AlertStored(Message, frozen=True, kw_only=True):
    """The alert `id` is in the outbox and need not be repeated."""

    id: str


class ScheduleChanged(Message, frozen=True, kw_only=True):
    """The owner changed the interval, or paused or resumed the schedule: the ledger has it, look there now."""


class HealthRequested(Message, frozen=True, kw_only=True):
    """Somebody wants to know how everybody is: answered by Health, NextSlot and one KeyHealth for each key."""

    id: str


class Health(Message, frozen=True, kw_only=True):
    """The sentinel's answer to HealthRequested `id`."""

    id: str
    programs: tuple[Program, ...]


class NextSlot(Message, frozen=True, kw_only=True):
    """The clock's answer to HealthRequested `id`: when, and the minutes between two slots (None: a cron expression)."""

    id: str
    next_slot: datetime
    interval_minutes: int | None = None


class KeyHealth(Message, frozen=True, kw_only=True):
    """A collector's word about its key, as answer to HealthRequested `id`.

    `expires_at` is None where nobody says, or it does not expire. `told_by`: "platform", "owner" or empty. `rights` is
    "read only" (proven), "can trade", "unproven", "not asked", or "by nature".
    """

    id: str
    platform: str
    rights: str
    expires_at: datetime | None = None
    told_by: str = ""
    proven_at: datetime | None = None


class RestartRequested(Message, frozen=True, kw_only=True):
    """The owner wants a collector restarted; repeated until Restarted `id` is heard, done once."""

    id: str
    program: str


class Restarted(Message, frozen=True, kw_only=True):
    """The sentinel's answer to RestartRequested `id`: the new process, or why there is none."""

    id: str
    program: str
    pid: int = 0
    problem: str = ""


AnyMessage = (
    Tick
    | NowRequested
    | RoundRequested
    | Balance
    | Rate
    | Failure
    | Snapshot
    | ScheduleState
    | Delivered
    | Outcome
    | Heartbeat
    | Alert
    | AlertStored
    | ScheduleChanged
    | HealthRequested
    | Health
    | NextSlot
    | KeyHealth
    | RestartRequested
    | Restarted
)

KINDS = frozenset(kind.__name__.lower() for kind in AnyMessage.__args__)
"""The first word of each topic."""


def topic(kind: type[Message], source: str = "") -> bytes:
    """Return the topic of a kind of message, `kind.` or `kind.source`: also its prefix for subscribing.

    Args:
        kind: The class of the message.
        source: Whose messages alone; empty for those of all.
    """
    return f"{kind.__name__.lower()}.{source}".encode()
