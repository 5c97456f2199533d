"""Everything that is said on the bus, in one union.

Frames are `[topic, body]`: the topic is the message's tag, with `.platform` or `.name` behind it where one sender is
worth listening to alone; the body is MessagePack. To change a message, add a field with a default: readers ignore
fields that they do not know, and golden bytes in the tests prove that old messages still decode. Every message may
be said twice, late or never; what must not be lost is in the ledger.
"""

from datetime import date, datetime
from decimal import Decimal

import msgspec

MOST_BYTES = 256 * 1024
"""A body above this is refused by the sender; the hub cuts links at four times as much."""


class TooLarge(ValueError):
    """The message would not fit the bus; its text names the kind and the size in bytes."""


class Message(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag=str.lower):
    """Root of everything said on the bus."""


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


class Tick(Message, frozen=True, kw_only=True):
    """A round is open; repeated until its snapshot is heard. `closes_in_s` counts from when it is first heard."""

    round_id: str
    scheduled_for: datetime | None
    closes_in_s: float
    missed: tuple[datetime, ...] = ()
    missed_count: int = 0


class NowAsked(Message, frozen=True, kw_only=True):
    """A terminal wants a snapshot; the notifier stores the wish and asks the clock."""

    id: str
    asked_at: datetime


class RoundRequested(Message, frozen=True, kw_only=True):
    """A stored request waits for its answer; repeated until it has one."""

    id: str
    asked_at: datetime


class Balance(Message, frozen=True, kw_only=True):
    """What one platform holds, in the currency it reports; anything less is a Failure.

    `as_of` is the moment that the number speaks of, `fetched_at` when it arrived. `covers` is empty when it is the
    whole account, else what is covered, fit for the chat (`trading only`). `close_of` is set when the number is an
    older close than readers expect.
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
    took_ms: int = 0


class Rate(Message, frozen=True, kw_only=True):
    """Roubles for one US dollar.

    `stale`: its time to live has passed and nobody answered, or its day is long past. `unconfirmed`: sources differ.
    """

    round_id: str
    rate: Decimal
    source: str
    valid_for: date
    fetched_at: datetime
    stale: bool = False
    unconfirmed: bool = False
    took_ms: int = 0


class Failure(Message, frozen=True, kw_only=True):
    """A source has no number for this round: `reason` is from the list in `reasons.py`, `code` is for the log."""

    round_id: str
    platform: str
    reason: str
    code: str = ""
    took_ms: int = 0


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One platform's share of a snapshot: a balance, or a failure with a last known balance that is young enough.

    `check`: the balance jumped without a known cause; it counts, and the chat says so behind every number it is in.
    """

    platform: Platform
    balance: Balance | None = None
    failure: Failure | None = None
    last_known: Balance | None = None
    check: bool = False


class Total(msgspec.Struct, frozen=True, kw_only=True):
    """A sum and its mark: empty, `≈` (a last known value inside), `≥` (something missing) or `ERROR`."""

    amount: Decimal | None = None
    mark: str = ""
    reason: str = ""


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


class State(Message, frozen=True, kw_only=True):
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


class Beat(Message, frozen=True, kw_only=True):
    """A process lives and its loop turns. `pss_kb`: its proportional share of memory, 0 where that is not told."""

    name: str
    pid: int
    started_at: datetime
    last_round: str = ""
    pss_kb: int = 0


class Alert(Message, frozen=True, kw_only=True):
    """Something that the owner must know; repeated until AlertStored says that it is in the outbox."""

    id: str
    text: str
    raised_at: datetime


class AlertStored(Message, frozen=True, kw_only=True):
    """The alert `id` is in the outbox and need not be repeated."""

    id: str


Anything = (
    Tick
    | NowAsked
    | RoundRequested
    | Balance
    | Rate
    | Failure
    | Snapshot
    | State
    | Delivered
    | Beat
    | Alert
    | AlertStored
)

KINDS = frozenset(kind.__name__.lower() for kind in Anything.__args__)
"""The first word of each topic."""

_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[Anything] = msgspec.msgpack.Decoder(Anything)


def topic(kind: type[Message], source: str = "") -> bytes:
    """Return the topic of a kind of message, or its prefix for subscribing.

    Args:
        kind: The Struct of the message.
        source: The platform or process, for kinds that have one; empty for all of them.

    Returns:
        `kind.source`, or `kind.` alone.
    """
    return f"{kind.__name__.lower()}.{source}".encode()


def encode(message: Anything) -> tuple[bytes, bytes]:
    """Turn a message into its two frames.

    Args:
        message: Any message of the union.

    Returns:
        Topic and body.

    Raises:
        TooLarge: The body exceeds MOST_BYTES.
    """
    body = _encoder.encode(message)
    if len(body) > MOST_BYTES:
        raise TooLarge(f"{type(message).__name__} of {len(body)} bytes; at most {MOST_BYTES} fit the bus")
    source = ""
    if isinstance(message, Balance | Failure):
        source = message.platform
    elif isinstance(message, Beat):
        source = message.name
    return topic(type(message), source), body


def decode(body: bytes) -> Anything:
    """Read a message's body.

    Args:
        body: The second frame.

    Returns:
        The message.

    Raises:
        msgspec.DecodeError: Not MessagePack, an unknown kind, or fields of the wrong type (msgspec.ValidationError).
    """
    try:
        return _decoder.decode(body)
    except (UnicodeDecodeError, RecursionError) as error:  # msgspec lets these two through as they are
        raise msgspec.DecodeError(type(error).__name__) from None
