"""What is said about rounds: when one is due, what each source answers, and the snapshot that it closes with."""

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

import msgspec

from bus.messages.base import Message


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


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """One account among several at a platform, in the platform's currency: its amount, or the reason why there is none.

    `key` is the same from round to round and tells nobody the number; `ending` are its last digits, fit for the chat.
    `amount` is None exactly when `reason` (from the list in `reasons.py`) says why; then the aggregator adds the last
    amount that it knows and when that one was fetched.
    """

    key: str
    ending: str
    amount: Decimal | None = None
    reason: str = ""
    code: str = ""
    last_amount: Decimal | None = None
    last_fetched_at: datetime | None = None


class Tick(Message, frozen=True, kw_only=True):
    """A round is open; repeated until its snapshot is heard. `closes_in_s` counts from when it is first heard."""

    round_id: str
    scheduled_for: datetime | None
    closes_in_s: float
    missed: tuple[datetime, ...] = ()
    missed_count: int = 0


class RoundRequested(Message, frozen=True, kw_only=True):
    """A stored request waits for its answer; repeated until it has one."""

    id: str
    asked_at: datetime


class Balance(Message, frozen=True, kw_only=True):
    """What one platform holds, in the currency it reports; anything less is a Failure.

    `amount` sums the `accounts` that could be read. `as_of` is when it was true, `fetched_at` when it came. `covers` is
    empty for all, else what is covered (`trading only`). `close_of`: it is an older close. `tried`: earlier failures.
    """

    TOLD_APART_BY: ClassVar[str] = "platform"

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

    TOLD_APART_BY: ClassVar[str] = "platform"

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
    groups: dict[str, Total] = msgspec.field(default_factory=dict)
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


class ScheduleChanged(Message, frozen=True, kw_only=True):
    """The owner changed the interval, or paused or resumed the schedule: the ledger has it, look there now."""


class NextSlot(Message, frozen=True, kw_only=True):
    """The clock's answer to HealthRequested `id`: when, and the minutes between two slots (None: a cron expression)."""

    id: str
    next_slot: datetime
    interval_minutes: int | None = None
